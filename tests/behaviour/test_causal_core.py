"""The causal core: regimes differ the way real wars do, and in the first version they did not.

A truce that holds makes peace likelier, unequal sides settle as well as equal ones, peace calms, and a deal does what
it says.  The template runs for eight years, its issues have effects.  Under the profile ``core-0.1`` every run is, bit
for bit, that of version 0.1.
"""

import hashlib
from datetime import date, timedelta

import numpy as np
import pytest
from builders import lasting, made_policy

from detente.agents import codes
from detente.agents.parameters import CORE_0_1
from detente.agents.rules import ceasefires
from detente.model.keywords import nested_parameters
from detente.model.request import open_case

YEARS = 8
LEVERS_UP = dict.fromkeys(codes.LEVERS, 0.8)
DOES = {"ceasefire": {"ceasefire": 1.0}, "prisoners": {"prisoners": 0.5}, "power": {"power": 0.5}}
REPUBLIC, MOVEMENT = "republic", "movement"
DYADS = (f"{REPUBLIC}>{MOVEMENT}", f"{MOVEMENT}>{REPUBLIC}")
PAIR = f"{REPUBLIC}+{MOVEMENT}"
FIRST = date(2030, 1, 1)


def parameters(*, on=True, **groups):
    """The parameters of a regime: those of today (or of the first version), and whatever else it is about."""
    made = {} if on else nested_parameters(CORE_0_1)
    for group, values in groups.items():
        made[group] = made.get(group, {}) | values
    return made


def with_effects(tables):
    """The template for eight years, its issues doing what they are called."""
    made = lasting(tables, YEARS)
    for track in made["track"]:
        track["issues"] = [
            {"name": name} | ({"does": DOES[name]} if name in DOES else {})
            for name in map(name_of, track["issues"])
        ]
    return made


def name_of(issue):
    """The name of an issue, written as a table or as a mere name."""
    return issue if isinstance(issue, str) else issue["name"]


@pytest.fixture(scope="module")
def tables(workshop):
    return with_effects(workshop.tables())


def free(levers=None):
    """A policy that imposes nothing."""
    return {"name": "free", "title": "Free", "summary": "", "mode": "free", "levers": levers or {}}


def held(since, until):
    """A policy of one truce of both sides."""
    offer = {
        "date": since - timedelta(3),
        "sort": "joint",
        "do": "offer_truce",
        "actor": REPUBLIC,
        "to": MOVEMENT,
    }
    return made_policy({**offer, "from": since, "until": until})


@pytest.fixture(scope="module")
def measure(workshop, compiled, tables):
    """Final values of columns over many runs of a regime, each regime run once."""

    def run(n, policy, given, case):
        return workshop.batch(workshop.opening(case, policy, parameters=given), n)

    def final(n, policy, given, *columns, case=tables):
        made = run(n, policy, given, case)
        return [made.final[:, made.final_columns.index(c)] for c in columns]

    return final


def bargains(measure, n, policy, given, **case):
    """Agreements of each run, and packages accepted per package put forward."""
    agreements, packages = measure(n, policy, given, "tally.agreements", "tally.packages", **case)
    return agreements, agreements.sum() / max(packages.sum(), 1.0)


# -- 1: a truce that holds does not prevent peace


def hold_test(measure, n, *, on):
    """Agreements, and packages accepted, under a truce of eight years that both keep, and without ceasefires."""
    truce = held(date(2030, 3, 5), date(2029 + YEARS, 12, 31)) | {"levers": LEVERS_UP}
    kept = {"ceasefires": {"holds_cut": -1.0, "signed": 6.0}} if on else {}
    with_truce = bargains(measure, n, truce, parameters(on=on, **kept))
    off = {"switches": {"ceasefires": 0}}
    return with_truce, bargains(measure, n, free(LEVERS_UP), parameters(on=on, **off))


def is_no_less(values, others):
    """Whether values are no smaller than others in the mean, beyond what luck explains: two standard errors."""
    error = np.hypot(values.std(), others.std()) / np.sqrt(len(values))
    return values.mean() >= others.mean() - 2.0 * error


