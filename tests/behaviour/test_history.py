"""History imposed: the truce of June 2018 on its dates, against the same days with it ruled out, and the modes."""

from datetime import date, timedelta

import numpy as np
import pytest
from builders import made_policy

from detente.agents import codes
from detente.agents.codes import EVENTS
from detente.model.errors import InputError
from detente.model.request import open_case
from detente.model.story import event_row

CASE = "afghanistan-2018"
KABUL, TALIBAN, WASHINGTON = "afghan-government", "taliban", "united-states"
BETWEEN = (f"{KABUL}>{TALIBAN}", f"{TALIBAN}>{KABUL}")
START = date(2018, 1, 1)
EID = (date(2018, 6, 15), date(2018, 6, 17))
PIVOT = date(2018, 7, 23)
MANY = range(1, 41)
PAIRED = 600
"""Runs of each kind in paired comparisons."""


def day(when):
    return (when - START).days


def days_when(run, dyad, *, last=date(2018, 7, 22)):
    """The days on which the source of a dyad was bound by a truce towards its target, as a set of dates."""
    begin, end = run.series(f"dyads.{dyad}.truce_from"), run.series(f"dyads.{dyad}.truce_until")
    found = set()
    for k in range(day(last) + 1):
        # row k + 1 is the state after day k; a window that ran out in the course of the day is gone from it
        for row in (k, k + 1):
            if begin[row] <= k < end[row]:
                found.add(START + timedelta(k))
    return found


def dates(first, last):
    return {first + timedelta(k) for k in range((last - first).days + 1)}


@pytest.fixture(scope="module")
def history():
    return open_case(CASE, "history")


KEPT = {"holds_cut": -1.0, "follow": 0.0}
LOST = {"holds_cut": 4.0, "ready": 0.0, "follow": 0.0}
"""Parameters under which nearly every ceasefire is kept, or takes no hold, and none draws the next."""
AFTER_EID = dates(date(2018, 6, 30), date(2018, 7, 20))


def history_where(**parameters):
    """History under other parameters of ceasefires."""
    return open_case(CASE, "history", parameters={"ceasefires": parameters})


def history_kept(workshop, kept, **parameters):
    """History whose truces are kept as said, under other parameters of the ceasefires that sides make themselves."""
    policy = workshop.policy_tables(CASE, "history")
    policy["move"] = [m | {"kept": kept} if "kept" in m else m for m in policy["move"]]
    return workshop.opening(workshop.tables(CASE), policy, parameters={"ceasefires": parameters})


# -- the truce stands on its dates


def whole_runs(workshop, start, steps):
    """Runs of the first seeds up to a step, without the few that had ended by then."""
    runs = [workshop.run(start, seed, n_steps=steps) for seed in MANY]
    whole = [run for run in runs if len(run.rows) == steps + 1]
    assert len(whole) >= 0.8 * len(runs)
    return whole


def test_history_is_imposed_until_the_day_before_the_essay(history):
    assert history.mode == "until 2018-07-22"


def test_the_truce_stands_on_its_dates_with_a_window_for_each_side(workshop, compiled):
    """In nearly every run: a truce that the sides begin of their own accord may stand at the time."""
    exact = 0
    runs = whole_runs(workshop, history_where(follow=0.0), day(PIVOT))
    for run in runs:
        kabul = days_when(run, BETWEEN[0]) & dates(date(2018, 6, 1), date(2018, 7, 20))
        taliban = days_when(run, BETWEEN[1]) & dates(date(2018, 6, 1), date(2018, 7, 20))
        assert dates(date(2018, 6, 12), date(2018, 6, 29)) <= kabul
        assert dates(*EID) <= taliban
        exact += kabul == dates(date(2018, 6, 12), date(2018, 6, 29)) and taliban == dates(*EID)
    assert exact >= 0.9 * len(runs)


def test_once_it_has_ended_the_sides_hold_fire_again_sooner(workshop, compiled, history):
    """A ceasefire makes the next one likelier, kept or not."""

    def again(start):
        runs = whole_runs(workshop, start, day(PIVOT))
        return sum(any(days_when(run, d) & AFTER_EID for d in BETWEEN) for run in runs)

    assert again(history) > again(history_where(follow=0.0)) + 3


