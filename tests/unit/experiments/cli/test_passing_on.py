"""What commands pass on: every option reaches the function that does the work, and its result is written and told."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from detente.experiments.cli import compiling, options
from detente.experiments.cli import sweep as sweeping
from detente.experiments.cli.calibrate import checked_settings
from detente.experiments.cli.exit_status import guarded
from detente.experiments.cli.main import app
from detente.experiments.cli.options import asked, consecutive, ended, listed, targets, write
from detente.model.errors import InputError
from detente.model.request import open_case


class Outcome:
    """What any command gets: it can be told, drawn and saved."""

    interrupted = False

    def __init__(self, n=3, asked_=3):
        self.seeds, self.asked = tuple(range(n)), asked_
        self.theories, self.bars = None, {}
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
    *("--step", "2", "--theory", "ripeness"),
)


def opening_options(**changes: Any) -> dict[str, Any]:
    return {
        "levers": {"mediation": 0.4},
        "parameters": {"trust": {"memory": 300.0}},
        "mode": "free",
        "until": None,
        "step_days": 2.0,
        "theory": "ripeness",
    } | changes


def test_survival(bench):
    bench.replace("detente.experiments.compare.policies.open_policies", ["opening"])
    bench.replace("detente.experiments.compare.survival.survival_of")
    done = bench.run(
        "survival",
        "template",
        "--policies",
        "a, b",
        "--end",
        "end",
        *OPENED,
        *RUNS,
        "--plot",
        "x.html",
        "--out",
        "x.parquet",
    )
    assert done.exit_code == 0, done.output
    assert bench.calls == [
        ("open_policies", ("template", ["a", "b"]), opening_options()),
        ("survival_of", (["opening"], (5, 6, 7)), {"until": "end"}),
    ]
    assert json.loads(done.stdout) == {"n": 3}
    assert (bench.figures, bench.result.saved, bench.waited) == (
        [("figure", Path("x.html"))],
        [Path("x.parquet")],
        [5],
    )
    bench.result = Outcome(2)
    done = bench.run("survival", "template", *RUNS)
    assert (done.exit_code, done.stderr) == (130, "detente: interrupted: 2 of 3 runs per policy were done\n")
    assert bench.calls[-1][2] == {"until": "collapse"}
    assert (
        "--end: got 'x'; expected collapse or end" in bench.run("survival", "template", "--end", "x").stderr
    )


def test_lessons(bench):
    bench.replace("detente.experiments.compare.lessons.open_corners", ["opening"])
    bench.replace("detente.experiments.compare.lessons.lessons")
    done = bench.run(
        "lessons", "template", "--theory", "ripeness", "--param", "trust.memory=300", "--step", "2", *RUNS
    )
    assert done.exit_code == 0, done.output
    name, args, kwargs = bench.calls[-1]
    assert (name, args) == ("lessons", ("template",))
    assert kwargs["seeds"] == (5, 6, 7)
    assert (kwargs["theory"], kwargs["step_days"]) == ("ripeness", 2.0)
    assert kwargs["parameters"] == {"trust": {"memory": 300.0}}
    assert json.loads(done.stdout) == {"n": 3}
    bench.result = Outcome(1)
    assert bench.run("lessons", "template", *RUNS).exit_code == 130


def test_transfer(bench):
    maker = SimpleNamespace(home=lambda: ["home", "more"])
    bench.replace("detente.experiments.compare.transfer_conditions.Maker", maker)
    bench.replace("detente.experiments.compare.transfer.transfer")
    done = bench.run("transfer", "--theory", "ripeness", *RUNS)
    assert done.exit_code == 0, done.output
    assert bench.calls == [
        ("Maker", (), {"theory": "ripeness"}),
        ("transfer", (), {"seeds": (5, 6, 7), "theory": "ripeness"}),
    ]
    bench.result = Outcome(1)
    done = bench.run("transfer", *RUNS)
    assert (done.exit_code, done.stderr) == (130, "detente: interrupted: 1 of 3 seeds were done\n")


def test_sensitivity(bench):
    bench.replace("detente.experiments.analysis.sensitivity.sensitivity")
    done = bench.run("sensitivity", "folder", "--outcomes", "a,b", "--json", "--out", "x.parquet")
    assert done.exit_code == 0, done.output
    assert bench.calls == [("sensitivity", (Path("folder"), ["a", "b"]), {})]
    assert bench.result.saved == [Path("x.parquet")]


@pytest.mark.parametrize("case", [None, "template"])
def test_audit(bench, case):
    bench.replace("detente.experiments.audit.audit.audited_policies", [("template", "p")])
    bench.replace("detente.experiments.audit.audit.audit")
    done = bench.run("audit", *([case] if case else []), "--runs", "2", "--no-parameters", "--json")
    assert done.exit_code == 0, done.output
    assert bench.calls == [
        ("audited_policies", (case,), {}),
        ("audit", ([("template", "p")], 2), {"parameters": False}),
    ]
    assert json.loads(done.stdout) == {"failures": [], "checks": [{"kind": "records"}]}
    bench.result.interrupted = True
    done = bench.run("audit", "--json")
    assert (done.exit_code, json.loads(done.stdout)["failures"]) == (1, ["lever x"])
    assert bench.calls[-1] == ("audit", ([("template", "p")], 200), {"parameters": True})
    assert bench.run("audit", "--runs", "1").exit_code == 2


@pytest.mark.parametrize(("case", "cases"), [(None, None), ("korea-2017", ["korea-2017"])])
def test_validate(bench, case, cases):
    bench.replace("detente.experiments.validity.card.validate")
    bench.replace("detente.experiments.validity.card_page.page_of", "# A page")
    done = bench.run(
        "validate",
        *([case] if case else []),
        "--runs",
        "7",
        "--json",
        "--page",
        "card.md",
        "--plot",
        "x.html",
    )
    assert done.exit_code == 0, done.output
    assert bench.calls[0] == ("validate", (cases, 7), {})
    assert Path("card.md").read_text(encoding="utf-8") == "# A page"
    assert bench.figures == [("figure", Path("x.html"))]
    assert bench.run("validate", "template").exit_code == 2


def test_robustness_of_a_case(bench):
    starts = [SimpleNamespace(policy=SimpleNamespace(name=n)) for n in ("a", "b")]
    bench.replace("detente.experiments.compare.policies.open_policies", starts)
    bench.replace("detente.experiments.analysis.robustness.weigh")
    line = (
        "robustness",
        "template",
        "--policies",
        "a,b",
        "--bar",
        "agreements=1",
        "--outcomes",
        "days",
        "--param",
        "trust.memory",
    )
    done = bench.run(*line, "--states", "4", *RUNS)
    assert done.exit_code == 0, done.output
    name, args, kwargs = bench.calls[-1]
    assert kwargs.pop("ready") is not None
    assert (name, args) == ("weigh", ("template", ["a", "b"], (5, 6, 7)))
    assert kwargs == {
        "states": 4,
        "uncertain": ["trust.memory"],
        "outcomes": ["days"],
        "bars": {"agreements": 1.0},
    }
    assert json.loads(done.stdout) == {"n": 3, "boxes": True}
    bench.run("robustness", "template", "--json", "--plot", "x.html")
    _, args, kwargs = bench.calls[-1]
    assert (args[2], kwargs["states"], kwargs["uncertain"], kwargs["bars"]) == (
        tuple(range(1, 21)),
        32,
        None,
        {},
    )
    assert bench.figures == [("figure", Path("x.html"))]


def test_robustness_of_a_sweep(bench):
    bench.replace("detente.experiments.analysis.robustness_of_sweep.weigh_results")
    Path("results").mkdir()
    done = bench.run("robustness", "results", "--policies", "a", "--bar", "agreements=1", "--json")
    assert done.exit_code == 0, done.output
    judged = {"outcomes": None, "bars": {"agreements": 1.0}}
    assert bench.calls == [("weigh_results", ("results",), {"policies": ["a"], **judged})]
    done = bench.run("robustness", "results", "--runs", "3", "--seed", "1")
    assert done.exit_code == 2
    assert done.stderr.startswith("detente: --runs, --seed: results holds finished runs")
    Path("template").mkdir()
    bench.replace("detente.experiments.compare.policies.open_policies", [])
    bench.replace("detente.experiments.analysis.robustness.weigh")
    bench.run("robustness", "template", "--json")
    assert bench.calls[-1][0] == "weigh"  # a shipped case, whatever folder has its name


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
    assert asked(["mediation=0.4"], ["trust.memory=300"], "free", None, 2.0, "ripeness") == opening_options()
    assert asked(None, None, None, "2018-01-01", None, "readiness") == {
        "levers": {},
        "parameters": None,
        "mode": None,
        "until": "2018-01-01",
        "step_days": None,
        "theory": "readiness",
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


def test_settings_of_a_fit():
    made = checked_settings(20, 1, 0, 1, 0.5)
    assert (made.population, made.generations, made.seed, made.workers, made.minutes) == (20, 1, 0, 1, 0.5)
    for args, option in (
        ((19, 1, 0, 1, 1.0), "--population"),
        ((20, 0, 0, 1, 1.0), "--generations"),
        ((20, 1, -1, 1, 1.0), "--seed"),
        ((20, 1, 2**32, 1, 1.0), "--seed"),
        ((20, 1, 0, 0, 1.0), "--workers"),
        ((20, 1, 0, 1, 0.0), "--minutes"),
        ((20, 1, 0, 1, float("inf")), "--minutes"),
    ):
        with pytest.raises(InputError, match=f"{option}: got"):
            checked_settings(*args)


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
    names = [name for name in options.ORDER if f" {name} " in done.stdout]
    places = [done.stdout.index(f" {name} ") for name in names]
    assert len(names) > 10
    assert places == sorted(places)
    assert options.first_policy("afghanistan-2018") == "history"
    assert open_case("template", options.first_policy("template")).policy.name == options.first_policy(
        "template"
    )
