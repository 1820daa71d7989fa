"""ComfyUI over HTTP: a workflow goes to /prompt, /history says when it is done, /view gives the picture.

Everything a server answers is checked before it is used: it may be another program, an older version, or broken.

Source: github.com/comfyanonymous/ComfyUI, server.py (routes /prompt, /history/{prompt_id}, /view, /object_info, /interrupt,
/queue) and execution.py (`ExecutionStatus`: `status_str` is success or error; messages are pairs of a name and data).
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Final, TypeVar, cast
from urllib.parse import urlencode

from gemwright import RuntimeFailure, RuntimeRejected
from gemwright.foundation.http import Http, Timeouts
from gemwright_visualizer.backends.contract import Abilities, Made, Request, never
from gemwright_visualizer.backends.reading import MOST_BYTES, fitted, picture_from_bytes
from gemwright_visualizer.backends.workflow import Workflow
from gemwright_visualizer.errors import PictureProblem, Stopped

__all__ = ["ComfyUI"]

T = TypeVar("T")

_MEMORY: Final = re.compile(r"out of memory|OutOfMemory|not enough memory", re.IGNORECASE)
_SMALLER: Final = 0.75
_STEP: Final = 8
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")


class _NoMemory(Exception):
    """The server's card has no room for a picture of this size."""


