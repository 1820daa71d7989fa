"""ComfyUI's back end against a server written for it: well, slow, wrong, half done, failing, and no ComfyUI at all."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from apps.visualizer.tests.backends.comfy import WORKFLOW, Comfy, Manners, png
from gemwright_visualizer.backends import ComfyUI, Request, read_workflow
from gemwright_visualizer.errors import PictureProblem, Stopped

WANTED = Request(3, "a crane over water", "text, logo", 77, (320, 184))


def backend(comfy: Comfy, **settings: Any) -> ComfyUI:
    """Return the back end for a server, in a hurry."""
    return ComfyUI(
        comfy.url, read_workflow(json.dumps(WORKFLOW)), **{"poll": 0.01, "timeout": 5.0, "answer": 2.0, **settings}
    )


def test_a_picture_comes_with_our_words_seed_and_size() -> None:
    """What is asked stands in the titled nodes, and the picture of the titled node comes back."""
    with Comfy() as comfy:
        made = backend(comfy).generate(WANTED)
    nodes = comfy.prompts[0]
    assert (nodes["6"]["inputs"]["text"], nodes["7"]["inputs"]["text"]) == (WANTED.prompt, WANTED.negative)
    assert nodes["3"]["inputs"]["seed"] == 77 and nodes["5"]["inputs"] == {"width": 320, "height": 184}
    assert made.picture.shape == (184, 320, 3) and made.notes == () and made.source == "comfyui"
    assert WORKFLOW["6"]["inputs"]["text"] == ""


def test_a_slow_server_is_waited_for_and_a_dead_one_is_not() -> None:
    """A picture may take many questions; one that never comes ends with the limit, and is taken out of the queue."""
    with Comfy(Manners(polls=20, delay=0.01)) as comfy:
        assert backend(comfy).generate(WANTED).picture.any()
    with Comfy(Manners(polls=10**6)) as comfy:
        begin = time.monotonic()
        with pytest.raises(PictureProblem, match=r"within 0\.3 s"):
            backend(comfy, timeout=0.3).generate(WANTED)
        assert time.monotonic() - begin < 3
        assert ("/queue", {"delete": ["id-1"]}) in comfy.posted and (
            "/interrupt",
            {"prompt_id": "id-1"},
        ) in comfy.posted


def test_a_stop_is_heard_and_told_to_the_server() -> None:
    """Nothing goes on in the user's card after a stop."""
    with Comfy(Manners(polls=10**6)) as comfy:
        with pytest.raises(Stopped):
            backend(comfy).generate(WANTED, lambda: comfy.polls > 3)
        assert ("/interrupt", {"prompt_id": "id-1"}) in comfy.posted


@pytest.mark.parametrize("route", ["/prompt", "/history", "/view"])
@pytest.mark.parametrize("status", [500, 503])
def test_an_error_of_the_server_that_passes_is_asked_again(route: str, status: int) -> None:
    """One bad answer costs a moment and no picture."""
    with Comfy(Manners(fail={route: [status]})) as comfy:
        assert backend(comfy).generate(WANTED).picture.any()
        assert comfy.asked.count(route) >= 2


def test_an_error_of_the_server_that_stays_is_told() -> None:
    """With what to do about it."""
    with Comfy(Manners(fail={"/prompt": [500] * 50})) as comfy, pytest.raises(PictureProblem, match="ComfyUI") as told:
        backend(comfy).generate(WANTED)
    assert told.value.hint and told.value.exit_code == 3


def test_a_card_that_is_too_small_is_asked_for_less_once() -> None:
    """The picture is made smaller, scaled up, and the report says so; the second time it is an error."""
    with Comfy(Manners(room=320 * 184 - 1)) as comfy:
        made = backend(comfy).generate(WANTED)
    assert made.picture.shape == (184, 320, 3) and made.notes == ("made at 240 by 136: the card has no room for more",)
    with Comfy(Manners(room=10)) as comfy:
        with pytest.raises(PictureProblem, match="no memory"):
            backend(comfy).generate(WANTED)
        assert len(comfy.prompts) == 2


def test_what_went_wrong_in_a_node_is_told_in_plain_words() -> None:
    """The node and the message, without what drives a terminal."""
    with (
        Comfy(Manners(error=("ValueError", "bad\x1b[2J latent\nshape"))) as comfy,
        pytest.raises(PictureProblem) as told,
    ):
        backend(comfy).generate(WANTED)
    assert told.value.message == "ComfyUI failed in KSampler: bad [2J latent shape"


