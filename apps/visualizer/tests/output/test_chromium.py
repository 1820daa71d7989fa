"""The film plays in a real browser: both presets, from the first second on, at the right length."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import subprocess
import threading
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from gemwright.foundation.platform import end_group, own_group
from gemwright_visualizer.output import VideoSettings, write_chunk, write_film
from gemwright_visualizer.output.film import Preset
from gemwright_visualizer.records import RATE

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PAGE = b"""<!doctype html><video id=v muted autoplay src="film.mp4"></video><script>
const v = document.getElementById('v');
const tell = () => fetch('told', {method: 'POST', body: JSON.stringify({time: v.currentTime, duration: v.duration,
  width: v.videoWidth, height: v.videoHeight, error: v.error && v.error.message, ended: v.ended,
  frames: v.getVideoPlaybackQuality().totalVideoFrames})});
v.onended = tell; v.onerror = tell; setTimeout(tell, 30000);
</script>"""


class Server(http.server.BaseHTTPRequestHandler):
    """Gives the page and the film, and takes what the page tells."""

    film = b""
    told: ClassVar[list[dict[str, Any]]] = []
    arrived = threading.Event()

    def do_GET(self) -> None:
        """Give the page or the film."""
        data, kind = (self.film, "video/mp4") if self.path == "/film.mp4" else (PAGE, "text/html")
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self) -> None:
        """Take what the page tells."""
        self.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()
        self.arrived.set()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


pytestmark = [
    pytest.mark.skipif(not os.environ.get("GEMWRIGHT_PROVE"), reason="a browser: GEMWRIGHT_PROVE=1 starts it"),
    pytest.mark.skipif(
        CHROMIUM is None, reason="chromium is not installed: nobody here can say whether it plays there"
    ),
]


@pytest.mark.timeout(180)
@pytest.mark.parametrize("preset", ["standard", "upload"])
def test_the_film_plays_in_chromium(preset: Preset, tmp_path: Path) -> None:
    """FFmpeg forgives what browsers do not."""
    settings = VideoSettings(320, 180, Fraction(30))
    frames = (np.full((180, 320, 3), (i * 2 % 256, 40, 90), np.uint8) for i in range(120))
    write_chunk(tmp_path / "c.mp4", frames, settings)
    tone = (0.2 * np.sin(np.arange(4 * RATE) / 20))[:, None].repeat(2, axis=1).astype(np.float32)
    write_film(tmp_path / "film.mp4", [tmp_path / "c.mp4"], tone, settings.fps, preset=preset)
    Server.film = (tmp_path / "film.mp4").read_bytes()
    Server.told.clear()
    Server.arrived.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        command = [
            str(CHROMIUM),
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--mute-audio",
            "--autoplay-policy=no-user-gesture-required",
            f"--user-data-dir={tmp_path / 'profile'}",
            f"http://127.0.0.1:{server.server_port}/",
        ]
        browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **own_group())
        try:
            assert Server.arrived.wait(120), "the page told nothing"
        finally:
            end_group(browser)
            server.shutdown()
    told = Server.told[0]
    assert told["error"] is None
    assert told["ended"]
    assert told["time"] == pytest.approx(4.0, abs=0.05)
    assert told["duration"] == pytest.approx(4.0, abs=0.05)
    assert (told["width"], told["height"]) == (320, 180)
    assert told["frames"] > 30
