"""Completion: the scripts are right where their shell is here to say so, and the program answers what shells ask."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.program import gemwright, process

PARSES = {
    "bash": ["bash", "--norc", "-n"],
    "zsh": ["zsh", "-f", "-n"],
    "fish": ["fish", "--no-config", "--no-execute"],
    "powershell": ["pwsh", "-NoProfile", "-NonInteractive", "-File"],
}


@pytest.mark.parametrize("shell", PARSES)
def test_the_script_parses(shell: str, tmp_path: Path) -> None:
    """The shell itself says so. PowerShell runs it: that only registers a block."""
    done = gemwright("completion", shell)
    assert done.exit_code == 0 and done.stderr == ""
    assert "_GEMWRIGHT_COMPLETE" in done.stdout and "gemwright" in done.stdout
    program = PARSES[shell]
    if shutil.which(program[0]) is None:
        pytest.skip(f"{program[0]} is not installed: nobody here can say whether its script parses")
    script = tmp_path / f"complete.{'ps1' if shell == 'powershell' else shell}"
    script.write_text(done.stdout, "utf-8")
    subprocess.run([*program, str(script)], check=True, timeout=50, capture_output=True)


def test_bash_completes_a_subcommand(tmp_path: Path) -> None:
    """The whole way: the script in a real bash, which runs the program and takes what it says."""
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed")
    program = tmp_path / "gemwright"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m gemwright "$@"\n', "utf-8")
    program.chmod(0o755)
    lines = [
        'eval "$(gemwright completion bash)"',
        "COMP_WORDS=(gemwright wire re); COMP_CWORD=2; _gemwright_completion gemwright",
        'printf "%s\\n" "${COMPREPLY[@]}"',
        "complete -p gemwright",
    ]
    environ = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "--norc", "-c", "\n".join(lines)], env=environ, capture_output=True, text=True, timeout=50, check=True
    )
    assert done.stdout.splitlines()[:-1] == ["render"], done.stderr
    assert "_gemwright_completion" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "current", "line"),
    [
        ("gemwright", "mod", "plain\tmodels\twhich models the servers on this machine have"),
        ("gemwright\nwire", "re", "plain\trender\tmessages to the prompt, byte for byte"),
        ("gemwright\n'completion'", "pow", "plain\tpowershell\tpowershell"),
        ("gemwright", "--off", "plain\t--offline\tUse nothing beyond this machine."),
    ],
)
def test_powershell_is_answered(words: str, current: str, line: str) -> None:
    """Its protocol is ours: words a line each, and kind, value and help with tabs between them."""
    asked = {"_GEMWRIGHT_COMPLETE": "powershell_complete", "COMP_WORDS": words, "COMP_CWORD": current}
    done = process(env=asked)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().splitlines() == [line]


def test_a_shell_that_is_unknown_is_refused() -> None:
    """With those that are known."""
    done = gemwright("completion", "tcsh")
    assert done.exit_code == 2 and "powershell" in done.stderr


def test_completing_a_command_imports_none() -> None:
    """A person waits for it at every press of the key."""
    code = (
        "import os, sys\n"
        "os.environ |= {'_GEMWRIGHT_COMPLETE': 'bash_complete', 'COMP_WORDS': 'gemwright ', 'COMP_CWORD': '1'}\n"
        "from gemwright.cli.main import program\n"
        "try:\n    program([])\nexcept SystemExit:\n    pass\n"
        "print(*(n for n in sys.modules if n.startswith('gemwright')), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=50, check=True)
    assert "plain,models" in done.stdout and "plain,wire" in done.stdout
    imported = set(done.stderr.split())
    assert not imported & {"gemwright.cli.models", "gemwright.cli.front", "gemwright.catalog", "gemwright.launch"}