def restraint_of(run):
    """Restraint of Kabul and the Taliban towards each other, day by day from the 10th of June to the 5th of July."""
    # row k + 1 holds the restraint of day k
    rows = slice(day(date(2018, 6, 10)) + 1, day(date(2018, 7, 5)) + 2)
    return [run.series(f"dyads.{d}.restraint")[rows] for d in BETWEEN]


def days_below(restraint, least):
    """The dates on which restraint lets through less than a share of the usual violence."""
    return {date(2018, 6, 10) + timedelta(k) for k in np.flatnonzero(restraint < least).tolist()}


WINDOWS = [dates(date(2018, 6, 12), date(2018, 6, 29)), dates(*EID)]


def test_fighters_who_keep_it_are_restrained_on_those_days_and_no_others(workshop, compiled):
    """What the windows do to attacks, day by day: the holiday's factor and what a kept truce leaves, or none."""
    as_agreed = 0
    runs = whole_runs(workshop, history_kept(workshop, 1.0, **KEPT), day(PIVOT))
    for run in runs:
        sides = restraint_of(run)
        as_agreed += all(
            days_below(values, 1.0) == days_below(values, 0.1) == window
            for values, window in zip(sides, WINDOWS, strict=True)
        )
    assert as_agreed >= 0.9 * len(runs)


def test_fighters_who_do_not_keep_it_are_restrained_by_the_holiday_alone(workshop, compiled):
    """The same windows stand, and few heed them: a side in fifty keeps a truce of its own."""
    unheeded = 0
    runs = whole_runs(workshop, history_kept(workshop, 0.0, **LOST), day(PIVOT))
    for run in runs:
        assert dates(*EID) <= days_when(run, BETWEEN[1])
        sides = restraint_of(run)
        assert all((values[day(EID[0]) - day(date(2018, 6, 10)) :][:3] < 0.45).all() for values in sides)
        unheeded += all(days_below(v, 1.0) == dates(*EID) and not days_below(v, 0.1) for v in sides)
    assert unheeded >= 0.85 * len(runs)


def test_the_truce_is_told_with_its_dates(workshop, compiled, history):
    runs = whole_runs(workshop, history, day(PIVOT))
    for run in runs:
        told = [event_row(e, history) for e in run.events]
        june = [t for t in told if t["date"].startswith("2018-06")]
        offered = [t for t in june if t["event"] == "truce_offered" and t["why"] == "imposed by the policy"]
        began = [t for t in june if t["event"] == "truce_began" and t["why"] == "imposed by the policy"]
        extended = [t for t in june if t["event"] == "truce_extended" and t["why"] == "imposed by the policy"]
        assert [(t["date"], t["actor"], t["other"]) for t in offered] == [
            ("2018-06-07", "Afghan government", "Taliban")
        ]
        assert [t["date"] for t in began] == ["2018-06-09"]
        assert [(t["date"], t["actor"]) for t in extended] == [("2018-06-17", "Afghan government")]


def test_the_truce_of_kabul_does_not_bind_washington(workshop, compiled, history):
    touched = 0
    runs = whole_runs(workshop, history, day(PIVOT))
    for run in runs:
        june = dates(date(2018, 6, 1), date(2018, 6, 30))
        for dyad in (f"{WASHINGTON}>{TALIBAN}", f"{TALIBAN}>{WASHINGTON}"):
            touched += bool(days_when(run, dyad) & june)
            restrained = run.series(f"dyads.{dyad}.restraint")[day(date(2018, 6, 13)) : day(EID[0])]
            if not days_when(run, dyad) & june:
                assert (restrained == 1.0).all()
    assert touched <= 0.1 * 2 * len(runs)


@pytest.mark.parametrize("step_days", [0.5, 1.0, 7.0])
def test_a_three_day_truce_does_not_vanish_in_a_week(workshop, compiled, step_days):
    start = open_case(CASE, "history", step_days=step_days)
    column = "tally.truce_days"
    held = []
    for run in whole_runs(workshop, start, round(day(PIVOT) / step_days)):
        steps = np.arange(len(run.rows)) * step_days
        before = run.series(column)[int(np.searchsorted(steps, day(date(2018, 6, 4)), side="right")) - 1]
        after = run.series(column)[int(np.searchsorted(steps, day(date(2018, 6, 25))))]
        held.append(after - before)
    assert np.median(held) == pytest.approx(3.0)


