// Pages opened as files may not start workers. The search of the site runs in one, so that here a hidden frame takes its place:
// the worker's program runs there, and messages are handed over as events. Served over HTTP, nothing of this happens.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(address) {
      super();
      this.waiting = [];
      this.onmessage = null;
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.body.append(this.frame);
      const inside = this.frame.contentWindow;
      inside.postMessage = (data) =>
        setTimeout(() => {
          const event = new MessageEvent("message", { data });
          this.dispatchEvent(event);
          if (this.onmessage) this.onmessage(event);
        });
      inside.importScripts = (...addresses) =>
        addresses.reduce((before, next) => before.then(() => load(inside, next)), Promise.resolve());
      load(inside, new URL(address, document.baseURI).href).then(() => {
        for (const data of this.waiting.splice(0)) this.give(data);
        this.waiting = null;
      });
    }
    postMessage(data) {
      if (this.waiting) this.waiting.push(data);
      else this.give(data);
    }
    give(data) {
      const inside = this.frame.contentWindow;
      const event = new inside.MessageEvent("message", { data: inside.structuredClone(data) });
      setTimeout(() => inside.dispatchEvent(event));
    }
    terminate() {
      this.frame.remove();
    }
  };
  const load = (inside, address) =>
    new Promise((resolve, reject) => {
      const script = inside.document.createElement("script");
      script.src = address;
      script.onload = resolve;
      script.onerror = () => reject(new Error(`cannot load ${address}`));
      inside.document.body.append(script);
    });
}
