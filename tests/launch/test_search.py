"""Servers that already run: where is looked, who is recognised, what counts as Gemma 4, and that a search always ends.

Real llama.cpp answers as itself; every other server is a stand-in (`stand_in_servers`).
"""

from __future__ import annotations

import asyncio
import json
import time
import tracemalloc
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gemwright.catalog.load import catalog
from gemwright.catalog.things import Runtime
from gemwright.foundation.config import Config, load
from gemwright.foundation.errors import ConfigProblem
from gemwright.launch.embedded import Engine, mark_in
from gemwright.launch.search import RUNTIMES, FoundModel, Search, find, look_again, places
from gemwright.runtimes import lmstudio as lmstudio_adapter
from gemwright.runtimes import mlx, sglang, vllm
from tests.launch.stand_in_servers import (
    as_json,
    by_path,
    closed_port,
    lmstudio,
    ollama,
    openai,
    row,
    silent_port,
    standing,
)
from tests.loopback import Asked, Handler, Say, answer, head, saying

SOON = 2.0  # seconds, for a search that may last one; a busy machine gets another


def settings(**given: object) -> Config:
    """Return settings with these and nobody's else; without ports nothing of this machine is looked at."""
    return load({"search_ports": "off", **given}, {}, Path("/nowhere"))


def found_at(*ports: int, environ: Mapping[str, str] | None = None, **given: Any) -> Search:
    """Search these ports."""
    return find(settings(search_ports=",".join(map(str, ports)), **given), environ or {})


def found(handler: Handler, **given: Any) -> Search:
    """Search the port of one stand-in."""
    with standing(handler) as server:
        return found_at(server.port, **given)


def names(models: tuple[FoundModel, ...]) -> list[str]:
    """Return the names of models."""
    return [one.name for one in models]


# where is looked


def test_without_settings_only_this_machine_is_looked_at() -> None:
    """Six runtimes, on the ports that the catalog has with a source; two of them share one."""
    where, notes = places(settings(search_ports=""), {})
    assert [place.url for place in where] == [f"http://127.0.0.1:{port}" for port in (11434, 8080, 1234, 8000, 30000)]
    assert "llama.cpp and mlx-lm" in where[1].why and notes == []
    records = catalog().all(Runtime)
    for name, differences in (
        ("lmstudio", lmstudio_adapter.DIFFERENCES),
        ("vllm", vllm.DIFFERENCES),
        ("sglang", sglang.DIFFERENCES),
        ("mlx-lm", mlx.DIFFERENCES),
    ):
        assert records[name].port == differences.port and records[name].title == differences.runtime
    assert all(records[name].source for name in RUNTIMES)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("0.0.0.0", "http://127.0.0.1:11434"),
        (":7000", "http://127.0.0.1:7000"),
        ("'box:7000'", "http://box:7000"),
        ("https://box", "https://box"),
        ("::1", "http://[::1]:11434"),
        ("http://box/ollama/", "http://box/ollama"),
    ],
)
def test_ollama_host_comes_before_the_ports(host: str, url: str) -> None:
    """Its forms are tested with the settings; here it is one place more, and none twice."""
    where, _ = places(settings(search_ports="11434"), {"OLLAMA_HOST": host})
    assert where[0].url == url and where[0].why == "OLLAMA_HOST"
    assert [place.url for place in where].count("http://127.0.0.1:11434") == 1


def test_an_ollama_host_that_is_none_stops_nothing() -> None:
    """Somebody else's variable must not keep the front door shut."""
    where, notes = places(settings(search_ports="8080"), {"OLLAMA_HOST": "http://a b"})
    assert [place.url for place in where] == ["http://127.0.0.1:8080"]
    assert len(notes) == 1 and "OLLAMA_HOST is no address" in notes[0]


def test_offline_means_this_machine_and_not_nothing() -> None:
    """Loopback is not the network; another machine is, whoever named it."""
    asked = settings(search_ports="8080", offline=True, endpoint="http://10.0.0.9:8000")
    where, notes = places(asked, {"OLLAMA_HOST": "box"})
    assert [place.url for place in where] == ["http://127.0.0.1:8080"]
    assert [note.partition(" (")[0] for note in notes] == ["offline: http://10.0.0.9:8000", "offline: http://box:11434"]


