"""What must hold whatever the parameters are tuned to: the invariants of the model.

Statistical tests state how often they would fail by chance, and have a control that must fail.
"""

import copy
import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.agents.codes import END_REASONS, LEVERS
from detente.agents.parameters import Parameters, Switches
from detente.agents.rules import ceasefires, endurance, measures, readiness, talks, trust, violence
from detente.agents.rules.chance import MAX_EVENTS, chance, clip, count, event_size, logistic
from detente.model.memory import freeze
from detente.model.severity import mean_size, scale_for_mean

CASES = ("template", "afghanistan-2018")
ALL_UP = dict.fromkeys(LEVERS, 1.0)
CALM = dict.fromkeys(
    ("ceasefires", "talks", "measures", "mediation", "leverage", "settlement", "spoilers"), 0
)
"""Switches of everything that could move violence away from its base rates."""


def flat(tables):
    """A case without seasons and holidays, its levers acting from the first day."""
    made = copy.deepcopy(tables)
    made["calendar"] = {}
    made["case"]["pivot"] = made["case"]["start"]
    return made


def lasting(tables, years):
    """A case that runs for so many years."""
    made = copy.deepcopy(tables)
    made["case"]["end"] = made["case"]["start"].replace(year=made["case"]["start"].year + years)
    return made


# -- violence: the mean rate is lbar, whatever the branching


# attribution is off here: see the test of mistaken authors below
BRANCHINGS = {
    "none": (0.0, 0.0, 0.0),
    "default": (0.30, 0.12, 0.05),
    "own": (0.6, 0.0, 0.0),
    "mutual": (0.2, 0.4, 0.0),
}
YEARS, RUNS = 30, 60


def relative_rates(workshop, tables, branching, **switches):
    """Attacks of each hostile dyad over many long runs, relative to what its mean rate would give."""
    own, rec, ally = branching
    parameters = {"violence": {"n_own": own, "n_rec": rec, "n_ally": ally}, "switches": CALM | switches}
    start = workshop.opening(lasting(flat(tables), YEARS), parameters=parameters)
    made = workshop.batch(start, RUNS)
    w = workshop.world(start)
    days = start.n_steps * start.step_days
    found = {}
    for name, d in zip(start.cast.dyads, w.dyads, strict=True):
        if d.hostile == 1:
            total = made.final[:, made.final_columns.index(f"dyads.{name}.cum_attacks")]
            found[name] = total.mean() / (d.lbar * days)
    return found


# One attack a day for 1,800 years has a relative standard error below 0.3 % at a branching of 0.6, so a bound of 1 %
# fails by chance in fewer than one in a thousand choices of seeds; seeds are fixed.
@pytest.mark.parametrize("branching", BRANCHINGS)
def test_mean_rate_is_the_declared_one(workshop, compiled, branching):
    for name, ratio in relative_rates(
        workshop, workshop.tables(), BRANCHINGS[branching], attribution=0
    ).items():
        assert ratio == pytest.approx(1.0, abs=0.01), name


def test_mean_rate_is_the_declared_one_with_allies(workshop, compiled):
    tables = with_ally(workshop.tables())
    for name, ratio in relative_rates(workshop, tables, (0.25, 0.12, 0.2), attribution=0).items():
        assert ratio == pytest.approx(1.0, abs=0.01), name


def test_mean_rate_is_the_declared_one_when_authors_are_mistaken(workshop, compiled):
    tables = workshop.tables()
    tables["spoiler"][0]["target"] = [
        {"party": "republic", "attacks": 0.5},
        {"party": "movement", "attacks": 0.5},
    ]
    for name, ratio in relative_rates(workshop, tables, BRANCHINGS["default"]).items():
        assert ratio == pytest.approx(1.0, abs=0.01), name


def test_control_a_small_restraint_is_noticed(workshop, compiled):
    tables = flat(workshop.tables())
    start, end = tables["case"]["start"], date(tables["case"]["start"].year + YEARS, 1, 1)
    tables["calendar"]["holidays"] = [{"name": "always", "from": start, "until": end, "restraint": 0.97}]
    own, rec, ally = BRANCHINGS["default"]
    parameters = {"violence": {"n_own": own, "n_rec": rec, "n_ally": ally}, "switches": CALM}
    opened = workshop.opening(lasting(tables, YEARS), parameters=parameters)
    total = workshop.final(opened, RUNS, "dyads.republic>movement.cum_attacks").mean()
    assert abs(total / opened.n_steps - 1.0) > 0.01


