"""The film that is written: picture and sound in step, at every rate and shape, as another program decodes it."""

from __future__ import annotations

import re
import subprocess
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest

from gemwright_visualizer.output import ChunkWriter, VideoSettings, write_chunk, write_film
from gemwright_visualizer.output.film import Preset
from gemwright_visualizer.records import RATE, Frame

FPS = [
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(50),
    Fraction(60),
]
FLASHES = (0.5, 1.3, 1.9)


def ffmpeg(*arguments: str) -> tuple[str, bytes]:
    """Run the ffmpeg of imageio-ffmpeg, which is not the library that wrote the film; return its log and output."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-copyts", *arguments]
    done = subprocess.run(command, capture_output=True, check=True, timeout=50)
    return done.stderr.decode(errors="replace"), done.stdout


def flashes_and_clicks(folder: Path, fps: Fraction, preset: Preset, size: tuple[int, int] = (64, 48)) -> Path:
    """Write a film in which single frames are white, and a click begins with each of them."""
    width, height = size
    settings = VideoSettings(width, height, fps)
    frames = int(2.5 * fps)
    white = {round(at * fps) for at in FLASHES}
    samples = np.zeros((int(frames / fps * RATE), 2), np.float32)
    for frame in white:
        begin = round(frame / fps * RATE)
        samples[begin : begin + 96] = 0.9 * (-1.0) ** np.arange(96)[:, None]
    chunks: list[Path] = []
    for number, begin in enumerate(range(0, frames, 31)):
        pictures = (
            np.full((height, width, 3), 255 if i in white else 16, np.uint8)
            for i in range(begin, min(frames, begin + 31))
        )
        chunks.append(folder / f"{number}.mp4")
        write_chunk(chunks[-1], pictures, settings)
    film = folder / "film.mp4"
    assert write_film(film, chunks, samples, fps, preset=preset) == frames
    return film


def seen(film: Path) -> list[tuple[float, float]]:
    """Return time and mean luma of each frame."""
    log, _ = ffmpeg("-i", str(film), "-map", "0:v", "-fps_mode", "passthrough", "-vf", "showinfo", "-f", "null", "-")
    return [(float(t), float(m)) for t, m in re.findall(r"pts_time:(\S+) .*?mean:\[(\d+) ", log)]


def heard(film: Path) -> tuple[float, np.ndarray]:
    """Return when the sound begins, and its samples."""
    log, data = ffmpeg("-i", str(film), "-map", "0:a", "-af", "ashowinfo", "-f", "f32le", "-")
    first = re.search(r"pts_time:(\S+)", log)
    assert first
    return float(first[1]), np.frombuffer(data, np.float32).reshape(-1, 2)


def offsets(film: Path) -> list[float]:
    """Return for each flash by how many seconds its click comes later."""
    begin, samples = heard(film)
    white = [time for time, mean in seen(film) if mean > 128]
    loud = np.abs(samples).max(axis=1)
    found: list[float] = []
    for time in white:
        around = round((time - begin) * RATE)
        window = loud[max(0, around - 4800) : around + 4800]
        onset = int(np.argmax(window > 0.5 * window.max()))
        found.append((max(0, around - 4800) + onset) / RATE + begin - time)
    return found


@pytest.mark.parametrize("preset", ["standard", "upload"])
@pytest.mark.parametrize("fps", FPS, ids=[str(round(float(fps), 3)) for fps in FPS])
def test_a_click_is_heard_when_its_flash_is_seen(fps: Fraction, preset: Preset, tmp_path: Path) -> None:
    """An encoder's delay that nothing in the file tells of makes a film 21 or 45 ms wrong, and every cut with it."""
    late = offsets(flashes_and_clicks(tmp_path, fps, preset))
    assert len(late) == len(FLASHES)
    assert max(abs(value) for value in late) <= 0.001


@pytest.mark.parametrize("fps", FPS, ids=[str(round(float(fps), 3)) for fps in FPS])
def test_frames_stand_at_exact_fractions(fps: Fraction, tmp_path: Path) -> None:
    """A rounded frame time adds up over a song."""
    film = flashes_and_clicks(tmp_path, fps, "standard")
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        assert stream.average_rate == fps
        times = [frame.pts * stream.time_base for frame in container.decode(stream)]
    assert times == [i / fps for i in range(int(2.5 * fps))]


@pytest.mark.parametrize("size", [(96, 54), (54, 96), (64, 64), (64, 80)], ids=["16:9", "9:16", "1:1", "4:5"])
def test_every_shape_is_written(size: tuple[int, int], tmp_path: Path) -> None:
    """A film for a telephone is another film, and must not be turned or squeezed."""
    with av.open(str(flashes_and_clicks(tmp_path, Fraction(30), "standard", size))) as container:
        context = container.streams.video[0].codec_context
        assert (context.width, context.height) == size
        assert container.streams.video[0].sample_aspect_ratio in (None, 0, 1)


