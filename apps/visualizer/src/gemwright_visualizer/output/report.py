"""`report.html`: one file, offline, that shows the film, what was measured of it, and who decided what."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from gemwright_visualizer.output.sheet import time_of
from gemwright_visualizer.records import Analysis, Storyboard

__all__ = ["report_page"]

_GROUPS: Final = {
    "file": "The file",
    "time": "Time",
    "sound": "Sound",
    "cuts": "Cuts",
    "picture": "Picture",
    "type": "Type",
    "safety": "Safety",
}
_POLICY: Final = "default-src 'none'; img-src data:; media-src 'self' file:; style-src 'unsafe-inline'"
_STYLE: Final = """
:root{color-scheme:dark;--ground:%(ground)s;--text:%(text)s;--quiet:%(quiet)s;--accent:%(accent)s;--line:%(line)s}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--text);font:16px/1.55 system-ui,sans-serif}
main{max-width:72rem;margin:0 auto;padding:3rem 1.5rem 5rem}h1{font:400 3.2rem/1.05 Georgia,serif;margin:0}
h2{font-size:1.1rem;margin:3rem 0 .8rem;letter-spacing:.02em}p.by{color:var(--accent);margin:.4rem 0 0}
p.facts,td.detail,.quiet{color:var(--quiet)}img,video{width:100%%;height:auto;display:block;border-radius:6px}
table{width:100%%;border-collapse:collapse;font-variant-numeric:tabular-nums}
td,th{padding:.45rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
th{color:var(--quiet);font-weight:500}td.n{text-align:right;white-space:nowrap}td.ok{color:#7ad69a}td.no{color:#ff8f7a}
.verdict{display:inline-block;margin-top:1.2rem;padding:.35rem .9rem;border:1px solid currentColor;border-radius:99px}
.scroll{overflow-x:auto}a{color:var(--accent)}
"""


def report_page(
    board: Storyboard,
    analysis: Analysis,
    checks: Sequence[Mapping[str, Any]],
    *,
    title: str,
    artist: str,
    film: str,
    sheets: Sequence[bytes],
    facts: Sequence[tuple[str, str]],
    decisions: Sequence[Mapping[str, Any]] = (),
) -> str:
    """Return the page as HTML; it loads nothing, but plays the film that lies beside it.

    Args:
        board: the plan.
        analysis: of the song.
        checks: what was measured, as `verifying.Findings.as_json` writes it; empty where nothing was.
        title: of the song.
        artist: likewise.
        film: name of the film's file, beside the page.
        sheets: pages of the contact sheet, as PNG.
        facts: name and value of what else is worth knowing.
        decisions: who decided what, where a model was asked.
    """
    ink = board.look.palette
    colours = {"ground": "#0d0d12", "text": "#ececf1", "quiet": "#9a9aa8", "accent": ink.accent, "line": "#25252e"}
    failed = [check for check in checks if check["passed"] is False]
    passed = [check for check in checks if check["passed"] is True]
    verdict = ""
    if checks:
        said = f"{len(passed)} checks passed" + (f", {len(failed)} did not" if failed else "")
        verdict = f'<span class="verdict {"no" if failed else "ok"}">{escape(said)}</span>'
    images = "\n".join(
        f'<img alt="contact sheet, page {number}" src="data:image/png;base64,{base64.b64encode(sheet).decode()}">'
        for number, sheet in enumerate(sheets, 1)
    )
    head = f"{len(board.shots)} shots, {board.width}x{board.height}, {time_of(float(board.frames / board.fps))}"
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<style>{_STYLE % colours}</style></head><body><main>
<h1>{escape(title)}</h1><p class="by">{escape(artist)}</p><p class="facts">{escape(head)}</p>{verdict}
<h2>Film</h2><video controls preload="metadata" src="{escape(film, quote=True)}"></video>
<h2>Contact sheet</h2>{images}
{_checks(checks)}
<h2>Facts</h2><table>{"".join(f"<tr><th>{escape(n)}</th><td>{escape(v)}</td></tr>" for n, v in facts)}</table>
{_sections(analysis)}{_decided(decisions)}
</main></body></html>
"""


def _figure(check: Mapping[str, Any]) -> str:
    figure, unit = check["figure"], str(check["unit"])
    if figure is None:
        return "not measured"
    if check["bar"] == "yes":
        return "yes" if figure else "no"
    shown = f"{float(figure):.3f}".rstrip("0").rstrip(".")
    return f"{shown} {unit}".strip()


def _checks(checks: Sequence[Mapping[str, Any]]) -> str:
    rows: list[str] = []
    for group, name in _GROUPS.items():
        inside = [check for check in checks if check["group"] == group]
        if not inside:
            continue
        rows.append(f'<tr><th colspan="4">{escape(name)}</th></tr>')
        for check in inside:
            mark = {True: ("ok", "✓"), False: ("no", "✗"), None: ("quiet", "")}[check["passed"]]
            rows.append(
                f'<tr><td>{escape(str(check["title"]))}</td><td class="n {mark[0]}">{escape(_figure(check))} {mark[1]}</td>'
                f'<td class="n quiet">{escape(str(check["bar"]))}</td><td class="detail">{escape(str(check["detail"]))}</td></tr>'
            )
    if not rows:
        return ""
    return (
        '<h2>Measured on the finished file</h2><div class="scroll"><table>'
        "<tr><th>Check</th><th>Figure</th><th>Bar</th><th></th></tr>" + "".join(rows) + "</table></div>"
    )


def _sections(analysis: Analysis) -> str:
    rows = "".join(
        f'<tr><td class="n">{time_of(section.start)}</td><td>{escape(section.role)}</td><td>{escape(section.label)}</td>'
        f'<td class="n">{section.energy:.2f}</td><td class="detail">{escape(", ".join(section.words))}</td></tr>'
        for section in analysis.sections
    )
    head = "".join(f"<th>{name}</th>" for name in ("Begins", "Role", "Label", "Energy", "Sounds"))
    return f"<h2>Sections</h2><table><tr>{head}</tr>{rows}</table>"


def _decided(decisions: Sequence[Mapping[str, Any]]) -> str:
    if not decisions:
        return ""
    names = ("stage", "where", "field", "value", "origin", "why", "rule")
    head = "".join(f"<th>{name}</th>" for name in names)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(str(one.get(name, '')))}</td>" for name in names) + "</tr>" for one in decisions
    )
    return f'<h2>Who decided what</h2><div class="scroll"><table><tr>{head}</tr>{rows}</table></div>'