class ComfyUI:
    """The back end `comfyui`.

    Args:
        address: of the server, such as http://127.0.0.1:8188.
        workflow: of the user.
        timeout: seconds that a picture may take.
        poll: seconds between two questions whether it is done.
        answer: seconds that a single answer of the server may take.
    """

    name = "comfyui"
    abilities = Abilities()

    def __init__(
        self, address: str, workflow: Workflow, *, timeout: float = 600.0, poll: float = 0.5, answer: float = 30.0
    ) -> None:
        limits = Timeouts(connect=min(5.0, answer), first_byte=answer, idle=answer, total=answer)
        self._http = Http(address, timeouts=limits, body_cap=MOST_BYTES, retries=2)
        self._workflow = workflow
        self._timeout, self._poll = timeout, poll

    def check(self) -> tuple[str, ...]:
        """Return what of the workflow the server does not know: classes of nodes that it has not installed.

        Raises:
            PictureProblem: nothing answers, or it is no ComfyUI.
        """
        known = self._run(lambda: self._http.get_json("/object_info"))
        if not isinstance(known, dict) or not known:
            raise PictureProblem(f"{self._http.address.shown} answers, but it is no ComfyUI")
        return tuple(sorted(self._workflow.kinds - set(cast("dict[str, Any]", known))))

    def generate(self, request: Request, stop: Callable[[], bool] = never) -> Made:
        """Return a picture; where the card has no room for its size, one that was made smaller and scaled up."""
        begin = time.monotonic()
        size = _stepped(request.size, 1.0)
        notes: list[str] = []
        try:
            data = self._run(lambda: self._made(request, size, stop))
        except _NoMemory:
            size = _stepped(request.size, _SMALLER)
            notes.append(f"made at {size[0]} by {size[1]}: the card has no room for more")
            try:
                data = self._run(lambda: self._made(request, size, stop))
            except _NoMemory:
                raise PictureProblem(
                    f"ComfyUI has no memory for {size[0]} by {size[1]} pixels", hint="a smaller model, or --height 540"
                ) from None
        image = picture_from_bytes(data, "the picture of ComfyUI")
        if image.size != size:
            notes.append(f"the workflow made {image.width} by {image.height} instead of {size[0]} by {size[1]}")
        return Made(fitted(image, request.size), self.name, tuple(notes), time.monotonic() - begin)

    def _run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do some work in a loop of its own, and name what fails."""

        async def whole() -> T:
            async with self._http:
                return await work()

        try:
            return asyncio.run(whole())
        except RuntimeFailure as failure:
            raise PictureProblem(f"ComfyUI: {failure.message}", hint=failure.hint) from failure

    async def _made(self, request: Request, size: tuple[int, int], stop: Callable[[], bool]) -> bytes:
        nodes = self._workflow.filled(request.prompt, request.negative, request.seed, size)
        identity = await self._queued(nodes)
        try:
            outputs = await self._outputs(identity, stop)
        except (Stopped, PictureProblem, asyncio.CancelledError):
            await self._given_up(identity)
            raise
        return await self._again(lambda: self._http.get_bytes(f"/view?{urlencode(self._picture(outputs))}"))

    async def _queued(self, nodes: Mapping[str, Any]) -> str:
        try:
            answer = await self._again(lambda: self._http.post_json("/prompt", {"prompt": dict(nodes)}))
        except RuntimeRejected as problem:
            if problem.status == 400:
                raise PictureProblem(
                    f"ComfyUI refuses the workflow: {_plain(problem.message)}", hint=_plain(problem.body)
                ) from None
            raise
        identity = _member(answer, "prompt_id")
        if not isinstance(identity, str) or not _ID.fullmatch(identity):
            raise PictureProblem("ComfyUI took the workflow and gave no number for it")
        return identity

    async def _outputs(self, identity: str, stop: Callable[[], bool]) -> Mapping[str, Any]:
        """Ask until the picture is done."""
        deadline = time.monotonic() + self._timeout
        while True:
            if stop():
                raise Stopped("stopped while ComfyUI was at work")
            entry = _member(await self._again(lambda: self._http.get_json(f"/history/{identity}")), identity)
            if entry is not None:
                self._succeeded(entry)
                outputs = _member(entry, "outputs")
                if isinstance(outputs, dict) and outputs:
                    return cast("dict[str, Any]", outputs)
                if _member(_member(entry, "status"), "completed") is not False:
                    raise PictureProblem(
                        "ComfyUI finished, and the workflow saved no picture", hint="it needs a SaveImage node"
                    )
            if time.monotonic() > deadline:
                raise PictureProblem(
                    f"ComfyUI made no picture within {self._timeout:g} s", hint="fewer steps, or a longer limit"
                )
            await asyncio.sleep(self._poll)

    def _succeeded(self, entry: object) -> None:
        """Raise what went wrong, where the server says that something did."""
        status = _member(entry, "status")
        if _member(status, "status_str") != "error":
            return
        messages = _member(status, "messages")
        for pair in cast("list[object]", messages) if isinstance(messages, list) else []:
            if not isinstance(pair, list) or len(cast("list[object]", pair)) != 2:
                continue
            name, data = cast("list[object]", pair)
            if name == "execution_interrupted":
                raise PictureProblem("somebody stopped the picture in ComfyUI")
            if name == "execution_error":
                said = f"{_member(data, 'exception_type')} {_member(data, 'exception_message')}"
                if _MEMORY.search(said):
                    raise _NoMemory
                node = _plain(str(_member(data, "node_type")))
                raise PictureProblem(f"ComfyUI failed in {node}: {_plain(str(_member(data, 'exception_message')))}")
        raise PictureProblem("ComfyUI failed and does not say why")

    def _picture(self, outputs: Mapping[str, Any]) -> dict[str, str]:
        """Return which file is the picture: the titled node's, else the last that was saved, else any."""
        wanted = self._workflow.places.get("picture")
        if wanted is not None and wanted not in outputs:
            raise PictureProblem("ComfyUI finished, and the node PICTURE gave none")
        files: list[dict[str, str]] = []
        for node in [wanted] if wanted is not None else list(outputs):
            images = _member(outputs[node], "images")
            for one in cast("list[object]", images) if isinstance(images, list) else []:
                name = _member(one, "filename")
                if isinstance(name, str) and name:
                    folder, kind = _member(one, "subfolder"), _member(one, "type")
                    files.append(
                        {
                            "filename": name[:500],
                            "subfolder": folder[:500] if isinstance(folder, str) else "",
                            "type": kind if kind in ("output", "temp") else "output",
                        }
                    )
        if not files:
            raise PictureProblem(
                "ComfyUI finished, and the workflow saved no picture", hint="it needs a SaveImage node"
            )
        saved = [one for one in files if one["type"] == "output"]
        return (saved or files)[-1]

    async def _given_up(self, identity: str) -> None:
        """Take our picture out of the server's queue, and stop it where it is the one at work; nobody else's."""
        with suppress(RuntimeFailure):
            await self._http.post_json("/queue", {"delete": [identity]})
        with suppress(RuntimeFailure):
            running = _member(await self._http.get_json("/queue"), "queue_running")
            if identity in str(running):
                await self._http.post_json("/interrupt", {"prompt_id": identity})

    async def _again(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask once more after an error of the server itself; what may pass by itself was asked again already."""
        try:
            return await ask()
        except RuntimeRejected as problem:
            if problem.status != 500:
                raise
        await asyncio.sleep(self._poll)
        return await ask()


def _member(value: object, name: str) -> object:
    return cast("dict[str, object]", value).get(name) if isinstance(value, dict) else None


def _plain(text: str) -> str:
    """Return a server's words on one line of bounded length."""
    return " ".join("".join(one if one.isprintable() else " " for one in text[:2000]).split())[:300]


def _stepped(size: tuple[int, int], scale: float) -> tuple[int, int]:
    """Return a size whose sides image models take: multiples of eight."""
    width, height = (max(64, round(side * scale / _STEP) * _STEP) for side in size)
    return width, height