def test_the_endpoint_is_first_and_off_leaves_nothing_else() -> None:
    """The same address written in two ways is one place."""
    asked = settings(search_ports="8080,9000", endpoint="http://localhost:9000/v1/")
    assert [place.url for place in places(asked, {})[0]] == ["http://localhost:9000", "http://127.0.0.1:8080"]
    assert places(settings(), {"OLLAMA_HOST": "box"}) == ([], [])
    assert find(settings(), {}).servers == ()


@pytest.mark.parametrize("ports", ["none", "0", "70000", "8080,", "1234567890123", "-1"])
def test_ports_that_are_none_are_refused(ports: str) -> None:
    """A setting that means nothing is told where it stands."""
    with pytest.raises(ConfigProblem, match="search_ports"):
        settings(search_ports=ports)


def test_the_key_goes_to_the_endpoint_alone() -> None:
    """Whoever listens on a usual port of a shared machine must not be handed it."""
    with standing(ollama("0.32.10", row("gemma4:26b"))) as ours, standing(ollama("0.32.10")) as other:
        asked = settings(search_ports=str(other.port), endpoint=ours.url)
        assert len(find(asked, {"GEMWRIGHT_API_KEY": "only-for-ours"}).servers) == 2
        assert {one.headers.get("authorization") for one in ours.asked} == {"Bearer only-for-ours"}
        assert {one.headers.get("authorization") for one in other.asked} == {None}


# who answers


def test_nothing_runs() -> None:
    """Refused ports cost no time."""
    began = time.monotonic()
    search = found_at(closed_port(), closed_port())
    assert (search.servers, search.slow, search.strange) == ((), (), ())
    assert len(search.looked) == 2 and time.monotonic() - began < SOON


def test_llama_cpp_with_a_model_of_ours(engine: Engine) -> None:
    """For real: the context of a slot, the quantisation, and a mark, since it is of the architecture and not Gemma."""
    [server] = found_at(int(engine.url.rpartition(":")[2])).servers
    [model] = server.models
    assert (server.runtime, bool(server.version)) == ("llama.cpp", True)
    assert (model.gemma4, model.loaded, model.context, model.quant) == (True, True, 8192, "Q8_0")
    assert (model.mark, model.variant, model.bytes) == ("demo model", "", 13933744)
    assert look_again(server) == server


def test_ollama_tells_what_is_loaded() -> None:
    """A model on disk counts, and is said not to be loaded; with one in memory the context is the loaded one."""
    rows = (row("gemma4:26b"), row("gemma4:e4b"), row("llama3.2:latest", details={"family": "llama"}))
    [server] = found(ollama("0.32.10", *rows)).servers
    assert (server.runtime, server.version, names(server.models)) == (
        "Ollama",
        "0.32.10",
        ["gemma4:26b", "gemma4:e4b", "llama3.2:latest"],
    )
    assert [one.gemma4 for one in server.models] == [True, True, False]
    assert server.models[0] == FoundModel(
        "gemma4:26b", True, "26B-A4B", False, None, "Q4_K_M", 17_987_642_035, remote="", mark=""
    )
    [server] = found(ollama("0.32.10", *rows[:2][::-1], loaded=32768)).servers
    chosen = server.choose()
    assert chosen is not None and (chosen.name, chosen.loaded, chosen.context) == ("gemma4:e4b", True, 32768)


def test_the_model_that_is_wanted_is_taken_by_its_name() -> None:
    """As Ollama takes it: `:latest` may be left out. Whether it is Gemma 4 is the person's business then."""
    search = found(ollama("0.32.10", row("gemma4:26b"), row("mine:latest", details={"family": "llama"})))
    assert [model.name for _, model in search.suitable("mine")] == ["mine:latest"]
    assert search.suitable("gone") == []