def with_ally(tables):
    """The template with a third party at the republic's side, of about the same weight."""
    made = copy.deepcopy(tables)
    made["party"].append(
        {
            "name": "ally",
            "title": "Ally",
            "validation": 0.0,
            "risk_tolerance": 0.5,
            "main_foe": "movement",
            "faction": [{"name": "allies", "title": "Allies", "share": 1.0, "hawkishness": 0.5}],
        }
    )
    trusting = {"trust": [0.4, 0.4]}
    made["relation"].append({"between": ["ally", "republic"], "hostile": False, **trusting})
    made["relation"].append(
        {
            "between": ["ally", "movement"],
            "hostile": True,
            "attacks": [0.9, 0.9],
            "deaths_per_event": [2.0, 2.0],
            **trusting,
        }
    )
    return made


@pytest.mark.parametrize("case", ["template", "afghanistan-2018", "korea-2017"])
def test_background_is_never_negative(workshop, case):
    w = workshop.world(workshop.opening(workshop.tables(case)))
    assert min(d.mu for d in w.dyads) >= 0.0


# -- chance


finite = st.floats(0, 1e6)
uniform = st.floats(1e-12, 1 - 1e-12)


@given(days=finite)
def test_no_hazard_never_happens(days):
    assert chance(0.0, days) == 0.0


@given(days=st.floats(1e-3, 1e6), u=uniform)
def test_an_infinite_hazard_always_happens(days, u):
    assert chance(math.inf, days) == 1.0
    assert u < chance(math.inf, days)


@given(hazard=st.floats(0, 10), days=st.floats(0, 100))
def test_chances_compound_exactly(hazard, days):
    p, half = chance(hazard, days), chance(hazard, days / 2)
    assert 0.0 <= p <= 1.0
    assert p == pytest.approx(1 - (1 - half) ** 2, abs=1e-12)
    assert p <= chance(hazard, days + 1.0)


def test_chance_is_exact_where_hazards_are_tiny():
    assert chance(1e-12, 1.0) == pytest.approx(1e-12, rel=1e-9)


@given(x=st.floats(-700, 700))
def test_logistic_is_symmetric(x):
    assert logistic(x) + logistic(-x) == pytest.approx(1.0)
    assert 0.0 <= logistic(x) <= 1.0


@given(x=st.floats(-10, 10), y=st.floats(-10, 10), z=st.floats(-10, 10))
def test_clip_keeps_inside(x, y, z):
    low, high = sorted((y, z))
    assert low <= clip(x, low, high) <= high
    assert clip(x, -10, 10) == x


# -- counts and severity


@pytest.mark.parametrize(
    ("mean", "shape"), [(0.05, 5), (0.7, 1.25), (1, 5), (4, 2), (15, 5), (60, 5), (3, 50)]
)
def test_counts_have_the_moments_of_a_negative_binomial(mean, shape):
    u = (np.arange(200_000) + 0.5) / 200_000
    n = np.array([count(mean, shape, x) for x in u[:: 1 if mean < 10 else 10]])
    assert n.mean() == pytest.approx(mean, rel=2e-3)
    assert n.var() == pytest.approx(mean + mean**2 / shape, rel=2e-2)


@pytest.mark.parametrize(("mean", "shape"), [(0.05, 5), (1, 5), (4, 2), (40, 5)])
def test_counts_are_quantiles(mean, shape):
    from scipy.stats import nbinom

    u = np.linspace(0.0005, 0.9995, 1000)
    expected = nbinom.ppf(u, shape, shape / (shape + mean))
    assert [count(mean, shape, x) for x in u] == expected.tolist()


def test_control_a_poisson_count_is_noticed():
    from scipy.stats import poisson

    u = (np.arange(20_000) + 0.5) / 20_000
    assert poisson.ppf(u, 4.0).var() < 0.5 * (4.0 + 4.0**2 / 2.0)


