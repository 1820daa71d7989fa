"""What is asked of many people or of the whole tree: who fits, how many, who first; through the same answers as elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from gemwright_simon.clerk import whole
from gemwright_simon.clerk.answer import Answer
from gemwright_simon.clerk.desk import Desk
from gemwright_simon.clerk.parse import Question
from gemwright_simon.clerk.people import fold
from gemwright_simon.clerk.say import listing
from gemwright_simon.clerk.speech import crowd, persons
from gemwright_simon.clerk.speech.asked import EVENTS, Asked
from gemwright_simon.clerk.speech.lore import Lore
from gemwright_simon.clerk.speech.meaning import Group, Meaning
from gemwright_simon.clerk.speech.refs import Everyone, Kin, Named, Ref, Those

__all__ = ["whole_tree"]

_SORTS: Final = frozenset("OLDEST YOUNGEST LONGEST SHORTEST ORD MOST".split())
_FILTERS: Final = frozenset("TIME PLACE AGE JOB GIRLS BOYS NEVER NOT UNMARRIED CHILDLESS FROM".split()) | frozenset(
    EVENTS
)
_FRAME: Final = frozenset("WHO WHICH HOWMANY PEOPLE NAME SURNAME HAVE IT WITH FAMILIES".split())


def whole_tree(desk: Desk, asked: Asked, lore: Lore) -> Answer | None:
    """Answer a question about many people; None where it is none, or not understood.

    Args:
        desk: the tree and the conversation's focus.
        asked: the question.
        lore: what words the tree knows.

    Raises:
        Aside: nobody, or nobody but the living, is meant.
    """
    return _totals(desk, asked) or _commonest(desk, asked) or _bearers(desk, asked) or _many(desk, asked, lore)


def _bearers(desk: Desk, asked: Asked) -> Answer | None:
    """Is there anyone called Ludwig?"""
    refs = asked.refs
    if len(refs) != 1 or not isinstance(refs[0], Named) or refs[0].many or not asked.has("PEOPLE"):
        return None
    if not asked.only("PEOPLE", "NAME", "WHO", "HAVE", "WITH", "SURNAME"):
        return None
    people = Meaning(desk).bearers(refs[0])
    if not people:
        return None
    answer = listing(f"Called {refs[0].text}", people, kind="bearers")
    return replace(answer, text=answer.text + whole.private(desk))


def _totals(desk: Desk, asked: Asked) -> Answer | None:
    if (
        asked.refs
        or not asked.has("HOWMANY")
        or not asked.only("HOWMANY", "PEOPLE", "FAMILIES", "SOURCE", "HAVE", "WHO", "IT")
    ):
        return None
    return whole.totals(desk, Question("totals", {}))


def _commonest(desk: Desk, asked: Asked) -> Answer | None:
    if (
        asked.refs
        or not asked.has("COMMON", "MOST")
        or not asked.only("COMMON", "MOST", "SURNAME", "NAME", "WHO", "WHICH", "PEOPLE", "HAVE")
    ):
        return None
    if asked.has("SURNAME"):
        return whole.surname_top(desk, Question("surname_top", {}))
    return whole.given_top(desk, Question("given_top", {})) if asked.has("NAME") else None


def _base(desk: Desk, asked: Asked, lore: Lore) -> tuple[Ref, bool] | None:
    """Return who is looked at, and whether that is the whole tree or all of a surname."""
    refs = asked.mains
    if not refs:
        return (
            (Everyone(), True)
            if asked.has("WHO", "WHICH", "HOWMANY", "PEOPLE", "OLDEST", "LONGEST", "YOUNGEST", "JOB")
            else None
        )
    ref = refs[0]
    if (
        len(refs) == 2
        and isinstance(refs[1], Kin)
        and refs[1].of is None
        and refs[1].kin.relation == "children"
        and asked.has("MOST")
    ):
        return (ref, False)
    if len(refs) != 1:
        return None
    if isinstance(ref, Named) and not ref.many and not ref.qualities and len(ref.found.handles) > 1:
        if asked.has("HOWMANY", "WHICH", "PEOPLE", "SURNAME", *_SORTS) and lore.surname(fold(ref.text)):
            return Named(text=lore.surname(fold(ref.text)), many=True), False
    if isinstance(ref, Kin) and ref.of is None and ref.kin.relation == "children" and asked.has("MOST"):
        return Everyone(), True
    if isinstance(ref, (Kin, Those)) or (isinstance(ref, Named) and ref.many):
        return ref, False
    return None


def _many(desk: Desk, asked: Asked, lore: Lore) -> Answer | None:
    base = _base(desk, asked, lore)
    if base is None:
        return None
    ref, everybody = base
    work = ("WORK",) if asked.has("JOB") else ()
    if not asked.only(*_FRAME, *_SORTS, *_FILTERS, *work, "ALIVE", "ADOPTED", "FULL", "ONLY"):
        return None
    if isinstance(ref, Named):
        everybody = False
        if asked.only("HOWMANY", "PEOPLE", "NAME", "SURNAME", "HAVE", "WITH") and asked.has("HOWMANY"):
            return whole.surname_count(desk, Question("surname_count", {"s": ref.text}))
    if asked.has("ALIVE"):
        return _alive(desk, asked, everybody)
    sorting = asked.kinds & _SORTS
    group = Meaning(desk).some(ref)
    if sorting:
        return _sorted(desk, asked, group, everybody)
    wanted = crowd.sieves(desk, asked)
    if wanted is None or (
        asked.has(*EVENTS) and not asked.yesno and not asked.has("WHO", "WHICH", "HOWMANY", "PEOPLE")
    ):
        return None
    if not wanted:
        return _plain_list(desk, asked, ref, group)
    if asked.has("NAME", "SURNAME") and not asked.has("WHO", "WHICH", "HOWMANY", "PEOPLE"):
        return None
    return crowd.fitting(
        desk, group, wanted, counted=asked.has("HOWMANY"), yesno=asked.yesno, whole=everybody, kind="fitting"
    )


def _plain_list(desk: Desk, asked: Asked, ref: Ref, group: Group) -> Answer | None:
    if not isinstance(ref, Named) or asked.has("HAVE", "WITH", "HOWMANY"):
        return None
    answer = persons.kin_answer(desk, group, "", counted=False, yesno=False, tied=False, kind="fitting")
    return replace(answer, text=answer.text + whole.private(desk))


def _alive(desk: Desk, asked: Asked, everybody: bool) -> Answer | None:
    time = next((node.item.time for node in asked.get("TIME") if node.item is not None), None)
    if (
        not everybody
        or time is None
        or time.year is None
        or not asked.only("ALIVE", "TIME", "WHO", "HOWMANY", "PEOPLE", "WHICH")
    ):
        return None
    return whole.alive_in(desk, Question("alive_in", {"y": str(time.year)}))


def _sorted(desk: Desk, asked: Asked, group: Group, everybody: bool) -> Answer | None:
    sorting = asked.kinds & _SORTS
    if asked.has("HOWMANY", "AGE", "NEVER", "NOT", "UNMARRIED") or len(sorting) != 1:
        return None
    sort = next(iter(sorting))
    events = {EVENTS[node.kind] for node in asked.nodes if node.kind in EVENTS}
    filters = crowd.sieves(desk, Asked([node for node in asked.nodes if node.kind not in EVENTS], asked.yesno))
    if filters is None or asked.has("TIME") or (asked.has("PLACE") and not events):
        return None
    people = [one for one in group.people if all(sieve.test(one) for sieve in filters)]
    group = replace(group, people=tuple(people), said=group.said + "".join(f", {one.said}" for one in filters))
    if asked.has("PLACE"):
        return None
    found = _key(asked, sort, events)
    if found is None:
        return None
    key, last = found
    if everybody and sort in ("OLDEST",) and not events:
        both = [
            crowd.best(desk, group, "birth", last=False, whole=True, kind="best"),
            crowd.best(desk, group, "age", last=True, whole=True, kind="best"),
        ]
        return persons.joined(both, "best")
    return crowd.best(desk, group, key, last=last, whole=everybody, kind="best")


def _key(asked: Asked, sort: str, events: set[str]) -> tuple[str, bool] | None:
    """Return by what people are put in order, and whether the last comes first."""
    if sort in ("LONGEST", "SHORTEST"):
        return ("age", sort == "LONGEST") if events <= {"residence", "death"} else None
    if sort == "MOST":
        children = any(isinstance(one, Kin) and one.kin.relation == "children" for one in asked.refs)
        return ("children", True) if children and not events else None
    if len(events) > 1:
        return None
    event = next(iter(events), "")
    if sort == "ORD" and not event:
        return ("birth", False) if {node.value for node in asked.get("ORD")} == {"1"} else None
    if sort == "ORD":
        number = {node.value for node in asked.get("ORD")}
        return (
            (event, number == {"-1"}) if event in ("birth", "death", "marriage") and number in ({"1"}, {"-1"}) else None
        )
    if event == "death":
        return "age", sort == "OLDEST"
    return ("birth", sort == "YOUNGEST") if event in ("", "birth") else None
