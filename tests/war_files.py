"""A made-up war in the layouts of its publishers: events, ceasefires, agreements and a table of experts."""

import math
import random
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from layout_files import ceasefire, ceasefires, ged

GOVERNMENT, FRONT, LEAGUE = "Government of Examplia", "Front", "League"
FIRST, DAYS = date(2010, 1, 1), 6 * 365
SHARE = 0.7
"""Share of events in which the other side of the government dies."""


def events(rate: float = 0.4, season: float = 0.6, feast: float = 1.0, seed: int = 1) -> list[dict[str, Any]]:
    """Events of two dyads, the second a third as many; ``season`` is the amplitude of the year [log]."""
    dice, rows = random.Random(seed), []
    for k in range(DAYS):
        day = FIRST + timedelta(days=k)
        wave = math.exp(season * math.cos(2 * math.pi * (day.month - 7) / 12))
        quiet = feast if (day.month, day.day) in ((12, 24), (12, 25), (12, 26)) else 1.0
        for dyad, part in ((1, 0.75), (2, 0.25)):
            for _ in range(poisson(dice, rate * part * wave * quiet)):
                rows.append(event(len(rows) + 1, day, dyad, dice))
    return rows


def poisson(dice: random.Random, mean: float) -> int:
    """A Poisson number."""
    limit, n, product = math.exp(-mean), 0, dice.random()
    while product > limit:
        n, product = n + 1, product * dice.random()
    return n


def event(number: int, day: date, dyad: int, dice: random.Random) -> dict[str, Any]:
    """One event, in which one side dies."""
    deaths = min(int(1 + dice.paretovariate(1.8)), 80)
    theirs = dice.random() < SHARE
    foe = FRONT if dyad == 1 else LEAGUE
    return {
        "id": number,
        "date_start": f"{day}",
        "dyad_new_id": 9000 + dyad,
        "dyad_name": f"{GOVERNMENT} - {foe}",
        "side_b": foe,
        "side_b_new_id": 51 + dyad,
        "deaths_a": 0 if theirs else deaths,
        "deaths_b": deaths if theirs else 0,
        "best": deaths,
    }


def truces() -> str:
    """A ceasefire of one side and one of both, a row an actor, and one in a month of which the day is not known."""
    both = {"ucdp_actor_id": 51, "actor_name": GOVERNMENT, "side": 2}
    return ceasefires(
        ceasefire(1, (2011, 3, 1), (2011, 3, 2), (2011, 3, 20), side=1),
        ceasefire(2, (2012, 5, 1), (2012, 5, 3), (2012, 9, 1)),
        ceasefire(2, (2012, 5, 1), (2012, 5, 3), (2012, 9, 1)) | both,
        ceasefire(3, (2013, 9, -1), (-1, -1, -1), (-1, -1, -1), partial=1),
        ceasefire(3, (2013, 9, -1), (-1, -1, -1), (-1, -1, -1), partial=1) | both,
    )


AGREEMENTS = (
    "paid,gwno,conflict_id,conflict_name,dyad_id,dyad_name,actor_name,pa_name,year,pa_date,pa_type,cease,pris,pp,aut\n"
    f'1,990,900,Examplia: Government,9001,{GOVERNMENT} - {FRONT},"{GOVERNMENT}, {FRONT}",Agenda,'
    "2012,2012-06-01,3,0,0,0,0\n"
    f'2,990,900,Examplia: Government,9001,{GOVERNMENT} - {FRONT},"{GOVERNMENT}, {FRONT}",Small Accord,'
    "2013,2013-02-01,2,1,1,0,0\n"
    f'3,990,900,Examplia: Government,9001,{GOVERNMENT} - {FRONT},"{GOVERNMENT}, {FRONT}",Great Accord,'
    "2015,2015-08-31,1,1,1,1,1\n"
)

EXPERTS = (
    "actor,party,share,hawkishness,wants_recognition,risk_tolerance,patron\n"
    f"{GOVERNMENT},,,0.4-0.6,no,middle,Far Power\n"
    f"{FRONT},,,,yes,0.7,\n"
    f"Old Guard,{FRONT},0.3,high,,,\n"
    f"Youth,{FRONT},0.7,0.2/0.3/0.5,,,\n"
)


def write_war(folder: Path, names: Mapping[str, str] | None = None, **how: Any) -> dict[str, Path]:
    """The files of the war; ``names`` are put in place of others, in all of them."""
    texts = {
        "ged": ged(events(**how)),
        "ceasefires": truces(),
        "agreements": AGREEMENTS,
        "experts": EXPERTS,
    }
    paths: dict[str, Path] = {}
    for name, text in texts.items():
        for old, new in (names or {}).items():
            text = text.replace(old, new)
        paths[name] = folder / f"{name}.csv"
        paths[name].write_text(text, encoding="utf-8")
    return paths
