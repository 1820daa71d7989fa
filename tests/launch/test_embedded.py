"""The engine in its child process: what it is asked to be, how it fails, and that it never outlives us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
from collections.abc import Callable
from pathlib import Path

import pytest

from gemwright.foundation.errors import (
    BadModelFile,
    BadOption,
    ConfigProblem,
    GemwrightError,
    RuntimeTimeout,
    RuntimeUnreachable,
)
from gemwright.launch import _serve, embedded
from gemwright.launch.embedded import SERVER_VARIABLE, Engine, demo_model, start_embedded
from tests.launch.conftest import ask, send
from tests.noise.model import RANDOM_MODEL

pytest.importorskip("xllamacpp", reason="there is no engine to start without xllamacpp")

posix_only = pytest.mark.skipif(os.name != "posix", reason="needs a file that runs by its first line, or a fork")
STAND_IN = Path(__file__).with_name("stand_in_server.py")
GONE_WITHIN_SECONDS = 10.0


@pytest.fixture
def stand_in(tmp_path: Path) -> Callable[[str], str]:
    """Make a program that stands in for `llama-server` and behaves as told."""

    def make(behaviour: str) -> str:
        program = tmp_path / "llama-server"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{STAND_IN}" {behaviour} "$@"\n', "utf-8")
        program.chmod(0o755)
        return str(program)

    return make


def answers(url: str) -> bool:
    """Return whether a server takes requests."""
    try:
        return ask(f"{url}/health") == {"status": "ok"}
    except (urllib.error.URLError, ConnectionError):
        return False


def assert_gone(url: str) -> None:
    """Wait until nothing answers any more."""
    deadline = time.monotonic() + GONE_WITHIN_SECONDS
    while answers(url):
        assert time.monotonic() < deadline, f"{url} still answers"
        time.sleep(0.05)


def wait_for_log(engine: Engine, words: str) -> None:
    """Wait until the engine's last words hold these: llama.cpp logs from a thread of its own, some time later."""
    deadline = time.monotonic() + GONE_WITHIN_SECONDS
    while words not in engine.log_tail():
        assert time.monotonic() < deadline, engine.log_tail()[-400:]
        time.sleep(0.02)


