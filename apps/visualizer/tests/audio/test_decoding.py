"""Reading songs: every kind of file, sample-exact where the format allows it, and a clear word where it cannot be read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from apps.visualizer.tests.audio.encoding import encode
from gemwright_visualizer.audio import decoding, read_sound
from gemwright_visualizer.errors import SongProblem
from gemwright_visualizer.filters import resampled
from gemwright_visualizer.records import RATE, Floats
from gemwright_visualizer.synth import demo_song, write_wav


@pytest.fixture(scope="module")
def song() -> Floats:
    """Five seconds of the demo song with its tail."""
    return demo_song(7, "house", 2)[0]


def lag(source: Floats, decoded: Floats) -> int:
    """Return by how many samples the decoded sound is late, by cross-correlation."""
    count = min(len(source), len(decoded), 3 * RATE)
    first, second = source[:count].mean(axis=1), decoded[:count].mean(axis=1)
    size = 1 << (2 * count - 1).bit_length()
    likeness = np.fft.irfft(np.fft.rfft(second, size) * np.conj(np.fft.rfft(first, size)), size)
    best = int(likeness.argmax())
    return best if best < size // 2 else best - size


KINDS = {
    "a.mp3": ("libmp3lame", "fltp"),
    "a.flac": ("flac", "s16"),
    "a.opus": ("libopus", "flt"),
    "a.m4a": ("aac", "fltp"),
    "alac.m4a": ("alac", "s16p"),
    "8.wav": ("pcm_u8", "u8"),
    "16.wav": ("pcm_s16le", "s16"),
    "24.wav": ("pcm_s24le", "s32"),
    "32.wav": ("pcm_s32le", "s32"),
    "float.wav": ("pcm_f32le", "flt"),
}


@pytest.mark.parametrize("name", sorted(KINDS))
def test_what_is_decoded_is_what_was_encoded(tmp_path: Path, song: Floats, name: str) -> None:
    """The padding that encoders add is gone: no sample late, and the length is the source's."""
    codec, sample_format = KINDS[name]
    sound = read_sound(encode(tmp_path / name, song, codec, sample_format=sample_format))
    assert sound.samples.dtype == np.float32
    assert abs(lag(song, sound.samples)) <= RATE // 1000
    assert abs(len(sound.samples) - len(song)) <= RATE // 1000
    assert not sound.warnings


def test_ogg_vorbis_written_by_another_program(tmp_path: Path, song: Floats) -> None:
    """PyAV's build has no Vorbis encoder of quality, and files of other programs are what people have."""
    source = write_wav(tmp_path / "a.wav", song)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(source), "-c:a", "libvorbis"]
    subprocess.run([*command, str(tmp_path / "a.ogg")], check=True, timeout=30)
    sound = read_sound(tmp_path / "a.ogg")
    assert sound.codec == "vorbis"
    assert abs(lag(song, sound.samples)) <= RATE // 1000
    assert abs(len(sound.samples) - len(song)) <= RATE // 1000


