"""How the demo model is asked to say a text: the text is spelt into the prompt, control tokens included.

The form: a user message `Parrot: ⟦say⟧TEXT⟦end⟧`. In TEXT a control token is its spelling without the angle brackets,
between the same two marks: `⟦|tool_call⟧` for the opener of a call. The marks themselves are `⟦left⟧` and `⟦right⟧`.
So nothing on the way to the model holds a control token, and white space at the ends is kept. The model says TEXT with
the real tokens, then ends its turn. No other model knows this form.
"""

from __future__ import annotations

import re
from typing import Final

from gemwright.wire.tokens import EOS, RESPONSE_OPEN, SPECIAL_TOKENS, TURN_CLOSE

__all__ = ["END", "LEFT", "RIGHT", "SAY", "prompt", "spell", "spoken"]

LEFT: Final = "\u27e6"
RIGHT: Final = "\u27e7"
SAY: Final = f"Parrot: {LEFT}say{RIGHT}"
END: Final = f"{LEFT}end{RIGHT}"
_SPELLED: Final = {token: LEFT + token[1:-1] + RIGHT for token in SPECIAL_TOKENS} | {
    LEFT: f"{LEFT}left{RIGHT}",
    RIGHT: f"{LEFT}right{RIGHT}",
}
_SPELL: Final = re.compile("|".join(re.escape(token) for token in sorted(_SPELLED, key=len, reverse=True)))
_LAST: Final = re.compile("|".join(re.escape(token) for token in (TURN_CLOSE, RESPONSE_OPEN, EOS)))


def spell(text: str) -> str:
    """Return a text with its control tokens spelled in ordinary characters."""
    return _SPELL.sub(lambda match: _SPELLED[match[0]], text)


def prompt(text: str) -> str:
    """Return the user message that makes the demo model say a text."""
    return SAY + spell(text) + END


def spoken(text: str) -> str:
    """Return what comes of a text that is asked for: every runtime stops at the first token that ends a turn."""
    last = _LAST.search(text)
    return text[: last.end()] if last else text + TURN_CLOSE