def run_owner(code: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a program of its own that owns an engine."""
    lines = "import os, sys, time\nfrom gemwright.launch.embedded import start_embedded\n" + code
    search = os.pathsep.join(sys.path)
    return subprocess.Popen(
        [sys.executable, "-c", lines, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": search},
    )


def first_line(owner: subprocess.Popen[str]) -> str:
    """Return the first line that it printed."""
    assert owner.stdout is not None
    return owner.stdout.readline().strip()


def finish(owner: subprocess.Popen[str]) -> int:
    """Wait for a program to end and close its pipe."""
    status = owner.wait(timeout=20)
    assert owner.stdout is not None
    owner.stdout.close()
    return status


# What it is asked to be.


def test_the_demo_model_is_served_on_loopback_and_says_what_it_is(engine: Engine) -> None:
    """Bare `gemwright` starts this, and whoever sees its output, in whatever client, has to be told what it is."""
    assert engine.alive
    assert engine.url.startswith("http://127.0.0.1:")
    assert engine.model_path == demo_model()
    assert engine.label == "demo model: a small model trained on synthetic conversations, not Gemma"
    assert engine.mark == "demo model"
    props = ask(f"{engine.url}/props")
    assert (props["total_slots"], props["default_generation_settings"]["n_ctx"]) == (1, 8192)
    assert ask(f"{engine.url}/v1/models")["data"][0]["id"] == "gemwright stand-in (demo model)"
    wait_for_log(engine, "listening on")


def test_settings_reach_the_engine(tmp_path: Path) -> None:
    """Each of these would otherwise be llama.cpp's default, unnoticed."""
    template = tmp_path / "own.jinja"
    template.write_text("Grüße {{ messages[0].content }}", "utf-8")
    with start_embedded(context=1024, parallel=2, threads=2, template=template, api_key="only-for-us") as engine:
        with pytest.raises(urllib.error.HTTPError, match="401") as refused:
            ask(f"{engine.url}/props")
        refused.value.close()
        key = {"authorization": "Bearer only-for-us"}
        props = ask(f"{engine.url}/props", **key)
        assert props["total_slots"] == 2
        assert props["default_generation_settings"]["n_ctx"] == 1024
        assert props["chat_template"] == "Grüße {{ messages[0].content }}"
        if Path("/proc/self/cmdline").exists():
            lines = [file.read_bytes() for file in Path("/proc").glob("[0-9]*/cmdline") if file.parent.exists()]
            assert any(Path(_serve.__file__).name.encode() in line for line in lines)
            assert not any(b"only-for-us" in line for line in lines)


def test_no_web_page_may_ask_the_engine(engine: Engine) -> None:
    """A page in the browser could otherwise use the engine of whoever reads it; llama.cpp allows all by default."""
    with send(f"{engine.url}/health", origin="http://elsewhere.example") as answer:
        assert not answer.headers["access-control-allow-origin"]
    with pytest.raises(urllib.error.HTTPError) as no_page:
        send(f"{engine.url}/")
    assert no_page.value.code == 404
    no_page.value.close()


def test_thinking_is_not_switched_on_behind_our_back(engine: Engine) -> None:
    """llama.cpp adds the thinking token to every chat unless it is told not to."""
    body = {"messages": [{"role": "user", "content": "hi"}]}
    assert "<|think|>" not in ask(f"{engine.url}/apply-template", body)["prompt"]
    body["chat_template_kwargs"] = {"enable_thinking": True}  # type: ignore[assignment]
    assert "<|think|>" in ask(f"{engine.url}/apply-template", body)["prompt"]


def test_what_an_engine_prints_does_not_garble_its_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library may print to standard output from C, where our answer goes."""
    (tmp_path / "xllamacpp.py").write_text(
        "import os\n"
        "from types import SimpleNamespace as Settings\n"
        "def CommonParams():\n"
        "    return Settings(model=Settings(), mmproj=Settings(), cpuparams=Settings(), cpuparams_batch=Settings())\n"
        "def Server(settings):\n"
        "    os.write(1, b'printed by C')\n"
        "    return Settings(listening_address='http://127.0.0.1:9')\n",
        "utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with start_embedded() as engine:
        assert engine.url == "http://127.0.0.1:9"
        wait_for_log(engine, "printed by C")


def test_two_engines_live_side_by_side(engine: Engine) -> None:
    """A fixed port would let the second one fail, or answer for the first."""
    with start_embedded() as other:
        assert other.url != engine.url
        assert answers(other.url) and answers(engine.url)


# How it ends.


def test_stopping_ends_the_server_and_may_be_repeated() -> None:
    """A caller that stops in a `finally` and in an exit handler must not fail."""
    engine = start_embedded()
    wait_for_log(engine, "listening on")
    engine.stop()
    assert not engine.alive
    assert not answers(engine.url)
    engine.stop()
    assert "listening on" in engine.log_tail()


def test_an_engine_that_dies_is_noticed() -> None:
    """Somebody may kill it, or memory may run out."""
    with start_embedded() as engine:
        process = engine._process
        process.kill()
        process.wait(10)
        assert not engine.alive
        assert not answers(engine.url)


def test_an_engine_that_nobody_holds_any_more_ends() -> None:
    """A forgotten `stop` must not leave a server behind in a long-lived program."""
    engine = start_embedded()
    url = engine.url
    assert answers(url)
    del engine
    assert_gone(url)


def test_it_ends_when_we_are_killed() -> None:
    """No handler of ours runs then: only the closing pipe is left."""
    owner = run_owner("engine = start_embedded(); print(engine.url, flush=True); time.sleep(60)")
    url = first_line(owner)
    assert answers(url)
    owner.kill()
    finish(owner)
    assert_gone(url)


@posix_only
def test_it_ends_when_we_are_killed_and_a_fork_of_us_lives_on() -> None:
    """A forked worker holds the pipe open, so the engine has to notice by itself that its parent is gone."""
    code = (
        "engine = start_embedded()\nchild = os.fork()\nif child: print(engine.url, child, flush=True)\ntime.sleep(60)"
    )
    owner = run_owner(code)
    url, child = first_line(owner).split()
    try:
        assert answers(url)
        owner.kill()
        owner.wait(10)
        assert_gone(url)
        os.kill(int(child), 0)  # it is still there: this was not a closed pipe
    finally:
        os.kill(int(child), signal.SIGKILL)
        finish(owner)


@posix_only
def test_a_fork_of_us_that_ends_leaves_our_engine_alone() -> None:
    """The fork's exit handlers know the engine as well, and it is not theirs."""
    code = (
        "engine = start_embedded()\n"
        "child = os.fork()\n"
        "if not child: sys.exit()\n"
        "os.waitpid(child, 0)\n"
        "print(engine.alive, engine.url, flush=True)\n"
        "engine.stop()"
    )
    owner = run_owner(code)
    assert first_line(owner).startswith("True http://")
    assert finish(owner) == 0


def test_it_ends_when_the_program_ends_without_a_word() -> None:
    """Scripts forget to stop things."""
    owner = run_owner("engine = start_embedded(); print(engine.url, flush=True)")
    url = first_line(owner)
    assert finish(owner) == 0
    assert not answers(url)


@posix_only
def test_no_zombie_stays(stand_in: Callable[[str], str]) -> None:
    """A program that starts many engines would fill the process table."""
    code = (
        "for program in sys.argv[1:]:\n"
        "    with start_embedded(program=program): pass\n"
        "try: print(os.waitpid(-1, os.WNOHANG))\n"
        "except ChildProcessError: print('none')"
    )
    owner = run_owner(code, "", stand_in("serves"))
    assert first_line(owner) == "none"
    assert finish(owner) == 0


def test_an_interrupt_while_it_starts_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C during a long load is the commonest interrupt."""
    spawned: list[subprocess.Popen[bytes]] = []
    spawn = embedded._spawn

    def interrupt(process: subprocess.Popen[bytes], *_: object) -> str:
        spawned.append(process)
        raise KeyboardInterrupt

    monkeypatch.setattr(embedded, "_spawn", spawn)
    monkeypatch.setattr(embedded, "_place_order", interrupt)
    with pytest.raises(KeyboardInterrupt):
        start_embedded()
    assert spawned[0].returncode is not None


# A llama-server instead of xllamacpp.


@posix_only
def test_a_llama_server_is_used_when_it_is_named(
    stand_in: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """People have builds for their own graphics card."""
    monkeypatch.setenv(SERVER_VARIABLE, stand_in("serves"))
    template = tmp_path / "own.jinja"
    template.write_text("own", "utf-8")
    with start_embedded(context=512, parallel=2, template=template, api_key="key") as engine:
        props = ask(f"{engine.url}/props", authorization="Bearer key")
        assert (props["total_slots"], props["chat_template"]) == (2, "own")
        assert props["default_generation_settings"]["n_ctx"] == 512
        wait_for_log(engine, "starting the main loop")
    assert not answers(engine.url)


@posix_only
def test_a_llama_server_on_path_is_used_where_xllamacpp_is_missing(
    stand_in: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no wheel of xllamacpp for some machines."""
    program = stand_in("serves")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setenv("PATH", f"{Path(program).parent}{os.pathsep}{os.environ['PATH']}")
    with start_embedded() as engine:
        assert answers(engine.url)
        wait_for_log(engine, "starting the main loop")


@posix_only
@pytest.mark.parametrize("victim", ["owner", "wrapper"])
def test_a_llama_server_ends_with_us_too(stand_in: Callable[[str], str], victim: str) -> None:
    """It does not watch for us itself: our child does, and must take it along."""
    code = (
        "engine = start_embedded(program=sys.argv[1])\n"
        "print(engine.url, engine._process.pid, flush=True)\n"
        "time.sleep(60)"
    )
    owner = run_owner(code, stand_in("serves"))
    url, wrapper = first_line(owner).split()
    assert answers(url)
    if victim == "owner":
        owner.kill()
    else:
        os.kill(int(wrapper), signal.SIGTERM)
    assert_gone(url)
    owner.kill()
    finish(owner)


@posix_only
def test_a_llama_server_that_fails_is_quoted(stand_in: Callable[[str], str]) -> None:
    """Why it failed stands in its own words, and nobody wants to look for a log file."""
    with pytest.raises(
        RuntimeUnreachable, match=r"could not start with standin.gguf: .*llama-server ended with status 7"
    ) as e:
        start_embedded(program=stand_in("fails"))
    assert "no such device" in e.value.hint


@posix_only
def test_an_engine_that_takes_too_long_is_given_up(stand_in: Callable[[str], str]) -> None:
    """Every wait has an end, and what hung has to be gone afterwards."""
    started = time.monotonic()
    with pytest.raises(RuntimeTimeout, match=r"did not have standin.gguf ready within 1.5 seconds") as e:
        start_embedded(program=stand_in("hangs"), timeout=1.5)
    assert "loading model" in e.value.hint
    assert time.monotonic() - started < 6


@posix_only
def test_a_chattering_engine_fills_no_memory(stand_in: Callable[[str], str]) -> None:
    """A server may log for weeks, and lines may be of any length."""
    with start_embedded(program=stand_in("chatters")) as engine:
        assert answers(engine.url)
        wait_for_log(engine, "starting the main loop")
        assert 1000 < len(engine.log_tail(10**6)) <= embedded.LOG_BYTES


@posix_only
def test_a_file_that_cannot_be_run_is_named(tmp_path: Path) -> None:
    """A build for another machine has the right name and the right to run."""
    broken = tmp_path / "llama-server"
    broken.write_bytes(b"\x7fELF no program at all")
    broken.chmod(0o755)
    with pytest.raises(RuntimeUnreachable, match="llama-server cannot be run"):
        start_embedded(program=str(broken))


# How it fails.


def test_without_an_engine_the_hint_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine is an extra: its absence is the first thing that many will meet."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RuntimeUnreachable, match="no engine on this machine") as e:
        start_embedded()
    assert "pip install 'gemwright[demo]'" in e.value.hint
    assert e.value.exit_code == 3


def test_without_the_demo_model_the_hint_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra, as the engine is; a model of one's own needs neither."""
    monkeypatch.setitem(sys.modules, "gemwright_standin", None)
    monkeypatch.setattr(embedded, "_spawn", lambda: pytest.fail("a child was started"))
    with pytest.raises(ConfigProblem, match="demo model is not installed") as e:
        start_embedded()
    assert "pip install 'gemwright[demo]'" in e.value.hint and "--endpoint" in e.value.hint


def test_a_model_that_is_named_comes_first() -> None:
    """The demo model never takes the place of one that somebody chose."""
    with start_embedded(RANDOM_MODEL) as engine:
        assert engine.model_path == RANDOM_MODEL
        assert (engine.mark, "random weights" in engine.label) == ("random weights", True)
        assert ask(f"{engine.url}/v1/models")["data"][0]["id"] == "gemwright random weights"


def test_a_named_program_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Falling back to another engine in silence would hide the mistake."""
    monkeypatch.setenv(SERVER_VARIABLE, "no-such-llama-server")
    with pytest.raises(ConfigProblem, match="no program no-such-llama-server"):
        start_embedded()


@pytest.mark.parametrize(
    ("length", "message"),
    [(None, "does not exist"), (0, "cut off inside"), (9_000, "cut off or broken"), (150_000, "is cut off: it has")],
)
def test_a_bad_model_file_is_refused_before_anything_starts(
    length: int | None, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """llama.cpp says only that it failed to load; the reader says what is wrong."""
    monkeypatch.setattr(embedded, "_spawn", lambda: pytest.fail("a child was started"))
    model = tmp_path / "model.gguf"
    if length is not None:
        model.write_bytes(RANDOM_MODEL.read_bytes()[:length])
    with pytest.raises(BadModelFile, match=message):
        start_embedded(model)
    with pytest.raises(BadModelFile, match=message):
        start_embedded(mmproj=model)


def test_a_model_that_the_engine_refuses(tmp_path: Path) -> None:
    """Its header is fine, but this llama.cpp does not know the architecture."""
    model = tmp_path / "model.gguf"
    model.write_bytes(RANDOM_MODEL.read_bytes().replace(b"gemma4", b"gemmaX"))
    with pytest.raises(RuntimeUnreachable, match=r"could not start with model.gguf: RuntimeError") as e:
        start_embedded(model)
    assert "unknown model architecture: 'gemmaX'" in e.value.hint


def test_a_child_that_dies_without_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """llama.cpp aborts the process on some models."""
    crash = tmp_path / "crash.py"
    crash.write_text("import os, sys\nsys.stderr.write('GGML_ASSERT failed')\nsys.stderr.flush()\nos._exit(3)", "utf-8")
    monkeypatch.setattr(_serve, "__file__", str(crash))
    with pytest.raises(RuntimeUnreachable, match=r"standin.gguf: it ended with status 3") as e:
        start_embedded()
    assert "GGML_ASSERT failed" in e.value.hint


@pytest.mark.parametrize(
    "wrong",
    [{"context": 0}, {"parallel": 0}, {"threads": -1}, {"context": 1 << 40}, {"template": Path("missing.jinja")}],
)
def test_numbers_that_cannot_be(wrong: dict[str, int | Path]) -> None:
    """llama.cpp takes some of these for `automatic`, and crashes on others."""
    with pytest.raises(BadOption) as e:
        start_embedded(**wrong)  # type: ignore[arg-type]
    assert isinstance(e.value, GemwrightError) and e.value.exit_code == 2


def test_a_model_of_another_architecture_is_labelled() -> None:
    """The engine runs it, but Gemma 4's format is not its format."""
    header = embedded.read_header(RANDOM_MODEL.read_bytes().replace(b"gemma4", b"gemma3"))
    assert embedded._label(header) == "not Gemma 4: a model of architecture gemma3"
    assert embedded._mark(embedded._label(header)) == "not Gemma 4"
    assert embedded._alias("a,\n\x00 b" + "c" * 200) == "a b" + "c" * 77