@settings(max_examples=300)
@given(mean=st.floats(0, 50), more=st.floats(0, 10), shape=st.floats(0.2, 50), u=uniform, v=uniform)
def test_counts_rise_with_luck_and_with_the_mean(mean, more, shape, u, v):
    low, high = sorted((u, v))
    assert 0 <= count(mean, shape, low) <= count(mean, shape, high) <= MAX_EVENTS
    assert count(mean, shape, u) <= count(mean + more, shape, u)


def test_nothing_is_expected_where_nothing_happens():
    assert count(0.0, 5.0, 0.999999) == 0
    assert count(-1.0, 5.0, 0.999999) == 0


@pytest.mark.parametrize("mean", [1.5, 3.0, 8.2, 20.0])
def test_severity_has_the_declared_mean(mean):
    scale = scale_for_mean(mean, 2.2, 500.0)
    assert mean_size(scale, 2.2, 500.0) == pytest.approx(mean, rel=1e-9)
    u = (np.arange(400_000) + 0.5) / 400_000
    sizes = np.array([event_size(x, scale, 2.2, 500.0) for x in u])
    assert sizes.mean() == pytest.approx(mean, rel=5e-3)
    assert sizes.min() == 1.0
    assert sizes.max() <= 500.0


# -- trust


@pytest.mark.parametrize("case", CASES)
def test_without_news_trust_stays_at_its_prior(workshop, compiled, case):
    start = workshop.opening(workshop.tables(case), parameters={"switches": CALM})
    run = workshop.run(start, 3)
    for name, d in zip(start.cast.dyads, workshop.world(start).dyads, strict=True):
        assert run.series(f"dyads.{name}.trust") == pytest.approx(d.trust_reference, abs=1e-12)
    assert run.last("tally.attacks") > 100


def test_news_fades_at_the_declared_pace(workshop):
    w = workshop.world(workshop.opening(workshop.tables()))
    d = w.dyads[0]
    d.kept += 3.0
    surplus = d.kept - d.prior_kept
    for _ in range(200):
        trust.trust(w)
    memory = w.par.trust.memory
    assert d.kept - d.prior_kept == pytest.approx(surplus * math.exp(-200 / memory), rel=1e-9)
    for _ in range(20_000):
        trust.trust(w)
    assert d.trust == pytest.approx(d.trust_reference, abs=1e-9)


def one_event_moves(w, d):
    """How far each kind of single event moves the belief of one dyad, by name."""
    p = w.par.trust

    def moved(act):
        kept = (d.kept, d.broken, d.trust)
        before = d.trust
        act()
        change = d.trust - before
        d.kept, d.broken, d.trust = kept
        return change

    found = {
        "a day of kept truce": moved(lambda: trust.good_news(w, d, p.kept_day)),
        "a day of broken truce": moved(lambda: trust.bad_news(w, d, p.kept_day)),
    }
    for m in w.measures:
        back = w.dyads[w.dyads[m.dyad].reverse]
        if back is d:
            first = trust.measure_weight(w, m.cost)
            found[f"measure {m.index}"] = moved(lambda first=first: trust.good_news(w, d, first))
            found[f"unmet {m.index}"] = moved(
                lambda first=first: trust.bad_news(w, d, p.unmet * first / p.loss_aversion)
            )
            if m.reversible == 1:
                found[f"reversal {m.index}"] = moved(lambda first=first: trust.bad_news(w, d, first))
    return found


@pytest.mark.parametrize("case", CASES)
def test_one_event_moves_trust_by_a_tenth_at_most(workshop, case):
    w = workshop.world(workshop.opening(workshop.tables(case)))
    for d in w.dyads:
        for event, change in one_event_moves(w, d).items():
            assert abs(change) <= 0.1, f"dyad {d.index}: {event} moves trust by {change:.3f}"
            assert change != 0.0


