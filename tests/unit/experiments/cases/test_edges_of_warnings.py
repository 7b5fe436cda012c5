"""Warnings word by word, and at the days and numbers on either side of which they speak and are silent."""

import copy
import tomllib
from datetime import date, timedelta
from functools import cache
from types import SimpleNamespace

import pytest

from detente.experiments.cases import case_warnings, policy_warnings
from detente.experiments.cases import design_warnings as designs
from detente.experiments.cases.case_warnings import is_within, span, waiting_circle
from detente.experiments.cases.check import Check, names_in, opened_remarks, unique
from detente.experiments.cases.imposed import Ban, Imposed, about, day_of, named
from detente.experiments.cases.inert import (
    Ground,
    can_be_monitored,
    can_conclude,
    inert_lever,
    inert_parameter,
)
from detente.experiments.cases.remark import Remark
from detente.model.catalogue import SHIPPED, load_scenario
from detente.model.crosscheck import check_policy
from detente.model.opening import opening
from detente.model.policy import ConditionSpec, MoveSpec, parse_policy
from detente.model.request import checked_decisions, merged_parameters, open_case
from detente.model.scenario import parse_scenario

BETWEEN = ("republic", "movement")


@cache
def text():
    return (SHIPPED / "template" / "case.toml").read_text(encoding="utf-8")


def scenario(change=lambda raw: None):
    raw = tomllib.loads(text())
    change(raw)
    return parse_scenario(raw, "x.toml")


def lines(rule, change=lambda raw: None):
    """What one rule says of a changed template."""
    return list(getattr(case_warnings, rule)(scenario(change)))


def third(raw, **party):
    """A third party, friend of the republic."""
    raw["party"].append({**copy.deepcopy(raw["party"][1]), "name": "third", **party})
    raw["party"][-1].pop("main_foe", None)
    raw["party"][-1]["faction"] = [{"name": "all", "title": "All", "share": 1.0, "hawkishness": 0.5}]
    raw["relation"].append({"between": ["republic", "third"], "hostile": False, "trust": [0.6, 0.6]})


def setting(table, number, **keys):
    """A change of one entry of a table."""

    def change(raw):
        raw[table][number].update(keys)

    return change


# -- cases


@pytest.mark.parametrize(
    ("first", "last", "within"),
    [
        (date(2029, 12, 30), date(2029, 12, 31), False),
        (date(2029, 12, 30), date(2030, 1, 1), True),
        (date(2031, 12, 31), date(2032, 1, 5), True),
        (date(2032, 1, 1), date(2032, 1, 5), False),
        (date(2029, 1, 1), date(2033, 1, 1), True),
    ],
)
def test_spans_that_meet_the_case(first, last, within):
    s = scenario()
    assert (s.case.start, s.case.end) == (date(2030, 1, 1), date(2031, 12, 31))
    assert is_within(s, first, last) is within
    assert span(first, last) == f"{first} to {last}"
    holiday = {"calendar": {"holidays": [{"name": "H", "from": first, "until": last, "restraint": 0.5}]}}
    found = lines("holiday_outside", lambda raw: raw.update(holiday))
    outside = f"[calendar.holidays 1: H]: {first} to {last} lies outside the case, 2030-01-01 to 2031-12-31"
    assert found == ([] if within else [outside])


def test_severity_of_years_outside_the_case():
    years = {"2029": 1.0, "2030": 1.0, "2031": 1.0, "2032": 1.0}
    assert lines("severity_outside", lambda raw: raw["calendar"].update(severity=years)) == [
        f"[calendar].severity.{year}: lies outside the case, 2030-01-01 to 2031-12-31"
        for year in (2029, 2032)
    ]


@pytest.mark.parametrize(
    ("month", "said"), [("2029-12", True), ("2030-01", False), ("2031-12", False), ("2032-01", True)]
)
def test_months_of_a_series_inside_the_case(month, said):
    series = [{"name": "deaths", "unit": "1", "source": "x", "monthly": {month: 1.0}}]
    place = "[observed 1: deaths].monthly"
    expected = f"{place}: no month lies inside the case, 2030-01-01 to 2031-12-31"
    assert lines("series_outside", lambda raw: raw.update(observed=series)) == ([expected] if said else [])


