"""Stands in for the program `llama-server`: its command line and its log, around xllamacpp's server.

The first argument says how it behaves; what follows is what `llama-server` gets. Unknown options are refused, as there.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import xllamacpp


def say(words: str) -> None:
    """Log a line as `llama-server` does."""
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


behaviour, *arguments = sys.argv[1:]
options = argparse.ArgumentParser(allow_abbrev=False)
for option in ("model", "alias", "host", "port", "ctx-size", "parallel", "threads", "threads-batch", "mmproj"):
    options.add_argument(f"--{option}")
options.add_argument("--chat-template-kwargs")
options.add_argument("--chat-template-file")
options.add_argument("--jinja", action="store_true", required=True)
options.add_argument("--no-webui", action="store_true")
given = options.parse_args(arguments)

if behaviour == "fails":
    say("main: error: no such device")
    sys.exit(7)
if behaviour == "hangs":
    say("main: loading model")
    time.sleep(60)
chosen = xllamacpp.CommonParams()
chosen.model.path = given.model
chosen.model_alias = {given.alias}
chosen.hostnames = [given.host]
chosen.port = int(given.port)
chosen.n_ctx = int(given.ctx_size)
chosen.n_parallel = int(given.parallel)
chosen.cpuparams.n_threads = int(given.threads)
chosen.enable_reasoning = 0
if key := os.environ.get("LLAMA_API_KEY"):
    chosen.api_keys = [key]
if given.chat_template_file:
    chosen.chat_template = Path(given.chat_template_file).read_text("utf-8")
server = xllamacpp.Server(chosen)
if behaviour == "chatters":
    say("talk " * 200_000)
say(f"main: server is listening on {server.listening_address} - starting the main loop")
time.sleep(600)