@settings(max_examples=200, deadline=None)
@given(
    believed=st.floats(0.02, 0.98),
    amount=st.floats(0.001, 3),
    weight=st.floats(2, 40),
)
def test_evidence_of_a_breach_outweighs_that_of_a_promise_kept(workshop, believed, amount, weight):
    w = small_world(workshop)
    d = w.dyads[0]
    d.kept, d.broken = weight * believed, weight * (1.0 - believed)
    d.trust = believed
    kept_before, broken_before = d.kept, d.broken
    trust.weigh_in(w, d, amount, 0.0)
    good = d.trust
    d.kept, d.broken, d.trust = kept_before, broken_before, believed
    trust.bad_news(w, d, amount)
    assert good > believed > d.trust
    assert d.kept + d.broken <= w.par.trust.max_weight + 1e-9
    odds_up = math.log(good / (1 - good)) - math.log(believed / (1 - believed))
    odds_down = math.log(believed / (1 - believed)) - math.log(d.trust / (1 - d.trust))
    if math.isclose(believed, 0.5, abs_tol=0.01):
        assert odds_down > odds_up


_OPENINGS: dict[str, object] = {}


def small_opening(workshop):
    """The template, opened once."""
    if "template" not in _OPENINGS:
        _OPENINGS["template"] = workshop.opening(workshop.tables())
    return _OPENINGS["template"]


_WORLDS: list = []


def small_world(workshop):
    """A world of the template that tests may write to, each setting what it reads."""
    if not _WORLDS:
        _WORLDS.append(workshop.world(small_opening(workshop)))
    return _WORLDS[0]


def give_and_take_back(w, m):
    """Trust of the receiver before a measure is given, after it, and after it is taken back."""
    d = w.dyads[m.dyad]
    receiver = w.dyads[d.reverse]
    m.reversible = 1
    before = receiver.trust
    choice = next(c for c in w.choices if c.subject == m.index and c.kind == 5)
    measures.give(w, choice)
    given = receiver.trust
    measures.take_back(w, choice)
    return before, given, receiver.trust


@pytest.mark.parametrize("believed", [0.1, 0.25, 0.35, 0.5, 0.7, 0.9])
@pytest.mark.parametrize("index", [0, 1, 2])
def test_a_reversal_outweighs_its_measure(workshop, believed, index):
    tables = workshop.tables()
    tables["relation"][0]["trust"] = [believed, believed]
    w = workshop.world(workshop.opening(tables))
    before, given, after = give_and_take_back(w, w.measures[index])
    assert given > before > after


# -- measures


FREE_MEASURE = {
    "name": "words",
    "title": "Words",
    "from": "republic",
    "to": "movement",
    "kind": "confidence",
    "cost": 0.0,
    "max_cost": 1.0,
    "divisive": 1.0,
    "reversible": True,
}


def policy(*moves, **others):
    return {
        "name": "made",
        "title": "Made",
        "summary": "",
        "mode": "conditioned",
        "move": list(moves),
        **others,
    }


def differing(a, b, but=()):
    """Columns in which two runs of one case differ."""
    return [
        c
        for c in a.columns
        if not c.startswith(but) and not np.array_equal(a.series(c), b.series(c), equal_nan=True)
    ]


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_measure_that_costs_nothing_does_nothing(workshop, compiled, seed):
    """Given once a month by decree, it changes no number but its own counts."""
    tables = workshop.tables()
    tables["measure"] = [FREE_MEASURE]
    gifts = [
        {"date": date(2030, month, 5), "actor": "republic", "do": "give_measure", "measure": "words"}
        for month in range(1, 13)
    ]
    levers = {"parallel_tracks": 1.0}
    without = workshop.run(workshop.opening(tables, levers=levers), seed)
    given_ = workshop.run(workshop.opening(tables, policy(*gifts), levers=levers), seed)
    counts = (
        "tally.measures",
        "tally.reversals",
        "tally.against_model",
        "tally.log_score",
        "tally.scored_acts",
        "clock.n_events",
    )
    assert differing(without, given_, but=(*counts, "measures.")) == []
    assert given_.last("tally.measures") == len(gifts)


def test_control_a_measure_that_costs_something_does_something(workshop, compiled):
    tables = workshop.tables()
    tables["measure"] = [FREE_MEASURE | {"cost": 0.3}]
    gift = {"date": date(2030, 2, 5), "actor": "republic", "do": "give_measure", "measure": "words"}
    without = workshop.run(workshop.opening(tables, policy(gift), mode="free"), 1)
    given_ = workshop.run(workshop.opening(tables, policy(gift)), 1)
    assert "dyads.movement>republic.trust" in differing(without, given_)


