"""Where gemwright keeps its files: the only place that names directories.

Linux follows the XDG directories, macOS and Windows their own rules (both by `platformdirs`). `GEMWRIGHT_HOME` puts all
of them under one folder, for tests, portable installs and throw-away runs.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["HOME_VARIABLE", "Places", "places"]

HOME_VARIABLE = "GEMWRIGHT_HOME"


@dataclass(frozen=True, slots=True)
class Places:
    """The four directories. None of them is made before something is written there.

    Attributes:
        config: what a person wrote and would miss.
        cache: what can be made again; may be deleted at any time.
        state: logs, tapes, unfinished work.
        data: model files and the like: large, and slow to get again.
    """

    config: Path
    cache: Path
    state: Path
    data: Path

    @property
    def user_settings(self) -> Path:
        """The file of a person's own settings."""
        return self.config / "config.toml"


def places(environ: Mapping[str, str] | None = None) -> Places:
    """Return the directories of this user on this system.

    Args:
        environ: where `GEMWRIGHT_HOME` is looked up; the process's own environment when None. The other variables that
            name directories (`XDG_CONFIG_HOME`, `LOCALAPPDATA`, …) are always the process's own.
    """
    home = (os.environ if environ is None else environ).get(HOME_VARIABLE, "")
    if home:
        root = Path(home).expanduser().absolute()
        return Places(root / "config", root / "cache", root / "state", root / "data")
    import platformdirs

    dirs = platformdirs.PlatformDirs("gemwright", appauthor=False)
    return Places(dirs.user_config_path, dirs.user_cache_path, dirs.user_state_path, dirs.user_data_path)
