"""The built wheel is the product: complete, small, and working away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest


def build(source: Path, target: str, destination: Path) -> Path:
    """Build a distribution of a source tree, without a network and without touching the tree."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(destination)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=60)
    (built,) = destination.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    return build(checkout, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution of this checkout."""
    return build(checkout, "sdist", tmp_path_factory.mktemp("sdist"))


def contents(archive: Path) -> set[str]:
    """List the files inside a wheel."""
    with zipfile.ZipFile(archive) as opened:
        return set(opened.namelist())


def test_wheel_holds_the_package_and_nothing_else(checkout: Path, wheel: Path) -> None:
    """Every file of the package arrives, data included; tests, scripts and caches do not."""
    package = checkout / "src" / "gemwright"
    expected = {
        f"gemwright/{path.relative_to(package).as_posix()}"
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    held = {name for name in contents(wheel) if ".dist-info/" not in name}
    assert expected <= held
    assert {name.partition("/")[0] for name in held} == {"gemwright"}
    assert {"gemwright/py.typed", "gemwright/_corpus/corpus.json"} <= held
    assert not [name for name in held if name.endswith(".gguf")], "models come with gemwright-standin"


def test_wheel_is_pure_and_says_its_licence(wheel: Path) -> None:
    """One wheel for every platform, with the licence named and included."""
    assert wheel.name.endswith("-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as opened:
        (metadata_name,) = [name for name in opened.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = HeaderParser().parsestr(opened.read(metadata_name).decode())
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "Apache-2.0 AND CC-BY-4.0"
    licences = {name.partition("/licenses/")[2] for name in contents(wheel) if "/licenses/" in name}
    assert licences == {"LICENSE", "corpus/LICENSE"}


def test_source_distribution_builds_the_same_wheel(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    """Who packages gemwright starts from the source distribution; it has to be enough, and it needs no tests."""
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "source", filter="data")  # our own archive, and filtered
    (source,) = (tmp_path / "source").iterdir()
    assert not (source / "tests").exists()
    assert contents(build(source, "wheel", tmp_path / "wheel")) == contents(wheel)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment away from the checkout that holds the wheel and nothing else; returns its interpreter."""
    home = tmp_path_factory.mktemp("away") / "env"
    venv.create(home, with_pip=False, symlinks=os.name != "nt")
    (site_packages,) = home.rglob("site-packages")
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(site_packages)
    return home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def test_wheel_alone_knows_the_format(installed: Path) -> None:
    """Rendering and parsing need nothing beside the wheel, and it is imported from where it was installed."""
    code = "import gemwright; gemwright.wire, gemwright.messages; print(gemwright.__file__)"
    result = subprocess.run(
        [str(installed), "-c", code], cwd=installed.parent, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(str(installed.parents[1]))


def test_wheel_opens_the_front_door(installed: Path, checkout: Path, tmp_path: Path) -> None:
    """With what `gemwright[demo]` names beside it, bare `gemwright` starts the demo model and holds its exchange, as at home.

    The dependencies come from this environment's folder, where the path files of the editable installs do not count, so
    the demo model comes from its own wheel.
    """
    (site_packages,) = installed.parents[1].rglob("site-packages")
    with zipfile.ZipFile(build(checkout / "standin", "wheel", tmp_path)) as opened:
        opened.extractall(site_packages)
    beside = {**os.environ, "PYTHONPATH": sysconfig.get_path("purelib")}
    command = [str(installed), "-m", "gemwright"]
    result = subprocess.run(
        command, cwd=installed.parent, env=beside, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 0, result.stderr
    assert "[demo model] call: get_tide" in result.stdout