# -- readiness


def test_doubled_losses_and_reference_leave_readiness_alone(workshop):
    start = small_opening(workshop)
    plain, doubled = workshop.world(start), workshop.world(start)
    for w, factor in ((plain, 1.0), (doubled, 2.0)):
        for p in w.parties:
            p.losses_normal *= factor
        rng = np.random.default_rng(5)
        for _ in range(100):
            for p in w.parties:
                p.losses = factor * float(rng.poisson(4.0))
            endurance.endurance(w)
            readiness.readiness(w)
    for a, b in zip(plain.dyads, doubled.dyads, strict=True):
        assert (a.readiness, a.motivation, a.war_value) == (b.readiness, b.motivation, b.war_value)
    assert plain.parties[0].exhaustion != 1.0


def test_deaths_scale_moves_fatalities_only(workshop, compiled):
    tables = workshop.tables()
    doubled = copy.deepcopy(tables)
    doubled["case"]["deaths_scale"] = 2.0 * tables["case"]["deaths_scale"]
    a, b = (workshop.run(workshop.opening(t), 4) for t in (tables, doubled))
    assert differing(a, b) == ["tally.fatalities"]
    assert b.last("tally.fatalities") == pytest.approx(2.0 * a.last("tally.fatalities"))


@pytest.mark.parametrize("case", CASES)
def test_reference_readiness_gives_base_rates(workshop, case):
    w = workshop.world(workshop.opening(flat(workshop.tables(case))))
    par = w.par
    offers = 0.0
    for d in w.dyads:
        if d.hostile == 1:
            assert readiness.rise(w, d) == 0.0
            hazard = ceasefires.offer_truce(w, w.parties[d.source], d)
            assert hazard == pytest.approx(w.rates.offer_rate, rel=1e-12)
            offers += hazard
    answered = 1.0 - math.exp(-par.ceasefires.answer * par.ceasefires.answer_days)
    assert offers * answered == pytest.approx(par.ceasefires.onset, rel=1e-9)
    for track in w.tracks:
        pair = w.pairs[track.pair]
        sides = (w.parties[pair.a], w.parties[pair.b])
        unmet = 1.0
        for side in sides:
            unmet *= talks.precondition(w, side, track)
        opening = sum(talks.open_track(w, side, track) for side in sides)
        assert opening == pytest.approx(par.talks.base * unmet, rel=1e-9)
        track.is_open = 1
        failing = sum(talks.leave_track(w, side, track) for side in sides)
        assert failing == pytest.approx(par.talks.failure, rel=1e-9)


def test_readiness_moves_the_rates_away_from_base(workshop):
    w = workshop.world(small_opening(workshop))
    d = w.dyads[0]
    before = ceasefires.offer_truce(w, w.parties[d.source], d)
    d.readiness += 0.1
    readiness.grow_eager(w, d)
    expected = math.exp(0.1 * w.par.ceasefires.slope)
    assert ceasefires.offer_truce(w, w.parties[d.source], d) / before == pytest.approx(expected)


def long_truce(workshop, *, stands):
    """The template under a truce from the tenth day on that nobody breaks, or without any."""
    tables = flat(workshop.tables())
    first, last = date(2030, 1, 10), tables["case"]["end"]
    window = {"from": first, "until": last}
    offer = {"date": first, "actor": "republic", "do": "offer_truce", "to": "movement", **window}
    answer = {
        "date": first,
        "sort": "reply",
        "actor": "movement",
        "do": "answer_truce",
        "to": "republic",
        **window,
    }
    switches = {"measures": 0, "settlement": 0, "spoilers": 0, "talks": 0, "mediation": 0}
    return workshop.opening(
        tables,
        policy(offer, answer) if stands else None,
        parameters={"switches": switches | ({} if stands else {"ceasefires": 0})},
    )


