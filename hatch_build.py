"""The build's one step of its own: the corpus, compiled, goes into the wheel as `gemwright/_corpus/corpus.json`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CorpusHook(BuildHookInterface[Any]):
    """Compiles `corpus/` for wheels. An editable install reads the tree itself, so nothing is made for it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile into a temporary folder, and tell the builder where the file belongs."""
        if self.target_name != "wheel" or version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        try:
            from gemwright.catalog.compile import write
        finally:
            sys.path.remove(str(root / "src"))
        self._folder = tempfile.mkdtemp(prefix="gemwright-corpus-")
        compiled = Path(self._folder, "corpus.json")
        write(root / "corpus", compiled)
        build_data["force_include"][str(compiled)] = "gemwright/_corpus/corpus.json"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the temporary folder."""
        shutil.rmtree(getattr(self, "_folder", ""), ignore_errors=True)