@pytest.mark.parametrize(("days", "said"), [(0, True), (1, False)])
def test_levers_need_one_step(days, said):
    pivot = date(2031, 12, 31) - timedelta(days=days)
    found = lines("levers_without_time", lambda raw: raw["case"].update(pivot=pivot))
    line = (
        f"[case].pivot: {pivot} leaves levers only the last step to act in, since the case ends on 2031-12-31"
    )
    assert found == ([line] if said else [])


def test_support_that_nobody_lends():
    def change(raw):
        third(raw, presence=0.0)
        raw["party"][0].update(support=0.5, patron="third")
        raw["party"][1].update(support=0.25)

    assert lines("support_that_never_comes", change) == [
        "[party 1: republic].support: 0.5 is never lent: its patron third has presence 0",
        "[party 2: movement].support: 0.25 is lent by nobody: the party has no patron",
    ]


def test_where_a_veto_has_no_effect():
    def change(raw):
        third(raw)
        raw["relation"][0]["veto"] = ["third", "movement"]
        raw["relation"][1]["veto"] = ["movement"]

    assert lines("veto_without_effect", change) == [
        "[relation 1].veto: third: is never cast: it is hostile to neither side, and weighs a package against fighting",
        "[relation 1].veto: movement: is one of the two sides, whose consent is needed anyway",
        "[relation 2].veto: movement: no agreement is made between parties that are not hostile",
    ]


def test_foes_who_can_reach_no_agreement():
    def side_tracks(raw):
        raw["track"] = [t for t in raw["track"] if t["form"] == "backchannel"]

    place = "[relation 1]: republic and movement can never reach an agreement"
    assert lines("agreement_out_of_reach", side_tracks) == [
        f"{place}: backchannel prepare agreements and conclude none"
    ]
    assert lines("agreement_out_of_reach", lambda raw: raw.update(track=[])) == [
        f"{place}: they have no track"
    ]
    for name in ("talks", "settlement"):
        off = {"switches": {name: 0}}
        assert lines("agreement_out_of_reach", lambda raw, off=off: raw.update(track=[], parameters=off)) == [
            f"[parameters.switches].{name}: is 0, so no agreement is ever reached"
        ]
    assert lines("agreement_out_of_reach", third) == []


def test_summits_that_nobody_risks():
    def change(republic, movement):
        def changed(raw):
            raw["track"][0]["rank"] = "summit"
            raw["party"][0]["risk_tolerance"] = republic
            raw["party"][1]["risk_tolerance"] = movement

        return changed

    line = "[track 1: front].rank: no leader with risk_tolerance 0 goes to a summit; it never opens"
    assert lines("track_that_never_opens", change(0.0, 0.0)) == [line]
    for tolerance in ((0.1, 0.0), (0.0, 0.1)):
        assert lines("track_that_never_opens", change(*tolerance)) == []
    off = {"switches": {"talks": 0}}
    switched = lines("track_that_never_opens", lambda raw: raw.update(parameters=off))
    assert switched == ["[parameters.switches].talks: is 0, so no track ever opens"]
    assert lines("track_that_never_opens", lambda raw: raw.update(parameters=off, track=[])) == []


def tracks(**needs):
    """Tracks by name: what each needs, and its form."""
    return {
        name: SimpleNamespace(name=name, form=form, needs=dict(enumerate(wanted)))
        for name, (form, wanted) in needs.items()
    }


@pytest.mark.parametrize(
    ("made", "first", "circle"),
    [
        ({"a": ("front", ["b"]), "b": ("front", ["a"])}, "a", ["a", "b"]),
        ({"a": ("front", ["b"]), "b": ("front", ["a"])}, "b", ["b", "a"]),
        ({"a": ("front", ["a"])}, "a", ["a"]),
        ({"a": ("front", ["b"]), "b": ("front", ["c"]), "c": ("front", ["a"])}, "a", ["a", "b", "c"]),
        ({"a": ("front", ["b"]), "b": ("front", ["c"]), "c": ("front", ["b"])}, "a", []),
        ({"a": ("front", ["b", "c"]), "b": ("front", []), "c": ("front", ["a"])}, "a", ["a", "c"]),
        ({"a": ("front", ["b"]), "b": ("proximity", ["a"])}, "a", []),
        ({"a": ("backchannel", ["b"]), "b": ("front", ["a"])}, "a", []),
        ({"a": ("front", [])}, "a", []),
    ],
)
def test_circles_of_preconditions(made, first, circle):
    by_name = tracks(**made)
    assert waiting_circle(by_name[first], by_name) == circle