# -- imposed against ruled out, under the same luck

DYADS = ((KABUL, TALIBAN), (TALIBAN, KABUL))
TRUCE_MOVES = ("offer_truce", "answer_truce", "extend_truce")


SILENCED = (
    (KABUL, TALIBAN, "offer_truce"),
    (KABUL, TALIBAN, "extend_truce"),
    (TALIBAN, KABUL, "answer_truce"),
)


def without_june(workshop):
    """History with the truce of June 2018 taken out and every truce between the two ruled out to the 22nd of July.

    Decisions that history speaks for are silent from the first day in the run it is compared with, so here too.
    """
    made = workshop.policy_tables(CASE, "history")
    acts = [m for m in made["move"] if m["do"] in TRUCE_MOVES or m.get("what") in TRUCE_MOVES]
    kept = [m for m in made["move"] if m["date"] >= PIVOT or m not in acts]
    ruled_out = {(*who, what): date(2018, 6, 7) for who in DYADS for what in TRUCE_MOVES}
    ruled_out |= dict.fromkeys((*SILENCED, (TALIBAN, WASHINGTON, "answer_truce")), START)
    blocks = [
        {"date": when, "actor": a, "to": b, "do": "block", "what": what, "until": date(2018, 7, 22)}
        for (a, b, what), when in ruled_out.items()
    ]
    made["move"] = [*kept, *blocks]
    return made


def attacks_with_and_without(workshop, **options):
    """Daily attacks between Kabul and the Taliban in many runs: with the truce, and with it ruled out."""
    tables = workshop.tables(CASE)
    last = tables["case"]["end"] = date(2018, 8, 15)
    found = {}
    for name, policy in (
        ("imposed", workshop.policy_tables(CASE, "history")),
        ("blocked", without_june(workshop)),
    ):
        policy["move"] = [m for m in policy["move"] if m["date"] <= last]
        start = workshop.opening(tables, policy, **options)
        wanted = tuple(f"dyads.{d}.cum_attacks" for d in BETWEEN)
        series = workshop.batch(start, PAIRED, wanted=wanted, every=1).series.sum(axis=2)
        found[name] = np.diff(series, axis=1)  # column k: attacks in the course of day k
    return found


@pytest.fixture(scope="module")
def paired(workshop, compiled):
    """Those attacks under the parameters as they are."""
    return attacks_with_and_without(workshop)


def where_it_is_kept(put_off=None):
    """A truce that is kept and draws no other, a war of steady level, and other operations put off where given."""
    steady = dict.fromkeys(("level", "endings", "leaders"), 0)
    put = {} if put_off is None else {"put_off": put_off}
    return {"switches": steady, "ceasefires": KEPT, "violence": put}


def attacks(paired, name, first, last):
    """Attacks of each run from one date to another, inclusive."""
    return paired[name][:, day(first) : day(last) + 1].sum(axis=1)


def test_the_two_agree_until_the_offer(paired):
    assert np.array_equal(
        paired["imposed"][:, : day(date(2018, 6, 7))], paired["blocked"][:, : day(date(2018, 6, 7))]
    )


def test_during_the_truce_attacks_fall_below_six_tenths(paired):
    """Both sides have a holiday with or without truce, so what is left is the truce's own effect."""
    ratio = attacks(paired, "imposed", *EID).sum() / attacks(paired, "blocked", *EID).sum()
    assert ratio < 0.6
    assert ratio > 0.01


# A sum over 600 paired runs; the difference is asked to be three standard errors above zero, which noise alone would
# give in about one of 700 choices of seeds.
def comes_back(paired):
    """Whether attacks in the weeks after the truce are more than without it, beyond what luck explains."""
    after = (date(2018, 6, 30), date(2018, 7, 27))
    difference = attacks(paired, "imposed", *after) - attacks(paired, "blocked", *after)
    return difference.mean() > 3 * difference.std() / np.sqrt(len(difference))


def test_operations_put_off_come_back_after_a_truce_that_was_kept(workshop, compiled):
    assert comes_back(attacks_with_and_without(workshop, parameters=where_it_is_kept()))


def test_control_nothing_comes_back_where_nothing_was_put_off(workshop, compiled):
    """The same comparison with nothing put off must not pass."""
    assert not comes_back(attacks_with_and_without(workshop, parameters=where_it_is_kept(put_off=0.0)))