def test_a_truce_that_holds_does_not_prevent_peace(measure):
    """In eight years nearly every run comes to an agreement, with such a truce and without: their numbers tie."""
    (agreements, accepted), (agreements_off, accepted_off) = hold_test(measure, 100, on=True)
    assert is_no_less(agreements, agreements_off)
    assert accepted >= 1.25 * accepted_off


def test_without_the_switches_it_did(measure):
    (agreements, accepted), (agreements_off, accepted_off) = hold_test(measure, 40, on=False)
    assert not is_no_less(agreements, agreements_off)
    assert accepted < accepted_off


# -- 2: unequal sides settle too

RATIOS = (0.5, 0.7, 1.0, 1.3, 2.0)


def at_ratio(tables, ratio):
    """The template with the republic so many times as strong as the movement."""
    people = [{**p, "morale": ratio if p["name"] == REPUBLIC else 1.0} for p in tables["party"]]
    return {**tables, "party": people}


def balance_test(measure, tables, n, *, on):
    return {
        r: bargains(measure, n, free(LEVERS_UP), parameters(on=on), case=at_ratio(tables, r)) for r in RATIOS
    }


def test_unequal_sides_settle_too(measure, tables):
    found = balance_test(measure, tables, 100, on=True)
    accepted = [a for _, a in found.values()]
    assert min(accepted) >= 0.7 * max(accepted)
    assert found[2.0][0].mean() >= 0.6 * found[1.0][0].mean()


def test_without_the_switches_only_equals_settled(measure, tables):
    found = balance_test(measure, tables, 20, on=False)
    assert [a.mean() > 0.0 for a, _ in found.values()] == [r == 1.0 for r in RATIOS]


# -- 3: peace calms

PINNED = (date(2031, 1, 1), date(2035, 12, 31))


def ratchet_test(workshop, tables, n, *, on, **groups):
    """Under a truce of five years: median deaths a day by year, breaches per 100 days of the third, trust gained."""
    start = workshop.opening(tables, held(*PINNED), parameters=parameters(on=on, **groups))
    columns = (
        [f"dyads.{d}.step_deaths" for d in DYADS] + ["tally.breaches"] + [f"dyads.{d}.trust" for d in DYADS]
    )
    made = workshop.batch(start, n, wanted=columns, every=1)
    series = {c: made.series[:, :, made.series_columns.index(c)] for c in columns}
    first = (PINNED[0] - FIRST).days
    years = [slice(first + 365 * k + 6, first + 365 * (k + 1)) for k in range(5)]
    deaths = series[columns[0]] + series[columns[1]]
    by_year = [float(np.median(deaths[:, y].mean(axis=1))) for y in years]
    third = years[2]
    breaches = series["tally.breaches"]
    in_third = (
        (breaches[:, third.stop] - breaches[:, third.start]).mean() / (third.stop - third.start) * 100.0
    )
    end = first + 5 * 365
    trust = np.mean([series[c][:, end].mean() for c in columns[3:]])
    prior = np.mean([series[c][:, 0].mean() for c in columns[3:]])
    return by_year, float(in_third), float(trust - prior)


KEPT = {"holds_cut": -1.0, "ready": 8.0}
UNKEPT = {"holds_cut": 4.0, "ready": 0.0, "class_step": 0.0}
"""Parameters under which a ceasefire is kept, and under which it hardly ever is."""


def test_a_long_truce_that_is_kept_calms_and_builds_trust(workshop, compiled, tables):
    by_year, breaches, gained = ratchet_test(workshop, tables, 100, on=True, ceasefires=KEPT)
    assert by_year[2] <= by_year[0]
    assert breaches <= 10.0
    assert gained > 0.15


def test_a_long_truce_that_nobody_keeps_builds_none(workshop, compiled, tables):
    _, _, gained = ratchet_test(workshop, tables, 100, on=True, ceasefires=UNKEPT)
    assert gained < 0.0


# -- 4: a war ten times as bloody is the same war, held against wars of its size


