"""A tree's file into its index, whole or not at all."""

from __future__ import annotations

import gc
import json
import os
import sqlite3
from pathlib import Path

from gemwright_simon.reading.read import TreeFile
from gemwright_simon.records import ImportReport
from gemwright_simon.tree.collecting import Collector
from gemwright_simon.tree.schema import TABLES

__all__ = ["build_index"]


def build_index(file: TreeFile, target: Path) -> ImportReport:
    """Read a tree and write its index, whole or not at all.

    Args:
        file: the tree.
        target: where the index goes; its folder is made.

    Returns:
        How the file was read.

    Raises:
        TreeProblem: the file cannot be read to its end.
        OSError: the index cannot be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}.{os.urandom(4).hex()}.part")
    part.touch(0o600)
    collecting = gc.isenabled()
    gc.disable()  # nothing here refers in circles, and looking for circles among a million rows costs a third of the time
    try:
        connection = sqlite3.connect(part, isolation_level=None)
        try:
            connection.executescript(
                "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA page_size=8192;"
                " PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY; PRAGMA locking_mode=EXCLUSIVE;" + TABLES
            )
            connection.execute("BEGIN")
            collector = Collector(connection, file)
            for record in file.records():
                collector.take(record)
            collector.finish()
            report = ImportReport(
                **collector.counts,
                encoding=file.encoding.name,
                encoding_reason=file.encoding.reason,
                version=file.version,
                producer=file.producer,
                warnings=file.warnings.by_kind(),
            )
            text = json.dumps({one: getattr(report, one) for one in ImportReport.__slots__}, ensure_ascii=False)
            connection.execute("INSERT INTO meta VALUES('report', ?)", (text,))
            connection.execute("COMMIT")
        finally:
            connection.close()
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
        if collecting:
            gc.enable()
    return report
