"""One tree, many threads: a server that answers several calls at a time gets what it would have got one by one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from apps.simon.tests.samples import tree_of
from gemwright_simon.generate import generate
from gemwright_simon.tools import Toolbox
from gemwright_simon.tree import Tree

CALLS: list[tuple[str, dict[str, Any]]] = [
    *[("find_people", {"name": name}) for name in ("Maria", "Weil", "Anna", "Johann", "Lars")],
    *[("find_people", {"sort": sort}) for sort in ("birth", "death", "age", "children", "name")],
    *[("find_people", {"group_by": by}) for by in ("surname", "birth_place", "birth_decade", "occupation")],
    *[("find_people", {"place": "Germany", "from_year": year}) for year in (1650, 1700, 1750, 1800)],
    *[("search_records", {"text": text}) for text in ("bible", "p", "Germany", "Köln")],
    *[("lookup_person", {"person": f"I{n}", "section": "family"}) for n in range(1, 60)],
]


def said_of(box: Toolbox, call: tuple[str, dict[str, Any]]) -> str:
    """Return what a call is answered."""
    return box.call(*call).text


def handles(tree: Tree, _: int) -> list[str]:
    """Return everybody's handle."""
    return list(tree.people())


def test_calls_from_many_threads_answer_as_one_by_one(tmp_path: Path) -> None:
    """Eight threads, all calls at once, nothing worked out before; a hidden person keeps one alias, and no alias two people."""
    text = generate(11, 400)
    one_by_one = Toolbox(tree_of(tmp_path, text))
    wanted = [said_of(one_by_one, call) for call in CALLS]
    for _ in range(5):
        at_once = Toolbox(tree_of(tmp_path, text))
        with ThreadPoolExecutor(8) as pool:
            said = list(pool.map(partial(said_of, at_once), CALLS, timeout=60))
        assert said == wanted


def test_aliases_from_many_threads_are_different(tmp_path: Path) -> None:
    """Every hidden person is one living person, whoever asked first."""
    tree = tree_of(tmp_path, generate(11, 400), include_living=False)
    with ThreadPoolExecutor(8) as pool:
        lists = list(pool.map(partial(handles, tree), range(16), timeout=60))
    assert all(one == lists[0] for one in lists)
    assert len(set(lists[0])) == len(lists[0]) == tree.count_people
    assert tree.count_hidden == sum(one.startswith("living") for one in lists[0])