def test_a_circle_is_said_once_with_its_pace():
    def change(who):
        def changed(raw):
            raw["track"][0]["needs"] = {who: "backchannel"}
            raw["track"][1].update(form="front", needs={"movement": "front"})

        return changed

    s = scenario()
    found = lines("needs_in_circle", change("movement"))
    pace = f"each opens at {s.parameters.talks.unmet:g} of its pace until one is open"
    assert found == [
        f"[track 2: backchannel].needs: backchannel -> front -> backchannel wait for each other: {pace}"
    ]
    assert lines("needs_in_circle", change("republic")) == []  # a sponsor can give way


def test_measures_that_are_never_given():
    cost = "[measure 1: prisoner-release].cost: is 0: what costs nothing says nothing, and nobody gives it"
    assert lines("measure_never_given", setting("measure", 0, cost=0.0)) == [cost]

    def to_a_friend(raw):
        third(raw)
        raw["measure"][0]["to"] = "third"

    friend = "[measure 1: prisoner-release].to: parties that are not hostile give each other nothing unasked"
    assert lines("measure_never_given", to_a_friend) == [friend]
    off = {"switches": {"measures": 0}}
    assert lines("measure_never_given", lambda raw: raw.update(parameters=off)) == [
        "[parameters.switches].measures: is 0, so no measure is ever given"
    ]
    assert lines("measure_never_given", lambda raw: raw.update(parameters=off, measure=[])) == []


def test_measures_that_restrain_attacks_never_made():
    def change(attacks):
        def changed(raw):
            raw["measure"][0]["restrains"] = 0.5
            raw["relation"][0]["attacks"] = attacks

        return changed

    line = "[measure 1: prisoner-release].restrains: 0.5 suspends nothing: republic never attacks movement"
    assert lines("restrains_nothing", change([0.0, 1.0])) == [line]
    assert lines("restrains_nothing", change([1.0, 0.0])) == []
    assert lines("restrains_nothing", lambda raw: raw["relation"][0].update(attacks=[0.0, 1.0])) == []


def test_leaks_of_tracks_that_are_seen():
    leak = "[track 2: backchannel].leak: has no effect, since visibility is 1"
    secret = "[track 2: backchannel].visibility: is 1, so this backchannel is no secret"
    assert lines("leak_without_secret", setting("track", 1, visibility=1.0, leak=0.1)) == [leak]
    assert lines("leak_without_secret", setting("track", 1, visibility=1.0, leak=0.0)) == [secret]
    assert lines("leak_without_secret", setting("track", 1, visibility=0.99, leak=0.1)) == []
    assert lines("leak_without_secret", setting("track", 0, visibility=1.0, leak=0.0)) == []


def test_parties_that_stand_alone():
    def alone(raw):
        third(raw, sponsor=True)

    assert lines("sponsor_without_foe", alone) == [
        "[party 3: third].sponsor: is hostile to nobody, so its levers have no one to act on"
    ]
    assert lines("party_without_relation", alone) == []

    def unrelated(raw):
        alone(raw)
        raw["relation"].pop()

    assert lines("party_without_relation", unrelated) == [
        "[party 3: third].name: stands in no [[relation]], so it does nothing"
    ]


def test_a_parameter_counts_as_set_only_where_it_differs():
    usual = scenario().parameters.violence.pressed
    for value, n in ((usual, 0), (0.5, 1)):
        change = {"violence": {"pressed": value}}
        found = lines("parameter_moves_nothing", lambda raw, c=change: raw.update(parameters=c))
        assert found == ["[parameters.violence].pressed: 0.5 moves nothing: no party has a patron"] * n


# -- what acts


def ground(change=lambda raw: None):
    s = scenario(change)
    return Ground(s, s.parameters)