def test_readiness_peaks_and_then_declines_in_a_long_quiet_truce(workshop, compiled):
    """Trust grows at once; the pain that made peace worth having fades with the losses."""
    column = "dyads.republic>movement.readiness"
    start = long_truce(workshop, stands=True)
    truce = workshop.batch(start, 200, wanted=(column,), every=7).series[:, :, 0]
    mean = truce.mean(axis=0)
    peak = int(mean.argmax())
    noise = 4 * (truce[:, -1] - truce[:, peak]).std() / math.sqrt(len(truce))
    assert 2 < peak < len(mean) - 8
    assert mean[peak] > mean[0]
    assert mean[-1] < mean[peak] - noise
    assert workshop.final(start, 50, "tally.truce_days").min() > 600


def test_control_without_a_truce_readiness_does_not_decline(workshop, compiled):
    column = "dyads.republic>movement.readiness"
    war = workshop.batch(long_truce(workshop, stands=False), 200, wanted=(column,), every=7).series[:, :, 0]
    half = war.shape[1] // 2
    change = war[:, half:].mean(axis=1) - war[:, 4:half].mean(axis=1)
    assert abs(change.mean()) < 5 * change.std() / math.sqrt(len(change)) + 0.01


# -- onset of ceasefires


# Counted in 3,000 conflict-years, the share has a standard error of 0.75 %: 19 to 23 % is missed by chance in less than
# one choice of seeds in a hundred; seeds are fixed.
@pytest.mark.parametrize("case", CASES)
def test_a_fifth_of_conflict_years_see_a_ceasefire_at_reference_readiness(workshop, compiled, case):
    assert 0.19 < onset_share(workshop, case) < 0.23


def onset_share(workshop, case, **ceasefire):
    tables = flat(workshop.tables(case))
    tables["case"]["end"] = tables["case"]["start"].replace(month=12, day=31)
    off = ("readiness", "talks", "measures", "mediation", "leverage", "spoilers", "settlement")
    parameters = {"switches": dict.fromkeys(off, 0), "ceasefires": {"bloody": 0.0, **ceasefire}}
    start = workshop.opening(tables, parameters=parameters)
    return (workshop.final(start, 3000, "tally.truces") > 0).mean()


def test_control_another_onset_is_noticed(workshop, compiled):
    onset = 1.5 * Parameters().ceasefires.onset
    assert not 0.19 < onset_share(workshop, "template", onset=onset) < 0.23


# -- endings


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("levers", [{}, ALL_UP], ids=["levers at 0", "levers at 1"])
def test_every_run_ends_in_exactly_one_way(workshop, compiled, case, levers):
    start = workshop.opening(workshop.tables(case), levers=levers)
    made = workshop.batch(start, 300)
    column = made.final_columns.index
    ends = made.final[:, column("clock.end_reason")]
    shares = [(ends == code).mean() for code in range(len(END_REASONS))]
    assert shares[0] == 0.0
    assert sum(shares) == pytest.approx(1.0)
    collapsed = made.final[:, column("clock.end_step")] < start.n_steps - 1
    assert set(ends[collapsed]) <= {END_REASONS.index("collapse")}
    agreed = sum(made.final[:, column(f"pairs.{p}.agreed")] for p in start.cast.pairs)
    assert ((ends == END_REASONS.index("fighting_on")) <= (agreed == 0)).all()
    assert ((ends == END_REASONS.index("settled")) <= (agreed > 0)).all()


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("level", [0.0, 1.0])
def test_levers_at_the_edges_leave_the_future_open(workshop, compiled, case, level):
    """At 0 the world is alive, at 1 nothing is certain: things happen in some runs and not in others."""
    start = workshop.opening(workshop.tables(case), levers=dict.fromkeys(LEVERS, level))
    made = workshop.batch(start, 400)

    def last(name):
        return made.final[:, made.final_columns.index(name)]

    for name in ("tally.truces", "tally.tracks", "tally.measures"):
        happened = last(name) > 0
        assert happened.any(), f"{name} never happens"
    settled = (last("tally.agreements") > 0).mean()
    assert settled < 0.98
    assert level == 0.0 or settled > 0.0
    for name in ("tally.fatalities", "tally.attacks", "tally.truce_days", "tally.talk_days"):
        low, high = np.quantile(last(name), [0.1, 0.9])
        assert high > low, f"{name} is the same in every run"
    for name in start.cast.dyads:
        if workshop.world(start).dyads[start.cast.dyads.index(name)].hostile == 1:
            assert last(f"dyads.{name}.trust").std() > 0.01