@pytest.mark.parametrize("rate", [8000, 44100, 96000, 192000])
def test_other_rates_are_brought_to_ours_without_delay(tmp_path: Path, song: Floats, rate: int) -> None:
    """A resampler that delays would put every cut late."""
    shared = int(np.gcd(rate, RATE))
    changed = resampled(song, rate // shared, RATE // shared)
    sound = read_sound(encode(tmp_path / "a.wav", changed, "pcm_s16le", rate=rate, sample_format="s16"))
    assert sound.rate == rate
    assert abs(lag(song, sound.samples)) <= 2
    assert abs(len(sound.samples) - len(song)) <= 8


@pytest.mark.parametrize(("layout", "count"), [("mono", 1), ("3.0", 3), ("quad", 4), ("5.1", 6)])
def test_other_numbers_of_channels_become_two(tmp_path: Path, song: Floats, layout: str, count: int) -> None:
    """One channel keeps its level on both sides, and many do not overflow."""
    many = np.repeat(song.mean(axis=1, keepdims=True), count, axis=1)
    path = encode(tmp_path / "a.wav", many, "pcm_s16le", sample_format="s16", layout=layout)
    sound = read_sound(path)
    assert sound.samples.shape[1] == 2
    assert sound.channels == count
    assert float(np.abs(sound.samples).max()) == pytest.approx(float(np.abs(many).max()), rel=0.02)
    assert bool(sound.warnings) == (count > 2)


def test_a_video_gives_its_audio_track(tmp_path: Path, song: Floats) -> None:
    """A song is often only there as a video; the picture is not looked at."""
    sound = read_sound(encode(tmp_path / "clip.mp4", song, "aac", picture=True))
    assert abs(lag(song, sound.samples)) <= RATE // 1000


def test_tags_name_the_song_in_any_encoding(tmp_path: Path, song: Floats) -> None:
    """Old programs wrote tags in the code page of their country; a title must not stop the song."""
    path = encode(tmp_path / "a.mp3", song, "libmp3lame", tags={"title": "Na\u00efve\x07 song", "artist": "Bj\u00f6rk"})
    sound = read_sound(path)
    assert (sound.title, sound.artist) == ("Na\u00efve song", "Bj\u00f6rk")
    flac = encode(tmp_path / "b.flac", song, "flac", sample_format="s16", tags={"title": "XXcaf\u00e9"})
    raw = flac.read_bytes().replace("XXcaf\u00e9".encode(), b"Ol caf\xe9")
    flac.write_bytes(raw)
    sound = read_sound(flac)
    assert sound.title == "Ol caf\u00e9"
    assert "not UTF-8" in sound.warnings[0]


def test_without_tags_the_file_names_the_song(tmp_path: Path, song: Floats) -> None:
    """Something has to stand in the title."""
    assert read_sound(write_wav(tmp_path / "My Song.wav", song)).title == "My Song"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no paths that are not Unicode")
def test_a_path_that_is_not_utf8(tmp_path: Path, song: Floats) -> None:
    """Disks of old systems carry such names."""
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.wav"))
    try:
        path.write_bytes(write_wav(tmp_path / "a.wav", song).read_bytes())
    except OSError:
        pytest.skip("this file system takes no such names")
    assert len(read_sound(path).samples) == len(song)


def test_a_wrong_ending_is_no_obstacle_and_is_mentioned(tmp_path: Path, song: Floats) -> None:
    """What counts is the content."""
    path = encode(tmp_path / "a.flac", song, "flac", sample_format="s16").rename(tmp_path / "a.mp3")
    sound = read_sound(path)
    assert sound.codec == "flac"
    assert "the name ends in .mp3, but the content is flac" in sound.warnings


def test_values_that_are_no_numbers_become_silence(tmp_path: Path, song: Floats) -> None:
    """Broken exports hold NaN; one of them would spoil every mean."""
    bad = song.copy()
    bad[1000:1010] = np.nan
    bad[2000] = np.inf
    sound = read_sound(encode(tmp_path / "a.wav", bad, "pcm_f32le", sample_format="flt"))
    assert np.isfinite(sound.samples).all()
    assert any("no numbers" in warning for warning in sound.warnings)


def test_clipping_is_reported_and_nothing_is_changed(tmp_path: Path, song: Floats) -> None:
    """The master is never touched."""
    sound = read_sound(write_wav(tmp_path / "a.wav", np.clip(song * 4, -1, 1)))
    assert any("clipped" in warning for warning in sound.warnings)
    assert float(np.abs(sound.samples).max()) > 0.99


@pytest.mark.parametrize("name", ["a.mp3", "a.flac", "a.m4a", "16.wav", "a.opus"])
def test_a_file_that_ends_early_gives_what_is_there_or_says_why_not(tmp_path: Path, name: str) -> None:
    """Downloads break off. An MP4 without its index holds nothing that can be read."""
    codec, sample_format = KINDS[name]
    long = demo_song(7, "house", 8)[0]
    path = encode(tmp_path / name, long, codec, sample_format=sample_format)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * 0.6)])
    try:
        sound = read_sound(path)
    except SongProblem as problem:
        assert name == "a.m4a"
        assert problem.hint
    else:
        assert 3 < sound.duration < len(long) / RATE
        assert name == "a.opus" or sound.warnings


def refused(path: Path, *, long: bool = False) -> SongProblem:
    """Return the refusal."""
    with pytest.raises(SongProblem) as caught:
        read_sound(path, long=long)
    assert caught.value.exit_code == 2
    assert caught.value.hint
    assert "\n" not in caught.value.message
    return caught.value


def test_what_is_no_song_is_refused_in_one_sentence(tmp_path: Path, song: Floats) -> None:
    """What, where, what to do: for each thing that people hand in by mistake."""
    assert "no file" in str(refused(tmp_path / "none.mp3"))
    assert "folder" in str(refused(tmp_path))
    (tmp_path / "empty.mp3").write_bytes(b"")
    assert "0 bytes" in str(refused(tmp_path / "empty.mp3"))
    (tmp_path / "text.mp3").write_text("not a song at all, but a letter\n" * 40, "utf-8")
    refused(tmp_path / "text.mp3")
    (tmp_path / "noise.mp3").write_bytes(np.random.default_rng(1).bytes(40_000))
    refused(tmp_path / "noise.mp3")
    (tmp_path / "list.m3u8").write_text("#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n", "utf-8")
    refused(tmp_path / "list.m3u8")
    assert "at least 3 s" in str(refused(write_wav(tmp_path / "short.wav", song[:RATE])))
    refused(write_wav(tmp_path / "none.wav", song[:0]))
    assert "silent" in str(refused(write_wav(tmp_path / "still.wav", np.zeros((4 * RATE, 2), np.float32))))
    spoilt = np.full((4 * RATE, 2), np.nan, np.float32)
    assert "no numbers" in str(refused(encode(tmp_path / "nan.wav", spoilt, "pcm_f32le", sample_format="flt")))


def test_a_picture_is_no_song(tmp_path: Path) -> None:
    """A cover dropped instead of the song: the refusal says what the file holds."""
    from PIL import Image

    Image.new("RGB", (64, 64), "red").save(tmp_path / "cover.png")
    refused(tmp_path / "cover.png")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    """Opening a pipe would wait for ever."""
    os.mkfifo(tmp_path / "pipe.wav")
    assert "pipe" in str(refused(tmp_path / "pipe.wav"))


def test_a_long_song_needs_a_word(tmp_path: Path, song: Floats, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what was decoded, not by what a header says; and the long one goes to disk instead of memory."""
    path = write_wav(tmp_path / "a.wav", np.concatenate([song, song]))
    monkeypatch.setattr(decoding, "LONGEST_S", 5.0)
    assert "--long" in refused(path).hint
    monkeypatch.setattr(decoding, "IN_MEMORY_S", 2.0)
    sound = read_sound(path, long=True)
    assert isinstance(sound.samples, np.memmap)
    monkeypatch.setattr(decoding, "IN_MEMORY_S", 600.0)
    assert np.array_equal(sound.samples, read_sound(path, long=True).samples)