def parameter(**groups):
    return lambda raw: raw.update(parameters=groups)


@pytest.mark.parametrize(
    ("lever", "change", "why"),
    [
        ("ceasefires", parameter(switches={"ceasefires": 0}), "ceasefires are switched off"),
        ("mediation", parameter(switches={"mediation": 0}), "mediation is switched off"),
        ("mediation", lambda raw: raw.update(mediator=[]), "no mediator has access to a sponsor"),
        ("direct_channel", parameter(switches={"talks": 0}), "talks are switched off"),
        ("direct_channel", lambda raw: raw.update(track=[]), "no sponsor takes part in a direct track"),
        (
            "parallel_tracks",
            lambda raw: raw.update(track=[]),
            "no sponsor takes part in a track that is not direct",
        ),
    ],
)
def test_why_a_lever_moves_nothing(lever, change, why):
    assert inert_lever(ground(), lever) is None
    assert inert_lever(ground(change), lever) == why


def gains(**values):
    """The template without preconditions and with some gains set, whatever their declared range."""
    s = scenario(lambda raw: [t.pop("needs", None) for t in raw["track"]])
    groups = {}
    for name, value in values.items():
        group, _, key = name.partition("__")
        groups[group] = getattr(s.parameters, group).model_copy(update={key: value})
    return Ground(s, s.parameters.model_copy(update=groups))


@pytest.mark.parametrize(
    ("lever", "gain", "why"),
    [
        ("ceasefires", "ceasefires__lever_gain", "ceasefires.lever_gain is 0"),
        ("mediation", "mediation__lever_gain", "mediation.lever_gain is 0"),
        ("direct_channel", "talks__channel_gain", "talks.channel_gain is 0"),
        ("parallel_tracks", "talks__tracks_gain", "talks.tracks_gain is 0"),
    ],
)
def test_a_lever_without_gain_moves_nothing(lever, gain, why):
    assert inert_lever(gains(**{gain: 0.5}), lever) is None
    assert inert_lever(gains(**{gain: 0.0}), lever) == why


@pytest.mark.parametrize(("who", "moves"), [("republic", True), ("movement", False)])
def test_a_sponsor_can_drop_its_own_precondition(who, moves):
    """A track that waits for the sponsor's own condition opens with the lever, whatever the gain."""
    s = scenario(setting("track", 0, needs={who: "backchannel"}))
    talks = s.parameters.talks.model_copy(update={"tracks_gain": 0.0})
    still = Ground(s, s.parameters.model_copy(update={"talks": talks}))
    assert inert_lever(still, "parallel_tracks") == (None if moves else "talks.tracks_gain is 0")


def test_whether_talks_can_conclude_anything():
    assert can_conclude(ground())
    side = ground(lambda raw: raw.update(track=[t for t in raw["track"] if t["form"] == "backchannel"]))
    assert not can_conclude(side)

    def among_friends(raw):
        third(raw)
        raw["track"] = [{**raw["track"][0], "between": ["republic", "third"], "needs": {}}]
        raw["track"][0].pop("sister", None)

    assert not can_conclude(ground(among_friends))


def test_who_watches_a_truce():
    def nobody(raw):
        raw["relation"][0]["monitoring"] = 0.0
        raw["mediator"][0]["monitors"] = 0.0

    def own(raw):
        nobody(raw)
        raw["relation"][0]["monitoring"] = 0.1

    def mediator(raw):
        nobody(raw)
        raw["mediator"][0]["monitors"] = 0.1

    assert [can_be_monitored(ground(c)) for c in (nobody, own, mediator)] == [False, True, True]
    assert inert_parameter(ground(nobody), "ceasefires.monitored") == "nobody monitors a ceasefire"
    assert inert_parameter(ground(own), "ceasefires.monitored") is None


def test_a_switch_that_is_varied_is_on_somewhere():
    off = ground(parameter(switches={"spoilers": 0}))
    assert inert_parameter(off, "spoilers.provoked") == "switches.spoilers is 0"
    assert inert_parameter(off, "spoilers.provoked", but=("switches.spoilers",)) is None
    none = ground(lambda raw: raw.update(parameters={"switches": {"spoilers": 0}}, spoiler=[]))
    assert inert_parameter(none, "spoilers.provoked", but=("switches.spoilers",)) == "there is no spoiler"


