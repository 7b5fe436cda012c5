"""The command ``detente new``: exit statuses, one message a fault, one JSON object."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from war_files import write_war


def detente(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "detente", "new", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def war(tmp_path: Path) -> Path:
    write_war(tmp_path, rate=0.05)
    return tmp_path


def test_it_writes_the_folder_named_as_the_case(war):
    done = detente(war, "my-war", "--ged", "ged.csv", "--ceasefires", "ceasefires.csv", "--no-screening")
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 ceasefires and 0 agreements" in done.stdout
    assert (war / "my-war" / "case.toml").is_file()


def test_json_is_one_object(war):
    done = detente(war, "my-war", "--ged", "ged.csv", "--no-screening", "--json", "--out", "elsewhere")
    assert done.returncode == 0
    assert json.loads(done.stdout)["folder"] == "elsewhere"


def test_every_fault_has_a_line_of_its_own(war):
    done = detente(war, "My-War", "--ged", "none.csv", "--from", "yesterday")
    assert (done.returncode, done.stdout) == (2, "")
    lines = done.stderr.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("detente: ") for line in lines)
