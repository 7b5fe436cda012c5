"""The entry point of the command line."""

import pytest

from detente.experiments.cli import main as module


def test_the_command_line_ends_the_program_with_its_status(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["detente", "--help"])
    with pytest.raises(SystemExit) as ended:
        module.main()
    assert ended.value.code == 0
    assert "sweep" in capsys.readouterr().out


# -- where nothing is kept


def test_the_manual_is_not_promised_where_it_would_be_removed(monkeypatch, capsys):
    from typer.testing import CliRunner

    monkeypatch.setattr("detente.model.kernel_cache.is_kept", lambda: False)
    monkeypatch.setattr("detente.dashboards.manual.places.built_site", lambda: None)
    done = CliRunner().invoke(module.app, ["docs", "--path"])
    assert done.exit_code == 2
    assert "--path: the manual would be built into a folder that is removed at the end" in done.stderr


@pytest.mark.parametrize(
    ("kept", "how_often"), [(True, "once for this version"), (False, "for this time alone")]
)
def test_how_often_the_manual_is_built(monkeypatch, capsys, tmp_path, kept, how_often):
    from detente.dashboards.manual.docs import site_to_show

    monkeypatch.setattr("detente.model.kernel_cache.is_kept", lambda: kept)
    monkeypatch.setattr("detente.dashboards.manual.places.built_site", lambda: None)
    monkeypatch.setattr("detente.dashboards.manual.places.cached", lambda name: tmp_path / name)
    monkeypatch.setattr("detente.dashboards.manual.building.check_builder", lambda: None)
    monkeypatch.setattr("detente.dashboards.manual.building.build", lambda **how: tmp_path)
    assert site_to_show(build=False, quick=True) == tmp_path
    assert capsys.readouterr().err == f"Building the manual, {how_often}: a few seconds\n"


@pytest.mark.parametrize(
    ("kept", "how_often"), [(True, "once for each version and machine"), (False, "for this process alone")]
)
def test_how_often_the_engine_is_compiled(monkeypatch, kept, how_often):
    import io

    from detente.experiments.cli import compiling
    from detente.experiments.io.console import Console

    monkeypatch.setattr("detente.model.kernel_cache.is_kept", lambda: kept)
    monkeypatch.setattr("detente.model.engine.is_ready", lambda: False)
    monkeypatch.setattr("detente.model.engine.compile_now", lambda report: None)
    monkeypatch.setattr(compiling, "show_first_run", lambda *how: None)
    to = io.StringIO()
    compiling.make_ready(Console(file=to, width=100), None, 1)
    assert to.getvalue() == f"Compiling the engine: about 20 s, {how_often}.\n"


def test_a_manual_of_another_user_is_none(tmp_path, monkeypatch):
    from detente.dashboards.manual import places

    (tmp_path / places.STARTS).touch()
    assert places.is_site(tmp_path)
    monkeypatch.setattr(places, "untrusted", lambda folder: "belongs to another user")
    assert not places.is_site(tmp_path)
