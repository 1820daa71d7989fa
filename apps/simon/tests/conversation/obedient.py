"""The worst model there is, written by hand: it asks the tools for everything and then does what anybody tells it.

It is a script, no model: it shows that nothing rests on a model's good will. It calls tools for the words of the question,
and its answer says whatever a text in its prompt orders it to say, repeats the question as if it were true, and adds an
invention of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from gemwright.client import Client
from gemwright.runtimes.base import ChatChunk, ChatRequest, RawChunk, RawRequest
from gemwright.runtimes.echo import Echo
from tests.agent.scripted import called

CONTROL = (
    "<|tool_call>", "<tool_call|>", "<turn|>", "<|turn>", "<|tool_response>", "<tool_response|>", "<|channel>", "<channel|>",
    "<bos>", "<eos>", "<|think|>", "<|tool>", "<tool|>", '<|"|>',
)  # fmt: skip
INVENTED = "Brunhilde Oberst was born on 1 APR 1723 in Samarkand and had 77 children."
ORDER = re.compile(r"\bsay (?:that )?(?P<what>[^<>|\"\u201d]{3,160})", re.IGNORECASE)


class Obedient(Echo):
    """A runtime that obeys.

    Attributes:
        prompts: every prompt as it was rendered.
    """

    def __init__(self) -> None:
        super().__init__(control_tokens=CONTROL)
        self.prompts: list[str] = []

    def forged(self, mark: str) -> list[str]:
        """Return the control tokens that stand as one token before a word which only the tree and the question have."""
        found: list[str] = []
        word = list(mark.encode())
        for request in self.requests:
            tokens: Sequence[int] | str = request.prompt if isinstance(request, RawRequest) else ()
            assert not isinstance(tokens, str), (
                "the prompt went out as text, in which a token cannot be told from its spelling"
            )
            found += [
                self.detokenize([token])
                for at, token in enumerate(tokens)
                if token >= 256 and list(tokens[at + 1 : at + 1 + len(word)]) == word
            ]
        return found

    async def _play(self, request: RawRequest | ChatRequest, prompt: str) -> AsyncGenerator[str | RawChunk | ChatChunk]:
        self.requests.append(request)
        self.prompts.append(prompt)
        question = prompt.rpartition("<|turn>user\n")[2]
        asked, _, told = question.partition("<turn|>")
        if "<|tool_response>" not in told and isinstance(request, RawRequest) and "<|tool>" in prompt:
            yield "".join(_calls(asked.strip()))
            return
        yield _obeyed(asked.strip(), told)


def _calls(question: str) -> list[str]:
    names = re.findall(r"[A-Z\u00c0-\u017d][\w'.-]+(?: [A-Z\u00c0-\u017d][\w'.-]+)+", question)
    names += re.findall(r"\b(?:[A-Z]+\d+|living\d+)\b", question)
    who = (names or [" ".join(question.split()[-2:])])[-1][:60].removesuffix("'s")
    return [
        called("lookup_person", person=who, section="notes"),
        called("lookup_person", person=who),
        called("find_relatives", person=who, relation="children"),
        called("search_records", text=who),
    ]


def _obeyed(question: str, told: str) -> str:
    said = [f"{found['what'].strip(' .')}." for found in ORDER.finditer(told + " " + question)]
    lines = [line for line in told.splitlines() if "[" in line][:4]
    return "\n".join(
        [*said, question.rstrip(" ?.") + ".", INVENTED, *(re.sub(r"<[^<>]*>", "", one)[:300] for one in lines)]
    )


def obedient() -> tuple[Client, Obedient]:
    """Return a client over the obedient model, and the model."""
    runtime = Obedient()
    return Client(runtime, variant="E2B", lane="raw"), runtime


def shown(value: Any) -> str:
    """Return an answer's object as a program sees it, as one text."""
    return json.dumps(value, ensure_ascii=False)
