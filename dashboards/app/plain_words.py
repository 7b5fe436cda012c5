"""Lines of the program as a page says them: dates in words, decisions and moves as people speak of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from detente.agents.codes import LEVER_TITLES
from detente.dashboards.app.record import in_words, move_words
from detente.experiments.cases.imposed import Imposed, named
from detente.model.opening import Opening
from detente.model.policy import MoveSpec
from detente.model.titles import told_apart

DAY = re.compile(r"\b(\d{4}-\d\d-\d\d)\b")

DECISION_NOUNS = {
    "offer_truce": "offer of a ceasefire",
    "answer_truce": "answer to an offered ceasefire",
    "extend_truce": "extension of a ceasefire",
    "open_track": "opening of talks",
    "leave_track": "walking out of talks",
    "give_measure": "step of a measure",
    "answer_measure": "answer to a measure",
    "reverse_measure": "taking back of a measure",
    "narrow_measure": "narrowing of a measure",
    "draw_down": "drawdown of forces",
    "answer_breach": "answer to a breach",
    "launch_offensive": "offensive",
}
"""A decision -> what it is called where a line speaks of it."""

EVENT_NOUNS = {
    "move_imposed": "a move made as laid down",
    "truce_offered": "an offer of a ceasefire",
    "truce_began": "the beginning of a ceasefire",
    "truce_lapsed": "an offer of a ceasefire that lapses",
    "truce_expired": "a ceasefire that reaches its term",
    "truce_extended": "the extension of a ceasefire",
    "truce_collapsed": "the collapse of a ceasefire",
    "breach": "a breach of a ceasefire",
    "track_opened": "the opening of talks",
    "issue_settled": "an issue settled in talks",
    "track_failed": "the failure of talks",
    "leak": "a leak of secret talks",
    "measure_given": "a step of a measure",
    "measure_answered": "an answer to a measure",
    "measure_unmet": "a measure that stays unanswered",
    "measure_reversed": "a measure taken back",
    "mediator_engaged": "a mediator who begins to work",
    "mediator_left": "a mediator who leaves",
    "spoiler_strike": "a strike by a spoiler",
    "drawdown": "a drawdown of forces",
    "package_refused": "the refusal of an agreement",
    "agreement": "the signing of an agreement",
    "relapse": "the breaking of an agreement",
    "party_collapsed": "the collapse of a party",
    "lever_set": "the setting of a lever",
    "context_changed": "a change of the context",
    "move_blocked": "a move that is ruled out",
    "promise_broken": "a broken promise",
    "breach_answered": "an answer to a breach",
    "track_concluded": "the conclusion of talks",
    "milestone_missed": "a milestone that is missed",
    "pre_empted": "an attack to forestall the other side",
    "voted": "a vote",
    "faded": "a war that fades out",
    "flared_up": "a war that flares up again",
    "truce_declared": "a ceasefire declared by one side",
    "forces_left": "the departure of the last forces",
    "leader_changed": "a change of leader",
    "actor_arrived": "the arrival of an actor",
    "actor_left": "the departure of an actor",
    "faction_split": "the split of a faction",
    "faction_rejoined": "the return of a faction",
    "offensive": "an offensive",
    "peacekeepers": "the arrival or departure of peacekeepers",
    "measure_narrowed": "the narrowing of a measure",
}
"""A kind of event -> what it is called in a sentence."""

SPOKEN = "|".join(name.replace("_", " ") for name in DECISION_NOUNS)
IMPOSED = re.compile(rf"(, by [^:]+: | rules out)( to )?({SPOKEN})\b")
"""A decision in a line of a chronicle, whose name stands there without its underscores."""

ADVICE = re.compile(r"; (?:add its|block) .*$", re.DOTALL)
"""What a line tells whoever writes a policy file, which nobody does on a page."""

TRACK, KEY = re.compile(r"\[(?:track:|move: open_track) ([^\]]+)\]"), re.compile(r"(?<=”)\.[\w.]+")
SWITCH = re.compile(r"switches\.(\w+) is 0")
FIRST_DAY, FREE = "”.from: ", "mode: is 'free', which carries out"
LEVER = re.compile(rf"\blever ({'|'.join(LEVER_TITLES)})\b(?:: (?=is ))?")
NOUN = re.compile(rf"\b({'|'.join(DECISION_NOUNS)})\b")


def dated(text: str) -> str:
    """A text in which every date stands in words."""
    return DAY.sub(lambda found: day_in_words(found[1]), text)


def day_in_words(text: str) -> str:
    """A date to read; what is no day of the calendar stays as it is."""
    try:
        return in_words(date.fromisoformat(text))
    except ValueError:
        return text


def chronicle_words(sentence: str) -> str:
    """A line of a chronicle: its dates in words, and a decision that was imposed as people speak of it."""
    return dated(IMPOSED.sub(spoken, sentence))


def spoken(found: re.Match[str]) -> str:
    """A decision by what it is called."""
    return f"{found[1]}{': ' if found[2] else ''}{DECISION_NOUNS[found[3].replace(' ', '_')]}"


def titled(text: str, start: Opening) -> str:
    """A text in which every actor stands by its title."""
    s = start.scenario
    titles = {one.name: one.title for one in (*s.party, *s.mediator, *s.spoiler)}
    names = "|".join(map(re.escape, sorted(titles, key=len, reverse=True)))
    return re.sub(rf"\b({names})\b", lambda found: titles[found[1]], text)


def remark_words(text: str, start: Opening) -> str:
    """What is probably not meant in a policy, without a name that only its file has."""
    for name, words in sorted(moves_in_words(start).items(), key=lambda pair: -len(pair[0])):
        text = text.replace(name, words)
    tracks = told_apart(start.scenario)
    text = text.replace(FIRST_DAY, "”: its first day, ").replace(FREE, "Free throughout: carries out")
    text = KEY.sub("", ADVICE.sub(".", text))
    text = TRACK.sub(lambda found: f"“{tracks.get(found[1], found[1])}”", text)
    text = SWITCH.sub(lambda found: f"the mechanism “{found[1].replace('_', ' ')}” is switched off", text)
    text = re.sub(rf" in {re.escape(start.scenario.case.name)}\b", " in this case", text)
    text = NOUN.sub(lambda found: DECISION_NOUNS[found[1]], LEVER.sub(lever_words, text))
    return dated(titled(text, start))


def lever_words(found: re.Match[str]) -> str:
    """A lever by its title, as the subject of what is said of it."""
    return f"The lever “{LEVER_TITLES[found[1]]}”{' ' if found[0].endswith(': ') else ''}"


def moves_in_words(start: Opening) -> dict[str, str]:
    """The moves of a policy and of a user: what lines call each -> what it is in words."""
    moves: Iterable[MoveSpec] = (*start.policy.move, *Imposed(start).moves)
    return {named(m): f"“{words_with_day(start, m)}”" for m in moves}


def words_with_day(start: Opening, m: MoveSpec) -> str:
    """Who moves, what it does, and on which day."""
    return move_words(start, m) + (f", {in_words(m.date)}" if m.date else "")
