"""Order and form of pictures and sound."""

from __future__ import annotations

from typing import Any

import pytest

from gemwright.foundation.errors import Unsupported
from gemwright.runtimes.media import in_order, ollama_content, openai_messages

TEXT = {"type": "text", "text": "what?"}
MORE = {"type": "text", "text": "and?"}
PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,cGlj"}}
SOUND = {"type": "input_audio", "input_audio": {"data": "c25k", "format": "wav"}}


def user(*parts: Any) -> list[dict[str, Any]]:
    """Return one message."""
    return [{"role": "user", "content": list(parts)}]


def test_pictures_before_and_sound_after_the_text() -> None:
    """As the model card wants it; equal kinds keep their order."""
    second = {"type": "image_url", "image_url": {"url": "data:image/png;base64,Mg=="}}
    assert in_order([SOUND, TEXT, PICTURE, second]) == [PICTURE, second, TEXT, SOUND]
    assert in_order([TEXT, MORE, PICTURE]) == [PICTURE, TEXT, MORE]


@pytest.mark.parametrize("parts", [[TEXT, PICTURE, MORE], [PICTURE, TEXT, PICTURE, MORE], [SOUND, PICTURE], [TEXT], []])
def test_places_that_were_meant(parts: list[Any]) -> None:
    """Texts between media name them; without a text there is nothing to go by."""
    assert in_order(parts) == parts


def test_openai() -> None:
    """Messages are copied, not changed."""
    messages = user(TEXT, PICTURE)
    [written] = openai_messages(messages, "reasoning", "vLLM")
    assert written["content"] == [PICTURE, TEXT]
    assert messages[0]["content"] == [TEXT, PICTURE]


def test_ollama() -> None:
    """Bare base64, pictures first."""
    assert ollama_content([SOUND, TEXT, PICTURE]) == ("what?", ["cGlj", "c25k"])
    assert ollama_content("a") == ("a", []) and ollama_content(None) == ("", [])


REMOTE = {"type": "image_url", "image_url": {"url": "http://127.0.0.1/secret.png"}}
FILM = {"type": "video_url", "video_url": {"url": "data:video/mp4;base64,AA=="}}
FLAC = {"type": "input_audio", "input_audio": {"data": "AA==", "format": "flac"}}
BY_URL = {"type": "audio_url", "audio_url": {"url": "data:audio/ogg;base64,AA=="}}


@pytest.mark.parametrize("part", [REMOTE, FILM, FLAC, BY_URL])
def test_what_ollama_cannot_take(part: Any) -> None:
    """No addresses, no video, and of sound only what llama.cpp reads."""
    with pytest.raises(Unsupported):
        ollama_content([part])


@pytest.mark.parametrize("part", [REMOTE, FILM])
def test_what_no_runtime_is_given(part: Any) -> None:
    """A server would fetch an address."""
    with pytest.raises(Unsupported):
        openai_messages(user(part), "reasoning", "vLLM")
