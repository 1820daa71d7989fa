"""The frame of the command line: help that imports nothing, one form for failures, exit codes, options before commands."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from gemwright import __version__
from gemwright.cli.exit import FAULT, finish
from gemwright.cli.lazy import Entry, LazyGroup, installed
from gemwright.cli.main import COMMANDS
from gemwright.cli.output import Session
from gemwright.cli.wire import COMMANDS as WIRE_COMMANDS
from gemwright.foundation.errors import ModelMissing, RuntimeUnreachable
from tests.cli.program import gemwright, process

LOADED = """
import sys
from gemwright.cli.main import program
try:
    program({arguments!r})
except SystemExit:
    pass
print(*(name for name in sys.modules if name.startswith("gemwright")), file=sys.stderr)
"""
OURS = {"wire": COMMANDS["wire"], "config": COMMANDS["config"], **WIRE_COMMANDS}


def loaded(*arguments: str) -> set[str]:
    """Return our modules that a command line has imported."""
    code = LOADED.format(arguments=list(arguments))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=50, check=True)
    return set(done.stderr.split())


def test_help_imports_no_command() -> None:
    """Help has to be there at once, so the list of commands is a table and not the commands themselves."""
    rooms = {"gemwright.wire", "gemwright.client", "gemwright.runtimes", "gemwright.foundation.config"}
    commands = {entry.target.partition(":")[0] for entry in COMMANDS.values()}
    assert not loaded("--help") & (rooms | commands)


def test_help_of_one_command_imports_no_other() -> None:
    """The same for a group inside: `wire --help` needs no renderer."""
    modules = loaded("wire", "--help")
    assert "gemwright.cli.wire" in modules
    assert not modules & {"gemwright.wire", "gemwright.cli.config", "gemwright.cli.wire_render"}


@pytest.mark.parametrize("name", OURS)
def test_summaries_are_those_of_the_commands(name: str) -> None:
    """The table repeats each command's summary to save the import; the two must not drift apart."""
    entry = OURS[name]
    assert entry.load().short_help == entry.summary


@pytest.mark.parametrize("name", OURS)
def test_every_command_has_an_example(name: str) -> None:
    """A person copies an example sooner than they read options."""
    assert "Examples:" in (OURS[name].load().epilog or "")


def test_help_lists_the_commands_with_their_summaries() -> None:
    """The first thing that anybody sees."""
    result = gemwright("--help")
    assert result.exit_code == 0
    for name, entry in COMMANDS.items():
        assert f"{name} " in result.stdout
        assert entry.summary in result.stdout


def test_version_names_code_and_data() -> None:
    """A report of a problem needs both versions."""
    result = gemwright("--version")
    assert result.exit_code == 0
    first, second = result.stdout.splitlines()
    assert first == f"gemwright {__version__}"
    assert second.startswith("corpus 20")


@pytest.mark.parametrize(
    ("arguments", "error", "hint"),
    [
        (["wier"], "no such command 'wier'", "did you mean wire?"),
        (["wire", "rendr"], "no such command 'rendr'", "did you mean render?"),
        (["xyzzy"], "no such command 'xyzzy'", "`gemwright --help` shows what is possible"),
        (["--colour", "never"], "no such option '--colour'", "did you mean --color?"),
        (["wire", "render", "--debug"], "no such option '--debug'", "--debug goes before the command"),
        (["wire", "diff"], "missing argument 'FIRST'", "`gemwright wire diff --help` shows what is possible"),
        (["--color", "mauve", "config"], "invalid value for '--color'", "`gemwright --help` shows what is possible"),
    ],
)
def test_usage_errors_have_one_form(arguments: list[str], error: str, hint: str) -> None:
    """Click's errors look like our own: `error:`, a blank line, `hint:`, exit code 2, nothing on standard output."""
    result = gemwright(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"error: {error}")
    assert "\n\nhint: " in result.stderr
    assert hint in result.stderr


