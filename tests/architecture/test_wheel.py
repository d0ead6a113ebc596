"""What is shipped is whole: the wheel, installed far from the checkout, answers like the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from architecture.syntax_trees import MODULES, ROOT, SQL
from opttius_cli import __version__

ENVIRONMENT = dict(os.environ)
"""The environment before a test moved its folders: where pip finds its index and its cache."""

pytestmark = pytest.mark.slow


def run(*command: str | Path, folder: Path, **environment: str) -> str:
    """What ``command`` writes to stdout; fails with what it says when it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=ENVIRONMENT | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, folder=folder)
    (file,) = folder.glob("*.whl")
    return file


def test_it_holds_every_module_and_every_sql_file(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    sql = {f"opttius_cli/_sql/{path.relative_to(SQL).as_posix()}" for path in SQL.rglob("*.*")}
    modules = {f"opttius_cli/{module}" for module in MODULES}
    catalogs = {path.relative_to(ROOT).as_posix() for path in (ROOT / "opttius_cli/locale").rglob("*.mo")}
    assets = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "opttius_cli/render/html/assets").glob("*.[cj]s*")
    }
    assert sql, "no SQL was found"
    assert assets, "no style sheet was found"
    assert sql | modules | catalogs | assets | {"opttius_cli/py.typed"} <= names
    strangers = {name for name in names if not name.startswith(("opttius_cli/", "opttius_cli-"))}
    assert strangers == set()


def test_built_again_it_is_the_same_to_the_byte(wheel: Path, tmp_path: Path) -> None:
    run(
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        tmp_path,
        ROOT,
        folder=tmp_path,
    )
    (again,) = tmp_path.glob("*.whl")
    assert (again.name, again.read_bytes()) == (wheel.name, wheel.read_bytes())
    assert again.name.startswith(f"opttius_cli-{__version__}-")


def test_it_brings_what_shells_look_for_and_its_licence(wheel: Path) -> None:
    data = f"opttius_cli-{__version__}.data/data/share/"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        manual = archive.read(f"{data}man/man1/opttius.1").decode()
    assert ".SS opttius dashboard" in manual
    assert {name.removeprefix(data) for name in names if name.startswith(data)} == {
        "bash-completion/completions/opttius",
        "fish/vendor_completions.d/opttius.fish",
        "man/man1/opttius.1",
        "opttius/opttius.ps1",
        "zsh/site-functions/_opttius",
    }
    assert f"opttius_cli-{__version__}.dist-info/licenses/LICENSE" in names


def test_installed_alone_it_answers_like_the_checkout(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "elsewhere"
    run(sys.executable, "-m", "venv", place, folder=tmp_path)
    python = place / "bin" / "python"
    run(
        *(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("--constraint", ROOT / "constraints.txt", wheel),
        folder=tmp_path,
    )
    scope = ("-s", ROOT / "sample_data", "-O", "mirador-austral", "--as-of", "2026-11-22")
    command = ("dashboard", *scope, "-f", "json")
    now = {"OPTTIUS_NOW": "2026-11-23T12:00:00+00:00"}
    shipped, ours = place / "bin" / "opttius", Path(sys.executable).parent / "opttius"
    there = run(shipped, *command, folder=tmp_path, OPTTIUS_CACHE_FOLDER=str(tmp_path / "one"), **now)
    here = run(ours, *command, folder=tmp_path, OPTTIUS_CACHE_FOLDER=str(tmp_path / "two"), **now)
    assert there == here
    assert there.startswith("{")
