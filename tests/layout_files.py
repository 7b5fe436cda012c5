"""Small files of every layout of observed data, with made-up rows, and ways to damage them."""

import csv
import io
import random
from collections.abc import Sequence
from typing import Any

from detente.experiments.data.ged import COLUMNS

EVENT: dict[str, Any] = {
    "id": 1,
    "relid": "EXA-2017-1-1",
    "year": 2017,
    "active_year": 1,
    "code_status": "Clear",
    "type_of_violence": 1,
    "conflict_new_id": 900,
    "conflict_name": "Examplia: Government",
    "dyad_new_id": 9001,
    "dyad_name": "Government of Examplia - Front",
    "side_a_new_id": 51,
    "side_a": "Government of Examplia",
    "side_b_new_id": 52,
    "side_b": "Front",
    "source_article": 'Agency, "words"',
    "where_prec": 1,
    "country": "Examplia",
    "country_id": 990,
    "date_prec": 1,
    "date_start": "2017-05-04",
    "date_end": "2017-05-04",
    "best": 6,
}

QUIET = [
    {"id": 1, "country": "Elsewhere", "country_id": 991, "date_start": "2017-01-09", "best": 2},
    {"id": 2, "date_start": "2017-05-04", "best": 6},
    {"id": 3, "date_start": "2017-07-21", "best": 6},
    {"id": 4, "country": "Elsewhere", "country_id": 991, "date_start": "2017-12-30", "best": 1},
]
"""Two events of one country in a year that another country's events span."""


def ged(
    rows: Sequence[dict[str, Any]], columns: Sequence[str] = COLUMNS, header: bool = True, **form: Any
) -> str:
    """Events as a release has them; each row says what differs from ``EVENT``, an event lasts a day unless said."""
    made = []
    for row in rows:
        event = EVENT | {"year": str(row.get("date_start", "2017"))[:4]} | row
        event["date_end"] = row.get("date_end", event["date_start"])
        made.append({name: event.get(name, "") for name in columns})
    return table(columns, made, header=header, **form)