def test_holidays_alone_restrain_without_a_truce(paired):
    """With the truce ruled out, the holiday still lowers attacks: no truce may be credited with that."""
    before = (date(2018, 6, 1), date(2018, 6, 6))
    eid = attacks(paired, "blocked", *EID).mean() / 3
    usual = attacks(paired, "blocked", *before).mean() / 6
    assert 0.3 < eid / usual < 0.7


# -- modes


ACT = {"sort": "act", "actor": "republic", "do": "offer_truce", "to": "movement", "date": date(2030, 5, 1)}
LATE = {
    "sort": "act",
    "actor": "republic",
    "do": "give_measure",
    "measure": "prisoner-release",
    "date": date(2030, 9, 1),
}
ANNOUNCED = LATE | {"date": date(2030, 10, 1), "known_from": date(2030, 4, 1), "amount": 0.2}
FACT = {"sort": "context", "actor": "movement", "do": "setback", "amount": 0.3, "date": date(2030, 6, 1)}
TRIGGERED = {
    "sort": "act",
    "actor": "republic",
    "do": "open_track",
    "track": "backchannel",
    "when": {"watch": "trust", "between": ["republic", "movement"], "above": 0.0},
}


def imposed(workshop, *moves, **options):
    """The decisions a policy imposed in the course of a run, with their dates, and whether the context moved."""
    policy = made_policy(*moves, **options.pop("policy", {}))
    start = workshop.opening(workshop.tables(), policy, **options)
    run = workshop.run(start, 3)
    told = [event_row(e, start) for e in run.events]
    decided = {(t["date"], t["what"].partition(":")[0]) for t in told if t["event"] == "move_imposed"}
    return decided, any(t["event"] == "context_changed" for t in told), run


MOVES = (ACT, LATE, ANNOUNCED, FACT)
OFFER, GIFT, SECOND = (
    ("2030-05-01", "offer truce"),
    ("2030-09-01", "give measure"),
    ("2030-10-01", "give measure"),
)


def test_mode_conditioned_imposes_every_act(workshop, compiled):
    decided, context, _ = imposed(workshop, *MOVES, mode="conditioned")
    assert decided == {OFFER, GIFT, SECOND}
    assert context


def test_mode_free_imposes_context_only(workshop, compiled):
    decided, context, _ = imposed(workshop, *MOVES, mode="free")
    assert decided == set()
    assert context


def test_mode_until_imposes_what_was_known_by_the_day(workshop, compiled):
    """A schedule announced beforehand counts from its announcement, also where it falls due later."""
    decided, context, _ = imposed(workshop, *MOVES, until=date(2030, 5, 1))
    assert decided == {OFFER, SECOND}
    assert context
    decided, _, _ = imposed(workshop, *MOVES, until=date(2030, 4, 30))
    assert decided == {SECOND}


@pytest.mark.parametrize("mode", ["free", "conditioned"])
def test_triggered_moves_are_part_of_a_policy_in_every_mode(workshop, compiled, mode):
    decided, _, _ = imposed(workshop, TRIGGERED, mode=mode)
    assert {what for _, what in decided} == {"open track"}


def test_while_history_speaks_the_rule_is_silent(workshop, compiled):
    """Imposed acts of a kind leave no own ones of that kind; the hazard is still counted."""
    eager = {"ceasefires": {"onset": 2e-3}}
    offers = {}
    for mode in ("free", "conditioned"):
        start = workshop.opening(
            workshop.tables(), made_policy(ACT), mode=mode, parameters=eager, levers={"ceasefires": 1.0}
        )
        own = 0
        for seed in range(40):
            run = workshop.run(start, seed)
            own += sum(
                e["what"] == codes.TRUCE_OFFERED and e["actor"] == 0 and e["why"] == codes.BY_CHOICE
                for e in run.events
            )
        offers[mode] = own
        held = workshop.records(run)["choices"]
        index = start.cast.choices.index("republic:offer_truce:republic>movement")
        assert held["cum_hazard"][index] > 0.0
    assert offers["conditioned"] == 0
    assert offers["free"] > 10


