"""Titles that tell apart what a case calls alike."""

from __future__ import annotations

from detente.model.scenario import Scenario, TrackSpec


def told_apart(scenario: Scenario) -> dict[str, str]:
    """Each track's title by name; where others have the same, with what differs: sides, form, rank, else the name."""
    found = {track.name: track.title for track in scenario.track}
    if len(set(found.values())) == len(found):
        return found
    for track in scenario.track:
        alike = [t for t in scenario.track if t.title == track.title]
        telling = [say for say in (sides_of, form_of, rank_of) if len({say(scenario, t) for t in alike}) > 1]
        if telling:
            found[track.name] += f" ({', '.join(say(scenario, track) for say in telling)})"
    said = list(found.values())
    return {name: f"{words} [{name}]" if said.count(words) > 1 else words for name, words in found.items()}


def sides_of(scenario: Scenario, track: TrackSpec) -> str:
    """Between whom a track is."""
    titles = {p.name: p.title for p in scenario.party}
    return " and ".join(titles[name] for name in track.between)


def form_of(scenario: Scenario, track: TrackSpec) -> str:
    """Of which form a track is."""
    return track.form


def rank_of(scenario: Scenario, track: TrackSpec) -> str:
    """Who sits at a track."""
    return f"{track.rank} level"
