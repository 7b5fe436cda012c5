"""Terms (E13): what is feared of an agreement, what is signed, carried out and missed."""

import math

import pytest
from scipy.special import expit as logistic
from worlds import (
    ALLY,
    ALLY_FOE,
    ALLY_PATRON,
    CHANNEL,
    DAY,
    FOE,
    FOE_ALLY,
    FOE_PATRON,
    FRONT,
    PATRON,
    PATRON_FOE,
    logged,
    party,
    world,
)

from detente.agents import codes
from detente.agents.rules import terms as rules
from detente.agents.state import Issue, Track


@pytest.fixture
def w():
    """Round numbers: the ally has 0.5 of its own and 0.8 lent by a patron fully there; the foe 0.9."""
    w = world()
    w.par.switches.terms = 1
    ally, foe, patron = w.parties
    ally.morale, ally.support, foe.morale = 0.5, 0.8, 0.9
    patron.presence = patron.presence_start = 1.0
    ally.capability, foe.capability = 1.3, 0.9
    w.par.leverage.returns, w.par.endurance.power_scale = 0.5, 0.5
    vars(w.par.settlement).update(
        power_binds=0.4, implementation_days=100.0, review_days=50.0, lateness=0.2, milestone=0.6
    )
    w.par.trust.measure_weight, w.par.trust.measure_scale, w.par.trust.loss_aversion = 2.0, 0.5, 2.5
    return w


def lay(w, track, place, does, size, of=codes.NOBODY, *, topic=None, first=1, settled=1):
    """An issue on a track, settled unless said otherwise."""
    topic = place if topic is None else topic
    pair = w.tracks[track].pair
    w.issues.append(
        Issue(track=track, place=place, pair=pair, topic=topic, first=first, does=does, size=size, party=of)
    )
    w.tracks[track].agenda[place] = settled
    w.tracks[track].n_settled += settled


# -- what is on the table


def test_the_dyad_of_a_side(w):
    assert rules.dyad_of(w, w.pairs[1], PATRON).index == PATRON_FOE
    assert rules.dyad_of(w, w.pairs[1], FOE).index == FOE_PATRON


@pytest.mark.parametrize(
    ("does", "who", "expected"),
    [
        (codes.DOES_DEMOBILISE, FOE, 0.5),
        (codes.DOES_DEMOBILISE, ALLY, 0.0),
        (codes.DOES_DEMOBILISE, codes.NOBODY, 0.5),
        (codes.DOES_SHARE, codes.NOBODY, 0.0),
        (codes.DOES_WITHDRAW, FOE, 0.0),
    ],
)
def test_the_most_that_settled_issues_do(w, does, who, expected):
    lay(w, FRONT, 0, codes.DOES_DEMOBILISE, 0.3, FOE)
    lay(w, FRONT, 1, codes.DOES_DEMOBILISE, 0.5, FOE)
    lay(w, FRONT, 2, codes.DOES_DEMOBILISE, 0.9, FOE, settled=0)
    lay(w, FRONT, 3, codes.DOES_SHARE, 0.7, settled=0)
    lay(w, CHANNEL, 0, codes.DOES_DEMOBILISE, 0.8, FOE)
    assert rules.most_settled(w, w.pairs[0], does, who) == expected


# -- what is feared


@pytest.fixture
def leaving(w):
    """Patron and foe have signed that three quarters of the patron's forces go."""
    w.pairs[1].agreed, w.pairs[1].withdraws = 1, [0.75, 0.0]
    return w