@pytest.mark.parametrize("preset", ["standard", "upload"])
def test_the_file_is_as_players_and_upload_sites_want_it(preset: Preset, tmp_path: Path) -> None:
    """What a file says of itself decides whether it plays at once, and in which colours."""
    film = flashes_and_clicks(tmp_path, Fraction(30), preset)
    data = film.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert (b"elst" in data) == (preset == "standard")
    log, _ = ffmpeg("-i", str(film), "-map", "0:v", "-frames:v", "1", "-f", "null", "-")
    assert re.search(r"Video: h264 \(High\).*yuv420p\(tv, bt709, progressive\)", log)
    assert re.search(r"Audio: aac \(LC\).*48000 Hz, stereo", log)
    with av.open(str(film)) as container:
        video = container.streams.video[0]
        pts: list[int] = []
        keys: list[int] = []
        for packet in container.demux(video):
            if packet.pts is None or packet.duration is None:
                continue
            frame = round(packet.pts * video.time_base * 30)
            if packet.is_keyframe:
                keys.append(frame)
            assert not keys or frame >= keys[-1], "a picture after a key frame is shown before it: the group is open"
            pts.append(frame)
    assert max(np.diff([*keys, len(pts)])) <= 15


def test_colours_are_those_of_bt709(tmp_path: Path) -> None:
    """Red that is converted by the older matrix and tagged with the newer one becomes orange."""
    write_chunk(
        tmp_path / "red.mp4", [np.full((32, 32, 3), (255, 0, 0), np.uint8)] * 2, VideoSettings(32, 32, Fraction(25))
    )
    with av.open(str(tmp_path / "red.mp4")) as container:
        planes = next(container.decode(video=0)).to_ndarray().reshape(-1)
    assert abs(int(planes[0]) - 63) <= 1
    assert abs(int(planes[32 * 32]) - 102) <= 1
    assert abs(int(planes[32 * 32 + 16 * 16]) - 240) <= 1


def test_the_sound_is_that_of_the_song(tmp_path: Path) -> None:
    """The master is not to be touched: same length, same level, no shift."""
    rng = np.random.default_rng(3)
    samples = np.cumsum(rng.standard_normal((RATE * 2 + 777, 2)), axis=0).astype(np.float32)
    samples -= samples.mean(axis=0)
    samples *= 0.5 / np.abs(samples).max()
    write_chunk(tmp_path / "c.mp4", [np.zeros((32, 32, 3), np.uint8)] * 61, VideoSettings(32, 32, Fraction(30)))
    for preset in ("standard", "upload"):
        write_film(tmp_path / "film.mp4", [tmp_path / "c.mp4"], samples, Fraction(30), preset=preset)
        begin, out = heard(tmp_path / "film.mp4")
        skip = 1024 if preset == "upload" else 0
        assert begin == pytest.approx(0, abs=1e-6)
        assert abs(len(out) - len(samples)) <= 1024
        ours, theirs = samples[skip : skip + 90_000, 0], out[skip : skip + 90_000, 0]
        assert np.corrcoef(ours, theirs)[0, 1] > 0.999
        assert np.std(theirs) == pytest.approx(np.std(ours), rel=0.01)


def test_the_same_frames_give_the_same_bytes(tmp_path: Path) -> None:
    """A film that goes on after a crash is the film that would have been."""
    films = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        films.append(flashes_and_clicks(tmp_path / name, Fraction(25), "standard").read_bytes())
    assert films[0] == films[1]


def test_a_chunk_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    """Half a chunk that looks whole would be in every film from then on."""
    target = tmp_path / "chunk.mp4"
    with (
        pytest.raises(RuntimeError, match="stopped"),
        ChunkWriter(target, VideoSettings(32, 32, Fraction(30))) as writer,
    ):
        writer.add(np.zeros((32, 32, 3), np.uint8))
        raise RuntimeError("stopped")
    assert list(tmp_path.iterdir()) == []


def test_chunks_of_other_settings_are_refused(tmp_path: Path) -> None:
    """Players show the second as noise."""
    black: list[Frame] = [np.zeros((32, 32, 3), np.uint8)] * 3
    write_chunk(tmp_path / "a.mp4", black, VideoSettings(32, 32, Fraction(30)))
    write_chunk(tmp_path / "b.mp4", black, VideoSettings(32, 32, Fraction(30), speed="medium"))
    with pytest.raises(ValueError, match=r"b\.mp4"):
        write_film(
            tmp_path / "f.mp4", [tmp_path / "a.mp4", tmp_path / "b.mp4"], np.zeros((4800, 2), np.float32), Fraction(30)
        )


def test_a_frame_of_another_size_is_refused(tmp_path: Path) -> None:
    """Scaling it silently would hide a mistake of the renderer."""
    with pytest.raises(ValueError, match="a frame is"):
        write_chunk(tmp_path / "a.mp4", [np.zeros((30, 32, 3), np.uint8)], VideoSettings(32, 32, Fraction(30)))