@pytest.mark.parametrize("more", [{"remote_host": "https://ollama.com", "remote_model": "gemma4:31b"}, {}])
def test_a_model_that_runs_elsewhere_is_never_taken(more: dict[str, Any]) -> None:
    """Ollama lists models of its makers' cloud among its own: what is said to them leaves this machine."""
    search = found(ollama("0.32.10", row("gemma4:31b-cloud", **more)))
    assert search.servers[0].models[0].remote and search.suitable() == []
    assert search.suitable("gemma4:31b-cloud") == []


def test_lm_studio_tells_architecture_and_size() -> None:
    """The page's own example, a Gemma 3, is none; a Gemma 4 under a name of somebody's own is one."""
    old = {
        "type": "llm",
        "key": "gemma-3-270m-it-qat",
        "architecture": "gemma3",
        "quantization": {"name": "Q4_0", "bits_per_weight": 4},
        "size_bytes": 241410208,
        "loaded_instances": [{"id": "gemma-3-270m-it-qat", "config": {"context_length": 4096}}],
    }
    ours = {**old, "key": "harbour-master", "architecture": "gemma4", "loaded_instances": []}
    [server] = found(lmstudio(old, ours)).servers
    assert server.runtime == "LM Studio" and server.version == ""
    assert [(one.name, one.gemma4, one.loaded, one.context) for one in server.models] == [
        ("gemma-3-270m-it-qat", False, True, 4096),
        ("harbour-master", True, False, None),
    ]
    assert server.models[1].quant == "Q4_0" and server.models[1].bytes == 241410208


def test_vllm_and_mlx() -> None:
    """The list of vLLM is what it has in memory, with its longest request; mlx-lm lists its cache and tells nothing."""
    listed = {"id": "google/gemma-4-31B-it", "object": "model", "owned_by": "vllm", "max_model_len": 65536}
    [server] = found(openai(listed, version="0.33.0")).servers
    [model] = server.models
    assert (server.runtime, server.version, model.loaded, model.context) == ("vLLM", "0.33.0", True, 65536)
    [server] = found(openai({"id": "mlx-community/gemma-4-12b-it-4bit", "object": "model"})).servers
    assert (server.runtime, server.models[0].loaded, server.models[0].quant) == ("mlx-lm", None, "4bit")


@pytest.mark.parametrize(
    ("name", "architecture", "is_one"),
    [
        ("unsloth/gemma-4-26B-A4B-it-GGUF", "", True),
        ("google/gemma-3-27b-it", "", False),
        ("gemma3n:e4b", "", False),
        ("google/embeddinggemma-300m", "", False),
        ("google/gemma-4-12B-it-assistant", "", False),
        ("gemma-4-wisdom-in-llama-12b", "llama", False),
        ("harbour-master", "Gemma4ForConditionalGeneration", True),
        ("gemma-4-31b-drafter", "gemma4_assistant", False),
        ("gemma4:12b\x1b]0;owned\x07", "gemma4", False),
    ],
)
def test_what_counts_as_gemma_4(name: str, architecture: str, is_one: bool) -> None:
    """The weights' architecture decides where it is told, else the name; relatives, drafters and odd names are none."""
    search = found(ollama("0.32.10", row(name, details={"family": architecture})))
    assert [one.gemma4 for one in search.servers[0].models] == [is_one]


def test_the_template_speaks_for_a_name_that_says_nothing() -> None:
    """llama.cpp tells no architecture; a file of any name shows itself by the template in it."""

    def served(template: str) -> Handler:
        props = {
            "default_generation_settings": {"n_ctx": 4096},
            "build_info": "b10950-1234567",
            "chat_template": template,
        }
        models = {"data": [{"id": "weights.gguf", "owned_by": "llamacpp", "meta": {"n_ctx": 16384}}]}
        return by_path({"/props": as_json(props), "/v1/models": as_json(models)})

    for template, is_one in (("{{ '<|turn>' }} {{ '<|tool_call>' }}", True), ("<start_of_turn>", False)):
        [server] = found(served(template)).servers
        assert [(one.gemma4, one.context) for one in server.models] == [(is_one, 4096)]


