"""Readiness (E6): M = sg(pain + offers - hawks + window), O = sg(trust + mediation + progress + other), by theory."""

import math

import pytest
from scipy.special import expit as logistic
from worlds import ALLY, ALLY_FOE, FOE, FOE_ALLY, FOE_PATRON, PATRON, PATRON_FOE, world

from detente.agents import codes
from detente.agents.rules import readiness as rules
from detente.agents.rules.endurance import pain


@pytest.fixture
def w():
    """The foe looks at the patron: even odds, so that pain is exhaustion; pain was 0.8 at the start."""
    w = world()
    r = w.par.readiness
    r.pain, r.validation, r.hawks, r.window, r.trust = 1.5, 0.7, 0.6, 1.3, 4.0
    r.progress, r.mediated, r.mutual = 1.2, 0.5, 0.8
    w.parties[FOE].exhaustion = 0.8
    w.dyads[FOE_PATRON].pain_reference = 0.8
    w.dyads[FOE_PATRON].trust = w.dyads[FOE_PATRON].trust_usual = 0.4
    return w


# -- motivation


def test_what_is_on_offer(w):
    patron, d = w.parties[PATRON], w.dyads[FOE_PATRON]
    patron.levers[codes.LEVER_RECOGNITION], patron.levers[codes.LEVER_POSTURE] = 0.8, 0.4
    patron.presence = 0.5
    assert rules.on_offer(w, d) == pytest.approx(0.8 + 0.4 * 0.5)
    w.dyads[PATRON_FOE].recognition_given = 0.75
    assert rules.on_offer(w, d) == pytest.approx(0.8 * 0.25 + 0.4 * 0.5)


@pytest.mark.parametrize(
    ("change", "logit"),
    [
        ({}, 0.0),
        ({"exhaustion": 1.6}, 1.5),
        ({"exhaustion": 0.4}, -0.75),
        ({"recognition": 0.5, "validation": 2.0}, 0.7 * 2.0 * 0.5),
        ({"hawkishness": 0.5}, -0.6 * 0.5),
        ({"window": 0.5}, 1.3 * 0.5),
        ({"window": -0.5}, -1.3 * 0.5),
        ({"exhaustion": 1.6, "recognition": 0.5, "validation": 2.0, "hawkishness": 0.5}, 1.5 + 0.7 - 0.3),
    ],
)
def test_motivation(w, change, logit):
    foe, d = w.parties[FOE], w.dyads[FOE_PATRON]
    w.parties[PATRON].levers[codes.LEVER_RECOGNITION] = change.pop("recognition", 0.0)
    vars(foe).update(change)
    assert rules.motivate(w, d) == pytest.approx(logistic(logit))


# -- optimism


@pytest.mark.parametrize("theory", [codes.READINESS, codes.RIPENESS])
@pytest.mark.parametrize(
    ("change", "logit", "feedback"),
    [
        ({}, 0.0, 0.0),
        ({"trust": 0.5}, 0.4, 0.0),
        ({"trust": 0.2}, -0.8, 0.0),
        ({"mediated": 0.5}, 0.25, 0.0),
        ({"progress": 0.5}, 0.0, 0.6),
        ({"lagged": 0.6}, 0.0, 0.8 * 0.3),
        ({"lagged": 0.1}, 0.0, -0.8 * 0.2),
        ({"trust": 0.5, "mediated": 0.5, "progress": 0.5, "lagged": 0.6}, 0.65, 0.84),
    ],
)
def test_optimism(w, theory, change, logit, feedback):
    """Ripeness leaves out the feedback of progress and of the other's readiness."""
    d, back, pair = w.dyads[FOE_PATRON], w.dyads[PATRON_FOE], w.pairs[1]
    w.clock.theory = theory
    d.trust = change.get("trust", 0.4)
    back.readiness_usual, back.readiness_lagged = 0.3, change.get("lagged", 0.3)
    pair.mediated, pair.progress = change.get("mediated", 0.0), change.get("progress", 0.0)
    expected = logit if theory == codes.RIPENESS else logit + feedback
    assert rules.hope(w, d) == pytest.approx(logistic(expected))


# -- theories


@pytest.mark.parametrize(
    ("theory", "expected"),
    [
        ("readiness", math.sqrt(0.6 * 0.7)),
        ("ripeness", logistic(8.0 * (0.5 - 0.45))),
        ("commitment", (0.6 * 0.7 * 0.8) ** (1.0 / 3.0)),
        ("reciprocity", math.sqrt(0.4 * 0.7)),
    ],
)
def test_each_theory_combines_the_appraisals_its_way(w, theory, expected):
    d = w.dyads[FOE_PATRON]
    w.clock.theory = codes.THEORIES.index(theory)
    d.motivation, d.optimism, d.commitment, d.reciprocity = 0.6, 0.7, 0.8, 0.4
    assert rules.combine(w, d, 0.5) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("own", "other", "optimism", "least"), [(0.3, 0.5, 0.7, 0.3), (0.6, 0.5, 0.2, 0.2), (0.6, 0.1, 0.7, 0.1)]
)
def test_ripeness_hangs_on_the_least_of_three(w, own, other, optimism, least):
    d = w.dyads[FOE_PATRON]
    w.clock.theory = codes.RIPENESS
    d.motivation, d.optimism = own, optimism
    assert rules.combine(w, d, other) == pytest.approx(logistic(8.0 * (least - 0.45)))