# -- policies


def imposed(*moves, decisions=(), change=lambda raw: None, **options):
    s = scenario(change)
    keys = {k: options.pop(k) for k in ("levers", "mode", "until", "quiet") if k in options}
    policy = parse_policy({"name": "p", "title": "P", "summary": "", "move": list(moves), **keys}, "p.toml")
    check_policy(policy, s)
    options["parameters"] = merged_parameters(s.parameters, options.get("parameters"))
    return Imposed(opening(s, policy, decisions=checked_decisions(s, list(decisions)), **options))


def move(do, when="2030-05-01", actor="republic", **keys):
    keys = {"from" if k == "since" else k: v for k, v in keys.items()}
    return {"actor": actor, "do": do, **({"date": date.fromisoformat(when)} if when else {}), **keys}


def said(rule, *moves, **options):
    return list(getattr(policy_warnings, rule)(imposed(*moves, **options)))


OPEN = move("open_track", track="front")


def test_a_move_in_words():
    def words(**keys):
        return named(MoveSpec.model_validate({"actor": "a", "date": date(2030, 5, 1), **keys})).split(",")[0]

    assert words(do="open_track", track="t").startswith("[move: a open_track t")
    assert words(do="block", what="open_track", track="t").startswith("[move: a block open_track t")
    assert words(do="lever", lever="mediation", amount=0.5).startswith("[move: a lever mediation")


def test_what_a_move_is_about_and_when():
    def of(**keys):
        return MoveSpec.model_validate({"actor": "a", "date": date(2030, 5, 1), **keys})

    assert about(of(do="open_track", track="t")) == "t"
    assert about(of(do="give_measure", measure="m")) == "m"
    assert about(of(do="offer_truce", to="b")) == "b"
    assert day_of(of(do="open_track", track="t")) == date(2030, 5, 1)
    assert day_of(SimpleNamespace(date=None)) == date.max


@pytest.mark.parametrize(
    ("first", "last", "spoken"),
    [
        ("2030-04-01", "2030-05-01", True),
        ("2030-05-01", "2030-05-09", True),
        ("2030-04-01", "2030-04-30", False),
    ],
)
def test_a_ban_counts_on_its_first_and_last_day(first, last, spoken):
    block = move("block", first, what="open_track", track="front", until=date.fromisoformat(last))
    found = said("imposed_and_ruled_out", block, OPEN)
    if not spoken:
        assert found == []
        return
    (line,) = found
    assert line.endswith(f": is ruled out from {first} to {last}, and made all the same")


def test_bans_of_blocks_and_of_quiet_times():
    block = move("block", "2030-05-01", what="open_track", track="front")
    quiet = {"quiet": [{"actor": "movement", "from": date(2030, 6, 1), "until": date(2030, 7, 1)}]}
    p = imposed(block, **quiet)
    end = date(2031, 12, 31)
    assert p.bans[0] == Ban("republic", "open_track", "front", date(2030, 5, 1), end)
    assert {(b.actor, b.about, b.start, b.end) for b in p.bans[1:]} == {
        ("movement", None, date(2030, 6, 1), date(2030, 7, 1))
    }
    assert len({b.decision for b in p.bans[1:]}) == len(p.bans) - 1 > 1
    assert p.is_banned("republic", "open_track", "front")
    assert not p.is_banned("republic", "open_track", "direct")
    assert not p.is_banned("movement", "leave_track", "front")
    assert p.is_banned("movement", "open_track", "anything")


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ({"mode": "free"}, ("free", None)),
        ({"mode": "conditioned"}, ("conditioned", None)),
        ({"mode": "until", "until": date(2030, 12, 31)}, ("until", date(2030, 12, 31))),
    ],
)
def test_how_dated_moves_count(mode, expected):
    assert imposed(**mode).mode == expected


@pytest.mark.parametrize(("when", "said_so"), [("2030-03-01", True), ("2030-03-02", False)])
def test_levers_moved_by_the_day_of_the_pivot(when, said_so):
    assert scenario().case.pivot == date(2030, 3, 1)
    lever = move("lever", when, lever="mediation", amount=0.9)
    found = said("lever_overwritten", lever, levers={"mediation": 0.4})
    assert [line.partition("]: ")[2] for line in found] == (
        ["holds until 2030-03-01 only, when the policy's 0.4 takes its place"] if said_so else []
    )
    assert said("lever_overwritten", lever) == []


