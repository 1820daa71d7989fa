"""What every runtime's adapter has to do, as checks that run over any of them: yours too.

```python
import pytest
from gemwright.testing.runtime_contract import CHECKS, require

@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_contract(check):
    require(check, lambda: MyRuntime("http://127.0.0.1:8000"), lane="chat")
```

The model behind it has to be Gemma 4, or gemwright's demo model: the checks ask it to repeat words, to think and to call tools.
`scripted(check, lane)` is a runtime without a model that gives the perfect answers. No test framework is needed or imported:
a check that does not apply raises `unittest.SkipTest`, which pytest takes for a skip, and a broken one an `AssertionError`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias
from unittest import SkipTest

from gemwright.client.lanes import LaneName
from gemwright.foundation.errors import ContextOverflow, GemwrightError, RuntimeRejected, Unsupported
from gemwright.messages import ToolCall
from gemwright.runtimes.base import Runtime
from gemwright.runtimes.echo import Echo
from gemwright.testing import checks
from gemwright.testing.bench import Bench, Broken, Limits, NotApplicable, bench_of
from gemwright.testing.script import Said, echo_of

__all__ = ["CHECKS", "Broken", "Check", "Limits", "Outcome", "hold", "require", "run_contract", "scripted"]

Status: TypeAlias = Literal["held", "broken", "not applicable"]

_THOUGHT: Final = "These are 2 calls."
_TWO: Final = tuple(ToolCall(name, arguments) for name, arguments in checks.CALLS)
_TIDES: Final = ToolCall("get_tides", {"harbour": "Bergen", "days": 3})
_APPLE: Final = Said("apple")
_LONG: Final = Said(checks.COUNT, pause=30)


@dataclass(frozen=True, slots=True)
class Check:
    """One promise.

    Attributes:
        name: of the check.
        use: checks it; raises `Broken` or `NotApplicable`.
        script: what a perfect runtime answers, request by request.
    """

    name: str
    use: Callable[[Bench], Awaitable[None]]
    script: Sequence[Said] = ()

    def __str__(self) -> str:
        return self.name

    @property
    def promise(self) -> str:
        """What an adapter promises, as a sentence."""
        return (self.use.__doc__ or "").strip()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a check.

    Attributes:
        check: its name.
        lane: in which lane.
        status: "held", "broken" or "not applicable".
        why: what was expected and what came, or why it does not apply.
        seconds: how long it took.
    """

    check: str
    lane: LaneName
    status: Status
    why: str = ""
    seconds: float = 0.0


CHECKS: Final[tuple[Check, ...]] = (
    Check("describe", checks.describes),
    Check("events in order", checks.events_in_order, (Said(thinking=_THOUGHT, calls=_TWO),)),
    Check("one end", checks.ends_once, (_APPLE,)),
    Check("usage", checks.usage, (_APPLE,)),
    Check("text intact", checks.text_intact, (Said(checks.PHRASE),)),
    Check("thinking apart", checks.thinking_apart, (Said(thinking=_THOUGHT, calls=_TWO),)),
    Check("no thinking", checks.no_thinking, (_APPLE,)),
    Check("call whole", checks.call_whole, (Said(calls=(_TIDES,)),)),
    Check("calls apart", checks.calls_apart, (Said(calls=_TWO),)),
    Check("results go back", checks.results_go_back, (Said("It is sunny, and it is noon."),)),
    Check("max_tokens", checks.max_tokens, (Said("one two", finish="length"),)),
    Check("stop", checks.stop_words, (Said("one two three four five six "),)),
    Check("seed", checks.seeds, (_APPLE, _APPLE)),
    Check("at once", checks.at_once, (_APPLE, Said("river"), Said("stone"))),
    Check("left early", checks.left_early, (_LONG, _APPLE)),
    Check("waiting cancelled", checks.waiting_cancelled, (_LONG, _APPLE)),
    Check("context overflow", checks.context_overflow, (Said(error=ContextOverflow("the script is full")),)),
    Check(
        "errors typed",
        checks.errors_typed,
        (Said(error=RuntimeRejected("nothing was asked", status=400)), Said(error=Unsupported("the other lane"))),
    ),
    Check("tokens", checks.tokens),
    Check("closed twice", checks.closes_twice),
)
"""All checks, in the order in which their failures are best read."""


async def hold(
    check: Check, make: Callable[[], Runtime], *, lane: LaneName = "chat", limits: Limits | None = None
) -> Outcome:
    """See whether a runtime keeps a promise.

    Args:
        check: the promise.
        make: makes the adapter, inside the event loop; a fresh one for each check.
        lane: in which lane.
        limits: how long things may take.
    """
    began = time.monotonic()
    status: Status = "held"
    why = ""
    try:
        async with bench_of(make, lane, limits or Limits()) as bench:
            await check.use(bench)
    except NotApplicable as reason:
        status, why = "not applicable", str(reason)
    except Broken as broken:
        status, why = "broken", str(broken)
    except GemwrightError as error:
        status, why = "broken", f"{type(error).__name__} ({error.code}): {error}"
    except Exception as error:  # that it comes out at all is the fault
        status, why = "broken", f"{type(error).__name__}, which is no error of gemwright: {error}"
    return Outcome(check.name, lane, status, why, time.monotonic() - began)


def run_contract(
    make: Callable[[], Runtime],
    *,
    lanes: Iterable[LaneName] = ("raw", "chat"),
    checks: Sequence[Check] = CHECKS,
    limits: Limits | None = None,
) -> list[Outcome]:
    """Run checks in lanes, one after the other, and return what came of each.

    Args:
        make: makes the adapter, inside the event loop; a fresh one for each check.
        lanes: in which lanes; one that the runtime does not take is told as not applicable.
        checks: which checks.
        limits: how long things may take.
    """

    async def run() -> list[Outcome]:
        return [await hold(check, make, lane=lane, limits=limits) for lane in lanes for check in checks]

    return asyncio.run(run())


def require(
    check: Check, make: Callable[[], Runtime], *, lane: LaneName = "chat", limits: Limits | None = None
) -> Outcome:
    """Run one check as a test. Arguments as of `hold`.

    Raises:
        Broken: the promise is not kept.
        unittest.SkipTest: it does not apply; pytest and unittest take that for a skip, with its reason.
    """
    outcome = asyncio.run(hold(check, make, lane=lane, limits=limits))
    if outcome.status == "broken":
        raise Broken(f"{check.name} ({lane}): {outcome.why}")
    if outcome.status == "not applicable":
        raise SkipTest(f"{check.name} ({lane}): {outcome.why}")
    return outcome


def scripted(check: Check, lane: LaneName) -> Echo:
    """Return a runtime without a model that answers a check perfectly, in one lane."""
    return echo_of(check.script, lane)
