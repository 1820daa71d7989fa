"""A ComfyUI workflow of the user's, as it is saved for programs, with places for our words, seed and size.

Places are nodes with these titles, in capitals or not: `PROMPT`, `NEGATIVE`, `SEED`, `SIZE`, and `PICTURE` for the node
whose picture is taken. Only `PROMPT` is needed.

Source: the form "Export (API)" of ComfyUI: an object of nodes by id, each with `class_type`, `inputs` and `_meta.title`
(github.com/comfyanonymous/ComfyUI, server.py and execution.py).
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from gemwright import BadJSON
from gemwright.foundation import jsonx
from gemwright_visualizer.errors import PictureProblem

__all__ = ["Workflow", "read_workflow"]

_INPUTS: Final[dict[str, tuple[str, ...]]] = {
    "prompt": ("text", "prompt", "string", "value", "positive", "text_g"),
    "negative": ("text", "prompt", "string", "value", "negative", "text_g"),
    "seed": ("seed", "noise_seed", "value", "int"),
}
_MOST_BYTES: Final = 4 * 1024 * 1024
_HINT: Final = "in ComfyUI: Workflow > Export (API), and give nodes the titles PROMPT, NEGATIVE, SEED, SIZE, PICTURE"


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow, and where its places are.

    Attributes:
        nodes: by id.
        places: ids of the titled nodes, by title in small letters.
    """

    nodes: Mapping[str, Mapping[str, Any]]
    places: Mapping[str, str]

    @property
    def kinds(self) -> frozenset[str]:
        """The classes of its nodes, all of which a server has to know."""
        return frozenset(str(one["class_type"]) for one in self.nodes.values())

    def filled(self, prompt: str, negative: str, seed: int, size: tuple[int, int]) -> dict[str, Any]:
        """Return the nodes with our values in their places."""
        nodes = cast("dict[str, Any]", copy.deepcopy(dict(self.nodes)))
        for title, value in (("prompt", prompt), ("negative", negative), ("seed", seed)):
            if title in self.places:
                inputs = nodes[self.places[title]]["inputs"]
                for name in [one for one in _INPUTS[title] if one in inputs][:1]:
                    inputs[name] = value
                if title != "seed" and "text_l" in inputs:
                    inputs["text_l"] = value
        if "size" in self.places:
            inputs = nodes[self.places["size"]]["inputs"]
            inputs["width"], inputs["height"] = size
        return nodes


def read_workflow(text: str | bytes, file: str = "workflow.json") -> Workflow:
    """Read a workflow.

    Raises:
        PictureProblem: it is none, is of the form that is not for programs, or has no place for the prompt.
    """
    try:
        value = jsonx.parse(text, max_bytes=_MOST_BYTES)
    except BadJSON as error:
        raise PictureProblem(f"{file} is no workflow: {error.message}", hint=_HINT) from None
    if isinstance(value, dict) and isinstance(cast("dict[str, Any]", value).get("nodes"), list):
        raise PictureProblem(f"{file} is saved for people, not for programs", hint=_HINT)
    nodes = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    if not nodes or not all(_is_node(one) for one in nodes.values()):
        raise PictureProblem(f"{file} is no workflow: nodes by id, each with class_type and inputs", hint=_HINT)
    places: dict[str, str] = {}
    for number, node in nodes.items():
        title = str(node.get("_meta", {}).get("title", "")).strip().lower()
        if title not in ("prompt", "negative", "seed", "size", "picture"):
            continue
        if title in places:
            raise PictureProblem(f"{file} has two nodes with the title {title.upper()}", hint="one of each")
        known = ("width",) if title == "size" else _INPUTS.get(title, ())
        if known and not any(one in node["inputs"] for one in known):
            raise PictureProblem(f"{file}: the node {title.upper()} has none of {', '.join(known)}", hint=_HINT)
        places[title] = number
    if "prompt" not in places:
        raise PictureProblem(f"{file} has no node with the title PROMPT", hint=_HINT)
    return Workflow(nodes, places)


def _is_node(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    node = cast("dict[str, Any]", value)
    return (
        isinstance(node.get("class_type"), str)
        and isinstance(node.get("inputs"), dict)
        and isinstance(node.get("_meta", {}), dict)
    )
