"""The public face loads late, and what ships is what is in the repository."""

import importlib
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import detente

ROOT = Path(__file__).resolve().parents[3]
HEAVY = {"mesa", "numpy", "pandas", "numba", "plotly", "scipy"}
SHARE = 0.6
"""Of the time that ``import pandas`` takes, which a reader who only wants help should not wait."""

FACE = "import detente"
HELP = """
from detente.experiments.cli.main import main
sys.argv = ["detente", "--help"]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""
PROBE = """
import sys, time
start = time.process_time()
{body}
took = time.process_time() - start
print(took, *sorted({{name.partition(".")[0] for name in sys.modules}}), file=sys.stderr)
"""


def clean_env() -> dict[str, str]:
    """The environment without what would point Python at this checkout."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}


def command(*parts: str | Path, cwd: Path, status: int = 0) -> str:
    done = subprocess.run(
        [*map(str, parts)], cwd=cwd, env=clean_env(), capture_output=True, text=True, check=False
    )
    assert done.returncode == status, f"{parts}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def probe(body: str, cwd: Path) -> tuple[float, set[str]]:
    """Processor time [s] of a statement in a new interpreter, and the top-level modules it leaves loaded."""
    script = PROBE.format(body=body)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    seconds, *loaded = done.stderr.splitlines()[-1].split()
    return float(seconds), set(loaded)


@pytest.mark.parametrize("body", [FACE, HELP], ids=["import", "help"])
def test_nothing_heavy_is_loaded(body: str, tmp_path: Path):
    _, loaded = probe(body, tmp_path)
    assert "detente" in loaded
    assert loaded & HEAVY == set()


def test_the_probe_sees_a_heavy_import(tmp_path: Path):
    _, loaded = probe("import detente, numpy", tmp_path)
    assert loaded & HEAVY == {"numpy"}


@pytest.mark.parametrize("body", [FACE, HELP], ids=["import", "help"])
def test_it_loads_fast(body: str, tmp_path: Path):
    took, pandas = zip(
        *((probe(body, tmp_path)[0], probe("import pandas", tmp_path)[0]) for _ in range(4)), strict=True
    )
    assert min(took) < SHARE * min(pandas)


@pytest.mark.parametrize("name", dir(detente))
def test_every_public_name_is_there(name: str):
    assert getattr(detente, name) is not None
    assert name in dir(detente)


def test_an_unknown_name_is_an_error():
    with pytest.raises(AttributeError, match="'peace'"):
        _ = detente.peace


def test_what_is_listed_is_what_is_handed_out():
    face = importlib.import_module("detente")
    assert dir(detente) == sorted([*face._PUBLIC, "__version__"])


def test_the_version_is_the_one_in_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert detente.__version__ == project["version"]
    assert f"## {project['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_new_files_are_seen_without_installing_again():
    """The installed package is these folders, so a file is there as soon as it is written."""
    for layer in ("agents", "model", "experiments", "dashboards"):
        package = importlib.import_module(f"detente.{layer}")
        assert [Path(path).resolve() for path in package.__path__] == [ROOT / layer]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built through the source distribution so that this is complete as well."""
    out = tmp_path_factory.mktemp("dist")
    command(sys.executable, "-m", "build", "--outdir", out, ROOT, cwd=out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts folder of an environment that holds the wheel and what it depends on, nothing else."""
    env = tmp_path_factory.mktemp("env")
    command(sys.executable, "-m", "venv", env, cwd=env)
    scripts = env / ("Scripts" if os.name == "nt" else "bin")
    uv = os.environ.get("UV")  # set by `uv run`; it installs from its cache, pip does without
    installer = [uv, "pip", "install", "--python", scripts / "python"] if uv else [scripts / "pip", "install"]
    command(*installer, wheel, cwd=env)
    return scripts


@pytest.mark.slow
def test_the_wheel_holds_every_file(wheel: Path):
    expected = set()
    for folder in ("detente", "agents", "model", "experiments", "dashboards", "docs"):
        for path in (ROOT / folder).rglob("*"):
            tool = folder == "docs" and path.suffix not in (
                ".md",
                ".csv",
                ".json",
                ".ipynb",
                ".png",
                ".jpg",
                ".svg",
            )
            if path.is_file() and "__pycache__" not in path.parts and not tool:
                inside = path.relative_to(ROOT).as_posix()
                expected.add(inside if folder == "detente" else f"detente/{inside}")
    with zipfile.ZipFile(wheel) as archive:
        shipped = {name for name in archive.namelist() if not name.startswith("detente-")}
    assert shipped == expected
    assert wheel.name.endswith("-py3-none-any.whl")
    assert any(name.startswith("detente/model/scenarios/") and name.endswith(".toml") for name in shipped)


@pytest.mark.slow
def test_a_site_that_was_built_beforehand_goes_into_the_wheel(tmp_path: Path):
    clone = tmp_path / "clone"
    shutil.copytree(ROOT, clone, ignore=shutil.ignore_patterns(".*", "__pycache__", "results"))
    shutil.copy(ROOT / ".gitignore", clone)
    site = clone / "dashboards" / "manual" / "site"
    site.mkdir(exist_ok=True)
    (site / "index.html").write_text("<p>here</p>", encoding="utf-8")
    command(sys.executable, "-m", "build", "--outdir", tmp_path / "dist", clone, cwd=tmp_path)
    (built,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        assert "detente/dashboards/manual/site/index.html" in archive.namelist()


@pytest.mark.slow
def test_the_manual_of_the_wheel_is_found_or_said_how_to_build(installed: Path, tmp_path: Path):
    """The environment holds what the wheel depends on and no builder, so this is what most users see."""
    env = {**clean_env(), "DETENTE_CACHE": str(tmp_path)}
    done = subprocess.run(
        [str(installed / "detente"), "docs", "--path"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert "detente[docs]" in done.stderr


@pytest.mark.slow
def test_the_wheel_runs_on_its_own(installed: Path, tmp_path: Path):
    where = command(
        installed / "python", "-c", "import detente.model; print(detente.model.__file__)", cwd=tmp_path
    )
    assert Path(where.strip()).resolve().is_relative_to(installed.parent.resolve())
    assert "compare" in command(installed / "detente", "--help", cwd=tmp_path)
    assert "compare" in command(installed / "python", "-m", "detente", "--help", cwd=tmp_path)
    assert "afghanistan-2018" in command(installed / "detente", "scenarios", cwd=tmp_path)
