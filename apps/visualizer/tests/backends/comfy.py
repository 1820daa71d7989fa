"""A server that answers as ComfyUI does, written by hand from its server.py and execution.py, and misbehaves on request.

It makes no pictures by a model: what it gives is a picture of blocks. Origin of every answer: written by hand.
"""

from __future__ import annotations

import io
import json
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlparse

import numpy as np
from PIL import Image

WORKFLOW: dict[str, Any] = {
    "3": {
        "class_type": "KSampler",
        "inputs": {"seed": 1, "steps": 20, "positive": ["6", 0], "negative": ["7", 0]},
        "_meta": {"title": "Seed"},
    },
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 512}, "_meta": {"title": "SIZE"}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["4", 1]}, "_meta": {"title": "PROMPT"}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["4", 1]}, "_meta": {"title": "negative"}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0]}, "_meta": {"title": "PICTURE"}},
}


def png(size: tuple[int, int], seed: int = 1) -> bytes:
    """Return a picture of blocks."""
    blocks = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(blocks).resize(size, Image.Resampling.NEAREST).save(out, "PNG")
    return out.getvalue()


@dataclass
class Manners:
    """How the server behaves.

    Attributes:
        polls: questions before a picture is done.
        fail: statuses of the first answers to a route, then it is well again.
        error: what goes wrong in making: `exception_type` and `exception_message`.
        room: most pixels that the card has memory for.
        picture: bytes instead of a picture.
        size: of the picture, whatever was asked for.
        delay: seconds before each answer.
        half: whether the picture's bytes stop in the middle.
        answers: whole bodies for routes, in place of the right ones.
    """

    polls: int = 2
    fail: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    error: tuple[str, str] | None = None
    room: int = 10**9
    picture: bytes | None = None
    size: tuple[int, int] | None = None
    delay: float = 0.0
    half: bool = False
    answers: dict[str, bytes] = field(default_factory=dict[str, bytes])


class Comfy:
    """The server, on a port of its own; use it as a context manager."""

    def __init__(self, manners: Manners | None = None) -> None:
        self.manners = manners or Manners()
        self.asked: list[str] = []
        self.prompts: list[dict[str, Any]] = []
        self.polls = 0
        self.posted: list[tuple[str, Any]] = []

    def __enter__(self) -> Comfy:
        comfy = self

        class Answers(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                comfy.answer(self, None)

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", "0"))
                comfy.answer(self, json.loads(self.rfile.read(length) or b"{}"))

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def answer(self, request: BaseHTTPRequestHandler, body: Any) -> None:
        """Answer one request."""
        url = urlparse(request.path)
        route = "/" + url.path.split("/")[1]
        self.asked.append(route)
        if body is not None:
            self.posted.append((route, body))
        time.sleep(self.manners.delay)
        statuses = self.manners.fail.get(route)
        if statuses:
            return self._say(request, b'{"error": "broken"}', statuses.pop(0))
        if route in self.manners.answers:
            return self._say(request, self.manners.answers[route])
        if route == "/view":
            return self._view(request, parse_qs(url.query))
        return self._say(request, json.dumps(self._json(route, body)).encode())

    def _json(self, route: str, body: Any) -> Any:
        if route == "/prompt":
            self.prompts.append(body["prompt"])
            self.polls = 0
            return {"prompt_id": f"id-{len(self.prompts)}", "number": len(self.prompts), "node_errors": {}}
        if route == "/history":
            self.polls += 1
            return {} if self.polls <= self.manners.polls else {f"id-{len(self.prompts)}": self._done()}
        if route == "/object_info":
            return {one["class_type"]: {"input": {}} for one in WORKFLOW.values() if one["class_type"] != "SaveImage"}
        if route == "/queue":
            return {"queue_running": [[0, f"id-{len(self.prompts)}", {}, {}, []]], "queue_pending": []}
        return {}

    def _wanted(self) -> tuple[int, int]:
        inputs = self.prompts[-1]["5"]["inputs"]
        return inputs["width"], inputs["height"]

    def _done(self) -> dict[str, Any]:
        width, height = self._wanted()
        error = self.manners.error
        if width * height > self.manners.room:
            error = ("torch.OutOfMemoryError", "Allocation on device 0 would exceed allowed memory.")
        if error is not None:
            data = {"node_type": "KSampler", "exception_type": error[0], "exception_message": error[1]}
            said = [["execution_start", {}], ["execution_error", data]]
            return {"outputs": {}, "status": {"status_str": "error", "completed": False, "messages": said}}
        image = {"filename": "film_00001_.png", "subfolder": "a b", "type": "output"}
        other = {"filename": "preview.png", "subfolder": "", "type": "temp"}
        outputs = {"9": {"images": [image]}, "12": {"images": [other]}}
        return {"outputs": outputs, "status": {"status_str": "success", "completed": True, "messages": []}}

    def _view(self, request: BaseHTTPRequestHandler, query: dict[str, list[str]]) -> None:
        right = (
            query["filename"] == ["film_00001_.png"] and query["subfolder"] == ["a b"] and query["type"] == ["output"]
        )
        data = self.manners.picture
        if data is None:
            data = png(self.manners.size or self._wanted()) if right else b"not the picture"
        self._say(request, data, half=self.manners.half)

    def _say(self, request: BaseHTTPRequestHandler, data: bytes, status: int = 200, *, half: bool = False) -> None:
        try:
            request.send_response(status)
            request.send_header("content-length", str(len(data)))
            request.end_headers()
            request.wfile.write(data[: len(data) // 2] if half else data)
        except OSError:
            pass
