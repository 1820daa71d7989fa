"""A report as one HTML page that needs nothing else: no script, no font, no picture, no network.

Everything that a model, a server or a vector said is escaped, and characters that nobody sees are shown by their numbers.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Final

from gemwright.acid.judge import Delivered, Verdict
from gemwright.acid.parrot import prompt
from gemwright.acid.run import Report
from gemwright.acid.table import TITLES, Case, Cell, Column, Row
from gemwright.foundation import jsonx
from gemwright.foundation.terminal import visible

__all__ = ["page"]

_TAIL: Final = 600
_SAID: Final[Mapping[Verdict, str]] = {
    "right": "right",
    "kept": "wrong, though all of it arrived",
    "destroyed": "wrong: destroyed by the runtime",
    "altered": "wrong: altered by the runtime, or by a grammar that it holds the model to",
    "failed": "wrong: the runtime failed",
}
_STYLE: Final = """
:root{color-scheme:light dark;--line:#8884;--good:#2a93;--part:#d903;--bad:#d333;--none:#8882}
body{font:16px/1.5 system-ui,sans-serif;max-width:76rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:1rem 0;width:100%}
th,td{border:1px solid var(--line);padding:.25rem .6rem;text-align:left}
td.n{text-align:right;font-variant-numeric:tabular-nums}
.good{background:var(--good)}.part{background:var(--part)}.bad{background:var(--bad)}.none{background:var(--none)}
details{border:1px solid var(--line);border-left:.4rem solid var(--line);margin:.3rem 0;padding:.2rem .6rem}
details.right{border-left-color:#2a9}details.wrong{border-left-color:#d33}details.not-said{opacity:.7}
summary{cursor:pointer}pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#8881;padding:.4rem;margin:.2rem 0}
dt{font-weight:600;margin-top:.5rem}dd{margin:0}small{opacity:.8}
"""


def page(report: Report, *, date: str, command: str) -> str:
    """Return the page.

    Args:
        report: what a run found.
        date: the day of the run.
        command: what was run.
    """
    columns = report.table.columns
    who = f"{report.runtime} {report.version}".strip()
    head = "".join(f"<th>{_text(TITLES[column])}</th>" for column in columns)
    rows = "".join(_row(row, columns) for row in (*report.table.families, *report.table.totals))
    cases = "".join(
        _family(row.name, [c for c in report.table.cases if c.vector.family == row.name])
        for row in report.table.families
    )
    return (
        "<!doctype html><html lang=en><head><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width"><meta http-equiv=Content-Security-Policy '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Acid test: {_text(who)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>What {_text(who)} makes of Gemma 4's outputs</h1>"
        f"<p>{_text(date)}, <code>{_text(command)}</code>, served model {_text(report.model or 'unnamed')}. A small demo "
        "model, not Gemma, is made to say each output exactly; what its runtime then delivers is compared with what is "
        "right. Outputs that it did not say exactly are in no share.</p>"
        f"<table><thead><tr><th>family</th><th>cases</th><th>not said</th>{head}</tr></thead><tbody>{rows}</tbody></table>"
        f"<h2>Every case</h2>{cases}</body></html>\n"
    )


def _row(row: Row, columns: list[Column]) -> str:
    cells = "".join(_cell(row.cells.get(column)) for column in columns)
    name = f'<a href="#{_text(row.name)}">{_text(row.name)}</a>'
    return f"<tr><td>{name}</td><td class=n>{row.cases}</td><td class=n>{row.not_said}</td>{cells}</tr>"


def _cell(cell: Cell | None) -> str:
    if cell is None or not cell.of:
        return '<td class="n none">-</td>'
    look = "good" if cell.right == cell.of else "bad" if cell.right * 2 < cell.of else "part"
    why = ", ".join(f"{count} {name}" for name, count in sorted(cell.wrong.items()))
    note = f"<br><small>{_text(why)}</small>" if why else ""
    return f'<td class="n {look}">{cell.right} of {cell.of}{note}</td>'


def _family(name: str, cases: list[Case]) -> str:
    return f'<h3 id="{_text(name)}">{_text(name)}</h3>' + "".join(map(_case, cases))


def _case(case: Case) -> str:
    right = all(verdict == "right" for verdict in case.verdicts.values())
    look = "not-said" if not case.said else "right" if right else "wrong"
    told = "not said" if not case.said else "; ".join(f"{TITLES[c]}: {_SAID[v]}" for c, v in case.verdicts.items())
    thinking = "thinking on" if case.thinking else "thinking off"
    vector = case.vector
    parts = [
        ("end of the prompt", _pre(prompt(vector.text)[-_TAIL:])),
        (f"what the model was to say ({_evidence(case)})", _pre(vector.text)),
    ]
    if case.model_said:
        parts.append(("what it said", _pre(case.model_said)))
    right_one = Delivered(vector.reasoning, vector.content, vector.calls)
    parts.append(("what is right", _delivered(right_one)))
    parts += [(TITLES[column], _delivered(one)) for column, one in case.delivered.items()]
    if case.repairs:
        parts.append(("repaired in the chat lane", _text(", ".join(case.repairs))))
    parts.append(("where this form was seen", _text("nowhere: our own" if vector.origin == "own" else vector.origin)))
    body = "".join(f"<dt>{_text(title)}</dt><dd>{text}</dd>" for title, text in parts)
    return f'<details class="{look}"><summary>{_text(vector.name)}, {thinking}: {_text(told)}</summary><dl>{body}</dl></details>'


def _evidence(case: Case) -> str:
    if not case.said:
        return "and did not"
    return {
        "ids": "and did, token for token",
        "text": "and did, character by character",
        "list": "and does, by the list of the shipped model",
    }[case.evidence]


def _delivered(one: Delivered) -> str:
    parts = [("error", one.error), ("thought", one.reasoning), ("text", one.content)]
    parts += [("call", f"{call.name} {jsonx.compact(call.arguments)}") for call in one.calls]
    told = "".join(f"<small>{title}</small>{_pre(text)}" for title, text in parts if text)
    return told or "<small>nothing</small>"


def _pre(text: str) -> str:
    return f"<pre>{_text(text)}</pre>"


def _text(text: str) -> str:
    return html.escape(visible(text))