def test_an_ally_fears_for_the_cover_that_its_patron_has_signed_away(leaving):
    w = leaving
    now, then = 0.5 + 0.8, 0.5 + 0.8 * math.sqrt(0.25)
    assert rules.cover_lost(w, w.parties[ALLY]) == pytest.approx(math.log(now / then))
    w.parties[PATRON].presence = 0.5
    assert rules.cover_lost(w, w.parties[ALLY]) == pytest.approx(math.log((0.5 + 0.8 * 0.5**0.5) / then))
    w.parties[PATRON].presence = 0.1
    assert rules.cover_lost(w, w.parties[ALLY]) == 0.0
    w.parties[PATRON].presence, w.parties[ALLY].demobilised = 1.0, 0.4
    assert rules.cover_lost(w, w.parties[ALLY]) == pytest.approx(math.log(1.1 / 0.7))


@pytest.mark.parametrize("case", ["not agreed", "other side", "no foe", "no forces", "no patron"])
def test_no_cover_is_lost(leaving, case):
    w, patron = leaving, leaving.parties[PATRON]
    if case == "not agreed":
        w.pairs[1].agreed = 0
    elif case == "other side":
        w.pairs[1].withdraws = [0.0, 0.75]
    elif case == "no foe":
        patron.foe_dyad = codes.NOBODY
    elif case == "no forces":
        patron.presence_start = 0.0
    else:
        w.parties[ALLY].patron = codes.NOBODY
    assert rules.cover_lost(w, w.parties[ALLY]) == 0.0


def test_a_patron_that_is_the_second_side_signs_its_own_share(leaving):
    pair = leaving.pairs[1]
    pair.a, pair.b, pair.withdraws = FOE, PATRON, [0.0, 0.75]
    assert rules.cover_lost(leaving, leaving.parties[ALLY]) > 0.0


def test_a_side_fears_for_the_arms_on_the_table(w):
    ally = w.parties[ALLY]
    assert rules.arms_lost(w, ally, w.pairs[0]) == 0.0
    lay(w, FRONT, 0, codes.DOES_DEMOBILISE, 0.6, ALLY)
    assert rules.arms_lost(w, ally, w.pairs[0]) == pytest.approx(math.log(1.3 / (0.2 + 0.8)))
    ally.demobilised = 0.4
    assert rules.arms_lost(w, ally, w.pairs[0]) == pytest.approx(math.log(1.1 / 1.0))
    ally.demobilised = 0.8
    assert rules.arms_lost(w, ally, w.pairs[0]) == 0.0
    assert rules.arms_lost(w, w.parties[FOE], w.pairs[0]) == 0.0


def test_who_gives_up_all_its_arms_fears_what_is_finite(w):
    lay(w, FRONT, 0, codes.DOES_DEMOBILISE, 1.0, FOE)
    assert rules.arms_lost(w, w.parties[FOE], w.pairs[0]) == pytest.approx(math.log(0.9 / 1e-3))
    w.parties[FOE].capability, w.parties[ALLY].capability = 1e6, 1e-6
    w.par.endurance.power_scale = 0.1
    assert 0.0 <= rules.odds_lost(w, w.parties[FOE], w.dyads[FOE_ALLY]) <= 1.0


def test_peace_shifts_the_odds_by_what_is_lost_less_what_the_other_loses(leaving):
    w, d = leaving, leaving.dyads[ALLY_FOE]
    lay(w, FRONT, 0, codes.DOES_DEMOBILISE, 0.6, ALLY)
    lay(w, FRONT, 1, codes.DOES_DEMOBILISE, 0.2, FOE)
    lost = math.log(1.3 / 0.9) + math.log(1.3 / 1.0) - math.log(1.0 / 0.8)
    now = math.log(1.3 / 0.9) / 0.5
    assert rules.odds_lost(w, w.parties[ALLY], d) == pytest.approx(logistic(now) - logistic(now - lost / 0.5))
    assert rules.odds_lost(w, w.parties[FOE], w.dyads[FOE_ALLY]) == 0.0
    w.par.switches.terms = 0
    assert rules.odds_lost(w, w.parties[ALLY], d) == 0.0


