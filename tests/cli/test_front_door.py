"""The front door with servers that run: which one is taken, what is said of it, and that nothing keeps the door shut.

Only llama.cpp is real here; every other server is a stand-in that says what its documentation shows.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import Result

from gemwright.cli.opened import Opened
from gemwright.cli.servers import warnings
from gemwright.client import Client
from gemwright.launch.embedded import Engine
from gemwright.runtimes.llamacpp import LlamaCpp
from tests.cli.program import gemwright
from tests.launch.stand_in_servers import as_json, closed_port, lmstudio, ollama, openai, row, silent_port, standing
from tests.loopback import Asked, Handler, Say, head, piece

OWN_ENGINE = "demo model: a small model trained on synthetic conversations, not Gemma"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No settings file of this checkout counts."""
    monkeypatch.chdir(tmp_path)
    yield


@pytest.fixture
def own_engine(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own engine runs already: what is tested is the way to it, and one test starts it for real."""

    @contextmanager
    def ready(_: object) -> Generator[Opened]:
        with Client(LlamaCpp(engine.url)) as client:
            yield Opened(client, engine.url, engine.label, engine.mark, embedded=True, demo=True)

    monkeypatch.setattr("gemwright.cli.front.open_client", ready)


def front(*ports: int, args: tuple[str, ...] = (), **environ: str) -> Result:
    """Open the front door without a terminal, with servers looked for on these ports."""
    done = gemwright(*args, env={"GEMWRIGHT_SEARCH_PORTS": ",".join(map(str, ports)) or "off", **environ})
    assert "Traceback" not in done.output
    return done


def port_of(engine: Engine) -> int:
    """Return an engine's port."""
    return int(engine.url.rpartition(":")[2])


def test_with_nothing_running_it_says_so_in_a_line_and_goes_on() -> None:
    """The rest is what it always was."""
    port = closed_port()
    done = front(port)
    assert done.exit_code == 0, done.stderr
    first, *rest = done.stdout.splitlines()
    assert first == f"no running server with a Gemma 4 was found (ports {port}): our own engine answers"
    assert OWN_ENGINE in rest and done.stdout.count("model wrote") == 5
    assert "[demo model] I am Tidewise." in rest


def test_an_old_version_is_told_what_is_known_against_it() -> None:
    """Ollama 0.20.0 and a model on disk: both are said, then a streamed call and a thought, and the context at last."""
    with standing(ollama("0.20.0", row("gemma4:26b"))) as server:
        done = front(server.port)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0] == (
        f"Ollama 0.20.0 at {server.url}: model gemma4:26b (Gemma 4 26B-A4B, Q4_K_M), context unknown until it is loaded, "
        "not loaded yet: the first answer waits for that"
    )
    warned = [line for line in lines if line.startswith(("critical: ", "high: "))]
    assert warned[0].startswith("critical: ollama/think-false-empties-tool-loops: Ollama before 0.21.0")
    assert "Do: install ollama >= 0.21.0" in warned[0] and "gemwright corpus show ollama/" in warned[0]
    assert len(warned) == len({line.split(": ")[1] for line in warned}) > 1
    assert (
        lines.count('call: get_weather {"city": "Faro"}') == 1
        and lines.count('call: get_tide {"station": "Vigo"}') == 1
    )
    assert lines.count("thinking: The tool knows.") == 2
    assert sum(line.startswith("arrived  in ") for line in lines) == 4
    assert "repaired nothing" in lines and "loaded now, with a context of 4096 tokens" in lines
    assert OWN_ENGINE not in done.stdout and "[demo model]" not in done.stdout


def test_a_version_without_known_problems_is_not_warned_of() -> None:
    """A warning that always comes is none."""
    with standing(ollama("0.99.0", row("gemma4:26b"), loaded=32768)) as server:
        done = front(server.port)
    assert done.exit_code == 0, done.output
    assert "context 32768, loaded" in done.stdout.splitlines()[0]
    assert "critical:" not in done.stdout and "high:" not in done.stdout and "loaded now" not in done.stdout


@pytest.mark.parametrize(
    ("runtime", "version", "variant", "said"),
    [
        ("Ollama", "0.20.0", "26B-A4B", "ollama/schema-string-repeats-one-word"),
        ("vLLM", "0.20.0", "31B", "vllm/tool-parser-hangs-on-nested-array"),
    ],
)
def test_a_critical_problem_that_hangs_on_a_setting_says_on_which(
    runtime: str, version: str, variant: str, said: str
) -> None:
    """The version has it for certain; only the person knows the rest."""
    [(severity, line)] = [one for one in warnings(runtime, version, variant) if one[1].startswith(said)]
    assert severity == "critical" and "Whether it applies depends on settings." in line and "Do: " in line


def test_nothing_is_known_against_what_is_not_known() -> None:
    """No version, no runtime of the catalog, or a version that nobody has looked at."""
    assert warnings("Ollama", "", "") == warnings("openai", "1.0", "") == warnings("llama.cpp", "b0-unknown", "") == []


