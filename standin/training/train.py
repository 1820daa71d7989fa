"""Train the stand-in: `python -m training.train --seconds 880` on one H100-class accelerator.

The schedule runs on the clock, compiling included, so that a run always ends with the learning rate at zero whatever the
machine's speed. A run may be cut into several calls (`--stop-after`); each goes on where the last one stopped. Matrices are
trained by Muon, embeddings and norms by AdamW.

Written to `--out`: `train.log`, and every two minutes the weights in half precision (`weights-0.npz`, `weights-1.npz`,
`progress.json`), which `training.export_gguf` turns into the shipped file. `--state` is what a later call needs.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from training import model as network
from training.feed import BATCH_TOKENS, MODEL, PROMPT, Batch, Feed, Stream

__all__ = ["Options", "Trainer", "load_weights", "main", "save_weights", "train"]

WEIGHT_FILES = 2
CLOCK_STARTED = time.monotonic()


@dataclass(frozen=True, slots=True)
class Options:
    """How to train.

    Attributes:
        out: folder for the log and the weights.
        state: file with everything that a later call needs; none when None.
        weights: folder with weights to start from where there is no state.
        seconds: the whole run, in seconds of the clock.
        stop_after: seconds after which this call saves and ends.
        steps: end after so many steps, whatever the clock says; 0 for no such end.
        tokens: tokens in a step.
        workers: processes that generate conversations; 0 to generate in between.
        seed: of the weights and of the conversations.
        save_every: seconds between two savings.
        log_every: seconds between two lines of the log.
    """

    out: Path
    state: Path | None = None
    weights: Path | None = None
    seconds: float = 880.0
    stop_after: float = math.inf
    steps: int = 0
    tokens: int = BATCH_TOKENS
    workers: int = 14
    seed: int = 4
    save_every: float = 120.0
    log_every: float = 10.0


def _orthogonal(stack: Tensor) -> Tensor:
    """Return a stack of matrices with their singular values moved near one (Newton and Schulz, five steps)."""
    x = stack.bfloat16() if stack.is_cuda else stack.float()
    tall = x.shape[-2] > x.shape[-1]
    x = x.mT if tall else x
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for a, b, c in (
        (4.0848, -6.8946, 2.9270),
        (3.9505, -6.3029, 2.6377),
        (3.7418, -5.5913, 2.3037),
        (2.8769, -3.1427, 1.2046),
        (2.8366, -3.0525, 1.2012),
    ):
        y = x @ x.mT
        x = a * x + (b * y + c * y @ y) @ x
    return x.mT if tall else x


def schedule(step: int, progress: float) -> float:
    """Return the share of the learning rate: a warm-up of 100 steps, full until 40 % of the time, then down to zero."""
    return min(1.0, (step + 1) / 100) * min(1.0, max(0.0, (1 - progress) / 0.6))


def prompt_weight(progress: float) -> float:
    """Return the weight of a prompt's token: it teaches copying, and afterwards only drowns what the model is to say.

    A made-up word can not be foretold, and there are nine tokens of a prompt to one of the model.
    """
    return 0.1 * max(0.0, 1 - progress / 0.2)


class Trainer:
    """A model with its optimisers, on a processor or an accelerator."""

    MUON, MUON_DECAY, ADAM = 0.02, 0.05, 0.004

    def __init__(self, shape: network.Shape, seed: int, device: str) -> None:
        torch.manual_seed(seed)
        torch.set_float32_matmul_precision("high")
        self.device, self.fast = torch.device(device), device != "cpu"
        self.model = network.Gemma4(shape).to(self.device)
        self.step, self.elapsed = 0, 0.0
        self.groups: dict[tuple[int, ...], list[torch.nn.Parameter]] = defaultdict(list)
        others: list[torch.nn.Parameter] = []
        for name, parameter in self.model.named_parameters():
            matrix = parameter.ndim == 2 and "token_embd" not in name
            (self.groups[tuple(parameter.shape)] if matrix else others).append(parameter)
        self.momentum = {size: torch.zeros(len(of), *size, device=self.device) for size, of in self.groups.items()}
        self.adam = torch.optim.AdamW(
            others, lr=self.ADAM, betas=(0.9, 0.95), eps=1e-10, weight_decay=0.0, fused=self.fast
        )
        torch._dynamo.config.recompile_limit = 64  # one program for each size of matrix
        self._loss = torch.compile(self._plain_loss, dynamic=False) if self.fast else self._plain_loss
        self._orthogonal = torch.compile(_orthogonal, dynamic=False) if self.fast else _orthogonal

    def _plain_loss(
        self, ids: Tensor, places: Tensor, targets: Tensor, weights: Tensor, spoken: Tensor, attend_by: object
    ) -> tuple[Tensor, Tensor]:
        if self.fast:
            hidden = self.model(ids, places, network.flex(attend_by), torch.bfloat16)
        else:
            hidden = self.model(ids, places, network.dense_attention(self.model.shape, attend_by))
        logits = self.model.logits(hidden)
        right = ((logits.argmax(-1) == targets) & spoken).sum() / spoken.sum().clamp(min=1)
        return network.summed_loss(logits, targets, weights), right

    def learn(self, batch: Batch, progress: float) -> tuple[Tensor, Tensor]:
        """Take one step; return the loss and what share of the model's tokens was foretold, both on the device."""
        ids, starts, kinds = (self._send(array) for array in (batch.ids.astype(np.int64), batch.starts, batch.kinds))
        places = torch.arange(len(ids), device=self.device) - starts
        documents = (places == 0).cumsum(0).to(torch.int32)
        spoken = kinds == MODEL
        weights = spoken.float() + (kinds == PROMPT) * prompt_weight(progress)
        by = network.flex_masks(documents, starts, self.model.shape.window) if self.fast else documents
        loss, right = self._loss(ids, places, ids.roll(-1), weights, spoken, by)
        loss.backward()
        share = schedule(self.step, progress)
        self._muon(self.MUON * share, min(0.95, 0.85 + 0.1 * self.step / 300))
        for group in self.adam.param_groups:
            group["lr"] = self.ADAM * share
        self.adam.step()
        self.model.zero_grad(set_to_none=True)
        self.step += 1
        return loss.detach(), right

    def _send(self, array: np.ndarray) -> Tensor:
        tensor = torch.from_numpy(array)
        return tensor.pin_memory().to(self.device, non_blocking=True) if self.fast else tensor

    @torch.no_grad()
    def _muon(self, rate: float, keep: float) -> None:
        for size, parameters in self.groups.items():
            gradient, momentum = torch.stack([p.grad for p in parameters]), self.momentum[size]
            momentum.lerp_(gradient, 1 - keep)
            update = self._orthogonal(gradient.lerp(momentum, keep)).float() * max(1.0, size[0] / size[1]) ** 0.5
            torch._foreach_mul_(parameters, 1 - rate * self.MUON_DECAY)
            torch._foreach_add_(parameters, list(update.unbind(0)), alpha=-rate)

    def save(self, path: Path) -> None:
        """Write everything that a later call needs."""
        content = {"model": self.model.state_dict(), "momentum": list(self.momentum.values())}
        content |= {"adam": self.adam.state_dict(), "step": self.step, "elapsed": self.elapsed}
        part = path.with_name(path.name + ".part")
        torch.save(content, part)
        part.replace(path)

    def load(self, path: Path) -> None:
        """Go on from what `save` wrote."""
        content = torch.load(path, map_location=self.device, weights_only=True)
        self.model.load_state_dict(content["model"])
        self.adam.load_state_dict(content["adam"])
        for mine, saved in zip(self.momentum.values(), content["momentum"], strict=True):
            mine.copy_(saved)
        self.step, self.elapsed = content["step"], content["elapsed"]

    def load_weights(self, folder: Path) -> None:
        """Go on from what `save_weights` wrote: the optimisers start anew, the clock does not."""
        found = {name: torch.from_numpy(array.astype(np.float32)) for name, array in load_weights(folder).items()}
        self.model.load_state_dict(found)
        told = json.loads((folder / "progress.json").read_text("utf-8"))
        self.step, self.elapsed = 0, told["elapsed"]