def test_a_sharing_of_power_binds(w):
    assert rules.bound(w, w.pairs[0]) == 0.0
    lay(w, FRONT, 0, codes.DOES_SHARE, 0.5)
    assert rules.bound(w, w.pairs[0]) == pytest.approx(0.4 * 0.5)
    assert rules.bound(w, w.pairs[1]) == 0.0
    w.par.switches.terms = 0
    assert rules.bound(w, w.pairs[0]) == 0.0


# -- what is signed


def belief(w, *dyads):
    return [w.dyads[k].kept for k in dyads]


@pytest.mark.parametrize("who", [PATRON, FOE])
@pytest.mark.parametrize(
    ("does", "field"), [(codes.DOES_WITHDRAW, "withdraws"), (codes.DOES_DEMOBILISE, "demobilises")]
)
def test_what_takes_time_is_owed_by_its_side(w, does, field, who):
    lay(w, CHANNEL, 0, does, 0.5, who)
    lay(w, CHANNEL, 1, does, 0.3, who)
    rules.sign_terms(w, w.pairs[1])
    assert getattr(w.pairs[1], field) == ([0.5, 0.0] if who == PATRON else [0.0, 0.5])
    assert w.tally.signed_issues == 2.0


def test_prisoners_are_good_news_for_both_at_once(w):
    before = belief(w, PATRON_FOE, FOE_PATRON, ALLY_FOE)
    lay(w, CHANNEL, 0, codes.DOES_RELEASE, 0.3)
    rules.sign_terms(w, w.pairs[1])
    weight = 2.0 * (1.0 - math.exp(-0.3 / 0.5))
    gained = [weight, weight, 0.0]
    assert belief(w, PATRON_FOE, FOE_PATRON, ALLY_FOE) == pytest.approx(
        [b + g for b, g in zip(before, gained, strict=True)]
    )


def test_recognition_is_given_by_the_other_side_at_the_allys_expense(w):
    before = belief(w, PATRON_FOE, FOE_PATRON)
    w.par.measures.recognition_hurt, w.parties[ALLY].alignment, w.parties[ALLY].legitimacy = 0.5, 0.4, 0.8
    lay(w, CHANNEL, 0, codes.DOES_RECOGNISE, 0.3, FOE)
    w.dyads[PATRON_FOE].recognition_given = 0.2
    broken = w.dyads[ALLY_PATRON].broken
    rules.sign_terms(w, w.pairs[1])
    assert w.dyads[PATRON_FOE].recognition_given == pytest.approx(1.0 - 0.8 * math.exp(-0.3))
    assert w.dyads[FOE_PATRON].recognition_given == 0.0
    weight = 2.0 * (1.0 - math.exp(-0.3 / 0.5))
    assert belief(w, PATRON_FOE, FOE_PATRON) == pytest.approx([before[0], before[1] + weight])
    assert w.parties[ALLY].legitimacy == pytest.approx(0.8 * math.exp(-0.5 * 0.3 * 0.6))
    assert w.dyads[ALLY_PATRON].broken > broken


def test_power_is_shared_as_signed_and_a_mere_issue_does_nothing(w):
    lay(w, CHANNEL, 0, codes.DOES_SHARE, 0.6)
    lay(w, CHANNEL, 1, codes.DOES_NOTHING, 0.0)
    lay(w, CHANNEL, 2, codes.DOES_SHARE, 0.9, settled=0)
    lay(w, FRONT, 0, codes.DOES_SHARE, 1.0)
    before = belief(w, PATRON_FOE, FOE_PATRON)
    rules.sign_terms(w, w.pairs[1])
    assert (w.pairs[1].shares_power, w.tally.signed_issues) == (0.6, 1.0)
    assert (w.pairs[1].withdraws, w.pairs[1].demobilises) == ([0.0, 0.0], [0.0, 0.0])
    assert belief(w, PATRON_FOE, FOE_PATRON) == before