# -- each mechanism off is exactly neutral


def run_with(workshop, tables, switches=None, seed=5, levers=ALL_UP, **groups):
    parameters = {"switches": switches or {}, **groups}
    return workshop.run(workshop.opening(tables, parameters=parameters, levers=levers), seed)


NEUTRAL_BY_PARAMETER = {
    "excitation": {"violence": {"n_own": 0.0, "n_rec": 0.0, "n_ally": 0.0}},
    "attribution": {"attribution": {"mistaken": 0.0, "mistaken_spoiler": 0.0}},
    "spoilers": {"spoilers": {"provoked": 0.0, "inside": 0.0}},
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("switch", NEUTRAL_BY_PARAMETER)
def test_off_equals_parameters_at_nothing(workshop, compiled, case, switch):
    tables = workshop.tables(case)
    off = run_with(workshop, tables, {switch: 0})
    nothing = run_with(workshop, tables, None, **NEUTRAL_BY_PARAMETER[switch])
    assert differing(off, nothing) == []
    assert differing(off, run_with(workshop, tables)) != []


NEUTRAL_BY_ABSENCE = {"mediation": "mediator", "talks": "track", "measures": "measure"}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("switch", NEUTRAL_BY_ABSENCE)
def test_off_equals_there_being_none(workshop, compiled, case, switch):
    tables = workshop.tables(case)
    bare = {k: v for k, v in tables.items() if k != NEUTRAL_BY_ABSENCE[switch]}
    off, none = run_with(workshop, tables, {switch: 0}), run_with(workshop, bare)
    assert [c for c in none.columns if not np.array_equal(off.series(c), none.series(c))] == []
    assert differing(off, run_with(workshop, tables)) != []


CONSTANT_WHEN_OFF = {
    "trust": ("dyads", ("trust",)),
    "endurance": ("parties", ("capital", "exhaustion", "discipline", "window")),
    "readiness": ("dyads", ("readiness", "motivation", "optimism")),
    "leverage": ("parties", ("morale", "presence", "capability")),
    "mediation": ("pairs", ("mediated", "guarantee")),
    "ceasefires": ("tally", ("truces", "truce_offers", "truce_days", "breaches", "truce_collapses")),
    "settlement": ("tally", ("agreements", "relapses")),
    "talks": ("tally", ("tracks", "failures", "issues", "talk_days")),
    "measures": ("tally", ("measures", "answers", "reversals")),
}


def columns_of(run, kind, fields):
    return [c for c in run.columns if c.startswith(f"{kind}.") and c.rpartition(".")[2] in fields]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("switch", CONSTANT_WHEN_OFF)
def test_what_is_off_does_not_move(workshop, compiled, case, switch):
    tables = workshop.tables(case)
    watched = CONSTANT_WHEN_OFF[switch]
    also = {"settlement": 0} if switch == "ceasefires" else {}  # an agreement brings a ceasefire of its own
    moved = set()
    for seed in range(1, 9):
        off = run_with(workshop, tables, {switch: 0, **also}, seed=seed)
        for c in columns_of(off, *watched):
            values = off.series(c)
            assert (values == values[0]).all(), f"{c} moves with {switch} off"
        on = run_with(workshop, tables, seed=seed)
        moved |= {c for c in columns_of(on, *watched) if len(set(on.series(c))) > 1}
    if (case, switch) != ("template", "leverage"):  # nobody there has a patron
        assert moved, f"nothing of {switch} moves when it is on: the test shows nothing"


OWN_EFFECTS = {
    "mediation": ("tally", ("engagements",)),
    "talks": ("tally", ("tracks",)),
    "measures": ("tally", ("measures",)),
    "ceasefires": ("tally", ("truce_offers", "truces")),
    "settlement": ("tally", ("packages",)),
    "spoilers": ("tally", ("provoked_attacks", "inside_attacks")),
    "leverage": ("parties", ("morale", "presence", "capability")),
    "trust": ("dyads", ("trust",)),
    "readiness": ("dyads", ("readiness", "motivation", "optimism")),
}
"""What a mechanism does first; the other mechanisms are at work from the opening on."""


def first_move(run, kind, fields):
    """The first row in which any of these columns is no longer what it was at the start."""
    values = np.column_stack([run.series(c) for c in columns_of(run, kind, fields)])
    moved = np.flatnonzero((values != values[0]).any(axis=1))
    return int(moved[0]) if len(moved) else None


def first_difference(a, b):
    """The first row in which two runs differ in any column."""
    n = min(len(a.rows), len(b.rows))
    found = np.flatnonzero((a.rows[:n] != b.rows[:n]).any(axis=1))
    return int(found[0]) if len(found) else None


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("switch", OWN_EFFECTS)
def test_a_switch_changes_nothing_before_the_first_effect_and_something_then(
    workshop, compiled, case, switch
):
    """Until a mechanism first acts, a run without it is the same run, to the last bit of every column."""
    if (case, switch) == ("template", "leverage"):
        pytest.skip("nobody in the template has a patron")
    tables = workshop.tables(case)
    acted = []
    for seed in range(1, 9):
        on, off = (run_with(workshop, tables, {switch: value}, seed=seed) for value in (1, 0))
        acts = first_move(on, *OWN_EFFECTS[switch])
        assert first_difference(on, off) == acts, f"seed {seed}"
        acted.append(acts)
    assert any(acted), f"{switch} never acts: the test shows nothing"
    if switch not in ("trust", "readiness", "leverage"):
        assert any(row is not None and row > 5 for row in acted), "it acts at once: little is compared"


@pytest.mark.parametrize(
    ("switch", "lever"),
    [
        ("ceasefires", "ceasefires"),
        ("mediation", "mediation"),
        ("talks", "parallel_tracks"),
        ("talks", "direct_channel"),
        ("measures", "confidence_building"),
    ],
)
def test_a_lever_does_nothing_while_its_mechanism_is_off(workshop, compiled, switch, lever):
    for case in CASES:
        tables = workshop.tables(case)
        raised = run_with(workshop, tables, {switch: 0}, levers={lever: 1.0})
        down = run_with(workshop, tables, {switch: 0}, levers={})
        assert differing(raised, down, but=("clock.n_events",)) == []


def test_every_mechanism_has_a_test_of_its_switch():
    tested = {*NEUTRAL_BY_PARAMETER, *NEUTRAL_BY_ABSENCE, *CONSTANT_WHEN_OFF}
    assert tested == set(Switches.model_fields)


# -- asking changes nothing


@pytest.mark.parametrize("case", CASES)
def test_asking_changes_nothing_but_the_answers(workshop, case):
    from detente.agents.rules import asks
    from detente.model.memory import LUCK_FIELDS

    w = workshop.world(workshop.opening(workshop.tables(case), levers=ALL_UP))
    start = workshop.opening(workshop.tables(case), levers=ALL_UP)
    before = freeze(w, start.layout)
    answers = {"hazard", "heat", "threat", "score", "package_value", *LUCK_FIELDS}
    for name in ("violence", "ceasefires", "mediation", "talks", "measures", "leverage", "settlement"):
        getattr(asks, f"ask_{name}")(w)
    after = freeze(w, start.layout)
    assert changed_fields(start, before, after) <= answers


def changed_fields(start, before, after):
    from detente.agents.schema import dtype_of
    from detente.model.memory import KINDS

    found = set()
    for kind, place in start.layout.slices():
        a, b = (x[place].view(dtype_of(KINDS[kind])) for x in (before, after))
        found |= {f for f in a.dtype.names or () if not np.array_equal(a[f], b[f])}
    return found


def test_heat_is_bounded_where_it_acts(workshop):
    """However many talks fail, background violence rises by no more than the bound."""
    w = workshop.world(small_opening(workshop))
    d = w.dyads[0]
    d.tick_luck = [0.5] * len(d.tick_luck)
    d.heat = 50.0
    violence.fight(w, d)
    season = 1.0 + w.clock.season_strength * (w.days[0].season - 1.0)
    assert d.rate == pytest.approx(d.mu * season * math.exp(w.par.violence.heat_limit) + d.excitation)
