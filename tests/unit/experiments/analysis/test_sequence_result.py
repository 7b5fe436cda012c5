"""Orders compared, from values made by hand: differences, the front, regret and what is said."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from detente.experiments.analysis import sequence_parting as parting_module
from detente.experiments.analysis.sequence_aims import Aim
from detente.experiments.analysis.sequence_parting import (
    Parting,
    first_consequence,
    first_move,
    lines_of,
    parting,
)
from detente.experiments.analysis.sequence_result import (
    BETTER,
    NO_DIFFERENCE,
    SAME,
    WORSE,
    Answer,
    Sequences,
    amount,
    joined,
    told,
)
from detente.experiments.io.numbers import SHARE

DEATHS, TRUST = Aim("deaths", "deaths_per_day", "events", -1), Aim("trust", "final_trust", "index", 1)
BASE = np.arange(20.0)


def order(label):
    return SimpleNamespace(label=label, words=f"{label}.")


def answer(values, drawn=(), aims=(DEATHS,), **how):
    """Orders whose values stand so far off those of a base, seed by seed."""
    known = {
        a: {aim.name: BASE * 0 + v for aim, v in zip(aims, row, strict=True)} for a, row in values.items()
    }
    means = tuple(
        {a: {aim.name: float(v) for aim, v in zip(aims, row, strict=True)} for a, row in d.items()}
        for d in drawn
    )
    return Answer("q", "Which first?", tuple(map(order, values)), aims, known, means, **how)


def noisy(mean):
    """Values about a mean that vary by one."""
    return mean + np.where(np.arange(20) % 2 == 0, 1.0, -1.0)


# -- differences


def test_fewer_deaths_are_better_and_more_trust_is():
    rows = answer({"a": (5.0, 0.2), "b": (3.0, 0.1)}, aims=(DEATHS, TRUST)).differences
    assert rows["order"].tolist() == ["b", "b"]
    assert rows["mean"].tolist() == pytest.approx([-2.0, -0.1])
    assert rows["verdict"].tolist() == [BETTER, WORSE]


def test_a_difference_that_an_interval_does_not_clear_is_none():
    made = answer({"a": (noisy(3.0),), "b": (noisy(3.0)[::-1],)})
    assert made.differences["verdict"].tolist() == [SAME]
    assert not made.differs
    assert made.verdict == f"Which first? {NO_DIFFERENCE} in deaths a day."
    assert made.best == ""
    assert made.front == ["a", "b"]
    assert made.lines == []


def test_an_interval_is_wider_the_more_is_compared():
    """Three orders and two aims: six differences, each at a sixth of one in twenty."""
    made = answer({"a": (1, 1), "b": (1, 1), "c": (1, 1)}, aims=(DEATHS, TRUST))
    assert made.level == pytest.approx(1 - 0.05 / 6)
    assert answer({"a": (1,)}).level == pytest.approx(0.95)


def test_an_aim_without_a_value_is_not_compared():
    made = answer({"a": (1.0, np.nan), "b": (2.0, np.nan)}, aims=(DEATHS, TRUST))
    assert [aim.name for aim in made.valued] == ["deaths"]
    assert (
        answer({"a": (np.nan,), "b": (np.nan,)}).verdict
        == "Which first? None of the aims has a value in this case."
    )


@pytest.mark.parametrize(("signs", "firm"), [((-1, -1, -1, -1, 1), True), ((-1, -1, -1, 1, 1), False)])
def test_a_difference_is_firm_where_its_sign_holds_in_four_of_five_draws(signs, firm):
    drawn = [{"a": (0.0,), "b": (float(s),)} for s in signs]
    row = answer({"a": (5.0,), "b": (3.0,)}, drawn).differences.iloc[0]
    assert row["sign_share"] == pytest.approx(signs.count(-1) / 5)
    assert bool(row["firm"]) == firm


# -- who beats whom


def test_an_order_is_best_that_is_better_in_some_aim_than_each_other_and_worse_in_none():
    made = answer({"a": (5.0, 0.2), "b": (3.0, 0.2), "c": (4.0, 0.2)}, aims=(DEATHS, TRUST))
    assert made.beats("b", "a")
    assert not made.beats("a", "b")
    assert made.verdicts("a", "b") == [WORSE, SAME]
    assert (made.best, made.front) == ("b", ["b"])
    mixed = answer({"a": (5.0, 0.9), "b": (3.0, 0.2), "c": (6.0, 0.1)}, aims=(DEATHS, TRUST))
    assert (mixed.best, mixed.front) == ("", ["a", "b"])
    assert mixed.verdict.startswith("Which first? None beats all others; on the front: 'a' and 'b'. ")
    assert mixed.lines == ["On the front: a and b."]


def test_the_best_order_is_sure_where_it_differs_firmly_from_each_other_one():
    values = {"a": (5.0,), "b": (3.0,), "c": (4.0,)}
    firm = [{"a": (5.0,), "b": (3.0,), "c": (4.0,)}] * 5
    weak = [*firm[:3], *[{"a": (5.0,), "b": (4.5,), "c": (4.0,)}] * 2]
    assert answer(values, firm).how_sure == ""
    assert answer(values, weak).how_sure == " at the declared numbers"
    assert answer(values, weak).verdict.startswith("Which first? 'b' is best at the declared numbers: ")


# -- regret


def test_regret_is_how_far_an_order_falls_short_of_the_best_in_a_draw():
    drawn = [{"a": (5.0,), "b": (3.0,)}, {"a": (1.0,), "b": (4.0,)}, {"a": (2.0,), "b": (np.nan,)}]
    made = answer({"a": (5.0,), "b": (3.0,)}, drawn)
    table = made.regret.set_index("order")
    assert table["max_regret"].tolist() == [2.0, 3.0]
    assert table["mean_regret"].tolist() == [1.0, 1.5]
    assert table["best_in"].tolist() == [0.5, 0.5]
    assert made.least_regret == "a"
    assert made.lines[-1] == "Smallest largest regret over what is not known: a."
    assert answer({"a": (5.0,), "b": (3.0,)}).least_regret == ""


def test_regrets_of_several_aims_are_weighed_by_their_spread():
    """Deaths: 0 and 100; trust: .4 and 0: each is the whole of its spread, and c has a tenth and a half."""
    drawn = [{"a": (0.0, 0.1), "b": (100.0, 0.5), "c": (10.0, 0.3)}]
    made = answer(dict.fromkeys("abc", (0.0, 0.0)), drawn, aims=(DEATHS, TRUST))
    assert made.least_regret == "c"


def test_regret_in_a_few_numbers():
    assert told(np.arange(11.0)) == {
        "mean_regret": 5.0,
        "regret90": 9.0,
        "max_regret": 10.0,
        "best_in": 1 / 11,
    }


# -- words


def claim(mean, aim=DEATHS, draws=0):
    made = answer({"a": (5.0,), "b": (3.0,)}, aims=(aim,))
    row = {
        "order": "b",
        "against": "a",
        "aim": aim.name,
        "unit": "events",
        "mean": mean,
        "low95": -3.0,
        "high95": -1.0,
    }
    return made.claim({**row, "draws": draws, "wide_low95": -4.0, "wide_high95": 1.0, "sign_share": 0.75})


def test_a_difference_in_words():
    assert claim(-2.0).startswith("'b' has fewer deaths a day than 'a' (")
    assert claim(2.0).startswith("'b' has more deaths a day than 'a' (")
    assert claim(-2.0, TRUST).startswith("'b' has less trust between foes than 'a' (")
    assert "what is not known" not in claim(-2.0)
    assert claim(-2.0, draws=4).endswith(", sign in 75 % of draws)")


def test_words_in_a_row_and_shares_in_points():
    assert [joined(list("abc")[:n]) for n in (1, 2, 3)] == ["a", "a and b", "a, b and c"]
    assert amount(0.25, SHARE).endswith(" points")
    assert not amount(0.25, "events").endswith(" points")


def test_at_most_three_differences_are_told_the_clearest_first():
    made = answer(
        {
            "a": (noisy(9.0),),
            "b": (noisy(9.0) - noisy(0.0) * 0.5 - 3.0,),
            "c": (noisy(1.0)[::-1],),
            "d": (5.0,),
        }
    )
    assert made.verdict.count(" than ") == 3


def test_orders_part_where_the_clearest_difference_is():
    values = {
        "a": (noisy(9.0),),
        "b": (noisy(9.0) + np.r_[np.zeros(19), 0.1],),
        "c": (noisy(1.0) + np.arange(20) * 0.01,),
    }
    made = answer(values, part=lambda *names: names)
    rows = made.differences
    size = (rows["mean"].abs() / (rows["high95"] - rows["low95"])).to_numpy()
    clearest = rows.iloc[int(size.argmax())]
    assert made.parting == (clearest["against"], clearest["order"])
    assert answer({"a": (1.0,)}, part=lambda *names: names).parting is None


def test_questions_are_put_together():
    one, other = answer({"a": (5.0,), "b": (3.0,)}), answer({"a": (5.0,)})
    made = Sequences("T", {"seed": 1}, (one, other), (), 3, 4)
    assert (len(made.differences), len(made.means), len(made.regret)) == (1, 3, 0)
    assert made.interrupted
    assert not Sequences("T", {}, (), (), 4, 4).interrupted
    assert (made.about["title"], made.about["interrupted"], made.about["seed"]) == ("T", True, 1)


# -- where orders part


def events(*rows):
    table = pd.DataFrame(list(rows), columns=["date", "event", "sentence"])
    return table.assign(date=pd.to_datetime(table["date"]))


def test_the_first_consequence_is_the_earliest_that_no_order_laid_down():
    left = events(("2001-01-01", "move", "your decision: x"), ("2001-01-05", "truce_began", "a truce"))
    right = events(("2001-01-03", "attack", "an attack"), ("2001-01-02", "late", "unsorted"))
    assert first_consequence(left, right)[1] == "attack"
    assert f"{first_consequence(left, right)[0]}" == "2001-01-03"
    assert first_consequence(left, events())[1] == "truce_began"
    assert first_consequence(left[:1], events()) is None


def test_ten_lines_are_told_without_what_says_no_more():
    rows = [
        ("2001-01-01", "move_imposed", "x"),
        *[("2001-01-02", "attack", f"your decision {k}") for k in range(12)],
    ]
    found = lines_of(events(*rows))
    assert len(found) == 10
    assert found[0] == ("2001-01-02", "by the order 0")


def test_moves_part_on_the_first_day_on_which_they_differ():
    def start(*days):
        moves = [SimpleNamespace(date=d, actor="a", do="x", track=None, measure=None, end=None) for d in days]
        return SimpleNamespace(decisions=moves, scenario=SimpleNamespace(case=SimpleNamespace(pivot=9)))

    assert first_move(start(1, 2, 5), start(1, 3, 5)) == 2
    assert first_move(start(1, 2), start(1, 2)) == 9


def test_the_kind_that_most_seeds_meet_is_told_with_one_of_them(monkeypatch):
    kinds = {1: "attack", 2: "truce", 3: "truce", 4: None}

    def only(first, second, seed):
        rows = [] if kinds[seed] is None else [(f"2001-01-0{seed}", kinds[seed], f"of seed {seed}")]
        return events(*rows), events()

    monkeypatch.setattr(parting_module, "only_in_each", only)
    monkeypatch.setattr(parting_module, "first_move", lambda first, second: pd.Timestamp("2001-01-01").date())
    found = parting(None, None, ("a", "b"), [1, 2, 3, 4])
    assert (found.consequence, found.share, found.seed) == ("truce", 0.5, 2)
    assert found.first_days == ("2001-01-01", "2001-01-02", "2001-01-03")
    assert found.left == (("2001-01-02", "of seed 2"),)
    assert found.right == ()
    assert found.words == (
        "'a' and 'b' part on 2001-01-01. What differs first beside their own moves is most often 'truce' (50 % of "
        "seeds), half of the time by 2001-01-02."
    )
    nothing = parting(None, None, ("a", "b"), [4])
    assert (nothing.consequence, nothing.share, nothing.median_day) == ("", 0.0, "")
    assert nothing.words.endswith("; nothing else differs in these seeds.")


def test_the_middle_day_is_that_of_days_in_order():
    made = Parting(("a", "b"), "", "x", ("2001-01-09", "2001-01-01", "2001-01-05"), 1.0, 1, (), ())
    assert made.median_day == "2001-01-05"
