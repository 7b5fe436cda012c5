"""Parameters drawn from a posterior: keyed by seed, shared by policies, and what a plain run with them gives."""

import json
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

import detente
from detente.experiments.cli.main import app
from detente.experiments.runs.opening_patches import same
from detente.experiments.runs.posterior import Posterior, write_posterior
from detente.experiments.runs.posterior_draws import Draws, Opener, draws_for, redrawn
from detente.model.errors import InputError
from detente.model.opening import Opening
from detente.model.request import open_case

CASE = "template"
NAMES = ("violence.n_own", "violence.tail")


@pytest.fixture(scope="module")
def posterior() -> Posterior:
    """Five members, the last of which weighs as much as all others."""
    values = np.array([[0.1, 1.5], [0.2, 2.0], [0.3, 2.5], [0.4, 3.0], [0.5, 3.5]])
    return Posterior(NAMES, values, np.array([1, 1, 1, 1, 4]) / 8, {"case": CASE})


@pytest.fixture(scope="module")
def file(posterior: Posterior, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("posterior") / "posterior.json"
    write_posterior(posterior, path)
    return path


def called(*args: str, status: int = 0) -> Result:
    result = CliRunner().invoke(app, list(args))
    assert result.exit_code == status, (result.output, result.exception)
    return result


def test_seeds_draw_by_weight_whatever_else_is_drawn(posterior: Posterior):
    draws = Draws(posterior)
    found = [draws.particle(seed) for seed in range(2000)]
    assert np.mean(np.array(found) == 4) == pytest.approx(0.5, abs=0.04)
    assert draws.particle(7) == found[7]
    assert draws.setting(0) == {"violence.n_own": 0.1, "violence.tail": 1.5}


def test_each_run_is_a_plain_run_with_what_its_seed_drew(posterior: Posterior, compiled: None):
    made = detente.ensemble(CASE, "opening", seeds=[5, 3, 9, 11], posterior=posterior)
    assert list(made.outcomes["seed"]) == [5, 3, 9, 11]
    assert made.outcomes["violence.tail"].nunique() > 1
    draws = Draws(posterior)
    for _, row in made.outcomes.iterrows():
        setting = draws.setting(draws.particle(int(row["seed"])))
        alone = detente.evaluate(CASE, int(row["seed"]), policy="opening", **setting)
        assert row["fatalities"] == alone["fatalities"]
        assert row["violence.n_own"] == setting["violence.n_own"]


def test_policies_share_the_draws_and_what_is_set_by_hand_is_held(posterior: Posterior, compiled: None):
    given = {"violence": {"tail": 2.0}}
    made = detente.compare(CASE, ["status-quo", "opening"], runs=6, posterior=posterior, parameters=given)
    drawn = made.outcomes.pivot(index="seed", columns="policy", values="violence.n_own")
    assert (drawn["status-quo"] == drawn["opening"]).all()
    assert "violence.tail" not in made.outcomes
    row = made.outcomes.query("policy == 'opening' and seed == 4").iloc[0]
    alone = detente.evaluate(
        CASE, 4, policy="opening", violence__tail=2.0, violence__n_own=row["violence.n_own"]
    )
    assert row["attacks"] == alone["attacks"]
    assert made.to_json()["posterior"]["parameters"] == ["violence.n_own"]


def test_the_commands_say_that_they_drew_and_agree(file: Path, tmp_path: Path, compiled: None):
    table, figure = tmp_path / "all.parquet", tmp_path / "all.html"
    args = ("--policies", "status-quo,opening", "--runs", "6", "--posterior", str(file))
    told = called("compare", CASE, *args, "--out", str(table), "--plot", str(figure)).stdout
    assert "Parameters drawn for each seed from the posterior: violence.n_own, violence.tail." in told
    assert "parameters drawn from a posterior" in figure.read_text(encoding="utf-8")
    row = pd.read_parquet(table).query("policy == 'opening' and seed == 4").iloc[0]
    result = called("run", CASE, "--policy", "opening", "--seed", "4", "--posterior", str(file), "--json")
    alone = json.loads(result.stdout)
    assert "drawn for seed 4" in result.stderr
    assert alone["outcomes"]["fatalities"] == row["fatalities"]
    assert alone["parameters"] == {name: row[name] for name in NAMES}


def opened(*policies: str) -> list[Opener]:
    return [partial(open_case, CASE, name) for name in policies]


def test_an_opening_changed_by_words_is_the_one_that_is_built_anew(posterior: Posterior):
    given = {"trust": {"memory": 300.0}}
    made = redrawn(CASE, posterior, given, opened("status-quo", "opening", "five-lessons"))
    assert made is not None
    assert None not in made.patches
    for place, particle in product(range(3), range(5)):
        expected = made.opened(place, particle)
        assert same(made.opening(place, particle), expected)
        assert expected.parameters.trust.memory == 300.0


def test_what_changes_otherwise_is_built_anew(posterior: Posterior):
    """Here a lever follows a parameter, as no case's does: it may not be lost."""

    def odd(*, parameters: Any) -> Opening:
        levers = {"mediation": parameters["violence"]["n_own"]}
        return open_case(CASE, "opening", parameters=parameters, levers=levers)

    made = redrawn(CASE, posterior, None, [*opened("status-quo"), odd])
    assert made is not None
    assert made.patches[1] is None
    assert made.opening(1, 3).levers["mediation"] == 0.4


MORALE = "party.movement.morale"


@pytest.fixture(scope="module")
def of_facts() -> Posterior:
    """Three members that hold a fact of the case beside a parameter."""
    values = np.array([[0.1, 0.6], [0.2, 1.0], [0.3, 1.4]])
    names = ("violence.n_own", f"fact.{MORALE}")
    return Posterior(names, values, np.full(3, 1 / 3), {"case": CASE})


def test_a_posterior_may_hold_facts(of_facts: Posterior, compiled: None):
    made = detente.ensemble(CASE, "opening", seeds=[5, 3, 9, 11], posterior=of_facts)
    assert made.outcomes[f"fact.{MORALE}"].nunique() > 1
    for _, row in made.outcomes.iterrows():
        settings: Any = {"violence.n_own": row["violence.n_own"], f"fact.{MORALE}": row[f"fact.{MORALE}"]}
        alone = detente.evaluate(CASE, int(row["seed"]), policy="opening", **settings)
        assert alone["final_readiness"] == row["final_readiness"]
        run = detente.run(CASE, "opening", int(row["seed"]), posterior=of_facts)
        assert run.to_json()["facts"] == {MORALE: row[f"fact.{MORALE}"]}
        assert run.outcomes["final_readiness"] == row["final_readiness"]


def test_openings_with_facts_of_a_posterior_are_patched_too(of_facts: Posterior):
    made = redrawn(CASE, of_facts, None, opened("status-quo", "opening"))
    assert made is not None
    assert None not in made.patches
    for place, particle in product(range(2), range(3)):
        assert same(made.opening(place, particle), made.opened(place, particle))


def test_a_fact_set_by_hand_is_not_drawn_from_a_posterior(of_facts: Posterior):
    assert draws_for(CASE, of_facts, None, [MORALE]).names == ("violence.n_own",)
    run = detente.run(CASE, "opening", 3, posterior=of_facts, engine="mesa", facts={MORALE: 0.9})
    assert run.to_json()["facts"] == {MORALE: 0.9}


def test_a_file_holds_facts(of_facts: Posterior, tmp_path: Path):
    path = tmp_path / "posterior.json"
    write_posterior(of_facts, path)
    assert draws_for(CASE, path).names == of_facts.names


def test_rival_theories_share_the_draws(posterior: Posterior, compiled: None):
    asked: dict[str, Any] = {"runs": 8, "posterior": posterior}
    pair = ["status-quo", "opening"]
    made = detente.compare(CASE, pair, theories=["ripeness", "readiness", "commitment"], **asked)
    assert made.theories is not None
    effects = made.theories.effects.set_index(["outcome", "policy", "theory"])
    for theory in ("readiness", "commitment"):
        alone = detente.compare(CASE, pair, theory=theory, **asked).differences()
        for outcome in ("talk_days", "attacks"):
            expected = alone.loc[(outcome, "opening")]
            assert effects.loc[(outcome, "opening", theory), "mean"] == pytest.approx(expected["mean"])
    fixed = detente.compare(CASE, pair, runs=8, theory="commitment").differences()
    attacks = ("attacks", "opening")
    assert effects.loc[(*attacks, "commitment"), "mean"] != pytest.approx(fixed.loc[attacks, "mean"])
    assert "drawn" in made.theories.about["note"]


def test_lessons_are_averaged_over_the_draws(posterior: Posterior, file: Path, compiled: None):
    made = detente.lessons(CASE, 3, posterior=posterior)
    draws = Draws(posterior)
    seeds = [1, 2, 3]
    assert list(made.outcomes["seed"][:3]) == seeds
    assert list(made.outcomes["violence.tail"][:3]) == list(draws.table(seeds)["violence.tail"])
    for k, seed in enumerate(seeds):
        alone = detente.lessons(CASE, seeds=[seed], parameters=draws.on_top_of(None, draws.particle(seed)))
        np.testing.assert_array_equal(made.values("attacks")[:, k], alone.values("attacks")[:, 0])
    told = called("lessons", CASE, "--runs", "2", "--posterior", str(file)).stdout
    assert "Parameters drawn for each seed from the posterior: violence.n_own, violence.tail." in told


def test_the_shipped_posterior_is_found_beside_its_case():
    draws = draws_for("afghanistan-2018", "stored")
    assert "violence.memory" in draws.names
    assert "fitted to 2014-01-01 to 2018-07-22" in draws.words


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("run", CASE, "--posterior", "stored"), "posterior: template has none"),
        (("compare", CASE, "--posterior", "no.json"), "no.json: does not exist"),
        (
            ("run", "korea-2017", "--posterior", "FILE"),
            "got 'template'; expected one that was fitted to korea-2017",
        ),
        (("lessons", CASE, "--posterior", "stored"), "posterior: template has none"),
        (("lessons", "korea-2017", "--posterior", "FILE"), "expected one that was fitted to korea-2017"),
        (
            (
                "run",
                CASE,
                "--posterior",
                "FILE",
                "--param",
                "violence.n_own=0.2",
                "--param",
                "violence.tail=2",
            ),
            "expected at least one to draw",
        ),
        (("run", "--replay", "a.json", "--posterior", "FILE"), "expected no other setting with it"),
        (("sweep", CASE, "--design", "posterior:5", "--out", "x"), "posterior: template has none"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(args: tuple[str, ...], words: str, file: Path):
    said = called(*(str(file) if arg == "FILE" else arg for arg in args), status=2).stderr
    assert words in said
    assert said.count("\n") == 1


@pytest.fixture
def own(posterior: Posterior, tmp_path: Path, repo_root: Path) -> str:
    """A case of one's own with a posterior beside it."""
    folder = repo_root / "model" / "scenarios" / CASE
    case = tmp_path / "case.toml"
    case.write_text((folder / "case.toml").read_text(encoding="utf-8"), encoding="utf-8")
    write_posterior(posterior, tmp_path / "posterior.json")
    policy = tmp_path / "policies"
    policy.mkdir()
    (policy / "status-quo.toml").write_bytes((folder / "policies" / "status-quo.toml").read_bytes())
    return str(case)


def test_a_sweep_draws_its_points_together(own: str, posterior: Posterior, tmp_path: Path, compiled: None):
    keys: dict[str, Any] = {"design": "posterior:8", "levers": {"mediation": ":"}, "runs": 2, "workers": 1}
    made = detente.sweep(own, out=tmp_path / "results", **keys)
    pairs = {tuple(row) for row in posterior.values}
    assert {tuple(row) for row in made.points[list(NAMES)].to_numpy()} <= pairs
    assert sorted((made.points["mediation"] * 8).astype(int)) == list(range(8))
    assert detente.sweep(own, out=tmp_path / "results", resume=True, **keys).complete
    held = detente.sweep(own, out=tmp_path / "held", parameters={"violence.tail": 2.0}, **keys)
    assert "violence.tail" not in held.points
    with pytest.raises(InputError, match="a number to hold it at"):
        detente.sweep(own, out=tmp_path / "no", parameters={"violence.tail": "2:3"}, **keys)
    with pytest.raises(InputError, match="one case"):
        detente.sweep(cases=[own, "korea-2017"], out=tmp_path / "no", **keys)
    other = Posterior(NAMES, posterior.values[::-1], posterior.weights, posterior.about)
    write_posterior(other, tmp_path / "posterior.json")
    with pytest.raises(InputError, match="points"):
        detente.sweep(own, out=tmp_path / "results", resume=True, **keys)
