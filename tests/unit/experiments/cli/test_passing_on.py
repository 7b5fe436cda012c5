"""What commands pass on: every option reaches the function that does the work, and its result is written and told."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from detente.experiments.cli import compiling, options
from detente.experiments.cli import sweep as sweeping
from detente.experiments.cli.exit_status import guarded
from detente.experiments.cli.main import app
from detente.experiments.cli.options import asked, consecutive, ended, listed, targets, write
from detente.experiments.cli.score import checked_leads
from detente.model.errors import InputError


class Outcome:
    """What any command gets: it can be told, drawn and saved."""

    interrupted = False

    def __init__(self, n=3, asked_=3):
        self.seeds, self.asked = tuple(range(n)), asked_
        self.theories, self.bars = None, {}
        self.over, self.draws_asked = None, 0
        self.saved = []

    def to_json(self, **kwargs: Any) -> dict[str, Any]:
        return {"n": len(self.seeds), **kwargs}

    def plot(self) -> str:
        return "figure"

    def save(self, path: Path) -> Path:
        self.saved.append(path)
        return path

    def failures(self) -> list[str]:
        return ["lever x"] if self.interrupted else []

    def table(self) -> Any:
        return SimpleNamespace(to_dict=lambda kind: [{"kind": kind}])


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SimpleNamespace:
    """Functions that do the work replaced one by one: their arguments are noted, nothing is run or compiled."""
    state = SimpleNamespace(calls=[], figures=[], waited=[], result=Outcome(), dir=tmp_path)

    def replace(where: str, result: Any = None) -> None:
        def called(*args: Any, **kwargs: Any) -> Any:
            kwargs.pop("progress", None)
            state.calls.append((where.rpartition(".")[2], args, kwargs))
            return state.result if result is None else result

        monkeypatch.setattr(where, called)

    def run(*args: str) -> Any:
        return CliRunner().invoke(app, list(args))

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(compiling, "make_ready", lambda to, start, seed: state.waited.append(seed))
    monkeypatch.setattr(
        "detente.experiments.io.files.write_figure", lambda figure, path: state.figures.append((figure, path))
    )
    state.replace, state.run = replace, run
    return state


RUNS = ("--runs", "3", "--seed", "5", "--json")
OPENED = (
    *("--lever", "mediation=0.4", "--param", "trust.memory=300", "--mode", "free"),
    *("--step", "2", "--theory", "ripeness", "--fact", "party.movement.morale=0.8", "--point"),
)


def opening_options(**changes: Any) -> dict[str, Any]:
    return {
        "levers": {"mediation": 0.4},
        "parameters": {"trust.memory": 300.0},
        "facts": {"party.movement.morale": 0.8},
        "point": True,
        "mode": "free",
        "until": None,
        "step_days": 2.0,
        "theory": "ripeness",
        "profile": None,
    } | changes


READY = {"ready": options.wait_for_engine}
SEEDS = {"seeds": (5, 6, 7)}


def test_survival(bench):
    bench.replace("detente.experiments.compare.survival.survival")
    files = ("--plot", "x.html", "--out", "x.parquet")
    done = bench.run("survival", "template", "--policies", "a, b", "--end", "end", *OPENED, *RUNS, *files)
    assert done.exit_code == 0, done.output
    expected = SEEDS | READY | {"end": "end"} | opening_options()
    assert bench.calls == [("survival", ("template", ["a", "b"]), expected)]
    assert json.loads(done.stdout) == {"n": 3}
    assert (bench.figures, bench.result.saved) == ([("figure", Path("x.html"))], [Path("x.parquet")])
    bench.result = Outcome(2)
    done = bench.run("survival", "template", *RUNS)
    assert (done.exit_code, done.stderr) == (130, "detente: interrupted: 2 of 3 runs per policy were done\n")
    assert bench.calls[-1][2]["end"] == "collapse"
    assert (
        "--end: got 'x'; expected collapse or end" in bench.run("survival", "template", "--end", "x").stderr
    )


def test_lessons(bench):
    bench.replace("detente.experiments.compare.lessons.lessons")
    settings = ("--theory", "ripeness", "--param", "trust.memory=300", "--step", "2", "--posterior", "p.json")
    facts = ("--fact", "party.movement.morale=0.8", "--point", "--draws", "30")
    done = bench.run("lessons", "template", *settings, *facts, *RUNS)
    assert done.exit_code == 0, done.output
    expected = {"theory": "ripeness", "step_days": 2.0, "posterior": "p.json", "draws": 30}
    expected |= SEEDS | READY | {"parameters": {"trust.memory": 300.0}}
    expected |= {"facts": {"party.movement.morale": 0.8}, "point": True}
    assert bench.calls == [("lessons", ("template",), expected)]
    assert json.loads(done.stdout) == {"n": 3}
    bench.result = Outcome(1)
    assert bench.run("lessons", "template", *RUNS).exit_code == 130
    bench.result = Outcome(3)
    bench.result.draws_asked = 20
    done = bench.run("lessons", "template", *RUNS)
    assert (done.exit_code, done.stderr) == (130, "detente: interrupted: 0 of 20 draws were done\n")


def test_transfer(bench):
    bench.replace("detente.experiments.compare.transfer.transfer")
    done = bench.run("transfer", "--theory", "ripeness", "--point", "--draws", "30", *RUNS)
    assert done.exit_code == 0, done.output
    expected = {"theory": "ripeness", "point": True, "draws": 30, "posterior": None}
    assert bench.calls == [("transfer", (), SEEDS | READY | expected)]
    bench.result = Outcome(1)
    done = bench.run("transfer", *RUNS)
    assert (done.exit_code, done.stderr) == (130, "detente: interrupted: 1 of 3 seeds were done\n")


@pytest.mark.parametrize(
    ("command", "where", "printer"),
    [
        (("transfer",), "compare.transfer.transfer", "transfer.print_transfer"),
        (("lessons", "template"), "compare.lessons.lessons", "lessons.print_lessons"),
        (("survival", "template"), "compare.survival.survival", "survival.print_survival"),
        (("sensitivity", "x"), "analysis.sensitivity.sensitivity", "sensitivity.print_sensitivity"),
    ],
)
def test_results_are_printed_unless_json_is_asked_for(bench, monkeypatch, command, where, printer):
    shown = []
    bench.replace(f"detente.experiments.{where}")
    monkeypatch.setattr(
        f"detente.experiments.cli.printing.{printer}", lambda to, made, *more: shown.append(made)
    )
    runs = () if command[0] == "sensitivity" else ("--runs", "3")
    assert bench.run(*command, *runs).exit_code == 0
    assert shown == [bench.result]
    assert bench.run(*command, *runs, "--json").exit_code == 0
    assert shown == [bench.result]


def test_sensitivity(bench):
    bench.replace("detente.experiments.analysis.sensitivity.sensitivity")
    done = bench.run("sensitivity", "folder", "--outcomes", "a,b", "--json", "--out", "x.parquet")
    assert done.exit_code == 0, done.output
    assert bench.calls == [("sensitivity", (Path("folder"), ["a", "b"]), {})]
    assert bench.result.saved == [Path("x.parquet")]


@pytest.mark.parametrize("case", [None, "template"])
def test_audit(bench, case):
    bench.replace("detente.experiments.audit.audit.audit")
    done = bench.run("audit", *([case] if case else []), "--runs", "2", "--no-parameters", "--json")
    assert done.exit_code == 0, done.output
    assert bench.calls == [("audit", (case, 2), {"parameters": False, "facts": ()})]
    assert json.loads(done.stdout) == {"failures": [], "checks": [{"kind": "records"}]}
    bench.result.interrupted = True
    done = bench.run("audit", "--json")
    assert (done.exit_code, json.loads(done.stdout)["failures"]) == (1, ["lever x"])
    assert bench.calls[-1] == ("audit", (None, 200), {"parameters": True, "facts": ()})
    assert bench.run("audit", "--runs", "1").exit_code == 2
    bench.run("audit", "--fact", "a.b", "--fact", "c.d=0:1", "--json")
    assert bench.calls[-1][2]["facts"] == ["a.b", "c.d=0:1"]
    refused = bench.run("audit", "--regimes", "--fact", "a.b")
    assert (refused.exit_code, "--fact: got a value with --regimes" in refused.stderr) == (2, True)


@pytest.mark.parametrize("case", [None, "korea-2017"])
def test_validate(bench, case):
    bench.replace("detente.experiments.validity.card.validate")
    bench.replace("detente.experiments.validity.card_page.page_of", "# A page")
    files = ("--page", "card.md", "--plot", "x.html")
    done = bench.run("validate", *([case] if case else []), "--runs", "7", "--json", *files)
    assert done.exit_code == 0, done.output
    assert bench.calls[0] == ("validate", (case, 7), READY)
    assert Path("card.md").read_text(encoding="utf-8") == "# A page"
    assert bench.figures == [("figure", Path("x.html"))]


def test_robustness(bench):
    bench.replace("detente.experiments.analysis.robustness.robustness")
    bars = ("--bar", "agreements=1", "--outcomes", "days", "--param", "trust.memory")
    done = bench.run("robustness", "template", "--policies", "a,b", *bars, "--states", "4", *RUNS)
    assert done.exit_code == 0, done.output
    asked_ = {"states": 4, "uncertain": ["trust.memory"], "outcomes": ["days"], "bars": {"agreements": 1.0}}
    asked_ |= {"posterior": None}
    assert bench.calls == [("robustness", ("template", ["a", "b"]), SEEDS | READY | asked_)]
    assert json.loads(done.stdout) == {"n": 3, "boxes": True}
    bench.run("robustness", "template", "--runs", "9", "--json", "--plot", "x.html")
    plain = {"states": None, "uncertain": None, "outcomes": None, "bars": {}, "runs": 9}
    plain |= {"posterior": None}
    assert bench.calls[-1] == ("robustness", ("template", None), READY | plain)
    assert bench.figures == [("figure", Path("x.html"))]
    bench.run("robustness", "template", "--seed", "4", "--json")
    assert bench.calls[-1][2]["seeds"] == tuple(range(4, 24))
    assert bench.run("robustness", "template", "--states", "0").exit_code == 2
    line = ("--fact", "fact.a.b=0:1", "--fact", "c.d", "--point", "--posterior", "ranges", "--json")
    bench.run("robustness", "template", *line)
    assert bench.calls[-1][2]["posterior"] == "ranges"
    assert bench.calls[-1][2]["uncertain"] == ["fact.a.b=0:1", "fact.c.d"]
    assert bench.calls[-1][2]["point"] is True


@pytest.fixture
def compared(bench, monkeypatch):
    bench.result.ensembles = [SimpleNamespace(start="a start")]
    bench.replace("detente.experiments.compare.policies.compare")
    monkeypatch.setattr("detente.experiments.cases.check.by_name", list)
    remark = SimpleNamespace(text="mind")
    monkeypatch.setattr(
        "detente.experiments.cases.check.opened_remarks", lambda starts: [remark] * len(starts)
    )
    monkeypatch.setattr(
        "detente.experiments.cli.printing.compare.print_comparison", lambda to, made: print("shown")
    )
    return bench


def test_compare(compared):
    bench = compared
    more = ("--theories", "all", "--branch-at", "2030-02-01", "--posterior", "p.json", "--out", "x.parquet")
    more += ("--draws", "30")
    bench.result.theories = Outcome()
    done = bench.run("compare", "template", "--policies", "a,b", *OPENED, *RUNS, *more)
    assert done.exit_code == 0, done.output
    expected = SEEDS | READY | opening_options()
    expected |= {"branch_at": "2030-02-01", "posterior": "p.json", "theories": ["all"], "draws": 30}
    assert bench.calls == [("compare", ("template", ["a", "b"]), expected)]
    assert json.loads(done.stdout) == {"n": 3, "warnings": ["mind"]}
    assert (done.stderr, bench.figures, bench.result.saved) == ("", [], [Path("x.parquet")])


def test_compare_draws_unasked_unless_it_prints_json(compared):
    bench = compared
    done = bench.run("compare", "template", "--runs", "3")
    assert done.exit_code == 0, done.output
    assert bench.figures == [("figure", Path("detente-template.html"))]
    assert done.stdout == "Wrote detente-template.html\nshown\n"
    assert done.stderr == "detente: warning: mind\n"
    assert bench.calls[-1][2]["seeds"] == (1, 2, 3)
    bench.figures.clear()
    bench.result.theories = Outcome()
    done = bench.run("compare", "template", "--runs", "3", "--theories", "all", "--plot", "x.html")
    assert [path for _, path in bench.figures] == [Path("x.html"), Path("x-theories.html")]
    assert "Wrote x-theories.html" in done.stdout


@pytest.mark.parametrize(
    ("n", "n_theories", "theories", "status"),
    [(3, 3, "all", 0), (2, 3, "all", 130), (3, 2, "all", 130), (3, None, "all", 130), (3, None, None, 0)],
)
def test_compare_tells_what_was_cut_short(compared, n, n_theories, theories, status):
    compared.result = Outcome(n)
    compared.result.ensembles = []
    compared.result.theories = None if n_theories is None else Outcome(n_theories)
    chosen = ("--theories", theories) if theories else ()
    assert compared.run("compare", "template", *RUNS, *chosen).exit_code == status


def test_run(bench, monkeypatch):
    bench.replace("detente.experiments.runs.run.run")
    line = ("--policy", "p", "--seed", "5", "--engine", "mesa", *OPENED, "--json", "--out", "x.parquet")
    done = bench.run("run", "template", *line, "--branch-at", "2030-02-01", "--branch-to", "q")
    assert done.exit_code == 0, done.output
    how = {"engine": "mesa", "posterior": None, "branch_at": "2030-02-01", "branch_to": "q"}
    assert bench.calls == [("run", ("template", "p", 5), READY | how | opening_options())]
    assert bench.result.saved == [Path("x.parquet")]
    shown = []
    for name in ("print_run", "print_story"):
        where = f"detente.experiments.cli.printing.run.{name}"
        monkeypatch.setattr(where, lambda to, made, name=name: shown.append(name))
    bench.run("run", "template")
    bench.run("run", "template", "--story")
    assert shown == ["print_run", "print_story"]
    assert bench.calls[-1][1] == ("template", None, 1)
    assert bench.run("run").exit_code == 2


def test_a_replay_stands_alone(bench):
    bench.replace("detente.experiments.runs.replay.replay")
    done = bench.run("run", "--replay", "r.toml", "--engine", "compiled", "--json")
    assert done.exit_code == 0, done.output
    ((name, args, kwargs),) = bench.calls
    assert kwargs.pop("report") is not None
    assert (name, args, kwargs) == ("replay", (Path("r.toml"),), READY | {"engine": "compiled"})
    for extra in (
        ("template",),
        ("--policy", "p"),
        ("--seed", "2"),
        ("--theory", "ripeness"),
        ("--lever", "mediation=1"),
        ("--param", "trust.memory=300"),
        ("--mode", "free"),
        ("--until", "2030-02-01"),
        ("--step", "2"),
        ("--branch-at", "2030-02-01"),
        ("--branch-to", "q"),
        ("--posterior", "p.json"),
    ):
        done = bench.run("run", *extra, "--replay", "r.toml")
        assert (done.exit_code, "expected no other setting with it" in done.stderr) == (2, True), extra
    assert len(bench.calls) == 1


def test_new(bench):
    bench.replace("detente.experiments.cases.builder.new.new", bench.result)
    bench.result.screening = None
    files = (
        "--ged",
        "a.csv",
        "--ged",
        "b.csv",
        "--data",
        "c.csv",
        "--ceasefires",
        "d.csv",
        "--agreements",
        "e.csv",
    )
    rows = (
        "--dyad",
        "1",
        "--conflict",
        "2",
        "--country",
        "3",
        "--side-a",
        "4",
        "--side-b",
        "5",
        "--case",
        "6",
    )
    days = ("--from", "2010-01-01", "--until", "2015-01-01", "--pivot", "2012-01-01")
    more = (
        "--experts",
        "f.csv",
        "--copy",
        "template",
        "--out",
        "there",
        "--force",
        "--no-screening",
        "--json",
    )
    done = bench.run("new", "mine", *files, *rows, *days, *more)
    assert done.exit_code == 0, done.output
    name, args, kwargs = bench.calls[0]
    assert (name, args) == ("new", ("mine",))
    assert kwargs == {
        **{"ged": ["a.csv", "b.csv"], "data": ["c.csv"], "ceasefires": ["d.csv"], "agreements": ["e.csv"]},
        **{"dyad": "1", "conflict": "2", "country": "3", "side_a": "4", "side_b": "5", "case": "6"},
        **{"since": "2010-01-01", "until": "2015-01-01", "pivot": "2012-01-01"},
        **{"experts": "f.csv", "copy": "template", "out": Path("there"), "force": True, "screen": False},
        **READY,
    }
    bench.result.screening = SimpleNamespace(interrupted=True, runs=32)
    done = bench.run("new", "mine", "--ged", "a.csv", "--json")
    assert done.exit_code == 130
    assert "interrupted: the case stands, and 32 draws of the screening were run" in done.stderr


def test_calibrate(bench):
    bench.replace("detente.experiments.data.layouts.read_selected", "observed")
    bench.replace("detente.experiments.calibration.calibration.calibrate")
    sizes = ("--workers", "3", "--population", "40", "--generations", "2", "--minutes", "5", "--seed", "7")
    files = ("--data", "a.csv", "--out", "x.json", "--plot", "x.html", "--json")
    days = ("--until", "2018-07-22", "--from", "2015-01-01")
    done = bench.run("calibrate", "template", *days, "--resume", *sizes, *files, "--fact", "a.b=0:1")
    assert done.exit_code == 0, done.output
    name, args, kwargs = bench.calls[-1]
    assert (name, args) == ("calibrate", ("template", "observed", "2018-07-22"))
    assert kwargs == {
        "out": Path("x.json"),
        "workers": 3,
        "population": 40,
        "generations": 2,
        "minutes": 5.0,
        "seed": 7,
        "start": "2015-01-01",
        "resume": True,
        "facts": ["a.b=0:1"],
    }
    assert bench.calls[0][1][0] == ["a.csv"]
    assert bench.figures == [("figure", Path("x.html"))]
    bench.run("calibrate", "template", "--until", "2018-07-22", "--data", "a.csv", "--json")
    assert bench.calls[-1][2] | {"start": None} == {
        "out": Path("posterior-template.json"),
        "workers": 2,
        "population": 200,
        "generations": 6,
        "minutes": 15.0,
        "seed": 1,
        "start": None,
        "resume": False,
        "facts": (),
    }
    for missing in (("--until", "2018-07-22"), ("--data", "a.csv")):
        assert bench.run("calibrate", "template", *missing).exit_code == 2


@pytest.mark.parametrize(
    ("text", "months"),
    [("1:3", (1, 2, 3)), ("6,1,3,1", (1, 3, 6)), ("24", (24,)), ("1:24", tuple(range(1, 25)))],
)
def test_leads(text, months):
    assert checked_leads(text) == months


@pytest.mark.parametrize("text", ["0:3", "1:25", "x", "", "3:1", "0", "25", "1:2:3"])
def test_leads_that_are_none(text):
    with pytest.raises(InputError, match="--leads: got"):
        checked_leads(text)


# -- sweep


def test_what_a_sweep_varies():
    assert sweeping.varied(["a=0:1:5", " b ", "c=0,1"], "--lever") == {"a": "0:1:5", "b": ":", "c": "0,1"}
    assert sweeping.varied(None, "--lever") is None
    assert sweeping.varied([], "--lever") is None
    for texts, words in (
        (["a="], "--lever: got 'a='"),
        (["=1"], "--lever: got '=1'"),
        (["a", "a=1"], "a is given twice"),
    ):
        with pytest.raises(InputError, match=words):
            sweeping.varied(texts, "--lever")


def test_a_sweep_needs_a_folder_and_a_design():
    assert sweeping.target(Path("x")) == Path("x")
    with pytest.raises(InputError, match="--out: got nothing"):
        sweeping.target(None)
    nothing = {"runs": None}
    for what, out, resume, given in (
        (None, None, True, nothing),
        (None, Path("x"), False, nothing),
        (None, Path("x"), True, {"runs": 3}),
    ):
        with pytest.raises(InputError, match="sweep: got neither case nor design"):
            sweeping.asked_design(what, out, resume, given)


def test_a_resumed_sweep_takes_the_design_of_its_folder(monkeypatch):
    monkeypatch.setattr("detente.experiments.sweep.sweep.resumed_design", lambda out: f"design of {out}")
    assert sweeping.asked_design(None, Path("x"), True, {"runs": None}) == "design of x"


def test_a_design_out_of_options(bench, monkeypatch):
    seen = []
    monkeypatch.setattr(
        sweeping, "carried_out", lambda meant, out, **how: seen.append((meant, out, how)) or 0
    )
    line = (
        *("sweep", "template", "--out", "x", "--lever", "mediation=0,1", "--param", "trust.memory"),
        *(
            "--policies",
            "status-quo",
            "--theories",
            "ripeness",
            "--runs",
            "3",
            "--seed",
            "5",
            "--design",
            "lhs:4",
        ),
        *("--mode", "free", "--step", "2", "--series", "deaths", "--every", "9", "--chunk", "11"),
        *("--workers", "3", "--processes", "--dask", "tcp://h:1", "--shard", "1/2", "--resume", "--json"),
    )
    done = bench.run(*line)
    assert done.exit_code == 0, done.output
    ((design, out, how),) = seen
    assert out == Path("x")
    assert how == {
        "json": True,
        "resume": True,
        "workers": 3,
        "processes": True,
        "dask": "tcp://h:1",
        "shard": "1/2",
    }
    assert (design.cases, design.policies, design.theories) == (("template",), ("status-quo",), ("ripeness",))
    assert (design.runs, design.first_seed, design.design.kind, design.design.samples) == (3, 5, "lhs", 4)
    assert (design.mode, design.step_days, design.series, design.every, design.chunk) == (
        "free",
        2.0,
        ("deaths",),
        9.0,
        11,
    )
    assert {f.name for f in design.factors} == {"mediation", "trust.memory"}


def results(**changes: Any) -> SimpleNamespace:
    made = {
        "path": Path("x"),
        "n_runs": 2000,
        "n_done": 1500,
        "complete": False,
        "n_chunks": 4,
        "missing": (3,),
        "damaged": ("b",),
        "kind": "lhs",
    }
    return SimpleNamespace(**(made | changes))


def test_what_a_sweep_says_of_its_results(capsys):
    sweeping.tell(results(), ["mind"], json=True)
    assert json.loads(capsys.readouterr().out) == {
        "out": "x",
        "runs": 2000,
        "done": 1500,
        "complete": False,
        "chunks": 4,
        "missing": [3],
        "damaged": ["b"],
        "warnings": ["mind"],
    }
    sweeping.tell(results(), [], json=False)
    assert capsys.readouterr().out == "1,500 of 2,000 runs are in x\n"
    sweeping.tell(results(complete=True, kind="posterior"), [], json=False)
    _, posterior, read = capsys.readouterr().out.splitlines()
    assert posterior.startswith("The parameters of the posterior")
    assert read == "Read them with pandas.read_parquet('x') or detente.open_results('x')"


# -- what commands share


def test_options_of_an_opening():
    facts: Any = {"fact": ["party.movement.morale=0.8"], "point": True}
    given = asked(["mediation=0.4"], ["trust.memory=300"], "free", None, 2.0, "ripeness", **facts)
    assert given == opening_options()
    assert asked(None, None, None, "2018-01-01", None, "readiness") == {
        "levers": {},
        "parameters": {},
        "facts": {},
        "point": False,
        "mode": None,
        "until": "2018-01-01",
        "step_days": None,
        "theory": "readiness",
        "profile": None,
    }


def test_lists_and_seeds():
    assert listed(" a, b,,c ") == ["a", "b", "c"]
    assert (listed(None), listed("")) == (None, [])
    assert consecutive(5, 2) == (5, 6)


@pytest.mark.parametrize(("done", "status"), [(2, 0), (3, 0), (1, 130)])
def test_the_status_of_what_was_cut_short(capsys, done, status):
    assert ended(done, 2, "runs") == status
    expected = "" if status == 0 else "detente: interrupted: 1 of 2 runs were done\n"
    assert capsys.readouterr().err == expected


def test_files_are_tried_before_and_told_after(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(
        "detente.experiments.io.files.write_figure", lambda figure, path: path.write_text(figure)
    )
    figure, table = tmp_path / "a.html", tmp_path / "a.parquet"
    targets(figure, table)
    targets(None, None)
    for plot, out in ((tmp_path / "a.txt", None), (None, tmp_path / "a.csv")):
        with pytest.raises(InputError, match="--plot" if plot else "--out"):
            targets(plot, out)
    made = Outcome()
    write(made, figure, table, quiet=True)
    assert (figure.read_text(), made.saved, capsys.readouterr().out) == ("figure", [table], "")
    write(made, figure, None, quiet=False)
    assert capsys.readouterr().out == f"Wrote {figure}\n"
    write(made, None, table, quiet=False)
    assert capsys.readouterr().out == f"Wrote {table}\n"


@pytest.mark.parametrize(
    ("raises", "status", "said"),
    [
        (None, 0, ""),
        (InputError("a: got b"), 2, "detente: a: got b\n"),
        (KeyboardInterrupt(), 130, "detente: interrupted; nothing was finished\n"),
    ],
)
def test_how_a_command_ends(capsys, raises, status, said):
    import typer

    def command(value):
        if raises is not None:
            raise raises
        return value

    with pytest.raises(typer.Exit) as end:
        guarded(command)(None)
    assert (end.value.exit_code, capsys.readouterr().err) == (status, said)
    if raises is None:
        with pytest.raises(typer.Exit) as end:
            guarded(command)(3)
        assert end.value.exit_code == 3


def test_the_compiler_runs_beside_and_its_fault_is_raised():
    seen = []
    fine = compiling.Compiling(lambda report: report(1, 2), lambda *told: seen.append(told))
    fine.start()
    fine.wait()
    assert seen == [(1, 2)]

    def fail(report):
        raise ZeroDivisionError

    faulty = compiling.Compiling(fail, lambda *told: None)
    faulty.start()
    with pytest.raises(ZeroDivisionError):
        faulty.wait()


def test_commands_stand_in_the_order_of_need():
    known = options.InOrder(name="x").list_commands
    assert known is not None
    done = CliRunner().invoke(app, ["--help"])
    shown = [line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ") and line.split()]
    names = [name for name in options.ORDER if name in shown]
    places = [shown.index(name) for name in names]
    assert len(names) > 10
    assert places == sorted(places)


# -- the other comparison of a command


def test_validate_of_cases(bench, monkeypatch):
    bench.replace("detente.experiments.validity.card.validate")
    monkeypatch.setattr("detente.experiments.validity.card_page.page_of", lambda made: "# A page")
    monkeypatch.setattr(
        "detente.experiments.cli.printing.validity.print_card", lambda to, made: print("shown")
    )
    done = bench.run("validate", "template", "--runs", "7", "--page", "card.md", "--out", "x.parquet")
    assert done.exit_code == 0, done.output
    assert bench.calls == [("validate", ("template", 7), READY)]
    assert Path("card.md").read_text() == "# A page"
    assert done.stdout == "Wrote x.parquet\nshown\n"
    assert json.loads(bench.run("validate", "--json").stdout) == {"n": 3}
    assert bench.calls[-1] == ("validate", (None, 200), READY)
    assert "--page" in bench.run("validate", "--page", "card.txt").stderr
    assert len(bench.calls) == 2


def test_validate_of_drawn_wars(bench, monkeypatch):
    bench.replace("detente.experiments.validity.world.validate_world")
    monkeypatch.setattr("detente.experiments.cli.printing.world.print_world", lambda to, made: print("shown"))
    sizes = ("--wars", "4", "--seeds", "3", "--years", "9", "--placed", "0.5")
    more = ("--param", "trust.memory=300", "--out", "x.jsonl", "--resume")
    done = bench.run("validate", "--world", *sizes, *more)
    assert (done.exit_code, done.stdout) == (0, "shown\n")
    about = {"placed": 0.5, "parameters": {"trust.memory": 300.0}, "out": Path("x.jsonl"), "resume": True}
    assert bench.calls == [("validate_world", (4, 3), {"years": 9, **about})]
    assert json.loads(bench.run("validate", "--world", "--json").stdout) == {"n": 3}
    usual = {"years": 20, "placed": 0.4, "parameters": {}, "out": None, "resume": False}
    assert bench.calls[-1] == ("validate_world", (40, 10), usual)


@pytest.mark.parametrize(
    ("command", "options", "said"),
    [
        (("validate", "--world"), ("template",), "CASE: got a value here; expected it without --world only"),
        (("validate", "--world"), ("--runs", "3"), "--runs"),
        (("validate", "--world"), ("--plot", "x.html"), "--plot"),
        (("validate", "--world"), ("--page", "x.md"), "--page"),
        (("validate", "--world"), ("--resume",), "--resume: got no --out"),
        (("validate",), ("--wars", "3"), "--wars: got a value here; expected it with --world only"),
        (("validate",), ("--seeds", "3"), "--seeds"),
        (("validate",), ("--years", "9"), "--years"),
        (("validate",), ("--placed", "1"), "--placed"),
        (("validate",), ("--param", "trust.memory=300"), "--param"),
        (("validate",), ("--resume",), "--resume"),
        (("audit",), ("--drawn", "3"), "--drawn: goes with --regimes"),
        (("audit",), ("--param", "trust.memory=300"), "--param"),
        (("audit",), ("--out", "x.jsonl"), "--out"),
        (("audit",), ("--resume",), "--resume"),
        (("audit", "--regimes"), ("--resume",), "--resume: got no --out"),
    ],
)
def test_options_of_the_other_comparison_are_refused(bench, command, options, said):
    bench.replace("detente.experiments.validity.card.validate")
    bench.replace("detente.experiments.validity.world.validate_world")
    bench.replace("detente.experiments.audit.audit.audit")
    bench.replace("detente.experiments.audit.regime_rows.regimes")
    done = bench.run(*command, *options)
    assert (done.exit_code, bench.calls) == (2, [])
    assert said in done.stderr


@pytest.mark.parametrize(("out", "said"), [((), "nothing was finished"), (("--out", "x.jsonl"), "--resume")])
def test_drawn_wars_cut_short_say_what_is_kept(bench, monkeypatch, out, said):
    def stopped(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("detente.experiments.validity.world.validate_world", stopped)
    done = bench.run("validate", "--world", *out)
    assert done.exit_code == 130
    assert said in done.stderr


def test_audit_of_levers(bench, monkeypatch):
    bench.replace("detente.experiments.audit.audit.audit")
    monkeypatch.setattr("detente.experiments.cli.printing.audit.print_audit", lambda to, made: print("shown"))
    done = bench.run("audit", "template", "--runs", "9", "--no-parameters")
    assert (done.exit_code, done.stdout) == (0, "shown\n")
    assert bench.calls == [("audit", ("template", 9), {"parameters": False, "facts": ()})]
    bench.result.interrupted = True
    done = bench.run("audit", "--json")
    assert (done.exit_code, json.loads(done.stdout)["failures"]) == (1, ["lever x"])
    assert bench.calls[-1] == ("audit", (None, 200), {"parameters": True, "facts": ()})
    assert "--runs: got 1" in bench.run("audit", "--runs", "1").stderr
    assert bench.run("audit", "--runs", "2").exit_code == 1


def test_audit_of_regimes(bench, monkeypatch):
    bench.replace("detente.experiments.audit.regime_rows.regimes")
    monkeypatch.setattr(
        "detente.experiments.cli.printing.audit.print_regimes", lambda to, made: print("shown")
    )
    more = ("--drawn", "3", "--param", "trust.memory=300", "--out", "x.jsonl", "--resume")
    done = bench.run("audit", "template", "--regimes", "--runs", "12", *more)
    assert (done.exit_code, done.stdout) == (0, "shown\n")
    about = {"drawn": 3, "parameters": {"trust.memory": 300.0}, "out": Path("x.jsonl"), "resume": True}
    assert bench.calls == [("regimes", ("template", 12), about)]
    bench.result.interrupted = True
    done = bench.run("audit", "--regimes", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout) == {"failures": ["lever x"], "comparisons": [{"kind": "records"}]}
    usual = {"drawn": 8, "parameters": {}, "out": None, "resume": False}
    assert bench.calls[-1] == ("regimes", (None, 200), usual)


DRAWING = {
    "survival": ("template",),
    "lessons": ("template",),
    "transfer": (),
    "validate": (),
    "compare": ("template",),
    "robustness": ("template",),
    "sensitivity": ("x",),
    "score": ("template", "--data", "a.csv", "--from", "2015-01-01"),
    "calibrate": ("template", "--data", "a.csv", "--until", "2018-07-22"),
}
SAVING = ("survival", "lessons", "transfer", "validate", "compare", "run", "score")


@pytest.mark.parametrize("name", DRAWING)
def test_a_figure_that_cannot_be_written_is_refused_before_anything_runs(bench, monkeypatch, name):
    began = []
    monkeypatch.setattr(compiling, "bar", lambda *args: began.append(args))
    done = bench.run(name, *DRAWING[name], "--plot", "figure.txt")
    assert (done.exit_code, began) == (2, [])
    assert done.stderr.startswith("detente: --plot: got figure.txt; expected a path that ends in .")


@pytest.mark.parametrize("name", SAVING)
def test_a_table_that_cannot_be_written_is_refused_before_anything_runs(bench, monkeypatch, name):
    began = []
    monkeypatch.setattr(compiling, "bar", lambda *args: began.append(args))
    done = bench.run(name, *DRAWING.get(name, ("template",)), "--out", "table.txt")
    assert (done.exit_code, began) == (2, [])
    assert done.stderr.startswith("detente: --out: got table.txt; expected a path that ends in .parquet")


def test_calibrate_prints_and_says_what_it_wrote(bench, monkeypatch):
    bench.replace("detente.experiments.data.layouts.read_selected", "observed")
    bench.replace("detente.experiments.calibration.calibration.calibrate")
    monkeypatch.setattr(
        "detente.experiments.cli.printing.calibration.print_calibration", lambda to, made: print("shown")
    )
    line = ("calibrate", "template", "--until", "2018-07-22", "--data", "a.csv", "--out", "x.json")
    assert bench.run(*line).stdout == "shown\nWrote x.json\n"
    assert bench.run(*line, "--plot", "x.html").stdout == "shown\nWrote x.json and x.html\n"
    assert "--out: got x.txt" in bench.run(*line[:-1], "x.txt").stderr


@pytest.mark.parametrize(("there", "said"), [(False, "nothing was finished"), (True, "--resume goes on")])
def test_a_fit_cut_short_says_what_is_kept(bench, monkeypatch, there, said):
    def stopped(*args, **kwargs):
        raise KeyboardInterrupt

    bench.replace("detente.experiments.data.layouts.read_selected", "observed")
    monkeypatch.setattr("detente.experiments.calibration.calibration.calibrate", stopped)
    if there:
        Path("x.db").touch()
    line = ("calibrate", "template", "--until", "2018-07-22", "--data", "a.csv", "--out", "x.json")
    done = bench.run(*line)
    assert (done.exit_code, said in done.stderr) == (130, True)


# -- the program


@pytest.mark.parametrize(
    ("does", "status", "said"),
    [
        (lambda: 3, 3, ""),
        (lambda: None, 0, ""),
        (lambda: "text", 0, ""),
        ("abort", 130, "detente: interrupted; nothing was finished\n"),
        ("usage", 2, "Invalid value: no file here"),
        ("hidden", 2, "detente: Invalid value: no file \\x1b[2J\n"),
    ],
)
def test_how_the_program_ends(monkeypatch, capsys, does, status, said):
    import sys

    import typer

    from detente.experiments.cli import main as program

    raised = {
        "abort": typer.Abort(),
        "usage": typer.BadParameter("no file here"),
        "hidden": typer.BadParameter("no file \x1b[2J"),
    }

    def command(standalone_mode):
        assert standalone_mode is False
        if isinstance(does, str):
            raise raised[does]
        return does()

    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(program, "get_command", lambda app: SimpleNamespace(main=command))
    with pytest.raises(SystemExit) as end:
        program.main()
    assert end.value.code == status
    heard = capsys.readouterr().err
    assert said in heard if does == "usage" else heard.endswith(said)
    assert sys.excepthook is program.tell_fault
    if not isinstance(does, str):
        assert heard == ""


def test_warnings_are_one_line_and_those_for_developers_say_where(capsys):
    from detente.experiments.cli.exit_status import tell_warning

    tell_warning("mind", UserWarning, "a.py", 3)
    tell_warning("old", DeprecationWarning, "a.py", 3)
    assert capsys.readouterr().err == (
        "detente: warning: mind\ndetente: warning: a.py:3: DeprecationWarning: old\n"
    )


def test_a_job_that_was_told_to_end_has_a_status_of_its_own(capsys):
    import typer

    def command():
        stop = KeyboardInterrupt()
        stop.terminated = True
        raise stop

    with pytest.raises(typer.Exit) as end:
        guarded(command)()
    assert end.value.exit_code == 143


def test_a_command_does_not_repeat_that_it_was_interrupted(capsys):
    import warnings

    import typer

    def command():
        warnings.warn("interrupted: 2 of 3", UserWarning, stacklevel=1)
        warnings.warn("a table is empty", UserWarning, stacklevel=1)

    with pytest.raises(typer.Exit):
        guarded(command)()
    assert capsys.readouterr().err == "detente: warning: a table is empty\n"


def test_a_fault_keeps_its_traceback_without_control_characters(capsys):
    from detente.experiments.cli.exit_status import tell_fault

    try:
        raise ZeroDivisionError("\x1b[2J")
    except ZeroDivisionError as fault:
        tell_fault(type(fault), fault, fault.__traceback__)
    heard = capsys.readouterr().err
    assert heard.startswith("Traceback (most recent call last):\n")
    assert heard.endswith("ZeroDivisionError: \\x1b[2J\n")


def test_sigterm_ends_a_sweep_as_ctrl_c_does_and_is_as_before_afterwards():
    import signal
    import threading

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt) as stopped, sweeping.terminable():
        signal.raise_signal(signal.SIGTERM)
    assert stopped.value.terminated is True
    assert signal.getsignal(signal.SIGTERM) is before
    seen = []

    def elsewhere():
        with sweeping.terminable():  # only the main thread can heed signals
            seen.append(signal.getsignal(signal.SIGTERM) is before)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [True]


def test_a_long_compilation_is_waited_for():
    import threading

    go = threading.Event()
    slow = compiling.Compiling(lambda report: go.wait(5), lambda *told: None)
    slow.start()
    threading.Timer(0.15, go.set).start()
    slow.wait()
    assert go.is_set()