def scale_test(measure, tables, n, *, on):
    """Trust after eight years of status quo at a tenth, once and ten times the events, ``toll_scale`` moved alike."""
    found = []
    for factor in (0.1, 1.0, 10.0):
        relations = [
            {**r, "attacks": [factor * a for a in r["attacks"]]} if r["hostile"] else r
            for r in tables["relation"]
        ]
        given = parameters(on=on, endurance={"toll_scale": 2.0 * factor})
        trust = measure(
            n, free(), given, *(f"dyads.{d}.trust" for d in DYADS), case={**tables, "relation": relations}
        )
        found.append(float(np.mean(trust)))
    return found


@pytest.mark.slow
def test_trust_does_not_hang_on_the_scale_of_a_war(measure, tables):
    """In a small war a day without an attack tells less, so that trust rises somewhat more slowly."""
    small, usual, large = scale_test(measure, tables, 200, on=True)
    assert abs(large - usual) <= 0.05
    assert 0.0 <= usual - small <= 0.15


# -- 5: a deal on withdrawal withdraws


def terms_test(workshop, n, *, on):
    """Mean final presence of the United States where its agreement with the Taliban stands, and where none does."""
    tables = workshop.tables("afghanistan-2018")
    for track in tables["track"]:
        if set(track["between"]) == {"united-states", "taliban"}:
            track["issues"] = [
                {"name": i, "does": {"withdrawal": 1.0}} if i == "withdrawal" else i for i in track["issues"]
            ]
    levers = {"direct_channel": 0.8}
    batch = workshop.batch(workshop.opening(tables, free(levers), parameters=parameters(on=on)), n)
    column = batch.final_columns.index
    agreed = batch.final[:, column("pairs.united-states+taliban.agreed")] == 1.0
    presence = batch.final[:, column("parties.united-states.presence")]
    return presence[agreed].mean(), presence[~agreed].mean(), int(agreed.sum())


@pytest.mark.slow
def test_a_deal_on_withdrawal_withdraws(workshop, compiled):
    with_deal, without, n = terms_test(workshop, 300, on=True)
    assert n >= 20
    assert with_deal <= 0.6 * without


# -- 6: who suffers offers


def offer_hazards(workshop, tables, *, on):
    """The hazard that the republic offers a truce: as usual, at ten times the deaths suffered, and inflicted."""
    found = []
    for bloody in (None, 1, 0):
        w = workshop.world(workshop.opening(tables, parameters=parameters(on=on)))
        if bloody is not None:
            w.dyads[bloody].deaths_week *= 10.0
        found.append(ceasefires.offer_truce(w, w.parties[0], w.dyads[0]))
    return found


def test_offers_answer_to_deaths_suffered_and_not_to_those_inflicted(workshop, tables):
    usual, suffered, inflicted = offer_hazards(workshop, tables, on=True)
    assert suffered > 1.5 * usual
    assert inflicted == usual


# -- 7: side tracks


def side_test(workshop, tables, seeds, *, on):
    """Openings of a side track with nothing left to settle; definitive truces while the front has settled nothing."""
    reopened = early = 0
    start = workshop.opening(tables, free(LEVERS_UP), parameters=parameters(on=on))
    full = len(tables["track"][1]["issues"])
    for seed in seeds:
        run = workshop.run(start, seed)
        is_open, settled = (
            run.series("tracks.backchannel.is_open"),
            run.series("tracks.backchannel.n_settled"),
        )
        reopened += int(((np.diff(is_open) > 0) & (settled[:-1] == full)).sum())
        others = run.series("tracks.front.n_settled") + run.series("tracks.direct.n_settled")
        for e in run.events:
            if e["what"] == codes.TRUCE_BEGAN and e["form"] == codes.DEFINITIVE:
                early += int(e["why"] != codes.AFTER_SETTLEMENT and others[int(e["day"])] == 0)
    return reopened, early


def test_a_side_track_that_is_done_stays_closed_and_makes_no_peace_alone(workshop, compiled, tables):
    assert side_test(workshop, tables, range(25), on=True) == (0, 0)


# -- 9: truces hold or do not; agreements end most of the violence