@pytest.mark.parametrize("arguments", [["wire"], ["config"]])
def test_a_group_alone_shows_its_help_as_talk(arguments: list[str]) -> None:
    """Nothing was asked for, so standard output stays empty, and a script that forgot the command sees a failure."""
    result = gemwright(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Usage: gemwright")


@pytest.mark.parametrize("problem", [RuntimeUnreachable("nobody there"), ModelMissing("no x", suggestions=("y",))])
def test_our_failures_end_with_their_code(
    problem: RuntimeUnreachable | ModelMissing, capsys: pytest.CaptureFixture[str]
) -> None:
    """Scripts tell failures apart by the exit code; people find the page of an error by its code."""

    def fail() -> None:
        raise problem

    assert finish(fail, Session()) == problem.exit_code == 3
    assert capsys.readouterr().err == f"error: {problem.message} ({problem.code})\n\nhint: {problem.hint}\n"


def test_a_fault_of_our_own_is_no_traceback_and_no_finding(capsys: pytest.CaptureFixture[str]) -> None:
    """A bug must not look like the exit code 1 of findings, and says how to see more."""
    assert finish(lambda: [][0], Session()) == FAULT
    said = capsys.readouterr().err
    assert "IndexError: list index out of range" in said
    assert "Traceback" not in said
    assert "--debug" in said


def test_debug_shows_the_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever looks for a bug wants to see where it is."""
    assert finish(lambda: [][0], Session(debug=True)) == FAULT
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_debug_is_in_force_before_what_follows_is_read() -> None:
    """An error in the rest of the command line is told as the options before it say."""
    assert "Traceback" in gemwright("--debug", "wier").stderr
    assert "Traceback" not in gemwright("wier").stderr


def test_a_message_cannot_drive_the_terminal() -> None:
    """File names and model names come from outside and are repeated in errors."""
    result = gemwright("wire", "parse", "no\x1b]0;owned\x07such")
    assert result.exit_code == 2
    assert "\x1b" not in result.stderr
    assert "no<U+001B>]0;owned<U+0007>such" in result.stderr


def test_interrupted_is_130() -> None:
    """As a shell expects from a program that Ctrl-C ended; nothing to explain, so nothing is said."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    assert finish(interrupt, Session()) == 130


@pytest.mark.skipif(sys.platform == "win32", reason="signals of another process work in another way on Windows")
def test_interrupting_the_process_is_silent() -> None:
    """The real thing: SIGINT while a command waits for its input."""
    command = [sys.executable, "-m", "gemwright", "wire", "parse", "--jsonl"]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(b'{"text": "a"}\n')
    child.stdin.flush()
    assert child.stdout.readline().startswith(b"{")  # so it is running, and answers line by line
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=50)
    assert (child.returncode, said) == (130, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows reports a closed pipe in another way")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", [["--help"], ["config", "paths"], ["wire", "parse", "--jsonl"]])
def test_a_closed_pipe_is_silent(arguments: list[str], unbuffered: str) -> None:
    """`gemwright … | head -1` must not end in a traceback, not even while the interpreter shuts down."""
    command = [sys.executable, "-m", "gemwright", *arguments]
    env = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    pipe = subprocess.PIPE
    child = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=env)
    assert child.stdout is not None
    child.stdout.close()
    child.stdout = None
    _, said = child.communicate(b'{"text": "a"}\n' * 10, timeout=50)
    assert (child.returncode, said) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_an_error(unbuffered: str) -> None:
    """Half a prompt in a file with exit code 0 would be taken for a whole one."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "gemwright", "wire", "render"],
            input=b'[{"role": "user", "content": "Hi"}]',
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            timeout=50,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == b"error: cannot write the output: No space left on device\n"


LOCALES = [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "cp1252"}]


@pytest.mark.parametrize("settings", [*LOCALES, {"LC_ALL": "C", "PYTHONUTF8": "0"}])
def test_output_is_utf8_in_every_locale(settings: dict[str, str]) -> None:
    """A prompt holds any character; a locale that has no letter for it changes nothing."""
    text = "Ålesund 雾 🜁"
    done = process("wire", "render", given=f'[{{"role": "user", "content": "{text}"}}]'.encode(), env=settings)
    assert done.returncode == 0, done.stderr
    assert text in done.stdout.decode("utf-8")
    shown = process("wire", "parse", given=text.encode(), env=settings)
    assert shown.returncode == 0, shown.stderr
    assert text in shown.stdout.decode("utf-8")


def test_half_a_character_can_be_printed() -> None:
    """What slipped through unescaped is shown by its number; a traceback in its place would hide the rest."""
    code = "from gemwright.cli.output import speak_utf8; speak_utf8(); print('a\\ud83db')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=50, check=True)
    assert done.stdout == b"a\\ud83db\n"


@pytest.mark.parametrize("settings", LOCALES)
def test_talk_is_utf8_in_every_locale(settings: dict[str, str]) -> None:
    """An error that cannot be printed would be a traceback about the error."""
    assert "Ålesund 雾 🜁" in process("wire", "parse", "Ålesund 雾 🜁", env=settings).stderr.decode("utf-8")


@pytest.mark.parametrize(
    ("arguments", "settings", "colored"),
    [
        ([], {}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
        ([], {"GEMWRIGHT_COLOR": "always"}, True),
        (["--color", "auto"], {"FORCE_COLOR": "1", "TERM": "dumb"}, False),
    ],
)
def test_colours_are_where_they_are_wanted(arguments: list[str], settings: dict[str, str], colored: bool) -> None:
    """One decision for everything that is printed, and what is printed is the same without it."""
    plain = gemwright("config", "show", "--origin").stdout
    result = gemwright(*arguments, "config", "show", env=settings)
    assert result.exit_code == 0, result.stderr
    assert ("\x1b[1m" in result.stdout) is colored
    assert "\x1b" not in plain
    assert ("\x1b[" in gemwright(*arguments, "wier", env=settings).stderr) is colored


def test_quiet_leaves_the_data_and_the_errors() -> None:
    """`--quiet` is for scripts: notes go, failures stay."""
    spelled = '[{"role": "user", "content": "<turn|>"}]'
    loud, quiet = gemwright("wire", "render", given=spelled), gemwright("-q", "wire", "render", given=spelled)
    assert loud.stdout == quiet.stdout != ""
    assert "note: " in loud.stderr
    assert quiet.stderr == ""
    assert "error: " in gemwright("-q", "wire", "render", given="").stderr


def test_without_a_command_the_front_door_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bare `gemwright` is a command of its own, imported only then, and sees the options before it."""
    monkeypatch.setattr("gemwright.cli.main.FRONT", Entry(f"{__name__}:door", ""))
    monkeypatch.setitem(sys.modules, __name__, sys.modules[__name__])
    result = gemwright("--offline", "-vv")
    assert (result.exit_code, result.stdout) == (0, "open, offline, 2\n")


