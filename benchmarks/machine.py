"""What the figures were taken on."""

from __future__ import annotations

import os
import platform
from pathlib import Path

__all__ = ["describe", "load_average"]


def describe() -> dict[str, str]:
    """Return CPU, cores, memory, operating system, Python and the present load."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "cpu": _cpu(),
        "cores": str(usable),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "load": load_average(),
    }


def load_average() -> str:
    """Return the load of the last 1, 5 and 15 minutes, where the system tells."""
    return " ".join(f"{value:.2f}" for value in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"


def _cpu() -> str:
    fields = ("model name", "cpu family", "model", "stepping")
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return platform.processor() or platform.machine()
    found = dict(reversed([(k.strip(), v.strip()) for k, _, v in (line.partition(":") for line in text.splitlines())]))
    name = found.get("model name") or platform.processor() or platform.machine()
    details = [f"{field} {found[field]}" for field in fields[1:] if field in found]
    return f"{name} ({', '.join(details)})" if details else name
