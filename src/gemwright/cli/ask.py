"""`gemwright ask`: a question or a pasted error message, answered from the corpus."""

from __future__ import annotations

import click

from gemwright.cli.corpus_search import hit_json, opened_index
from gemwright.cli.input import STDIN, read_text
from gemwright.cli.output import session, write, write_json
from gemwright.foundation.errors import UsageProblem
from gemwright.foundation.terminal import harmless

__all__ = ["ask"]


@click.command(
    short_help="a question or an error message: what is known, and what to do",
    epilog=(
        "\b\nExamples:\n"
        '  gemwright ask "ollama 0.20.6, 26b: the agent stops in the middle and says nothing"\n'
        '  gemwright ask --running "vllm 0.29.0, 31b" "tool call shows up as text"\n'
        "  tail -50 server.log | gemwright ask -"
    ),
)
@click.argument("question", nargs=-1, required=True)
@click.option("--running", default="", metavar="TEXT", help="What you run, as in 'ollama 0.20.6, 26b'.")
@click.option("--limit", type=click.IntRange(1, 20), default=5, show_default=True, help="How many records.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def ask(question: tuple[str, ...], running: str, limit: int, as_json: bool) -> None:
    """Say what is known about a question or an error message, the most useful first, with what to do and the sources.

    No model is asked and nothing is sent anywhere. Name runtime, version and model if you can: what other versions have then
    comes last. A question of - is read from standard input, so that a log can be piped in.
    """
    from gemwright.answers import ask as answered

    text = read_text(STDIN) if question == (STDIN,) else " ".join(question)
    if not text.strip():
        raise UsageProblem("the question is empty", hint="say what you see, or paste the error message")
    with opened_index() as index:
        answer = answered(index, text, running=running, limit=limit)
    if as_json:
        found = [
            {**hit_json(one.hit), "what": one.what, "do": one.do, "note": one.note, "severity": one.hit.severity}
            for one in answer.found
        ]
        runs = {"software": dict(answer.runs), "variants": list(answer.variants)}
        write_json({"question": text, "runs": runs, "found": found})
        return
    here = [f"{name} {version}" if version else name for name, version in answer.runs.items()] + list(answer.variants)
    if here:
        session().say(f"you run: {', '.join(here)}")
    if not answer.found:
        session().say("nothing is known about that", style="note")
        session().say("hint: try the words of the error message, or gemwright corpus list", style="hint")
        return
    paint = session().paint
    for number, one in enumerate(answer.found, 1):
        head = f"{number}. {harmless(one.hit.title)}"
        level = f"  {one.hit.severity}" if one.hit.severity else ""
        write(paint(head, "heading") + paint(level, "danger" if one.hit.severity == "critical" else "note") + "\n")
        if one.note:
            write(paint(f"   {harmless(one.note)}", "note") + "\n")
        if one.what and one.what.strip() != one.hit.title:
            write(f"   {harmless(one.what)}\n")
        if one.do:
            write(f"   {paint('Do:', 'hint')} {harmless(one.do)}\n")
        for url in one.hit.urls[:3]:
            write(paint(f"   {harmless(url)}", "dim") + "\n")
        write(paint(f"   {one.hit.record}", "dim") + "\n\n")