def table(
    columns: Sequence[str], rows: Sequence[dict[str, Any]], header: bool = True, separator: str = ","
) -> str:
    """Rows as text."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(columns), delimiter=separator, lineterminator="\n")
    if header:
        writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


CEASEFIRE_COLUMNS = (
    *("cc", "cf_id", "uniq_id", "location", "ucdp_actor_id", "actor_name", "ucdp_acd_id", "ucdp_dyad"),
    *("cf_dec_yr", "cf_dec_month", "cf_dec_day", "cf_effect_yr", "cf_effect_month", "cf_effect_day"),
    *("side", "partial", "ceasefire_class", "ended", "end_yr", "end_month", "end_day"),
)


def ceasefire(number: int, declared: Any, effect: Any, end: Any, **more: Any) -> dict[str, Any]:
    """A row of the ceasefire release; dates are (year, month, day)."""
    row = {
        **{
            "cc": 990,
            "cf_id": number,
            "uniq_id": 990_000 + number,
            "location": "Examplia",
            "actor_name": "Front",
        },
        **{"ucdp_actor_id": 52, "ucdp_acd_id": 900, "ucdp_dyad": 9001, "side": 2, "partial": 0, "ended": 1},
        "ceasefire_class": 1,
    }
    for name, parts in (("cf_dec", declared), ("cf_effect", effect), ("end", end)):
        row |= {f"{name}_{part}": value for part, value in zip(("yr", "month", "day"), parts, strict=True)}
    return row | more


def ceasefires(*rows: dict[str, Any], capitals: bool = False) -> str:
    """The ceasefire release of some rows; ``capitals`` as an older one wrote its columns."""
    columns = [name.capitalize() if capitals else name for name in CEASEFIRE_COLUMNS]
    made = [{name.capitalize() if capitals else name: v for name, v in row.items()} for row in rows]
    return table(columns, made)


AGREEMENTS = (
    "paid,gwno,conflict_id,conflict_name,dyad_id,dyad_name,actor_name,pa_name,year,pa_date,"
    "ended,duration,pa_type,ref \n"
    '1,990,900,Examplia: Government,9001,Government of Examplia - Front,"Government of Examplia, Front",First Accord,'
    "1999,1999-08-31,1,1999-09-01,2,0\n"
    '2,990,900,Examplia: Government,"9001, 9002","Government of Examplia - Front, Government of Examplia - League",'
    '"Government of Examplia, Front, League",Second Accord,2004,,,,1,0\n'
    "3,991,901,Elsewhere: North,9003,Government of Elsewhere - North,North,Agenda,2010,2010-11-05,,,3,1\n"
)

VIEWS = "month_id,country_id,ged_sb,ged_ns,ged_os\n" + "".join(
    f"{month},{country},{month % 5 + country},{month % 2},0\n"
    for country in (70, 71)
    for month in range(445, 457)
)

TESTS = (
    "F1,Date,Date Entered/Updated,Missile Name,Missile Type,Confirmation Status,Test Outcome,Source(s)\n"
    "1,2016-03-09,2017-01-01,Type A,SRBM,Confirmed,Success,a\n"
    "2,3/9/2016,2017-01-01,Type A,SRBM,Confirmed,Failure,b\n"
    "3,17-Mar-16,2017-01-01,Type B,MRBM,Confirmed,Success,c\n"
    "4,2016-04,2017-01-01,Unknown,Unknown,Unconfirmed,Unknown,d\n"
    "5,,2017-01-01,Unknown,Unknown,Unconfirmed,Unknown,e\n"
)

ACLED = (
    "event_id_cnty,event_date,year,time_precision,event_type,sub_event_type,actor1,actor2,country,iso,fatalities,notes\n"
    'EXA1,2021-03-01,2021,1,Battles,Armed clash,Front,Government of Examplia,Examplia,990,3,"a, b"\n'
    "EXA2,2021-03-05,2021,3,Explosions/Remote violence,Shelling,Government of Examplia,Front,Examplia,990,2,c\n"
    "EXA3,2021-04-11,2021,1,Violence against civilians,Attack,League,Civilians,Examplia,990,1,d\n"
    "EXA4,2021-05-20,2021,1,Protests,Peaceful protest,Protesters,,Examplia,990,0,e\n"
)

FILES = {
    "ged": ged(QUIET, ("id", *[name for name in COLUMNS if name != "id"])),
    "ceasefires": ceasefires(
        ceasefire(1, (2019, 3, 2), (2019, 3, 10), (2019, 4, 9)),
        ceasefire(2, (2019, 6, 1), (0, 0, 0), (-1, -1, -1)),
        ceasefire(3, (2019, 9, -1), (-1, -1, -1), (2019, 11, 31)),
    ),
    "plain ceasefires": "uniq_id,declared,effect,end,cf_class\n1,2001-01-02,2001-01,2001-03-04,cessation\n",
    "agreements": AGREEMENTS,
    "views": VIEWS,
    "tests": TESTS,
    "acled": ACLED,
    "daily": "date,events,deaths\n2018-01-30,1,2\n2018-01-31,0,0\n2018-02-01,3,9\n",
    "monthly": "month,deaths_all\n2018-01,10\n2018-02,12\n",
    "dated months": "date,events,deaths\n2018-01-01,,10\n2018-02-01,4,12\n2018-03-01,,\n",
    "series": "date,series,value\n2018-01,deaths,4\n2018-01,strikes,1.5\n2018-02,deaths,6\n2018-02,strikes,0\n",
    "conflicts": "case,country,first,last,deaths\nnorth,Examplia,1989-01,2020-12,400\n"
    "south,Elsewhere,1991-01,1999-05,9\n",
}
"""A file of every layout."""

ODD = (
    *("", "-1", "0", "NA", "1e400", "nan", "x", "2018-13-01", "2018-02-30", "0017-01-01"),
    *("[red]", '"', "\t", "=1+1", "9" * 400),
)


def mutated(text: str, seed: int) -> bytes:
    """A file damaged in one to four places: bytes, cells, lines, separators, encodings."""
    luck = random.Random(seed)
    data = text.encode()
    for _ in range(luck.randint(1, 4)):
        data = luck.choice((changed_byte, changed_cell, changed_lines, changed_form))(data, luck)
    return data


def changed_byte(data: bytes, luck: random.Random) -> bytes:
    """A byte more, a byte less, or another one."""
    place = luck.randrange(len(data) + 1)
    byte = bytes([luck.choice((luck.randrange(256), 44, 34, 10, 13, 0, 59))])
    before, here = data[:place], data[place : place + 1]
    after = data[place + 1 :]
    return before + luck.choice((byte + here, b"", byte)) + after


def changed_cell(data: bytes, luck: random.Random) -> bytes:
    """Another value in some cell, of the header too."""
    lines = data.split(b"\n")
    row = luck.randrange(len(lines))
    cells = lines[row].split(b",")
    cells[luck.randrange(len(cells))] = luck.choice(ODD).encode()
    lines[row] = b",".join(cells)
    return b"\n".join(lines)


def changed_lines(data: bytes, luck: random.Random) -> bytes:
    """Lines doubled, dropped, shuffled or cut short."""
    lines = data.split(b"\n")
    row = luck.randrange(len(lines))
    kind = luck.randrange(4)
    if kind == 0:
        lines.insert(row, lines[row])
    elif kind == 1:
        del lines[row]
    elif kind == 2:
        luck.shuffle(lines)
    else:
        lines[row] = lines[row][: luck.randrange(len(lines[row]) + 1)]
    return b"\n".join(lines)


def changed_form(data: bytes, luck: random.Random) -> bytes:
    """Another separator, encoding or line end, a mark at the start, or half of the file."""
    return luck.choice(
        (
            lambda: data.replace(b",", b";"),
            lambda: data.replace(b",", b"\t"),
            lambda: b"\xef\xbb\xbf" + data,
            lambda: data.replace(b"\n", b"\r\n"),
            lambda: data.replace(b"\n", b"\r"),
            lambda: data.decode("latin-1").encode("utf-16"),
            lambda: data[: len(data) // 2],
            lambda: data + b"\xe9\xfc",
        )
    )()