def test_a_repair_is_shown() -> None:
    """The stand-in's model writes a call with round brackets, as reported in vllm-project/vllm#53642."""

    async def bent(asked: Asked, say: Say) -> None:
        answered = "<|tool_response>" in asked.json["prompt"]
        text = "Mild." if answered else '<|tool_call>call:get_weather(city="Faro")<tool_call|>'
        await say(head(kind="application/x-ndjson") + b'{"response": %s, "done": false}\n' % _quoted(text))
        await say(b'{"response": "", "done": true, "done_reason": "stop"}\n')

    with standing(ollama("0.24.0", row("gemma4:e4b"), speaks=bent)) as server:
        done = front(server.port)
    assert done.exit_code == 0, done.output
    assert 'call: get_weather {"city": "Faro"}' in done.stdout
    assert "repaired round-brackets" in done.stdout


def test_with_two_servers_one_is_taken_and_the_way_to_the_other_is_said(engine: Engine) -> None:
    """Real llama.cpp with the demo model, and a stand-in of Ollama with a Gemma 4, which comes first."""
    with standing(ollama("0.32.10", row("gemma4:e4b"), loaded=8192)) as server:
        done = front(port_of(engine), server.port)
    assert done.exit_code == 0, done.output
    first, second, *_ = done.stdout.splitlines()
    assert first.startswith(f"Ollama 0.32.10 at {server.url}: model gemma4:e4b")
    assert second.startswith("also here: llama.cpp ") and "(demo model)" in second
    assert second.endswith(f"to take it: gemwright --endpoint {engine.url}")
    assert "[demo model]" not in done.stdout


def test_real_llama_cpp_with_the_demo_model_is_taken_and_marked(engine: Engine) -> None:
    """It is of the architecture, and everything that it says is labelled."""
    done = front(port_of(engine))
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("llama.cpp ") and "context 8192, loaded" in done.stdout.splitlines()[0]
    assert "demo model: one of gemwright's own models, not Gemma" in done.stdout
    assert '[demo model] call: get_tide {"station": "Vigo"}' in done.stdout
    assert "the injection stays text" in done.stdout


def test_what_is_named_is_never_second_guessed(engine: Engine) -> None:
    """With --endpoint, or the setting, nobody else is asked anything."""
    with standing(ollama("0.32.10", row("gemma4:e4b"))) as other:
        for done in (
            front(other.port, args=("--endpoint", engine.url)),
            front(other.port, GEMWRIGHT_ENDPOINT=engine.url),
        ):
            assert done.exit_code == 0, done.output
            assert "was found" not in done.stdout and "Ollama" not in done.stdout
            assert engine.url in done.stderr
        assert other.asked == []


@pytest.mark.usefixtures("own_engine")
def test_a_server_without_gemma_4_is_passed_over() -> None:
    """Each in a line: another model, and one that runs in somebody's cloud; then our own engine answers."""
    gemma3 = {"type": "llm", "key": "gemma-3-270m-it-qat", "architecture": "gemma3", "loaded_instances": []}
    cloud = row("gemma4:31b-cloud", remote_host="https://ollama.com")
    with (
        standing(lmstudio(gemma3)) as one,
        standing(ollama("0.32.10", cloud)) as two,
        standing(openai({"id": "Qwen/Qwen4-8B", "owned_by": "vllm"}, version="0.33.0")) as three,
    ):
        done = front(one.port, two.port, three.port)
    assert done.exit_code == 0, done.output
    assert f"passed over: LM Studio of unknown version at {one.url}: 1 model, no Gemma 4" in done.stdout
    assert "gemma4:31b-cloud runs on another machine, where your words would go" in done.stdout
    assert f"passed over: vLLM 0.33.0 at {three.url}: 1 model, no Gemma 4" in done.stdout
    assert OWN_ENGINE in done.stdout
    assert [asked.path for asked in two.asked if asked.method == "POST"] == []


@pytest.mark.usefixtures("own_engine")
def test_a_slow_port_is_named_and_waited_for_no_longer_than_a_second() -> None:
    """Somebody else's hanging server is not our hanging front door."""
    with silent_port() as port:
        began = time.monotonic()
        done = gemwright("models", env={"GEMWRIGHT_SEARCH_PORTS": str(port)})
        assert time.monotonic() - began < 4
        assert f"passed over: http://127.0.0.1:{port} (search_ports) did not answer in time" in done.stderr
        done = front(port)
    assert done.exit_code == 0, done.output
    assert f"http://127.0.0.1:{port} (search_ports) did not answer in time" in done.stdout and OWN_ENGINE in done.stdout


@pytest.mark.usefixtures("own_engine")
@pytest.mark.parametrize(
    "environ", [{"OLLAMA_HOST": "http://10.255.255.1:11434"}, {"GEMWRIGHT_ENDPOINT": "http://10.255.255.1:8080"}]
)
def test_offline_asks_no_other_machine_and_fails_nothing(environ: Mapping[str, str]) -> None:
    """What is left out is said; this machine is still looked at, and our own engine goes on."""
    with standing(ollama("0.32.10", row("gemma4:e4b"), loaded=8192)) as server:
        done = front(server.port, args=("--offline",), **environ)
        assert done.exit_code == 0, done.output
        assert "offline: http://10.255.255.1:" in done.stdout and "Ollama 0.32.10" in done.stdout
    done = front(closed_port(), args=("--offline",), **environ)
    assert done.exit_code == 0, done.output
    assert "offline: http://10.255.255.1:" in done.stdout and OWN_ENGINE in done.stdout