@click.command()
@click.pass_obj
def door(session: Session) -> None:
    """Stand in for the front door."""
    click.echo(f"open, {'offline' if session.offline and session.settings().offline else 'online'}, {session.verbose}")


def test_logs_are_json_where_asked_for() -> None:
    """A supervisor that reads standard error wants lines it can parse."""
    result = gemwright("--log-format", "json", "config", "paths")
    assert result.exit_code == 0
    assert gemwright("--log-format", "xml", "config", "paths").exit_code == 2


def test_a_completion_script_can_be_had() -> None:
    """Shells ask through a variable, and the answer must not depend on our own way of ending."""
    done = process(env={"_GEMWRIGHT_COMPLETE": "bash_source"})
    assert b"_GEMWRIGHT_COMPLETE=bash_complete" in done.stdout
    words = {"_GEMWRIGHT_COMPLETE": "bash_complete", "COMP_WORDS": "gemwright wire re", "COMP_CWORD": "2"}
    assert process(env=words).stdout == b"plain,render\n"


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal is a thing of POSIX")
def test_on_a_terminal_untrusted_text_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    """What a model or a file says must not clear the screen or retitle the window; in a pipe it stays what it is."""
    import pty

    attack = "a\x1b[2J\u202eb"
    messages = tmp_path / "m.json"
    messages.write_text('[{"role": "user", "content": "a\\u001b[2J\\u202eb"}]', "utf-8")
    assert attack.encode() in process("wire", "render", str(messages)).stdout
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "gemwright", "--color", "never", "wire", "render", str(messages)]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.DEVNULL)
    os.close(theirs)
    shown = b""
    end = time.monotonic() + 50
    while time.monotonic() < end:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # how Linux says that the other side is closed
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    assert child.wait(timeout=50) == 0
    assert b"\x1b" not in shown
    assert b"a<U+001B>[2J<U+202E>b" in shown


def test_commands_of_other_distributions_are_found_and_imported_late() -> None:
    """`gemwright simon` and `gemwright visualize` are there when they are installed; nobody else pays for them."""
    listed = installed("gemwright.commands")
    assert {"simon", "visualize"} <= set(listed)
    assert all(entry.summary for entry in listed.values())
    assert not {"gemwright_simon", "gemwright_visualizer", "numpy"} & loaded("--help")


def test_the_table_comes_before_what_others_bring() -> None:
    """A distribution that brings a `run` of its own must not take ours."""
    group = LazyGroup(name="x", table={"run": COMMANDS["run"]}, more=lambda: {"run": Entry("no.such:thing", "theirs")})
    assert group.whole["run"] is COMMANDS["run"]
    assert group.get_command(click.Context(group), "run") is not None


def test_the_exit_code_of_a_command_of_another_distribution_arrives() -> None:
    """A film that fails its checks ends with 1, however it was asked for."""
    code = "from gemwright.cli.lazy import LazyGroup\nimport click\nfrom gemwright.cli import main\n"
    code += "main.program.add_command(click.Command('five', callback=lambda: 5)); main.program.table = "
    code += "{**main.program.table, 'five': type('E', (), {'load': lambda self: main.program.commands['five']})()}\n"
    code += "main.program(['five'])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=50).returncode == 5
