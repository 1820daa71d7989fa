"""What each rule's finding is called, how grave it is, and the one sentence that says it."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

__all__ = ["KINDS", "PROBLEMS", "SEVERITIES", "Kind", "Severity"]

Severity = Literal["error", "warning", "note"]
SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "note")
"""An error cannot be true, a warning rarely is, a note is a record to look at."""


class Kind(NamedTuple):
    """One kind of finding.

    Attributes:
        severity: how grave it is.
        sentence: the sentence: `{a}`, `{b}`, `{c}` are people, `{x}`, `{y}` dates, `{e}` the kind of the first event, `{n}` a
            number, `{f}` a family or a source.
    """

    severity: Severity
    sentence: str


KINDS: Final[dict[str, Kind]] = {
    "death_before_birth": Kind("error", "{a}: the {e} {x} lies before the birth {y}."),
    "baptism_before_birth": Kind("error", "{a}: the {e} {x} lies before the birth {y}."),
    "burial_before_death": Kind("error", "{a}: the {e} {x} lies before the death {y}."),
    "event_before_birth": Kind("error", "{a}: the {e} {x} lies before the birth {y}."),
    "event_after_death": Kind("error", "{a}: the {e} {x} lies after the death {y}."),
    "future_date": Kind("error", "{a}: the {e} {x} is still to come."),
    "marriage_before_birth": Kind("error", "{a} married {x}, before the birth {y}."),
    "marriage_after_death": Kind("error", "{a} married {x}, after the death {y}."),
    "child_before_parent": Kind("error", "{b} was born {x}, before the parent {a}, born {y}."),
    "child_after_mothers_death": Kind("error", "{b} was born {x}, {n} days after the death of the mother, {a}, {y}."),
    "child_after_parents_death": Kind("error", "{b} was born {x}, {n} days after the death of {a}, {y}."),
    "own_ancestor": Kind("error", "{a} is recorded as an ancestor of themselves."),
    "partner_and_child": Kind("error", "{a} is both a partner and a child of the family {f}."),
    "young_parent": Kind("warning", "{a}, born {x}, was {n} at most when {b} was born {y}."),
    "old_mother": Kind("warning", "{a}, born {x}, was {n} at least when {b} was born {y}."),
    "old_father": Kind("warning", "{a}, born {x}, was {n} at least when {b} was born {y}."),
    "young_marriage": Kind("warning", "{a}, born {x}, was {n} at most at the marriage {y}."),
    "long_life": Kind("warning", "{a} was {n} at least: born {x}, died {y}."),
    "siblings_too_close": Kind("warning", "{b} and {c}, children of {a}, were born {n} days apart: {x} and {y}."),
    "many_children": Kind("warning", "{a} is recorded as the mother of {n} children."),
    "dates_conflict": Kind("warning", "{a} has two dates of {e} that cannot both be right: {x} and {y}."),
    "conflicting_sources": Kind("warning", "{a} has two dates of {e} from sources that disagree: {x} and {y}."),
    "two_birth_families": Kind("warning", "{a} is a child by birth of {n} families."),
    "partners_are_siblings": Kind("warning", "{a} and {b}, partners in the family {f}, are recorded as siblings."),
    "partners_are_parent_and_child": Kind(
        "warning", "{a} and {b}, partners in the family {f}, are recorded as parent and child."
    ),
    "unreadable_date": Kind("warning", "{a}: the {e} {x} cannot be read as a date."),
    "ambiguous_date": Kind("note", "{a}: day and month of the {e} {x} may be swapped."),
    "partner_age_gap": Kind("note", "{a}, born {x}, and {b}, born {y}, were partners with {n} years between them."),
    "no_name": Kind("note", "{a} has no name recorded."),
    "unconnected": Kind("note", "{a} belongs to no family of this tree."),
    "empty_family": Kind("note", "The family {f} has fewer than two members."),
    "unused_source": Kind("note", "Nothing is cited to the source {f}."),
    "untitled_source": Kind("note", "The source {f} has no title."),
}

PROBLEMS: Final[dict[str, tuple[str, ...]]] = {
    "impossible_dates": tuple(
        kind
        for kind, (severity, _) in KINDS.items()
        if severity == "error" and kind not in ("own_ancestor", "partner_and_child")
    ),
    "young_parent": ("child_before_parent", "young_parent"),
    "dates_conflict": ("dates_conflict", "conflicting_sources"),
    "conflicting_sources": ("conflicting_sources",),
    "possible_duplicate": (),
}
"""Problems that a search for people may name, and the kinds of findings that they mean; duplicates have a search of their own."""