def test_a_topic_that_tracks_share_is_signed_once_and_not_again(w):
    """Prisoners are released with a partial agreement, and not once more with the full one."""
    w.tracks.append(Track(index=3, pair=1))
    lay(w, CHANNEL, 0, codes.DOES_RELEASE, 0.3)
    lay(w, 3, 0, codes.DOES_RELEASE, 0.3, first=0)
    pair, start = w.pairs[1], w.dyads[PATRON_FOE].kept
    for _ in range(2):
        rules.sign_terms(w, pair)
    weight = 2.0 * (1.0 - math.exp(-0.3 / 0.5))
    assert w.dyads[PATRON_FOE].kept == pytest.approx(start + weight)
    assert (w.tally.signed_issues, pair.signed) == (1.0, 1)
    lay(w, CHANNEL, 1, codes.DOES_WITHDRAW, 0.5, PATRON)
    rules.sign_terms(w, pair)
    assert (w.tally.signed_issues, pair.signed, pair.withdraws[0]) == (2.0, 3, 0.5)


def test_an_agreement_covers_what_its_farthest_concluding_track_has_settled(w):
    back = Track(index=3, pair=1, form=codes.BACKCHANNEL, n_settled=4)
    w.tracks.append(back)
    w.tracks.append(Track(index=4, pair=1, n_issues=8, n_settled=2))
    w.tracks[CHANNEL].n_settled = 3
    pair = w.pairs[1]
    pair.late, pair.review_day = [5.0, 6.0], 3.0
    rules.sign_terms(w, pair)
    assert (pair.coverage, pair.late, pair.review_day) == (0.75, [0.0, 0.0], DAY)
    assert rules.coverage(w, w.pairs[2]) == 1.0
    del w.tracks[4], w.tracks[CHANNEL]
    assert rules.coverage(w, pair) == 1.0  # a backchannel alone concludes nothing


def test_a_failed_agreement_obliges_nobody(w):
    pair = w.pairs[1]
    pair.withdraws, pair.demobilises = [0.1, 0.2], [0.3, 0.4]
    pair.shares_power, pair.coverage, pair.signed = 0.5, 0.6, 7
    rules.void_terms(pair)
    assert (pair.withdraws, pair.demobilises) == ([0.0, 0.0], [0.0, 0.0])
    assert (pair.shares_power, pair.coverage, pair.signed) == (0.0, 1.0, 0)


# -- what is carried out


@pytest.mark.parametrize(
    ("conditionality", "implementation", "done"),
    [
        (1.0, 0.3, 0.3),
        (0.0, 0.3, 1.0 - math.exp(-0.4)),
        (0.25, 0.3, 0.75 * (1.0 - math.exp(-0.4)) + 0.25 * 0.3),
    ],
)
def test_forces_go_home_with_the_agreement_or_by_the_calendar(w, conditionality, implementation, done):
    pair, patron = w.pairs[1], w.parties[PATRON]
    pair.withdraws, pair.agreed_day, pair.implementation = [0.5, 0.0], DAY - 40.0, implementation
    patron.presence_start, patron.presence, patron.conditionality = 0.8, 0.8, conditionality
    rules.withdraw_forces(w, pair)
    assert patron.presence == pytest.approx(0.8 * (1.0 - 0.5 * done))
    patron.presence = 0.1
    rules.withdraw_forces(w, pair)
    assert patron.presence == 0.1


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [(1.0, 0.99, 0), (0.99, 0.76, 0), (0.76, 0.75, 1), (0.75, 0.6, 0), (0.8, 0.2, 1), (0.1, 0.0, 1)],
)
def test_a_withdrawal_is_told_once_a_quarter_has_left(w, before, now, told):
    patron = w.parties[PATRON]
    patron.presence_start, patron.presence = 1.0, now
    rules.tell_withdrawal(w, w.pairs[1], patron, before)
    assert len(logged(w)) == told