def test_moves_against_the_model_are_counted_and_told(workshop, compiled):
    """An answer to nobody's offer is carried out all the same, and said to be against the model."""
    answer = {
        "sort": "reply",
        "actor": "movement",
        "do": "answer_truce",
        "to": "republic",
        "date": date(2030, 5, 1),
        "from": date(2030, 5, 3),
        "until": date(2030, 5, 9),
    }
    with_model, _, allowed = imposed(workshop, ACT, mode="conditioned")
    against, _, forbidden = imposed(workshop, answer, mode="conditioned")
    assert with_model
    assert against
    assert allowed.last("tally.against_model") == 0.0
    assert forbidden.last("tally.against_model") == 1.0
    causes = {codes.CAUSES[e["why"]] for e in forbidden.events if e["what"] == codes.MOVE_IMPOSED}
    assert causes == {codes.CAUSES[codes.AGAINST_MODEL]}
    began = [e["day"] for e in forbidden.events if e["what"] == codes.TRUCE_BEGAN]
    assert (date(2030, 5, 1) - date(2030, 1, 1)).days in began


def test_imposed_acts_are_scored(workshop, compiled):
    """The log hazard of an act the rule allowed, and its integrated hazard, are kept for the decision score."""
    _, _, run = imposed(workshop, ACT, mode="conditioned")
    assert run.last("tally.scored_acts") == 1.0
    assert -12.0 < run.last("tally.log_score") < 0.0


def test_imposing_moves_no_luck(workshop, compiled):
    """The rule still draws: the luck of every record on a later day is the same with and without the move."""
    tables = workshop.tables()
    a, b = (
        workshop.records(
            workshop.run(workshop.opening(tables, made_policy(*MOVES), mode=mode), 3, n_steps=200)
        )
        for mode in ("free", "conditioned")
    )
    for kind, field in (("dyads", "tick_luck"), ("pairs", "luck"), ("mediators", "luck")):
        assert np.array_equal(a[kind][field], b[kind][field])


def test_an_imposed_act_takes_the_same_path_as_an_own_one(workshop, compiled):
    _, _, run = imposed(workshop, ACT, mode="conditioned")
    what = [EVENTS[e["what"]] for e in run.events]
    assert what.index("move_imposed") < what.index("truce_offered")
    assert run.last("tally.truce_offers") >= 1.0


@pytest.mark.parametrize("do", ["attack", "breach", "collapse", "agreement", "window"])
def test_outcomes_cannot_be_imposed(workshop, do):
    move = {"sort": "outcome", "actor": "republic", "do": do, "date": date(2030, 5, 1)}
    with pytest.raises(InputError, match=r"outcome.*never imposed"):
        workshop.opening(workshop.tables(), made_policy(move))


@pytest.mark.parametrize("do", ["attack", "breach", "collapse"])
def test_outcomes_are_no_acts(workshop, do):
    move = {"sort": "act", "actor": "republic", "do": do, "date": date(2030, 5, 1)}
    with pytest.raises(InputError, match=do):
        workshop.opening(workshop.tables(), made_policy(move))


def test_a_quiet_party_starts_nothing(workshop, compiled):
    """Status quo: from the pivot on Washington opens, offers, gives and withdraws nothing of its own accord."""
    start = open_case(CASE, "status-quo")
    index = start.cast.parties.index(WASHINGTON)
    initiatives = {codes.TRUCE_OFFERED, codes.MEASURE_GIVEN, codes.DRAWDOWN}
    for seed in MANY:
        run = workshop.run(start, seed)
        late = [
            e
            for e in run.events
            if e["what"] in initiatives and e["actor"] == index and e["actor_kind"] == codes.PARTY
        ]
        assert [e for e in late if e["day"] >= day(PIVOT)] == []


def test_policies_of_the_case_share_their_luck_to_the_pivot(workshop, compiled):
    rows = {
        name: workshop.run(open_case(CASE, name), 9, n_steps=day(PIVOT)).rows
        for name in ("history", "status-quo", "five-lessons")
    }
    columns = workshop.run(open_case(CASE, "history"), 9, n_steps=1).columns
    keep = [i for i, c in enumerate(columns) if c != "clock.n_events"]
    assert np.array_equal(rows["history"][:, keep], rows["status-quo"][:, keep])
    assert np.array_equal(rows["history"][:, keep], rows["five-lessons"][:, keep])
