"""What rival theories say of the same change: on tables worked out by hand, and in `detente compare --theories`."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

import detente
from detente.agents.codes import THEORIES
from detente.experiments.cli.main import app
from detente.experiments.compare import theories
from detente.experiments.compare.policies import Comparison
from detente.experiments.runs.intervals import paired_difference
from detente.model.errors import InputError

POLICIES = ["status-quo", "five-lessons"]


@pytest.fixture(scope="module")
def made(compiled: None) -> Comparison:
    return detente.compare("template", POLICIES, runs=12, theories="all")


def called(*args: str, status: int = 0) -> Result:
    result = CliRunner().invoke(app, ["compare", "template", *args])
    assert result.exit_code == status, (result.output, result.exception)
    return result


def test_the_widest_gap_is_paired_by_seed_and_says_which_is_higher():
    luck = np.random.default_rng(1).normal(0.0, 5.0, 200)
    found = {"a": luck + 1.0, "b": luck + np.tile([-2.0, -1.0], 100), "c": luck}
    gap = theories.widest(found)
    assert (gap["higher"], gap["lower"]) == ("a", "b")
    assert gap["mean"] == pytest.approx(2.5)
    assert gap["high95"] - gap["low95"] < 0.2  # the luck they share is gone


def test_the_interval_of_the_gap_allows_for_having_chosen_it():
    """Where theories do not differ, the widest of six gaps leaves out nought in at most a twentieth of all sets."""
    dice = np.random.default_rng(2)
    sets = [{name: dice.normal(0, 1, 40) for name in THEORIES} for _ in range(400)]
    wrong = np.mean([theories.widest(one)["low95"] > 0 for one in sets])
    unguarded = np.mean([plain_low(one) > 0 for one in sets])
    assert wrong < 0.08
    assert unguarded > 0.12  # so that the test can tell


def plain_low(found: dict[str, Any]) -> float:
    gap = theories.widest(found)
    return paired_difference(found[gap["higher"]], found[gap["lower"]])["low95"]


def test_each_theory_gives_the_difference_of_a_comparison_under_it(made: Comparison):
    assert made.theories is not None
    effects = made.theories.effects.set_index(["outcome", "policy", "theory"])
    for theory in ("readiness", "commitment"):
        alone = detente.compare("template", POLICIES, runs=12, theory=theory).differences()
        expected = alone.loc[("talk_days", "five-lessons")]
        found = effects.loc[("talk_days", "five-lessons", theory)]
        assert [found[k] for k in ("mean", "low95", "high95")] == pytest.approx(
            [expected[k] for k in ("mean", "low95", "high95")]
        )
    rows = made.theories.effects.query("outcome == 'talk_days'")
    assert tuple(rows["theory"]) == THEORIES
    gap = made.theories.gaps.set_index("outcome").loc["talk_days"]
    assert gap["mean"] == pytest.approx(rows["mean"].max() - rows["mean"].min())
    assert gap["mean"] > 0


def test_theories_share_what_the_comparison_is_opened_with(compiled: None):
    """A branch, and a setting that holds for all: theories see them as the comparison does."""
    asked: dict[str, Any] = {"runs": 6, "branch_at": "2030-06-01", "parameters": {"trust": {"memory": 300}}}
    told = detente.compare("template", POLICIES, theories=["ripeness", "commitment"], **asked)
    assert told.theories is not None
    alone = detente.compare("template", POLICIES, theory="ripeness", **asked).differences()
    effects = told.theories.effects.set_index(["outcome", "theory"])
    assert effects.loc[("talk_days", "ripeness"), "mean"] == pytest.approx(
        alone.loc[("talk_days", "five-lessons"), "mean"]
    )


def test_the_command_prints_draws_and_tells_them(made: Comparison, tmp_path: Path):
    plot = tmp_path / "out.html"
    args = ("--policies", ",".join(POLICIES), "--runs", "12", "--theories", "all")
    told = called(*args, "--plot", str(plot)).stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out-theories.html", "out.html"]
    assert "out-theories.html" in told.replace("\n", "")
    assert "five-lessons against status-quo under each theory" in told
    assert "furthest apart" in told
    found = json.loads(called(*args, "--json").stdout)["theories"]
    assert made.theories is not None
    assert found == json.loads(json.dumps(made.theories.to_json()))
    assert found["seeds"] == "1 to 12"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--theories", "ripeness"), "at least two of readiness, ripeness"),
        (("--theories", "ripenes,commitment"), "did you mean 'ripeness'?"),
        (("--theories", "ripeness,ripeness"), "each once"),
        (("--theories", "all", "--policies", "opening"), "got opening; expected at least two"),
    ],
)
def test_what_cannot_be_compared_is_one_line(args: tuple[str, ...], words: str, tmp_path: Path):
    said = called(*args, "--plot", str(tmp_path / "a.html"), status=2).stderr
    assert words in said
    assert said.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_actors_of_ones_own_are_not_left_out_in_silence():
    class Own(detente.Party):
        pass

    with pytest.raises(InputError, match="compiled runs"):
        detente.compare("template", POLICIES, runs=2, theories="all", actors={"republic": Own})


def test_ctrl_c_before_any_theory_is_through_keeps_the_comparison(
    compiled: None, monkeypatch: pytest.MonkeyPatch
):
    def interrupted(*args: Any, **options: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(theories, "ends_of_all", interrupted)
    args = ("--policies", ",".join(POLICIES), "--runs", "4", "--theories", "all", "--json")
    result = called(*args, status=130)
    assert list(json.loads(result.stdout)["policies"]) == POLICIES
    assert result.stderr == "detente: interrupted: 0 of 4 runs per policy and theory were done\n"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([1.0, 3.0], [0.0, 1.0], 1.5),
        ([1.0, 3.0], [0.0, np.nan], 1.0),
        ([np.nan, 3.0], [0.0, 1.0], 2.0),
        ([np.nan, 3.0], [1.0, np.nan], 0.0),
    ],
)
def test_a_gap_is_of_seeds_that_have_a_value_under_both(one: Any, other: Any, expected: float) -> None:
    assert theories.gap({"a": np.array(one), "b": np.array(other)}, "a", "b") == expected


def test_what_is_added_is_to_the_first_policy_and_of_the_seeds_that_were_done() -> None:
    def ends(*values: list[float]) -> Any:
        return [{"talk_days": np.array(v), "agreements": 2 * np.array(v)} for v in values]

    by_theory = {"a": ends([1.0, 2.0, 9.0], [4.0, 4.0, 9.0]), "b": ends([0.0, 0.0, 9.0], [1.0, 0.0, 9.0])}
    rows = list(theories.additions(by_theory, ["first", "second"], ["talk_days", "agreements"], 2))
    assert [(outcome, policy) for outcome, policy, _ in rows] == [
        ("talk_days", "second"),
        ("agreements", "second"),
    ]
    assert {t: v.tolist() for t, v in rows[0][2].items()} == {"a": [3.0, 2.0], "b": [1.0, 0.0]}
    assert rows[1][2]["a"].tolist() == [6.0, 4.0]
    table = theories.effects_table(rows)
    assert table["mean"].tolist() == [2.5, 0.5, 5.0, 1.0]
    assert table["theory"].tolist() == ["a", "b", "a", "b"]
    gaps = theories.gaps_table(rows)
    assert gaps[["outcome", "policy", "higher", "lower", "mean"]].to_numpy().tolist() == [
        ["talk_days", "second", "a", "b", 2.0],
        ["agreements", "second", "a", "b", 4.0],
    ]


def test_the_lower_theory_is_named_second_whatever_their_order() -> None:
    found = {"low": np.array([1.0, 2.0]), "high": np.array([4.0, 5.0])}
    gap = theories.widest(found)
    assert (gap["higher"], gap["lower"], gap["mean"]) == ("high", "low", 3.0)


def test_theories_that_ran_already_are_not_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def ends_of_all(openings: Any, seeds: Any, **_: Any) -> Any:
        ran.extend(start.theory for start in openings)
        return tuple(seeds)[:2], [{"agreements": np.array([1.0, 2.0])} for _ in openings]

    monkeypatch.setattr(theories, "ends_of_all", ends_of_all)

    def opened(theory: str) -> Any:
        from detente.model.request import open_case

        return [open_case("template", policy, theory=theory) for policy in POLICIES]

    starts = theories.open_rivals(["readiness", "ripeness"], opened)
    known = {"readiness": [{"agreements": np.array(v)} for v in ([0.0, 0.0, 7.0], [3.0, 5.0, 7.0])]}
    made = theories.compare_theories(starts, (4, 5, 6), ["agreements"], known=known)
    assert ran == ["ripeness"] * 2
    assert (made.seeds, made.asked, made.interrupted) == ((4, 5), 3, True)
    assert made.effects["mean"].tolist() == [4.0, 0.0]
    assert made.theories == ("readiness", "ripeness")
    assert (made.about["policies"], made.about["theories"]) == (POLICIES, ["readiness", "ripeness"])
    assert made.about["seeds"] == "4 to 5"
    assert "theory" not in made.about
    whole = theories.compare_theories(
        starts, (4, 5), ["agreements"], known={**known, "ripeness": known["readiness"]}
    )
    assert not whole.interrupted
    assert len(ran) == 2
