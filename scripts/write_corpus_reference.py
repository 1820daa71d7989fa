"""Write what is made of the corpus and kept in the repository: its JSON schemas and `HANDOFF.md`; `--check` only compares."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from gemwright.catalog.compile import compile_tree
from gemwright.catalog.document import open_document
from gemwright.catalog.kinds import KINDS
from gemwright.corpus.export.jsonapi import PUBLIC_SCHEMA_VERSION
from gemwright.corpus.forms import authored_schema, singular
from gemwright.corpus.handoff import handoff

CHECKOUT = Path(__file__).resolve().parent.parent


def public_schema() -> dict[str, Any]:
    """Return the JSON Schema of records as they are served: what was written, and what was resolved beside it."""
    schema = authored_schema()
    served = {
        "schema_version": {"const": PUBLIC_SCHEMA_VERSION},
        "kind": {"enum": list(KINDS), "description": "folder of the kind"},
        "id": {"type": "string", "description": "path of the record below its kind"},
        "urls": {"type": "array", "items": {"type": "string"}, "description": "full addresses and package URLs"},
        "sources": {
            "type": "object",
            "description": "every cited source, by id",
            "additionalProperties": {"type": "object"},
        },
    }
    for kind in KINDS:
        definition = schema["$defs"][singular(kind)]
        definition["properties"] = {**served, **definition["properties"], "id": served["id"]}
        definition["required"] = list(dict.fromkeys(["schema_version", "kind", "id", "urls", *definition["required"]]))
    statement = schema["$defs"]["part-statement"]["properties"]
    statement["answer_of"] = {
        "type": "string",
        "description": "the runtime whose answer stands here, where it is mirrored",
    }
    schema["title"] = "gemwright corpus, as it is served"
    schema["description"] = "Each file api/v1/<kind>/<id>.json is one object of the definition of its kind."
    return schema


def written() -> dict[Path, str]:
    """Return every file that is written, with its text."""
    catalog = open_document(compile_tree(CHECKOUT / "corpus"), "corpus")
    schemas = CHECKOUT / "corpus" / "schemas"
    return {
        schemas / "authored.schema.json": json.dumps(authored_schema(), indent=2, ensure_ascii=False) + "\n",
        schemas / "public.schema.json": json.dumps(public_schema(), indent=2, ensure_ascii=False) + "\n",
        CHECKOUT / "HANDOFF.md": handoff(catalog),
    }


def main(arguments: list[str]) -> int:
    """Run as a program; return the exit code."""
    stale = {path: text for path, text in written().items() if not path.is_file() or path.read_text("utf-8") != text}
    for path, text in stale.items():
        if arguments == ["--check"]:
            print(f"{path.relative_to(CHECKOUT)} is stale; make docs writes it anew", file=sys.stderr)
        else:
            path.write_text(text, encoding="utf-8")
            print(f"{path.relative_to(CHECKOUT)} written", file=sys.stderr)
    return 1 if stale and arguments == ["--check"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