@pytest.mark.parametrize(("start", "said_so"), [("2030-04-30", True), ("2030-05-01", False)])
def test_a_window_may_begin_on_the_day_of_its_move(start, said_so):
    window = {"since": date.fromisoformat(start), "until": date(2030, 6, 1)}
    found = said("window_before_its_move", move("offer_truce", to="movement", **window))
    assert len(found) == said_so
    assert all(line.endswith(f".from: {start} lies before the move itself") for line in found)


def test_one_decision_twice_on_a_day():
    other = move("open_track", actor="movement", track="front")
    direct = move("open_track", track="direct")
    assert said("made_twice", OPEN, other, direct, move("leave_track", track="front")) == []
    found = said("made_twice", OPEN, other, OPEN, OPEN)
    assert len(found) == 2
    assert found[0].endswith(": stands twice on this day; the later line counts")


def test_what_undoes_a_decision_on_its_day():
    leave = move("leave_track", track="front")
    (line,) = said("undone_the_same_day", OPEN, leave)
    assert line.endswith(": undoes on the same day what open_track does")
    assert said("undone_the_same_day", OPEN, move("leave_track", track="direct")) == []
    assert said("undone_the_same_day", OPEN, move("leave_track", "2030-05-02", track="front")) == []


def test_what_a_decision_builds_on_may_stand_on_its_day():
    leave = move("leave_track", track="front")
    assert said("before_anything_it_builds_on", OPEN, leave) == []
    (line,) = said("before_anything_it_builds_on", move("open_track", "2030-05-02", track="front"), leave)
    assert line.endswith(": no open_track stands before it, so it does something only if the rules began it")
    triggered = {
        **move("open_track", None, track="front"),
        "when": {"between": list(BETWEEN), "watch": "trust", "above": 0.5},
    }
    assert said("before_anything_it_builds_on", triggered, leave) == []


def test_a_truce_that_is_offered_by_the_other_side():
    answer = move("answer_truce", actor="movement", to="republic", sort="reply")
    offer = move("offer_truce", to="movement")
    own = move("offer_truce", actor="movement", to="republic")
    assert said("answer_without_offer", offer, answer) == []
    (line,) = said("answer_without_offer", own, answer)
    assert line.endswith(": republic offers no truce before it; the answer binds republic all the same")
    late = move("offer_truce", "2030-05-02", to="movement")
    assert len(said("answer_without_offer", late, answer)) == 1


def test_sizes_of_steps():
    limit = next(m.max_cost for m in scenario().measure if m.name == "political-office")

    def step(amount):
        found = said("step_without_effect", move("give_measure", measure="political-office", amount=amount))
        return [line.partition("].")[2] for line in found]

    assert step(limit) == []
    assert step(0.0) == ["amount: 0 gives nothing"]
    assert step(limit + 0.25) == [f"amount: {limit + 0.25:g} is cut to the measure's max_cost, {limit:g}"]


def condition(watch, change=lambda raw: None, parameters=None, between=BETWEEN, **keys):
    keys = {"for_days": 1.0, **keys}
    k = ConditionSpec.model_validate({"between": tuple(between), "watch": watch, **keys})
    return policy_warnings.why_never(imposed(change=change, parameters=parameters), k)


FRIENDS = ("republic", "third")


