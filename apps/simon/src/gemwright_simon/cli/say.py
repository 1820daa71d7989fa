"""How the program speaks: answers to standard output, talk to standard error, nothing that drives a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from gemwright.foundation.terminal import harmless
from gemwright_simon.clerk import Answer
from gemwright_simon.records import ImportReport

__all__ = ["answer_text", "report_json", "report_text", "talk", "write", "write_json"]

_MOST_EVIDENCE = 12


def write(text: str) -> None:
    """Write to standard output; text of trees and models is made harmless."""
    sys.stdout.write(harmless(text))
    sys.stdout.flush()


def talk(text: str) -> None:
    """Write a line to standard error."""
    sys.stderr.write(harmless(text) + "\n")
    sys.stderr.flush()


def write_json(value: Mapping[str, Any]) -> None:
    """Write one object on a line, for programs."""
    sys.stdout.write(json.dumps(value, ensure_ascii=True) + "\n")
    sys.stdout.flush()


def answer_text(answer: Answer) -> str:
    """Return an answer as a person reads it: the answer, the lines of evidence, who answered."""
    lines = [answer.text]
    lines += [f"  {one.line()}" for one in answer.evidence[:_MOST_EVIDENCE]]
    if len(answer.evidence) > _MOST_EVIDENCE:
        lines.append(f"  and {len(answer.evidence) - _MOST_EVIDENCE} more records")
    if answer.answered_by != "clerk":
        claims = answer.claims
        lines.append(
            f"  ({answer.answered_by}: {claims.supported} claims supported, {claims.repaired} repaired, {claims.struck} struck)"
        )
    return "\n".join(lines) + "\n"


def report_json(report: ImportReport) -> dict[str, Any]:
    """Return an import report for programs."""
    return {
        "people": report.people,
        "families": report.families,
        "sources": report.sources,
        "notes": report.notes,
        "encoding": report.encoding,
        "encoding_reason": report.encoding_reason,
        "version": report.version,
        "producer": report.producer,
        "warnings": {kind: list(lines) for kind, lines in report.warnings.items()},
        "lost": report.lost,
    }


def report_text(report: ImportReport) -> str:
    """Return an import report for a person."""
    lines = [
        f"{report.people} people, {report.families} families, {report.sources} sources, {report.notes} notes",
        f"{report.version or 'version not said'}, read as {report.encoding} ({report.encoding_reason})"
        + (f", written by {report.producer}" if report.producer else ""),
    ]
    for kind, places in report.warnings.items():
        shown = ", ".join(str(one) for one in places[:5]) + (" \u2026" if len(places) > 5 else "")
        lines.append(f"put right or doubtful: {kind}, {len(places)} times" + (f" (lines {shown})" if shown else ""))
    lines.append("nothing was lost" if not report.lost else f"{report.lost} lines were lost")
    return "\n".join(lines) + "\n"
