"""`gemwright corpus`: what is known, by hand. The table of its commands; each is a module of its own."""

from __future__ import annotations

from typing import Final

from gemwright.cli.lazy import Entry, LazyGroup

__all__ = ["COMMANDS", "corpus"]

COMMANDS: Final = {
    "search": Entry("gemwright.cli.corpus_search:search", "find records by words, symptoms and error messages"),
    "show": Entry("gemwright.cli.corpus_show:show", "print one record with its sources"),
    "list": Entry("gemwright.cli.corpus_show:list_records", "print the records of a kind"),
    "match": Entry("gemwright.cli.corpus_match:match", "what applies to a machine that is described"),
    "lint": Entry("gemwright.cli.corpus_lint:lint", "check a tree of records and the documents"),
    "new": Entry("gemwright.cli.corpus_new:new", "begin a record from a commented form"),
    "compose": Entry("gemwright.cli.corpus_lint:compose", "refresh the facts in the documents"),
    "changes": Entry("gemwright.cli.corpus_changes:changes", "what changed between two versions"),
    "export": Entry("gemwright.cli.corpus_export:export", "write it in other people's forms"),
    "sync": Entry("gemwright.cli.corpus_sync:sync", "fetch pinned upstream material into the cache"),
}

corpus = LazyGroup(
    name="corpus",
    table=COMMANDS,
    no_args_is_help=True,
    short_help="what is known about Gemma 4: search, match, check, export",
    help=(
        "What is known about Gemma 4: claims, advisories and the records around them, each with its sources.\n\n"
        "search, show, list, match, export and sync read the corpus of this installation; lint, new and compose work on a "
        "tree of files, ./corpus unless --tree says otherwise."
    ),
    epilog=(
        "\b\nExamples:\n"
        '  gemwright corpus search "tool calls disappear while streaming"\n'
        "  gemwright corpus show claims/thinking/think-false-breaks-26b-tool-loops\n"
        "  gemwright corpus match --facts machine.json --json\n"
        "  gemwright corpus lint"
    ),
)
