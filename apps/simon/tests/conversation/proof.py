"""The long proof of Simon with a model: questions of all templates on trees that were never seen, through real llama.cpp.

Each answer is a line of a file as soon as it is there, so a run that was ended goes on where it stood. What is measured: who
answered, whether it is right, what the check let pass that the records do not say, and how long it took.

    python -m apps.simon.tests.conversation.proof            all of it, then the table
    python -m apps.simon.tests.conversation.proof --most 60  sixty questions more, then the table
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gemwright_simon
from apps.simon.tests.clerk.templates import Asked, Templates, right
from apps.simon.tests.clerk.truth import Truth
from gemwright import Client, GenerationOptions
from gemwright.launch.embedded import Engine, start_embedded
from gemwright.runtimes.llamacpp import LlamaCpp
from gemwright_simon.clerk import Answer
from gemwright_simon.conversation import Historian
from gemwright_simon.generate import generate
from gemwright_simon.records import Person
from gemwright_simon.tree import open_tree
from tests.noise.model import RANDOM_MODEL

OPTIONS = GenerationOptions(temperature=0.0, max_tokens=256, seed=1)
SEEDS = (9101, 9102, 9103, 9104, 9105)
EACH = 48
NOISE_EACH = 12
BUILD = Path("build")


@dataclass(frozen=True)
class Case:
    """A question of the proof.

    Attributes:
        model: `demo`, or `noise` for the model with random weights.
        seed: the tree.
        number: its place among the tree's questions.
        asked: the question with what is right.
    """

    model: str
    seed: int
    number: int
    asked: Asked

    @property
    def key(self) -> str:
        """What names the case in the file."""
        return f"{self.model}/{self.seed}/{self.number}"


def drawn(truth: Truth, seed: int, count: int) -> list[Asked]:
    """Return questions of all templates over a tree, in an order of their own."""
    questions = list(Templates(truth, seed, 2).all())
    random.Random(seed).shuffle(questions)
    return questions[:count]


def judged(asked: Asked, answer: Answer) -> str:
    """Return what is wrong with an answer. A model may say in other words that nothing is recorded, or list and not ask."""
    if answer.answered_by != "clerk":
        if asked.says in (("no source",), ("no marriage",)):
            asked = replace(asked, says=(), denies=True)
        elif asked.says == ("which one",):
            asked = replace(asked, says=())
        elif asked.number == 24 and asked.says == ("yes",):
            asked = replace(asked, says=("divorce is recorded",))
    return right(asked, answer.text)


def unsupported(truth: Truth, asked: Asked, answer: Answer) -> list[str]:
    """Return what an answer says that no record says, looked for without the check: handles, names beside them, years."""
    tree, text = truth.tree, answer.text
    marks = re.findall(r"\[([^\[\]]+)\]", text)
    about = {one.partition(".")[0] for mark in marks for one in mark.split("~")}
    wrong = [
        f"[{one}] is no record"
        for one in about
        if one not in truth.people and one not in truth.families and tree.source(one) is None
    ]
    for name, handle in re.findall(r"([^\W\d_a-z][\w'.-]*) \[([^\[\].~]+)\]", text):
        if handle in truth.people and name.casefold() not in _words(truth.people[handle]):
            wrong.append(f"{name} is not {handle}")
    question = asked.question.lower()
    named = [one.handle for one in truth.people.values() if any(name.text.lower() in question for name in one.names)]
    people = [truth.people[one] for one in (*about, *named) if one in truth.people]
    families = [truth.families[one] for one in about if one in truth.families]
    families += [truth.families[one] for person in people for one in person.partner_in if one in truth.families]
    recorded = " ".join(event.date.text for owner in (*people, *families) for event in owner.events)
    wrong.extend(
        f"{year} is in no date of who is named"
        for year in re.findall(r"(?<![\w.\[])(1[5-9]\d\d|20[0-2]\d)(?![\w\]])", text)
        if year not in recorded and year not in asked.question
    )
    return wrong


def _words(person: Person) -> set[str]:
    return {word for name in person.names for word in name.text.casefold().replace(",", " ").split()}


def cases(folder: Path, seeds: Sequence[int], each: int, noise: int) -> Iterator[tuple[Truth, list[Case]]]:
    """Yield each tree, opened, with its questions."""
    for seed in seeds:
        file = folder / f"{seed}.ged"
        file.write_text(generate(seed), "utf-8")
        with open_tree(file, cache=folder / "cache") as tree:
            truth = Truth(tree)
            questions = drawn(truth, seed, each)
            both = (("demo", questions), ("noise", questions[:noise]))
            yield truth, [Case(model, seed, n, one) for model, some in both for n, one in enumerate(some)]


def ask(truth: Truth, client: Client, case: Case) -> dict[str, Any]:
    """Ask one question in a conversation of its own and return a line for the file."""
    began, cpu = time.monotonic(), time.process_time()
    historian = Historian(truth.tree, client, options=OPTIONS, small=True)
    answer = historian.ask(case.asked.question)
    said = historian.conversation.state.questions[-1].last
    return {
        "case": case.key,
        "template": case.asked.number,
        "question": case.asked.question,
        "answered_by": answer.answered_by,
        "answer": answer.text[:2000],
        "model_said": said.turn.text[:400] if said is not None and said.turn is not None else "",
        "wrong": judged(case.asked, answer),
        "unsupported": unsupported(truth, case.asked, answer) if answer.answered_by != "clerk" else [],
        "claims": answer.claims.as_json(),
        "failure": historian.failure,
        "seconds": round(time.monotonic() - began, 2),
        "cpu": round(time.process_time() - cpu, 2),
    }


def run(
    out: Path,
    *,
    seeds: Sequence[int] = SEEDS,
    each: int = EACH,
    noise: int = NOISE_EACH,
    most: int | None = None,
    running: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """Ask what is not asked yet, and return every line.

    Args:
        out: the file; made where it is missing.
        seeds: the trees.
        each: questions to the demo model for each tree.
        noise: questions to random weights for each tree.
        most: questions of this run; None asks all.
        running: addresses of servers that run, by model; what is missing is started.
    """
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()] if out.exists() else []
    done = {one["case"] for one in lines}
    left = most if most is not None else sys.maxsize
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, out.open("a", encoding="utf-8") as file, ExitStack() as engines:
        clients: dict[str, Client] = {}
        for truth, questions in cases(Path(folder), seeds, each, noise):
            for case in questions:
                if case.key in done or left <= 0:
                    continue
                if case.model not in clients:
                    url = (running or {}).get(case.model) or engines.enter_context(_started(case.model)).url
                    clients[case.model] = engines.enter_context(Client(LlamaCpp(url)))
                line = ask(truth, clients[case.model], case)
                lines.append(line)
                left -= 1
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
                file.flush()
                shown = f"{len(lines):4} {case.key:16} {line['answered_by']:6} {line['seconds']:5.1f} s"
                wrong = f"  WRONG: {line['wrong']}" if line["wrong"] else ""
                sys.stderr.write(f"{shown}  {case.asked.question[:60]}{wrong}\n")
    return lines


def _started(model: str) -> AbstractContextManager[Engine]:
    return start_embedded(RANDOM_MODEL) if model == "noise" else start_embedded()


def summary(lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the figures of both models."""
    told: dict[str, Any] = {}
    for model in ("demo", "noise"):
        own = [one for one in lines if one["case"].startswith(model + "/")]
        voices = Counter(one["answered_by"] for one in own)
        seconds = sorted(one["seconds"] for one in own) or [0.0]
        told[model] = {
            "asked": len(own),
            "answered_by": dict(voices),
            "model_share": round(voices["model"] / max(len(own), 1), 3),
            "right": sum(not one["wrong"] for one in own),
            "right_of_model": sum(not one["wrong"] for one in own if one["answered_by"] == "model"),
            "unsupported": sum(len(one["unsupported"]) + one["claims"]["struck"] for one in own),
            "seconds_median": round(statistics.median(seconds), 2),
            "seconds_p95": seconds[int(0.95 * (len(seconds) - 1))],
        }
    return told


def file_of_answers() -> Path:
    """Return the file of this code's answers; one that holds all of them already is begun anew."""
    out = BUILD / f"simon-proof-{sources()}.jsonl"
    if out.exists() and len(out.read_text("utf-8").splitlines()) >= len(SEEDS) * (EACH + NOISE_EACH):
        out.unlink()
    return out


def sources() -> str:
    """Return a mark of the code that is measured: figures of other code are not gone on with."""
    folder = Path(gemwright_simon.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")) + sorted(folder.rglob("*.toml")) + [Path(__file__)]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def main() -> None:
    """Run the proof, or a part of it, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--most", type=int, help="how many questions this run asks")
    parser.add_argument("--out", type=Path, help="the file of answers")
    given = parser.parse_args()
    out = given.out or file_of_answers()
    BUILD.mkdir(exist_ok=True)
    told = summary(run(out, most=given.most))
    (BUILD / "simon-proof.json").write_text(json.dumps(told, indent=2) + "\n", "utf-8")
    sys.stdout.write(json.dumps(told, indent=2) + "\n")


if __name__ == "__main__":
    main()
