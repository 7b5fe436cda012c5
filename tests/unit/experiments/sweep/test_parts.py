"""Small parts of a sweep, at their edges: designs, chunks, shards, reckoning, comparisons of manifests."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from detente.experiments.runs.inputs import declared_levers, declared_parameters
from detente.experiments.sweep import dry_run
from detente.experiments.sweep.design.document import CHUNK, MOST_CHUNKS
from detente.experiments.sweep.design.factors import Factor, Setting, column_of, named, read_setting
from detente.experiments.sweep.design.kinds import Sampling, count_points, short_sampling
from detente.experiments.sweep.design.loading import as_design, design_keys, joined, parse_design
from detente.experiments.sweep.design.sampling import factorial, grid, lay_out, stretch
from detente.experiments.sweep.dry_run import reckoned, spread_over
from detente.experiments.sweep.jobs import Block, Job, Made
from detente.experiments.sweep.plan import Plan, constants, factor_words, setting_words
from detente.experiments.sweep.results import Results
from detente.experiments.sweep.store import (
    MANIFEST,
    Found,
    Store,
    check_same,
    compared,
    in_short,
    manifest_text,
    read_manifest,
)
from detente.experiments.sweep.sweep import (
    SweepFaultError,
    SweepInterruptedError,
    Work,
    belongs,
    checked_shard,
    conclude,
    remaining,
)
from detente.model.errors import InputError

LEVER, MEMORY, SWITCH = (
    declared_levers()["mediation"],
    declared_parameters()["trust.memory"],
    declared_parameters()["switches.trust"],
)


# -- settings


@pytest.mark.parametrize(
    ("declared", "written", "levels", "interval"),
    [
        (LEVER, 0.5, (0.5,), None),
        (LEVER, "0,0.5,1", (0.0, 0.5, 1.0), None),
        (LEVER, "0:1:3", (0.0, 0.5, 1.0), None),
        (LEVER, "0.2:0.8", (), (0.2, 0.8)),
        (LEVER, ":", (), (0.0, 1.0)),
        (LEVER, ":0.5", (), (0.0, 0.5)),
        (MEMORY, "300:", (), (300.0, 1500.0)),
        (MEMORY, ":240:2", (180.0, 240.0), None),
        (LEVER, (0, 1), (0.0, 1.0), None),
        (SWITCH, ":", (0.0, 1.0), None),
        (SWITCH, 1, (1.0,), None),
    ],
)
def test_settings_as_written(declared, written, levels, interval):
    found = read_setting(declared, written)
    assert (found.levels, found.interval) == (pytest.approx(levels), interval)


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        (LEVER, "1:0"),
        (LEVER, "0.5:0.5"),
        (LEVER, "0:1:1"),
        (LEVER, "0:1:1001"),
        (LEVER, "0:1:2:3"),
        (LEVER, "x"),
        (LEVER, 1.01),
        (LEVER, -0.01),
        (LEVER, True),
        (LEVER, float("nan")),
        (LEVER, [0.5, 0.5]),
        (LEVER, []),
        (SWITCH, 0.5),
        (SWITCH, "0:1:3"),
        (MEMORY, 100),
    ],
)
def test_settings_that_are_refused(declared, written):
    from pydantic_core import PydanticCustomError

    with pytest.raises(PydanticCustomError):
        read_setting(declared, written)


def test_ends_and_constants():
    assert Setting(levels=(0.5,)).constant == 0.5
    assert Setting(levels=(0.5, 0.2)).constant is None
    assert Setting(levels=(0.5, 0.2, 0.9)).ends == (0.2, 0.9)
    assert Setting(interval=(0.1, 0.3)).ends == (0.1, 0.3)
    settings = {
        "a": Setting(levels=(0.5,)),
        "b": Setting(levels=(0.0, 1.0)),
        "c": Setting(interval=(0.0, 1.0)),
    }
    assert constants(settings) == {"a": 0.5}
    assert [setting_words(s) for s in settings.values()] == [0.5, [0.0, 1.0], "0.0:1.0"]


def test_columns_of_factors():
    assert column_of("ceasefires") == "lever.ceasefires"
    assert column_of("mediation") == "mediation"
    words = factor_words(Factor(MEMORY, Setting(levels=(200.0, 300.0))))
    assert (words["name"], words["low"], words["high"], words["levels"]) == (
        "trust.memory",
        200.0,
        300.0,
        [200.0, 300.0],
    )
    assert (words["default"], words["unit"], words["kind"]) == (540.0, "days", "parameter")
    assert factor_words(Factor(LEVER, Setting(interval=(0.0, 1.0))))["levels"] is None


def test_patterns_of_names():
    found = [d.name for d in named("parameter", "trust.*")]
    assert "trust.memory" in found
    assert all(name.startswith("trust.") for name in found)
    assert not any(d.whole for d in named("parameter", "*"))


# -- points


def factors(n):
    return [Factor(LEVER, Setting(levels=(0.0, 0.5, 1.0)))] * n


@pytest.mark.parametrize(
    ("sampling", "n", "points"),
    [
        ({"kind": "grid"}, 2, 9),
        ({"kind": "factorial"}, 3, 8),
        ({"kind": "lhs", "samples": 7}, 3, 7),
        ({"kind": "sobol", "samples": 8}, 3, 64),
        ({"kind": "sobol", "samples": 8, "second_order": False}, 3, 40),
        ({"kind": "morris", "samples": 5}, 3, 20),
    ],
)
def test_how_many_points_a_design_has(sampling, n, points):
    assert count_points(Sampling(**sampling), factors(n)) == points


def test_short_forms_of_designs():
    assert short_sampling("grid") == {"kind": "grid"}
    assert short_sampling("lhs:60") == {"kind": "lhs", "samples": 60}
    assert short_sampling("lhs:x") == {"kind": "lhs", "samples": "x"}
    assert short_sampling({"kind": "lhs"}) == {"kind": "lhs"}


def test_grids_and_factorials():
    assert grid([(0.0, 1.0), (5.0, 6.0, 7.0)]).tolist() == [
        [a, b] for a in (0.0, 1.0) for b in (5.0, 6.0, 7.0)
    ]
    assert factorial([(0.0, 1.0), (5.0, 6.0)]).tolist() == [[0.0, 5.0], [1.0, 5.0], [0.0, 6.0], [1.0, 6.0]]


def test_samples_are_stretched_or_taken_in_equal_shares():
    unit = np.array([0.0, 0.25, 0.49, 0.5, 0.99, 1.0])
    interval = Factor(MEMORY, Setting(interval=(200.0, 300.0)))
    assert stretch(interval, unit).tolist() == pytest.approx([200.0, 225.0, 249.0, 250.0, 299.0, 300.0])
    levels = Factor(MEMORY, Setting(levels=(9.0, 8.0)))
    assert stretch(levels, unit).tolist() == [9.0, 9.0, 9.0, 8.0, 8.0, 8.0]


def test_a_latin_hypercube_is_drawn_by_the_seed_of_its_points():
    from scipy.stats import qmc

    tables = {
        "case": "template",
        "levers": {"mediation": "0:1", "recognition": ":"},
        "design": {"kind": "lhs", "samples": 6, "seed": 9},
    }
    expected = qmc.LatinHypercube(2, rng=9).random(6)
    assert lay_out(parse_design(tables)) == pytest.approx(expected)
    assert lay_out(parse_design({"case": "template"})).shape == (1, 0)


# -- designs


def test_designs_out_of_what_is_given(tmp_path):
    made = as_design("template", runs=3)
    assert (made.cases, made.runs) == (("template",), 3)
    assert as_design(made) is made
    assert as_design({"case": "template"}, runs=4).runs == 4
    assert as_design(None, case="template").cases == ("template",)
    file = tmp_path / "a.toml"
    file.write_text('case = "template"\nruns = 7\n', encoding="utf-8")
    assert as_design(file).runs == 7
    for given, extra, words in (
        (made, {"runs": 3}, "nothing beside a design that is complete"),
        (None, {}, "design: got nothing"),
        (file, {"runs": 3}, "these in the design file itself"),
        ("template", {"cases": ["x"]}, "nothing beside the case 'template'"),
        (7, {}, "a case by name or path"),
    ):
        with pytest.raises(InputError, match=words):
            as_design(given, **extra)


# -- plans


@pytest.fixture(scope="module")
def plan():
    tables = {
        "cases": ["template"],
        "policies": ["status-quo", "opening"],
        "theories": ["readiness", "ripeness"],
        "levers": {"mediation": [0, 0.5, 1]},
        "runs": 4,
        "first_seed": 10,
        "chunk": 10,
    }
    return Plan.of(parse_design(tables))


def test_runs_and_chunks(plan):
    assert (plan.n_cells, plan.n_runs, plan.chunk_runs, plan.n_chunks) == (12, 48, 10, 5)
    assert [plan.runs_in(k) for k in range(5)] == [10, 10, 10, 10, 8]
    blocks = plan.job(1).blocks
    found = [(b.policy, b.theory, b.point, b.values, b.first_seed, b.n_runs) for b in blocks]
    assert found == [
        (0, "readiness", 2, (1.0,), 12, 2),
        (0, "ripeness", 0, (0.0,), 10, 4),
        (0, "ripeness", 1, (0.5,), 10, 4),
    ]
    assert plan.job(4).blocks[-1] == Block(0, 1, "ripeness", 2, (1.0,), 10, 4)
    assert plan.standings == ((0, 0), (0, 1))
    firsts = [(b.policy, b.theory, b.point, b.n_runs) for b in plan.first_blocks()]
    assert firsts == [(p, t, 0, 1) for p in (0, 1) for t in ("readiness", "ripeness")]
    assert list(Block(0, 0, "x", 0, (), 10, 3).seeds) == [10, 11, 12]
    assert Job(1, blocks).n_runs == 10


def test_what_the_manifest_says(plan):
    m = plan.manifest
    assert (m["runs"], m["chunks"], m["chunk_runs"], m["seeds"]) == (48, 5, 10, {"first": 10, "last": 13})
    assert m["points"]["number"] == 3
    assert m["design"]["levers"] == {"mediation": [0.0, 0.5, 1.0]}
    assert m["design"]["policies"] == ["status-quo", "opening"]
    assert list(m["policies"]["template"]) == ["status-quo", "opening"]
    assert [f["name"] for f in m["factors"]] == ["mediation"]


def test_large_sweeps_have_larger_chunks():
    from detente.experiments.sweep.design.document import CHUNK, MOST_CHUNKS

    n = CHUNK * MOST_CHUNKS + 1
    made = SimpleNamespace(design=SimpleNamespace(chunk=None), n_runs=n)
    assert Plan.chunk_runs.fget(made) == CHUNK + 1
    small = SimpleNamespace(design=SimpleNamespace(chunk=None), n_runs=5)
    assert Plan.chunk_runs.fget(small) == CHUNK


def test_branching_without_end_is_refused():
    tables = {"case": "template", "parameters": {"violence.n_own": [0.3, 0.6], "violence.n_rec": 0.4}}
    with pytest.raises(InputError, match="violence"):
        Plan.of(parse_design(tables))


# -- reckoning


def test_reckoning_from_a_small_and_a_larger_trial():
    plan_ = SimpleNamespace(n_runs=1000, n_chunks=10)
    assert reckoned(plan_, 2, 12, 5.0, 25.0) == pytest.approx(2.0 * 1000 + 1.0 * 10)
    assert reckoned(plan_, 2, 12, 5.0, 4.0) == pytest.approx(5.0 * 10)
    assert reckoned(plan_, 2, 2, 6.0, 6.0) == pytest.approx(3.0 * 1000)


@pytest.mark.parametrize(("k", "places"), [(2, [0, 49, 98]), (100, [0]), (200, [0])])
def test_trials_are_spread_over_the_design(k, places):
    assert spread_over(SimpleNamespace(n_runs=100), k) == places


def test_a_rehearsal_takes_the_best_time_of_each_size(monkeypatch):
    asked = []

    def try_runs(plan_, first, n):
        asked.append((first, n))
        return float(n + first), 100.0 * n

    monkeypatch.setattr(dry_run, "try_runs", try_runs)
    plan_ = SimpleNamespace(n_runs=100, n_chunks=4, points=[1, 2])
    made = dry_run.rehearse(plan_)
    assert asked[0] == (0, 1)
    assert made.to_json() == {"points": 2, "runs": 100, "chunks": 4, "seconds": 100.0, "bytes": 10_000.0}


# -- shards and leftovers


@pytest.mark.parametrize(
    ("shard", "part"), [(None, None), ("3/20", (3, 20)), ((1, 1), (1, 1)), ("5/5", (5, 5))]
)
def test_shards(shard, part):
    assert checked_shard(shard) == part


@pytest.mark.parametrize("shard", ["0/3", "4/3", "1", "1/2/3", "a/b", "-1/2"])
def test_shards_that_are_none(shard):
    with pytest.raises(InputError, match=r"shard: got .*; expected I/N"):
        checked_shard(shard)


class Shelf:
    """A store that holds some chunks; what is removed is noted."""

    def __init__(self, whole=(), bad=()):
        self.whole, self.bad, self.tidied, self.made = set(whole), bad, [], []

    def look(self):
        return Found({k: Path(str(k)) for k in self.whole}, tuple(Path(b) for b in self.bad))

    def tidy(self, bad, mine):
        self.tidied.append((list(bad), list(mine)))

    def write(self, made):
        self.made.append(made.chunk)


FIVE = SimpleNamespace(n_chunks=5, runs_in=lambda k: 8 if k == 4 else 10, job=lambda k: Job(k, ()))


def test_what_is_left_of_a_shard():
    told = []
    shelf = Shelf(
        whole=[1, 3], bad=["chunk-00002-x.parquet", "chunk-00004-x.parquet", "chunk-00099-x.parquet"]
    )
    work = remaining(FIVE, shelf, (2, 2), SimpleNamespace(asked=False), lambda *line: told.append(line))
    assert (list(work.todo), work.total, work.done, told) == ([], 20, 20, [(20, 20)])
    assert shelf.tidied == [([], [1, 3])]
    work = remaining(FIVE, shelf, None, SimpleNamespace(asked=False), None)
    assert (list(work.todo), work.total, work.done) == ([0, 2, 4], 48, 20)
    assert len(shelf.tidied[-1][0]) == 3


def test_whose_a_damaged_file_is():
    path = Path("chunk-00004-x.parquet")
    assert belongs(path, range(0, 5, 2))
    assert not belongs(path, range(1, 5, 2))
    assert belongs(Path("chunk-00099-x.parquet"), range(0, 5))


def work(todo=(0, 1, 4), stop=False, report=None):
    return Work(FIVE, Shelf(), iter(todo), SimpleNamespace(asked=stop, terminated=False), report, 28)


def test_slots_take_chunk_after_chunk():
    told = []
    w = work(report=lambda *line: told.append(line))

    def slot(job):
        if job.chunk == 1:
            raise ValueError("two\n lines")
        return Made(job.chunk, FIVE.runs_in(job.chunk), b"", None)

    w.serve(slot)
    assert (w.done, told, w.store.made) == (18, [(10, 28), (18, 28)], [0, 4])
    assert w.faults == {1: "two lines"}
    with pytest.raises(
        SweepFaultError, match=r"^1 of 5 chunks could not be computed; chunk 1: two lines; all others"
    ):
        conclude(w)
    w.faults[0] = "first"
    with pytest.raises(SweepFaultError, match=r"^2 of 5 chunks .* chunk 0: first \(and 1 more\); all"):
        conclude(w)


def test_work_stops_when_asked_or_broken():
    stopped = work(stop=True)
    assert stopped.next() is None
    with pytest.raises(SweepInterruptedError):
        conclude(stopped)
    stopped.done = 28
    conclude(stopped)
    broken = work()

    def killed(job):
        raise KeyboardInterrupt

    broken.serve(killed)
    assert broken.next() is None
    with pytest.raises(KeyboardInterrupt):
        conclude(broken)


# -- stores and results


def test_where_two_manifests_differ():
    there = {"a": 1, "b": {"c": "x", "d": [1]}, "e": "0" * 64}
    wanted = {"a": 1, "b": {"c": "y", "d": [1]}, "f": 2, "e": "1" * 64}
    assert list(compared(there, wanted)) == [
        "b.c was 'x', now 'y'",
        "e was 000000000000, now 111111111111",
        "f was not there, now 2",
    ]
    assert in_short(None) == "not there"


def test_names_of_chunks_hold_their_digest(tmp_path):
    store = Store(tmp_path, {"design": {}, "chunks": 3})
    name = store.name(7, b"data")
    assert name.startswith("chunk-00007-")
    assert len(name) == len("chunk-00007-") + 16 + len(".parquet")
    assert store.name(7, b"more") != name
    assert Store(tmp_path, {"design": {}, "chunks": 4}).name(7, b"data") != name
    assert (store.n_chunks, store.keeps_series) == (3, False)
    assert Store(tmp_path, {"design": {"series": ["x"]}, "chunks": 3}).keeps_series


def results(whole, runs=48, factors_=()):
    manifest = {
        "chunks": 5,
        "runs": runs,
        "chunk_runs": 10,
        "factors": list(factors_),
        "design": {"design": {"kind": "lhs"}},
    }
    return Results(
        Path("/x"), manifest, Found({k: Path(f"/x/{k}") for k in whole}, (Path("/x/_series/bad"),))
    )


def test_results_say_what_is_there():
    part = results([0, 4])
    assert (part.missing, part.complete, part.n_done, part.n_runs, part.n_chunks) == (
        (1, 2, 3),
        False,
        18,
        48,
        5,
    )
    assert part.damaged == ("_series/bad",)
    assert repr(part) == "<Results /x: 18 of 48 runs, 3 of 5 chunks missing>"
    whole = results(range(5))
    assert (whole.complete, whole.n_done, whole.kind) == (True, 48, "lhs")
    assert repr(whole) == "<Results /x: 48 of 48 runs, complete>"


def test_factors_of_results():
    word = {
        "name": "mediation",
        "kind": "lever",
        "low": 0.0,
        "high": 1.0,
        "levels": [0.0, 1.0],
        "default": None,
        "unit": "1",
        "meaning": "m",
    }
    made = results([0], factors_=[word, word | {"name": "x", "levels": None, "low": 2.0}])
    assert [f.levels for f in made.factors] == [(0.0, 1.0), None]
    assert made.problem == {"num_vars": 2, "names": ["mediation", "x"], "bounds": [[0.0, 1.0], [2.0, 1.0]]}


# -- settings given by name


def test_settings_by_name_stand_beside_those_of_a_table():
    given = {"trust": {"memory": 3.0, "unmet": 0.1}, "talks__unmet": 0.2}
    assert joined("parameters", given, {"violence__n_own": 0.4}) == {
        "trust.memory": 3.0,
        "trust.unmet": 0.1,
        "talks.unmet": 0.2,
        "violence.n_own": 0.4,
    }
    assert joined("levers", {}, {"mediation": 1.0}) == {"mediation": 1.0}


@pytest.mark.parametrize(
    ("given", "named", "words"),
    [
        ({"trust": {"memory": 3.0}}, {"trust__memory": 4.0}, "trust.memory"),
        ({"trust.memory": 3.0}, {"trust__memory": 3.0}, "trust.memory"),
        ([1.0], {"mediation": 1.0}, "a mapping of names and values"),
    ],
)
def test_settings_given_twice_or_as_none_are_refused(given, named, words):
    with pytest.raises(InputError, match=words):
        joined("parameters", given, named)


# -- at their edges


def test_seconds_are_shared_by_the_workers_there_is_a_chunk_for():
    made = dry_run.Rehearsal(points=1, runs=10, chunks=4, seconds=120.0, bytes=5.0)
    assert [made.seconds_with(n) for n in (1, 3, 4, 99)] == [120.0, 40.0, 30.0, 30.0]


def test_a_manifest_needs_no_more_than_what_is_read_of_it(tmp_path):
    words = {
        "format": 1,
        "design": {"design": {"kind": "grid"}},
        "factors": [],
        "seeds": {"first": 1, "runs": 1},
        "scenarios": {"template": "0" * 64},
        "actors": {},
        "made_with": {},
        "chunks": 1,
        "chunk_runs": 1,
        "runs": 1,
    }
    (tmp_path / MANIFEST).write_text(manifest_text(words), encoding="utf-8")
    assert read_manifest(tmp_path) == words
    for key in words:
        less = {k: v for k, v in words.items() if k != key}
        (tmp_path / MANIFEST).write_text(manifest_text(less), encoding="utf-8")
        with pytest.raises(InputError, match="is damaged; expected the manifest of a sweep"):
            read_manifest(tmp_path)


def test_a_manifest_as_it_stands_in_its_file():
    assert manifest_text({"a": [1, "é"]}) == '{\n "a": [\n  1,\n  "é"\n ]\n}\n'
    with pytest.raises(ValueError, match="not JSON compliant"):
        manifest_text({"a": float("nan")})


def test_three_differences_are_told_and_more_are_counted(tmp_path):
    wanted = dict.fromkeys("abcd", 1)
    for n, more in ((3, ""), (4, " (and 1 more)")):
        there = wanted | dict.fromkeys("abcd"[:n], 0)
        with pytest.raises(InputError) as caught:
            check_same(tmp_path, there, wanted)
        said = f"a was 0, now 1; b was 0, now 1; c was 0, now 1{more}; expected the same"
        assert said in str(caught.value)
    check_same(tmp_path, wanted, dict(wanted))


def test_a_day_stands_in_the_manifest_as_text():
    tables = {"case": "template", "policy": "opening", "theory": "ripeness", "until": date(2030, 6, 1)}
    made = Plan.of(parse_design(tables))
    assert made.manifest["design"]["until"] == "2030-06-01"
    assert made.manifest["design"]["policies"] == ["opening"]
    assert made.design.theories == ("ripeness",)
    assert "step_days" not in made.manifest["design"]


@pytest.mark.parametrize("order", [("trust.*", "trust.memory"), ("trust.memory", "trust.*")])
def test_a_name_written_out_prevails_over_a_pattern_wherever_it_stands(order):
    written = {"trust.*": ":", "trust.memory": 300}
    made = parse_design(
        {"case": "template", "design": "lhs:4", "parameters": {name: written[name] for name in order}}
    )
    assert made.parameters["trust.memory"].constant == 300
    assert made.parameters["trust.unmet"].interval is not None


def test_a_setting_has_a_thousand_levels_at_most():
    from detente.experiments.runs.inputs import MAX_LEVELS

    assert MAX_LEVELS == 1000
    levels = [k / 1000 for k in range(1001)]
    assert len(read_setting(LEVER, levels[:1000]).levels) == 1000
    assert len(read_setting(LEVER, "0:1:1000").levels) == 1000
    with pytest.raises(InputError, match="expected 1 to 1000 levels, each once"):
        parse_design({"case": "template", "levers": {"mediation": levels}})


@pytest.mark.parametrize(("runs", "fine"), [(2_500_000, True), (2_500_001, False)])
def test_ten_million_runs_at_most(runs, fine):
    tables = {"case": "template", "policies": ["opening", "status-quo"], "runs": runs}
    tables["theories"] = ["readiness", "ripeness"]
    if fine:
        assert parse_design(tables).runs == runs
        return
    with pytest.raises(InputError, match="at most 10,000,000 runs in all"):
        parse_design(tables)


def test_the_last_seed_is_one_too():
    assert parse_design({"case": "template", "runs": 2, "first_seed": 2**63 - 2}).seeds[-1] == 2**63 - 1
    with pytest.raises(InputError, match="leaves room for the seeds that follow"):
        parse_design({"case": "template", "runs": 3, "first_seed": 2**63 - 2})


def test_what_a_design_is_unless_told_otherwise():
    made = parse_design({"case": "template"})
    assert (made.runs, made.first_seed, made.every, made.theories) == (100, 1, 7.0, ("readiness",))
    assert (made.design.kind, made.design.levels, made.design.second_order, made.design.seed) == (
        "grid",
        4,
        True,
        1,
    )
    assert (CHUNK, MOST_CHUNKS) == (100, 2000)


def test_settings_by_name_join_those_of_their_table():
    found = design_keys({"levers": {"recognition": 0.5}, "mediation": 1.0, "trust__memory": 300.0, "runs": 3})
    assert found == {
        "levers": {"recognition": 0.5, "mediation": 1.0},
        "parameters": {"trust.memory": 300.0},
        "runs": 3,
    }


def test_a_stretched_sample_stays_in_its_range():
    """0.3 + (0.9 - 0.3) is more than 0.9 in binary."""
    assert 0.3 + (0.9 - 0.3) > 0.9
    assert stretch(Factor(LEVER, Setting(interval=(0.3, 0.9))), np.array([0.0, 1.0])).tolist() == [0.3, 0.9]


def test_a_trial_says_how_long_it_took_and_how_much_it_wrote(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 102.5])
    asked: list[tuple[str, Job]] = []
    made = SimpleNamespace(rows=b"12345", series=b"123")
    monkeypatch.setattr(dry_run.time, "perf_counter", lambda: next(clock))
    monkeypatch.setattr(dry_run, "compute", lambda setup, job: asked.append((setup, job)) or made)
    plan = SimpleNamespace(n_runs=10, setup="setup", blocks=lambda first, last: [(first, last)])
    assert dry_run.try_runs(plan, 8, 5) == (2.5, 8.0)
    ((setup, job),) = asked
    assert (setup, job.blocks) == ("setup", ((8, 10),))
    clock = iter([0.0, 1.0])
    made.series = None
    assert dry_run.try_runs(plan, 0, 5) == (1.0, 5.0)
    assert asked[1][1].blocks == ((0, 5),)
