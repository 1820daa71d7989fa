"""What is said where nobody asks about the tree: who Simon is, what it answers, how to ask, and a plain word for thanks."""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from gemwright_simon.clerk.answer import Answer
from gemwright_simon.clerk.forms import filled
from gemwright_simon.clerk.people import fold
from gemwright_simon.tree import Tree

__all__ = ["courtesy"]

_MOST_LETTERS: Final = 120
_GREETING: Final = r"(?:hello|hi|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|day))"
_ADDRESS: Final = r"(?: there| simon| again| you)*"
_HELLO: Final = re.compile(rf"{_GREETING}{_ADDRESS}")
_HELLO_FIRST: Final = re.compile(rf"^(?:{_GREETING}{_ADDRESS} )+(?=\w)")
_THANKS: Final = re.compile(
    r"(?:ok |okay |great |perfect |lovely |many )?(?:thanks|thank you|thankyou|thx|cheers|ta)"
    r"(?: (?:a lot|a million|a bunch|so much|very much|again|for (?:your|the|all your|all the) help|simon))*"
)
_WHO: Final = re.compile(
    r"(?:so |and |but )?(?:who|what) (?:are you|exactly are you|r u)(?: exactly| then| anyway| simon)?|"
    r"what(?:s|'s| is) your name|(?:tell me about|introduce) yourself|who is simon|who's simon|"
    r"are you (?:a |an )?(?:human|robot|bot|machine|chatbot|person|ai|real person|real)"
)
_HELP: Final = re.compile(
    r"(?:please )?help(?: me)?(?: please)?|(?:so |and )?what (?:can|could|do) you (?:do|answer|know|tell me)(?: for me| here)?|"
    r"what (?:can|could|may|should|do) i ask(?: you| here)?|how (?:do|can|should) i ask(?: you)?(?: a question| questions)?|"
    r"how (?:does this|do you) work|how (?:can|could) you help(?: me)?|what can you help(?: me)? with|"
    r"what (?:kind|kinds|sort|sorts) of questions? can (?:i ask(?: you)?|you answer)"
)
_WHO_I_AM: Final = "I am Simon, a historian for this family tree."
_LIMITS: Final = (
    "I answer from its records and name them; I do not guess and look nothing up elsewhere. People who may be living stay "
    "hidden unless you started me with --include-living. What I can't answer so, I say that I can't."
)
_HOW: Final = "Ask about one person or the whole tree, with names as they are recorded"


def courtesy(text: str, tree: Tree) -> Answer | None:
    """Answer a greeting, thanks, or a question about Simon itself; None for everything else.

    Args:
        text: as typed.
        tree: the tree, for examples of questions; nothing is claimed of it.
    """
    if len(text) > _MOST_LETTERS:
        return None
    plain = fold(text.replace("\u2019", "'"))
    if _THANKS.fullmatch(plain):
        return _said("You are welcome.")
    if _HELLO.fullmatch(plain):
        return _said(f"Hello. {_WHO_I_AM} {_how(tree)}")
    plain = _HELLO_FIRST.sub("", plain).removesuffix(" please")
    if _WHO.fullmatch(plain) or _HELP.fullmatch(plain):
        return _said(f"{_WHO_I_AM} {_LIMITS}\n{_how(tree)}")
    return None


def _how(tree: Tree) -> str:
    examples = [f"\u201c{form}\u201d" for form in islice(filled(tree), 2)]
    return f"{_HOW}, as in {' or '.join(examples)}" if examples else f"{_HOW}."


def _said(text: str) -> Answer:
    return Answer(text, kind="courtesy")