@pytest.mark.parametrize(
    ("watch", "keys", "why"),
    [
        ("trust", {"above": 0.99}, None),
        ("trust", {"above": 1.0}, "trust is never above 1"),
        ("readiness", {"above": 1.0}, "readiness is never above 1"),
        ("talks_progress", {"above": 1.0}, "talks_progress is never above 1"),
        ("truce_days", {"above": 729.0}, None),
        ("truce_days", {"above": 730.0}, "truce_days is never above 730"),
        ("deaths", {"above": 5000.0}, None),
        ("deaths", {"below": 0.0}, "deaths is never below 0"),
        ("deaths", {"below": 0.01}, None),
        ("deaths", {"below": 0.5, "for_days": 730.0}, None),
        ("deaths", {"below": 0.5, "for_days": 731.0}, "it must hold for 731 days, and the case has 730"),
        ("trust", {"above": 1.0, "for_days": 0.0}, None),
        (
            "deaths",
            {"above": 1.0, "between": FRIENDS},
            "deaths is always 0, since republic and third are not hostile",
        ),
        (
            "attacks",
            {"above": 1.0, "between": FRIENDS},
            "attacks is always 0, since republic and third are not",
        ),
        (
            "readiness",
            {"above": 0.1, "between": FRIENDS},
            "readiness is always 0, since republic and third are",
        ),
        (
            "truce_days",
            {"above": 1.0, "between": FRIENDS},
            "truce_days is always 0, since republic and third",
        ),
        ("trust", {"above": 0.9, "between": FRIENDS}, None),
        (
            "talks_progress",
            {"above": 0.1, "between": FRIENDS},
            "talks_progress is always 0, since they have no track",
        ),
        ("deaths", {"below": 0.5, "relative": True, "between": FRIENDS}, "deaths is never below 0"),
        ("deaths", {"below": 0.5, "between": FRIENDS}, None),
    ],
)
def test_conditions_at_their_limits(watch, keys, why):
    found = condition(watch, third, **keys)
    assert found is None if why is None else found.startswith(why)


def test_attacks_that_kill_nobody():
    def harmless(raw):
        raw["relation"][0]["lethal"] = False
        raw["relation"][0].pop("deaths_per_event")

    why = "deaths is always 0, since attacks between them are provocations that kill nobody"
    assert condition("deaths", harmless, above=1.0) == why
    assert condition("attacks", harmless, above=1.0) is None


def test_conditions_of_mechanisms_that_are_off():
    off = {"switches": {"ceasefires": 0.0, "talks": 0.0}}
    assert condition("truce_days", parameters=off, above=1.0).endswith("since ceasefires are switched off")
    assert condition("talks_progress", parameters=off, above=0.1).endswith("since talks are switched off")
    assert condition("trust", parameters=off, above=0.1) is None


def triggered(**when):
    return {
        **move("give_measure", None, measure="prisoner-release"),
        "when": {"between": list(BETWEEN), **when},
    }


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (
            {"watch": "trust", "above": 0.5, "for_days": 0.0},
            "for_days: 0 is met on the first day, whatever is",
        ),
        ({"watch": "trust", "below": 1.0, "for_days": 3.0}, None),
        ({"watch": "trust", "below": 1.01, "for_days": 3.0}, "below: trust is always below 1.01"),
        (
            {"watch": "truce_days", "below": 5.0, "for_days": 3.0},
            "below: truce_days begins at 0, so this is met after",
        ),
        ({"watch": "talks_progress", "below": 0.5, "for_days": 3.0}, "below: talks_progress begins at 0, so"),
        ({"watch": "truce_days", "below": 0.0, "for_days": 3.0}, None),
        ({"watch": "deaths", "below": 500.0, "for_days": 3.0}, None),
    ],
)
def test_conditions_that_are_met_at_once(when, words):
    found = [line.partition("].when.")[2] for line in said("trigger_met_at_once", triggered(**when))]
    assert found == [] if words is None else (len(found) == 1 and found[0].startswith(words))


# -- checks


def test_a_check_in_words():
    def made(errors, warnings):
        return Check("t", "case", "a case", ("e",) * errors, (Remark("r", "w"),) * warnings)

    assert [made(*n).summary for n in ((0, 0), (1, 0), (0, 1), (2, 3))] == [
        *("nothing found", "1 error", "1 warning", "2 errors, 3 warnings")
    ]
    assert [made(*n).ok for n in ((0, 2), (1, 0))] == [True, False]
    assert repr(made(1, 1)) == "Check of t, a case: 1 error, 1 warning\n  error: e\n  warning (r): w"
    assert made(1, 1).to_json() == {
        **{"target": "t", "kind": "case", "about": "a case", "ok": False, "errors": ["e"]},
        "warnings": [{"name": "r", "text": "w"}],
        "facts": {},
        "left_to_rules": [],
    }
    assert unique(["a", "b", "a"]) == ("a", "b")
    assert names_in(Remark("x", "policies a, b-c: are the same")) == ["a", "b-c"]


