"""The page on sweeps: its design file and its commands are ones that work."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from detente.experiments.cli.main import app
from detente.experiments.sweep.design.loading import load_design, parse_design
from detente.experiments.sweep.plan import Plan


@pytest.fixture(scope="module")
def page(repo_root: Path) -> str:
    return (repo_root / "docs" / "sweeps.md").read_text(encoding="utf-8")


def test_the_design_file_of_the_page_is_valid(page: str, tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert len(blocks) == 1
    file = tmp_path / "design.toml"
    file.write_text(blocks[0], encoding="utf-8")
    plan = Plan.of(load_design(file))
    assert len(plan.design.factors) == 5
    assert plan.n_runs == 64 * (5 + 2) * 200 * 2 * 2


def test_every_way_to_write_a_setting_on_the_page_is_valid(page: str) -> None:
    table = page.partition("| written | means |")[2].partition("\n\n")[0]
    written = re.findall(
        r"`([^`]*[0-9:][^`]*)`", "\n".join(line.split("|")[1] for line in table.splitlines()[2:])
    )
    assert len(written) >= 7
    for text in written:
        sampled = {"design": "lhs:4"} if text.count(":") == 1 else {}
        value = [0, 0.5, 1] if text.startswith("[") else text
        assert parse_design({"case": "template", "levers": {"mediation": value}, **sampled}).levers


def test_the_options_on_the_page_exist(page: str) -> None:
    slurm = ("#SBATCH", "  machine for some seconds of notice")  # options of SLURM, not of ours
    ours = "\n".join(line for line in page.splitlines() if not line.startswith(slurm))
    options = set(re.findall(r"--[a-z][a-z-]+", ours))
    assert len(options) >= 12
    said = "".join(CliRunner().invoke(app, [name, "--help"]).output for name in ("sweep", "robustness"))
    assert not {option for option in options if option not in said}