def spread_test(workshop, tables, n, *, on):
    """Deaths after over before: 90 days about a run's first truce; an agreement while it stands, over a year."""
    start = workshop.opening(tables, free(LEVERS_UP), parameters=parameters(on=on))
    columns = [
        *(f"dyads.{d}.step_deaths" for d in DYADS),
        f"pairs.{PAIR}.truce_state",
        f"pairs.{PAIR}.agreed",
    ]
    made = workshop.batch(start, n, wanted=columns, every=1)
    deaths = made.series[:, :, 0] + made.series[:, :, 1]
    truces, agreements = [], []
    for run, state, agreed in zip(deaths, made.series[:, :, 2], made.series[:, :, 3], strict=True):
        begun = np.flatnonzero(state == codes.IN_FORCE)
        if len(begun) and 90 <= begun[0] < len(run) - 91:
            k = begun[0]
            truces.append(run[k + 1 : k + 91].sum() / max(run[k - 90 : k].sum(), 1.0))
        signed = np.flatnonzero(agreed == 1.0)
        if len(signed) and signed[0] >= 365:
            k = signed[0]
            ends = np.flatnonzero(agreed[k:] == 0.0)
            last = k + (ends[0] if len(ends) else len(agreed) - k)
            if last - k >= 30:
                agreements.append(run[k + 1 : last].mean() / max(run[k - 365 : k].mean(), 1.0 / 365.0))
    return np.array(truces), np.array(agreements)


@pytest.mark.slow
def test_truces_hold_or_fail_and_agreements_end_most_of_the_violence(workshop, compiled, tables):
    truces, agreements = spread_test(workshop, tables, 300, on=True)
    assert (truces < 0.1).mean() >= 0.03
    assert (truces > 1.0).mean() >= 0.15
    assert np.median(agreements) <= 0.15


# -- 12: the first version is still there

NEW_FIELDS = {
    *("kept_truces", "milestones_missed", "signed_issues", "pre_emptions"),
    *("lulls", "victories", "one_sided", "leaders", "level", "lull", "fortune"),
    *("offensives", "splits", "rejoinings"),
}
"""Fields of series that came with the new mechanisms."""

BEFORE = {
    ("template", "five-lessons"): "9ca2f03604aa84b7812576fd4a9b5537decd8728a9f984215602f82e3822c28c",
    ("afghanistan-2018", "history"): "144a7c38fe7cf0379c2bdcc14fb5213b1123fdf5190988cd7245ec8244f461a6",
    ("korea-2017", "history"): "39ffc5e5d00ed88dd09a86880facaef6d2b91cb91e53a925d6fff6b07b64073b",
}
"""Digests of all other columns and of the events, at seed 1, taken before the new mechanisms were there."""


def digest(run):
    """The digest of a run's rows, without the new columns, and of its events, but for the numbers of their stages."""
    kept = [i for i, c in enumerate(run.columns) if c.rpartition(".")[2] not in NEW_FIELDS]
    made = hashlib.sha256(np.ascontiguousarray(run.rows[:, kept], dtype="<f8").tobytes())
    for field in run.events.dtype.names:
        if field != "stage":
            made.update(np.ascontiguousarray(run.events[field]).tobytes())
    return made.hexdigest()


@pytest.mark.parametrize(("case", "policy"), BEFORE)
def test_under_its_profile_every_run_is_that_of_the_first_version(workshop, compiled, case, policy):
    run = workshop.run(open_case(case, policy, profile="core-0.1"), 1)
    assert {c.rpartition(".")[2] for c in run.columns} > NEW_FIELDS
    assert digest(run) == BEFORE[case, policy]


@pytest.mark.parametrize("name", [name for name in CORE_0_1 if name.startswith("switches.")])
def test_each_switch_changes_runs(workshop, compiled, tables, name):
    on = workshop.opening(tables, free(LEVERS_UP))
    off = workshop.opening(tables, free(LEVERS_UP), parameters=nested_parameters({name: 0}))
    assert digest(workshop.run(off, 1)) != digest(workshop.run(on, 1))
