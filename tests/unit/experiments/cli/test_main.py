"""The entry point of the command line."""

import pytest

from detente.experiments.cli import main as module


def test_the_command_line_ends_the_program_with_its_status(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["detente", "--help"])
    with pytest.raises(SystemExit) as ended:
        module.main()
    assert ended.value.code == 0
    assert "sweep" in capsys.readouterr().out