def test_several_servers_the_best_first(engine: Engine) -> None:
    """A real Gemma 4 comes before our own model, what is in memory before what is not; ports decide at last."""
    cold, warm = ollama("0.32.10", row("gemma4:26b")), ollama("0.32.10", row("gemma4:e4b"), loaded=8192)
    with standing(cold) as first, standing(warm) as second:
        search = found_at(int(engine.url.rpartition(":")[2]), first.port, second.port)
    assert [model.name for _, model in search.suitable()] == [
        "gemma4:e4b",
        "gemma4:26b",
        "gemwright stand-in (demo model)",
    ]


def test_our_own_names_carry_their_mark() -> None:
    """Where one of our models is served by somebody, its answers are marked as well."""
    assert mark_in("gemwright stand-in (demo model)") == "demo model"
    assert mark_in("gemwright random weights") == "random weights"
    assert mark_in("gemma4:e4b") == mark_in("gemwright \x1b[2J") == ""


# what a place can do to us


def test_a_slow_place_is_named_and_holds_nothing_up() -> None:
    """Neither one that never speaks nor one that drips; who answers meanwhile is found."""

    async def drip(_: Asked, say: Say) -> None:
        await say(head(kind="application/json"))
        while True:
            await say(b" ")
            await asyncio.sleep(0.05)

    with silent_port() as silent, standing(drip) as dripping, standing(ollama("0.32.10", row("gemma4:e4b"))) as good:
        began = time.monotonic()
        search = found_at(silent, dripping.port, good.port)
        assert time.monotonic() - began < SOON
    assert [place.url for place in search.slow] == [f"http://127.0.0.1:{silent}", dripping.url]
    assert [server.runtime for server in search.servers] == ["Ollama"]


@pytest.mark.parametrize(
    "says",
    [
        saying(answer(b"<html><body>It works!</body></html>", kind="text/html")),
        saying(answer(b'{"default_generation_settings": ' + b"[" * 50_000)),
        saying(as_json({"data": "models"})),
        saying(as_json([1, 2])),
        saying(answer(b"", 307, location="http://10.0.0.9/")),
        saying(b"SSH-2.0-OpenSSH_9.6\r\n"),
        saying(answer(b"loading", 503)),
        by_path({}),
    ],
    ids=["html", "deep", "no list", "a list", "redirect", "ssh", "503", "404"],
)
def test_what_is_no_model_server_is_told_in_a_line(says: Handler) -> None:
    """In time, and with words that fit on a line."""
    began = time.monotonic()
    search = found(says)
    assert time.monotonic() - began < SOON
    assert search.servers == () and len(search.strange) + len(search.slow) == 1
    assert all(len(reason) < 400 for _, reason in search.strange)


@pytest.mark.parametrize("length", ["100000000", ""], ids=["100 MB", "endless"])
def test_a_body_without_measure_is_cut(length: str) -> None:
    """By its size or by the clock, whichever comes first, and little of it is kept."""

    async def pour(_: Asked, say: Say) -> None:
        await say(head(kind="application/json", **({"content_length": length} if length else {})))
        for _turn in range(1600 if length else 1_000_000):
            await say(b" " * 62500)

    tracemalloc.start()
    try:
        began = time.monotonic()
        search = found(pour)
        assert time.monotonic() - began < SOON
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert search.servers == () and len(search.strange) + len(search.slow) == 1
    assert peak < 48 * 1024 * 1024


def test_a_server_that_wants_a_key_says_so() -> None:
    """It is not taken for another one, and nothing is tried on it."""
    search = found(saying(as_json({"error": {"message": "Invalid API Key"}}, 401)))
    assert [reason for _, reason in search.strange] == ["it wants a key"]


def test_a_list_without_end_is_cut() -> None:
    """A name longer than any name, and more models than anybody has."""
    rows = [{"id": f"m{number}", "owned_by": "vllm"} for number in range(5000)]
    [server] = found(openai({"id": "gemma-4-12b" + "x" * 5000, "owned_by": "vllm"}, *rows, version="1")).servers
    assert len(server.models) <= 1000
    assert max(len(one.name) for one in server.models) <= 200
    json.dumps([one.name for one in server.models])
