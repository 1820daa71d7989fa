"""Pictures and sound in messages: their order, and the form in which each runtime takes them.

Gemma 4 wants pictures before the text that asks about them and sound after it (model card of 2026-06-26). Parts are
moved so where a message has one piece of text. Where texts stand between several media, somebody meant their places,
and nothing is moved. Remote addresses are never handed on: a runtime would fetch them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from gemwright.foundation.errors import Unsupported
from gemwright.runtimes.reading import as_list, as_object, as_text

__all__ = ["AUDIO_FORMATS", "in_order", "ollama_content", "openai_messages"]

AUDIO_FORMATS: Final = ("wav", "mp3")
"""What llama.cpp and all that carries it can read. Source: Ollama's `llm/media.go` at fb30760."""

_PICTURES: Final = ("image_url", "image")
_SOUNDS: Final = ("input_audio", "audio_url", "audio")
_FILMS: Final = ("video_url", "video")


def openai_messages(messages: Sequence[Mapping[str, Any]], reasoning: str, runtime: str) -> list[dict[str, Any]]:
    """Return messages for a runtime that takes OpenAI's form.

    Args:
        messages: in that form already, thoughts under `reasoning_content`.
        reasoning: the field in which the runtime wants thoughts.
        runtime: its name, for errors.

    Raises:
        Unsupported: they hold video, or an address to fetch.
    """
    found: list[dict[str, Any]] = []
    for message in messages:
        body = dict(message)
        thought = body.pop("reasoning_content", None) or body.pop("reasoning", None)
        if thought:
            body[reasoning] = thought
        if isinstance(body.get("content"), list):
            body["content"] = in_order(body["content"])
            for part in body["content"]:
                _check(as_object(part), runtime)
        found.append(body)
    return found


def in_order(parts: Sequence[Any]) -> list[Any]:
    """Return parts with pictures before the text and sound after it, unless texts stand between media."""
    kinds = ["text" if _kind(part) == "text" else "media" for part in parts]
    runs = sum(1 for at, kind in enumerate(kinds) if kind == "text" and (at == 0 or kinds[at - 1] != "text"))
    if runs != 1:
        return list(parts)
    return sorted(parts, key=lambda part: 0 if _kind(part) in _PICTURES else 2 if _kind(part) in _SOUNDS else 1)


def ollama_content(content: object) -> tuple[str, list[str]]:
    """Return a message's text, and its media as Ollama takes them: base64, all in `images`, sound among them.

    Raises:
        Unsupported: it holds media that Ollama cannot take.
    """
    if isinstance(content, str) or content is None:
        return content or "", []
    texts: list[str] = []
    media: list[str] = []
    for part in map(as_object, in_order(as_list(content))):
        kind = _kind(part)
        if kind == "text":
            texts.append(as_text(part.get("text")))
            continue
        _check(part, "Ollama")
        if kind == "input_audio":
            sound = as_object(part.get("input_audio"))
            if as_text(sound.get("format")) not in AUDIO_FORMATS:
                raise Unsupported(
                    f"Ollama takes sound as {' or '.join(AUDIO_FORMATS)}, not {sound.get('format')!r}",
                    hint="convert it to WAV, 16 kHz, mono",
                )
            media.append(as_text(sound.get("data")))
        elif kind in _SOUNDS:
            raise Unsupported("Ollama takes sound as wav or mp3", hint="convert it to WAV, 16 kHz, mono")
        else:
            media.append(_address(part, kind).partition(",")[2])
    return "".join(texts), media


def _check(part: Mapping[str, Any], runtime: str) -> None:
    kind = _kind(part)
    if kind in _FILMS:
        raise Unsupported(f"{runtime} takes no video", hint="send frames as images")
    if kind in (*_PICTURES, *_SOUNDS) and kind != "input_audio" and not _address(part, kind).startswith("data:"):
        raise Unsupported("media are sent as data: URLs, never as addresses", hint="read the file and send its bytes")


def _address(part: Mapping[str, Any], kind: str) -> str:
    held = part.get(kind)
    return held if isinstance(held, str) else as_text(as_object(held).get("url"))


def _kind(part: object) -> str:
    return as_text(as_object(part).get("type"))