def save_weights(trainer: Trainer, folder: Path) -> None:
    """Write the weights in half precision, in files that stay below 16 MiB each, and how far the training is."""
    shares: list[dict[str, np.ndarray]] = [{} for _ in range(WEIGHT_FILES)]
    for name, value in sorted(trainer.model.state_dict().items(), key=lambda pair: -pair[1].numel()):
        smallest = min(shares, key=lambda share: sum(array.nbytes for array in share.values()))
        smallest[name] = value.detach().cpu().numpy().astype(np.float16)
    for index, share in enumerate(shares):
        part = folder / f"weights-{index}.part.npz"
        np.savez(part, **share)
        part.replace(folder / f"weights-{index}.npz")
    told = {"step": trainer.step, "elapsed": round(trainer.elapsed, 3), "shape": asdict(trainer.model.shape)}
    (folder / "progress.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def load_weights(folder: Path) -> dict[str, np.ndarray]:
    """Return what `save_weights` wrote."""
    found: dict[str, np.ndarray] = {}
    for index in range(WEIGHT_FILES):
        with np.load(folder / f"weights-{index}.npz") as file:
            found |= {name: file[name] for name in file.files}
    return found


def train(options: Options, shape: network.Shape, stream: Stream, device: str, began: float | None = None) -> Trainer:
    """Train until the clock, the call or the steps end; return the trainer, saved.

    Args:
        options: how.
        shape: the model's sizes.
        stream: where conversations come from.
        device: `cpu` or `cuda`.
        began: when this call began by the monotonic clock; now, when None.
    """
    began = time.monotonic() if began is None else began
    options.out.mkdir(parents=True, exist_ok=True)
    before = _elapsed_before(options)
    feed = Feed(stream, options.seed * 1000 + round(before), options.workers, options.tokens)
    try:
        trainer = Trainer(shape, options.seed, device)
        if options.state is not None and options.state.exists():
            trainer.load(options.state)
        elif options.weights is not None:
            trainer.load_weights(options.weights)
        with (options.out / "train.log").open("a", encoding="utf-8") as log:
            _loop(options, trainer, feed, log, began, trainer.elapsed)
        return trainer
    finally:
        feed.stop()


def _elapsed_before(options: Options) -> float:
    """Return the seconds of earlier calls, so that this one draws other conversations."""
    if options.state is not None and options.state.exists():
        return torch.load(options.state, map_location="cpu", weights_only=True)["elapsed"]
    if options.weights is not None:
        return json.loads((options.weights / "progress.json").read_text("utf-8"))["elapsed"]
    return 0.0


def _loop(options: Options, trainer: Trainer, feed: Feed, log: object, began: float, before: float) -> None:
    logged_at, logged_step, saved_at = time.monotonic(), trainer.step, time.monotonic()
    while True:
        trainer.elapsed = before + time.monotonic() - began
        progress = trainer.elapsed / options.seconds
        ends = progress >= 1 or time.monotonic() - began >= options.stop_after
        if ends or (options.steps and trainer.step >= options.steps):
            break
        loss, right = trainer.learn(feed.take(), progress)
        now = time.monotonic()
        if trainer.step <= 3 or now - logged_at >= options.log_every:
            line = f"{trainer.elapsed:7.1f} s  step {trainer.step:6d}  loss {loss.item():.4f}  right {right.item():.4f}"
            now = time.monotonic()
            speed = (trainer.step - logged_step) * options.tokens / (now - logged_at)
            line += f"  {speed / 1e3:7.1f} ktok/s  batches {feed.fresh} + {feed.repeated} again"
            _say(log, line)
            logged_at, logged_step = now, trainer.step
            if not math.isfinite(loss.item()):
                raise SystemExit("the loss is no number any more; the last saved weights are the last good ones")
        if now - saved_at >= options.save_every:
            _save(options, trainer)
            saved_at = time.monotonic()
    _save(options, trainer)
    _say(log, f"{trainer.elapsed:7.1f} s  step {trainer.step:6d}  saved; {feed.fresh} batches + {feed.repeated} again")


def _say(log: object, line: str) -> None:
    for where in (log, sys.stdout):
        print(line, file=where, flush=True)


def _save(options: Options, trainer: Trainer) -> None:
    save_weights(trainer, options.out)
    if options.state is not None:
        trainer.save(options.state)


def main() -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser(description="Train the stand-in.")
    parser.add_argument("--out", type=Path, required=True, help="folder for the log and the weights")
    parser.add_argument("--state", type=Path, help="file that a later call goes on from")
    parser.add_argument("--weights", type=Path, help="folder with weights to start from, where there is no state")
    parser.add_argument("--seconds", type=float, default=880.0, help="the whole run")
    parser.add_argument("--stop-after", type=float, default=math.inf, help="seconds of this call")
    parser.add_argument("--steps", type=int, default=0, help="end after so many steps; 0: the clock decides")
    parser.add_argument("--tokens", type=int, default=BATCH_TOKENS, help="tokens in a step")
    parser.add_argument("--workers", type=int, default=max(1, (os.cpu_count() or 2) - 2), help="generating processes")
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--tiny", action="store_true", help="the shape of the tests instead of the stand-in's")
    given = vars(parser.parse_args())
    device, tiny = given.pop("device"), given.pop("tiny")
    from training.rows import stream  # heavy, and in a test another stream stands in

    train(Options(**given), network.TINY if tiny else network.STANDIN, stream, device, CLOCK_STARTED)
    sys.stdout.flush()
    os._exit(0)  # the compiler's own helpers would keep the program waiting


if __name__ == "__main__":
    main()