def test_what_all_openings_share_is_said_once():
    starts = {name: open_case("template", name) for name in ("opening", "status-quo")}
    told = [r.text for r in opened_remarks(starts)]
    assert len(told) == len(set(told))
    alone = [r.text for r in policy_warnings.policy_remarks(starts["opening"])]
    other = [r.text for r in policy_warnings.policy_remarks(starts["status-quo"])]
    for line in alone:
        assert (line if line in other else f"opening: {line}") in told


# -- designs


def worked(kind="grid", samples=None, runs=20, factors=1, until=None, every=1.0, series=(), **more):
    s = load_scenario("template")
    made = SimpleNamespace(
        design=SimpleNamespace(kind=kind, samples=samples),
        runs=runs,
        factors=[None] * factors,
        until=until,
        every=every,
        series=series,
        theories=more.get("theories", ("readiness",)),
        model_fields_set=more.get("given", set()),
    )
    return SimpleNamespace(
        design=made, scenarios=(s,) * more.get("cases", 1), policies=((None,) * more.get("n", 1),)
    )


@pytest.mark.parametrize(
    ("kind", "samples", "factors", "least"),
    [
        ("lhs", 29, 3, 30),
        ("lhs", 30, 3, None),
        ("sobol", 63, 3, 64),
        ("sobol", 64, 3, None),
        ("morris", 9, 3, 10),
        ("morris", 10, 3, None),
        ("grid", None, 3, None),
    ],
)
def test_usual_numbers_of_samples(kind, samples, factors, least):
    found = list(designs.too_few_samples(worked(kind, samples, factors=factors)))
    words = f" for {factors} factors" if kind == "lhs" else ""
    line = f"design.samples: {samples} is little for a {kind} design{words}; at least {least} are usual"
    assert found == ([] if least is None else [line])


@pytest.mark.parametrize(
    ("kind", "runs", "words"),
    [
        ("grid", 9, "runs: 9 of each point tell little from luck; at least 10 are usual"),
        ("factorial", 1, "runs: 1 of each point tell little from luck; at least 10 are usual"),
        ("grid", 10, None),
        ("lhs", 1, "runs: 1 of each point does not tell what luck does from what factors do; at least 2 do"),
        ("lhs", 2, None),
    ],
)
def test_usual_numbers_of_runs(kind, runs, words):
    assert list(designs.too_few_runs(worked(kind, runs=runs))) == ([] if words is None else [words])


@pytest.mark.parametrize(
    ("more", "said_so"),
    [
        ({"factors": 0}, True),
        ({"factors": 1}, False),
        ({"factors": 0, "theories": ("a", "b")}, False),
        ({"factors": 0, "cases": 2}, False),
        ({"factors": 0, "n": 2}, False),
    ],
)
def test_what_may_vary(more, said_so):
    found = list(designs.nothing_varies(worked(**more)))
    assert found == (["design: nothing varies but the seed"] if said_so else [])


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2029, 12, 31), "none of its moves is imposed"),
        (date(2030, 1, 1), None),
        (date(2031, 12, 31), None),
        (date(2032, 1, 1), "all of its moves are imposed"),
        (None, None),
    ],
)
def test_days_until_which_moves_are_imposed(day, words):
    line = f"until: {day} lies outside template (2030-01-01 to 2031-12-31): {words}"
    assert list(designs.until_outside(worked(until=day))) == ([] if words is None else [line])


@pytest.mark.parametrize(
    ("every", "series", "given", "words"),
    [
        (729.0, ("deaths",), {"every"}, None),
        (
            730.0,
            ("deaths",),
            {"every"},
            "every: 730 days keep one value of each series, since template has 729 days",
        ),
        (730.0, (), set(), None),
        (7.0, (), {"every"}, "every: has no effect: no series is kept"),
    ],
)
def test_how_seldom_series_are_kept(every, series, given, words):
    found = list(designs.thinned_to_nothing(worked(every=every, series=series, given=given)))
    assert found == ([] if words is None else [words])