async def _dies(_: Asked, say: Say) -> None:
    await say(head(kind="application/x-ndjson", transfer_encoding="chunked"))
    await say(piece(b'{"response": "The wea", "done": false}\n'))


async def _refuses(_: Asked, say: Say) -> None:
    await say(as_json({"error": "unauthorized"}, 401))


@pytest.mark.parametrize("speaks", [_dies, _refuses])
def test_a_server_that_fails_is_told_with_the_way_on(speaks: Handler) -> None:
    """Found, then dead in the middle of an answer, or closed: one error, and what to do."""
    with standing(ollama("0.32.10", row("gemma4:e4b"), loaded=8192, speaks=speaks)) as server:
        done = front(server.port)
    assert done.exit_code == 3, done.output
    assert "error: " in done.stderr
    assert f"Ollama 0.32.10 at {server.url} was found and failed" in done.stderr
    assert "`gemwright chat` talks with our own engine instead" in done.stderr


def test_a_server_that_is_gone_when_it_is_needed() -> None:
    """It answered the search; every question after that finds the door shut."""
    asked = 0

    async def leaves(_: Asked, say: Say) -> None:
        nonlocal asked
        asked += 1
        answers = [{}, {"version": "0.32.10"}, {"models": []}, {"models": [row("gemma4:e4b")]}, {"version": "0.32.10"}]
        await say(as_json(answers[asked - 1]) if asked <= len(answers) else b"")

    with standing(leaves) as server:
        done = front(server.port)
    assert done.exit_code == 3, done.output
    assert f"at {server.url} was found and failed" in done.stderr


def test_hostile_names_reach_no_terminal_and_no_command_line() -> None:
    """A name can hold sequences and words for a shell: shown by their numbers, never taken, never in a command to copy."""
    evil = "gemma4:e4b\x1b]0;owned\x07"
    shell = row("x; rm -rf $HOME", details={"family": "gemma4"})
    with (
        standing(ollama("0.32.10\x1b[2J", row(evil))) as one,
        standing(ollama("0.32.10", shell, row("gemma4:12b"))) as two,
        standing(ollama("0.32.10", row("gemma4:26b"), loaded=8192)) as three,
    ):
        done = front(one.port, two.port, three.port)
        listed = gemwright("models", env={"GEMWRIGHT_SEARCH_PORTS": f"{one.port},{two.port}"})
    assert done.exit_code == 0, done.output
    assert "\x1b" not in done.output + listed.output and "\x07" not in done.output + listed.output
    assert "gemma4:e4b<U+001B>]0;owned<U+0007>" in listed.stdout
    assert f"to take it: gemwright --endpoint {two.url}\n" in done.stdout
    assert done.stdout.startswith(f"Ollama 0.32.10 at {three.url}")


def test_the_model_that_is_named_decides_the_server() -> None:
    """`--model NAME` without an address is looked for among the servers; a name that nobody has is an error."""
    with standing(ollama("0.32.10", row("gemma4:e4b"), row("gemma4:12b"), loaded=8192)) as server:
        done = front(server.port, args=("--model", "gemma4:12b"))
        assert done.exit_code == 0, done.output
        assert "model gemma4:12b (Gemma 4 12B" in done.stdout.splitlines()[0]
        done = front(server.port, args=("--model", "gemma4:31b"))
    assert done.exit_code == 2
    assert "no running server with the model gemma4:31b was found" in done.stdout and "gemma4:31b" in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_on_a_terminal_a_chat_with_the_found_model_opens(tmp_path: Path) -> None:
    """A person sees the demonstration and then talks with the very same model."""
    with standing(ollama("0.32.10", row("gemma4:e4b"), loaded=8192)) as server:
        environ = {**os.environ, "GEMWRIGHT_SEARCH_PORTS": str(server.port), "TERM": "dumb", "NO_COLOR": "1"}
        import pty  # there is none on Windows

        pid, terminal = pty.fork()
        if pid == 0:  # pragma: no cover - the program itself
            os.chdir(tmp_path)
            os.execve(sys.executable, [sys.executable, "-m", "gemwright"], environ)  # noqa: S606
        shown = _until(terminal, b"you: ")
        os.write(terminal, b"And in Faro?\n")
        shown += _until(terminal, b"you: ")
        os.write(terminal, b"/quit\n")
        _, status = os.waitpid(pid, 0)
        os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0
    assert b"3. Your turn" in shown and b"19 degrees." in shown
    assert [one.path for one in server.asked].count("/api/chat") == 5


def _until(terminal: int, end: bytes) -> bytes:
    """Read what a terminal shows until it ends with these bytes."""
    shown = b""
    while not shown.endswith(end):
        shown += os.read(terminal, 65536)
    return shown


def _quoted(text: str) -> bytes:

    return json.dumps(text).encode()