def test_commitment_of_nothing_is_finite(w):
    w.clock.theory = codes.COMMITMENT
    assert rules.combine(w, w.dyads[FOE_PATRON], 0.5) == pytest.approx(1e-4)


def test_four_appraisals(w):
    d = w.dyads[FOE_PATRON]
    d.trust, d.record = 0.6, math.log(3.0)
    w.pairs[1].guarantee = 0.25
    rules.appraise(w, d)
    assert d.motivation == pytest.approx(0.5)
    assert d.optimism == pytest.approx(logistic(4.0 * 0.2))
    assert d.commitment == pytest.approx(1.0 - 0.4 * 0.75)
    assert d.reciprocity == pytest.approx(0.75)


# -- readiness


def test_the_rise_of_readiness_makes_eager(w):
    d = w.dyads[FOE_PATRON]
    w.par.ceasefires.slope = 3.0
    d.readiness, d.readiness_usual = 0.6, 0.4
    assert rules.rise(w, d) == pytest.approx(0.2)
    rules.grow_eager(w, d)
    assert d.eagerness == pytest.approx(math.exp(0.6))


@pytest.mark.parametrize(("level", "expected"), [(1.0, 0.6), (1.2, 0.72), (3.0, 1.0)])
def test_readiness_is_scaled_to_the_first_theory_and_at_most_one(w, level, expected):
    d = w.dyads[FOE_PATRON]
    d.motivation, d.optimism, d.readiness_level = 0.4, 0.9, level
    rules.become_ready(w, d)
    assert d.readiness == pytest.approx(expected)


def test_under_ripeness_a_sides_readiness_hangs_on_the_others_motivation(w):
    w.clock.theory = codes.RIPENESS
    d = w.dyads[FOE_PATRON]
    d.motivation, d.optimism, w.dyads[PATRON_FOE].motivation = 0.8, 0.9, 0.3
    rules.become_ready(w, d)
    assert d.readiness == pytest.approx(logistic(8.0 * (0.3 - 0.45)))


def settled_world():
    """All sides at even odds without news: motivation and optimism are one half everywhere."""
    w = world()
    for d in w.dyads:
        d.trust, d.readiness, d.readiness_lagged, d.eagerness = 0.4, 0.3, 0.1, 9.0
        d.pain_reference = pain(w, d)
    for p in w.parties:
        p.window = 0.8
    w.rates.keep_window, w.rates.keep_lag = 0.0, 0.75
    return w


def test_a_step_of_readiness():
    w = settled_world()
    w.par.talks.slope, w.par.ceasefires.slope = 2.0, 4.0
    w.pairs[0].readiness_usual, w.pairs[1].readiness_usual = 0.4, 0.6
    w.dyads[ALLY_FOE].readiness_level = 0.5
    rules.readiness(w)
    assert [p.window for p in w.parties] == [0.0] * 3
    back = logistic(0.8 * 0.1)  # the other's lagged readiness stands 0.1 above its start of nothing
    hostile = math.sqrt(0.5 * back)
    ready = [0.5 * hostile, hostile, hostile, hostile, 0.3, 0.3]
    assert [d.readiness for d in w.dyads] == pytest.approx(ready)
    assert [d.readiness_lagged for d in w.dyads] == pytest.approx([r - (r - 0.1) * 0.75 for r in ready])
    assert [d.eagerness for d in w.dyads[:4]] == pytest.approx([math.exp(4.0 * r) for r in ready[:4]])
    assert [d.eagerness for d in w.dyads[4:]] == [9.0, 9.0]
    joint = [math.sqrt(0.5) * hostile, hostile, 0.3]
    assert [p.readiness for p in w.pairs] == pytest.approx(joint)
    expected = [math.exp(2.0 * (r - s)) for r, s in zip(joint, (0.4, 0.6, 0.0), strict=True)]
    assert [p.eagerness for p in w.pairs] == pytest.approx(expected)


def test_a_window_closes_before_it_is_felt():
    w = settled_world()
    w.rates.keep_window = 0.5
    rules.readiness(w)
    assert [p.window for p in w.parties] == [0.4] * 3
    assert w.dyads[FOE_ALLY].motivation == pytest.approx(logistic(1.3 * 0.4))


def test_all_sides_appraise_before_any_becomes_ready():
    """Under ripeness each side reads the other's motivation of this step, not of the last."""
    w = settled_world()
    w.clock.theory = codes.RIPENESS
    w.dyads[FOE_ALLY].motivation = 0.01
    rules.readiness(w)
    assert w.dyads[ALLY_FOE].readiness == pytest.approx(logistic(8.0 * 0.05))


def test_switched_off_readiness_stays():
    w = settled_world()
    w.par.switches.readiness = 0
    rules.readiness(w)
    assert [d.readiness for d in w.dyads] == [0.3] * 6
    assert w.parties[ALLY].window == 0.8