def test_forces_of_the_second_side_go_and_others_stay(w):
    pair = w.pairs[1]
    pair.implementation, pair.agreed_day = 1.0, DAY
    rules.withdraw_forces(w, pair)
    assert w.parties[PATRON].presence == 1.0
    pair.withdraws, w.parties[FOE].presence = [0.0, 0.25], 1.0
    w.parties[FOE].presence_start = w.parties[FOE].conditionality = 1.0
    rules.withdraw_forces(w, pair)
    assert (w.parties[PATRON].presence, w.parties[FOE].presence) == (1.0, 0.75)


def test_a_side_is_disarmed_as_the_agreement_is_carried_out(w):
    pair = w.pairs[1]
    pair.demobilises, pair.implementation = [0.4, 0.8], 0.5
    rules.demobilise(w, pair)
    assert [p.demobilised for p in w.parties] == [0.0, 0.4, 0.2]
    pair.implementation = 0.25
    rules.demobilise(w, pair)
    assert [p.demobilised for p in w.parties] == [0.0, 0.4, 0.2]


@pytest.fixture
def reviewed(w):
    """The foe is in breach; a review falls due on the next day but one, and ten days in breach are too many."""
    pair = w.pairs[1]
    pair.review_day = DAY - 50.0
    w.dyads[FOE_PATRON].breaching = 1
    w.par.endurance.vindication = 0.1
    w.factions[0].party, w.factions[0].hawkishness, w.factions[0].discontent = PATRON, 0.8, 0.5
    w.parties[PATRON].first_faction, w.parties[PATRON].n_factions = 0, 1
    return w


def test_a_side_in_breach_for_too_long_misses_a_milestone(reviewed):
    w, pair = reviewed, reviewed.pairs[1]
    pair.late = [10.0, 8.5]
    broken = [w.dyads[k].broken for k in (PATRON_FOE, FOE_PATRON)]
    rules.review(w, pair)
    weight = 2.5 * 2.0 * (1.0 - math.exp(-0.6 / 0.5))
    assert [w.dyads[k].broken for k in (PATRON_FOE, FOE_PATRON)] == pytest.approx(
        [broken[0] + weight, broken[1]]
    )
    assert w.factions[0].discontent == pytest.approx(0.5 + 0.1 * 0.8 * 0.5)
    assert logged(w) == [("milestone_missed", party(FOE), party(PATRON), 1, "broken by attacks", 10.5)]
    assert (w.tally.milestones_missed, pair.late, pair.review_day) == (1.0, [0.0, 0.0], DAY)


@pytest.mark.parametrize(("late", "review_day"), [(8.0, DAY - 50.0), (30.0, DAY - 49.0)])
def test_no_milestone_is_missed_by_a_short_breach_or_before_the_review(reviewed, late, review_day):
    w, pair = reviewed, reviewed.pairs[1]
    pair.late, pair.review_day = [0.0, late], review_day
    rules.review(w, pair)
    assert (logged(w), w.tally.milestones_missed) == ([], 0.0)
    assert pair.late == ([0.0, 0.0] if late == 8.0 else [0.0, 32.0])


def test_terms_are_carried_out_unless_switched_off(reviewed):
    w, pair = reviewed, reviewed.pairs[1]
    pair.withdraws, pair.demobilises, pair.late = [0.5, 0.0], [0.0, 0.6], [0.0, 20.0]
    pair.implementation, w.parties[PATRON].conditionality = 1.0, 1.0
    w.par.switches.terms = 0
    rules.carry_out_terms(w, pair)
    assert (w.parties[PATRON].presence, w.parties[FOE].demobilised, logged(w)) == (1.0, 0.0, [])
    w.par.switches.terms = 1
    rules.carry_out_terms(w, pair)
    assert (w.parties[PATRON].presence, w.parties[FOE].demobilised) == (0.5, 0.6)
    told = [(e[0], e[1], e[-1]) for e in logged(w)]
    assert told == [("forces_left", party(PATRON), 0.5), ("milestone_missed", party(FOE), 22.0)]