def test_a_picture_of_another_size_is_made_to_fit() -> None:
    """A workflow without a place for the size gives what it gives."""
    with Comfy(Manners(size=(512, 512))) as comfy:
        made = backend(comfy).generate(WANTED)
    assert made.picture.shape == (184, 320, 3) and "512 by 512 instead of 320 by 184" in made.notes[0]


@pytest.mark.parametrize(
    "manners",
    [
        Manners(picture=b"<html>no</html>"),
        Manners(picture=b""),
        Manners(picture=png((320, 184))[:200]),
        Manners(half=True),
        Manners(answers={"/prompt": b"<html>"}),
        Manners(answers={"/prompt": b'{"prompt_id": "../../x y"}'}),
        Manners(answers={"/prompt": b"[1, 2]"}),
        Manners(answers={"/history": b'{"id-1": {"outputs": {}, "status": {"completed": true}}}'}),
        Manners(answers={"/history": b'{"id-1": {"outputs": {"12": {"images": []}}, "status": {}}}'}),
        Manners(answers={"/history": b'{"id-1": {"outputs": {"9": {"images": [7, {"filename": 3}]}}, "status": 5}}'}),
        Manners(answers={"/history": b'{"id-1": {"status": {"status_str": "error", "messages": [1, [2], "x"]}}}'}),
        Manners(answers={"/history": b"null"}),
        Manners(delay=0.5),
    ],
    ids=lambda one: str(one.answers or (one.picture or b"")[:8] or one.half or one.delay),
)
def test_wrong_answers_are_one_error_each(manners: Manners) -> None:
    """Whatever the server says: a PictureProblem within the limits, never another error, never a hang."""
    begin = time.monotonic()
    with Comfy(manners) as comfy, pytest.raises(PictureProblem) as told:
        backend(comfy, timeout=0.3, answer=0.2).generate(WANTED)
    assert told.value.message and time.monotonic() - begin < 15


def test_a_refused_workflow_says_what_the_server_says() -> None:
    """A 400 names the node that is wrong."""
    body = (
        b'{"error": {"type": "invalid_prompt", "message": "missing node type Foo", "details": ""}, "node_errors": {}}'
    )
    with Comfy() as comfy:
        comfy.answer = lambda request, _body: comfy._say(request, body, 400)  # type: ignore[method-assign]
        with pytest.raises(PictureProblem, match="missing node type Foo"):
            backend(comfy).generate(WANTED)


def test_nobody_answers() -> None:
    """The address is named, and what to look at."""
    with Comfy() as comfy:
        gone = comfy.url
    with pytest.raises(PictureProblem, match="nothing answers"):
        ComfyUI(gone, read_workflow(json.dumps(WORKFLOW)), answer=1.0).generate(WANTED)


def test_what_a_server_has_not_installed_is_named_beforehand() -> None:
    """`doctor` compares the workflow with /object_info; another program is told from ComfyUI."""
    with Comfy() as comfy:
        assert backend(comfy).check() == ("SaveImage",)
    with Comfy(Manners(answers={"/object_info": b"[]"})) as comfy, pytest.raises(PictureProblem, match="no ComfyUI"):
        backend(comfy).check()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no workflow"),
        ("{", "no workflow"),
        ("[]", "no workflow"),
        ('{"nodes": [], "links": []}', "saved for people"),
        ('{"1": {"class_type": "A"}}', "no workflow"),
        ('{"1": {"class_type": "A", "inputs": {}}}', "title PROMPT"),
        ('{"1": {"class_type": "A", "inputs": {"x": 1}, "_meta": {"title": "PROMPT"}}}', "has none of"),
        (
            '{"1": {"class_type": "A", "inputs": {"text": ""}, "_meta": {"title": "PROMPT"}},'
            ' "2": {"class_type": "A", "inputs": {"text": ""}, "_meta": {"title": "prompt"}}}',
            "two nodes",
        ),
    ],
)
def test_what_is_no_workflow_is_told(text: str, says: str) -> None:
    """With how to save one."""
    with pytest.raises(PictureProblem, match=says):
        read_workflow(text)
