"""``detente if --back-test``: every ceasefire and agreement of many conflicts, foretold on its day, and judged.

Each conflict is opened on the day with what was known before it, the act is made, and the log of deaths after over
before is set beside what was observed.  The null draws from the ratios of the other conflicts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from detente.experiments.benchmark.conflict_folder import Conflict, conflicts_in
from detente.experiments.benchmark.deaths_between import Deaths
from detente.experiments.benchmark.past_acts import AGREEMENT, Act, Episode, acts_of, episodes
from detente.experiments.benchmark.past_ratios import half_and_half
from detente.experiments.benchmark.prospect_arms import unknown_arms
from detente.experiments.benchmark.prospect_moves import Moves, term_of
from detente.experiments.benchmark.prospect_moves import last_day as last_day_of_term
from detente.experiments.benchmark.prospect_opening import eve_of_war, last_day
from detente.experiments.benchmark.prospect_ratios import PSEUDO
from detente.experiments.benchmark.prospect_runs import MONTHS, window_counts
from detente.experiments.benchmark.prospect_scores import Case, pooled, score_table, summary
from detente.experiments.benchmark.war_data import WarData
from detente.experiments.cases.builder.history import agreement_moves, truce_moves
from detente.experiments.cases.builder.parties import Cast
from detente.experiments.cases.builder.span import Span
from detente.experiments.io.plain_json import without_nan
from detente.experiments.io.result_lines import ResultLines, kept_lines
from detente.experiments.runs.inputs import whole_number
from detente.experiments.runs.provenance import NOT_A_FORECAST, installed
from detente.experiments.runs.run import Ready
from detente.model.kernel import rules_digest
from detente.model.request import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from detente.model.scenario import Scenario

    Report = Callable[[str, int, int], None]
    """Called with what is done, the number done and the number in all."""

Values = np.ndarray[Any, Any]

RUNS = 100
FORMAT = 1
LINES = "results of a back-test (.jsonl)"
POOLED, MODEL, WITHOUT = "runs and past acts", "runs alone", "runs without the act"
NULL, RECENTRED = "past acts alone (the null)", "runs, recentred"
BLIND = "runs without the act and past acts"
"""What is judged: runs with the act and ratios of the other conflicts in equal parts, as ``what_if`` pools them; the
same with runs without the act, which shows what the model knows of the act itself; these runs, each alone; these
ratios; and the runs with it, moved and stretched by how they erred there."""
LEAST_BEFORE = 5.0
"""Deaths in the window before that the second set of episodes asks for."""
DIGITS = 4
NORMAL_MEDIAN, LEAST_WIDTH = 0.6745, 0.05
"""Median of the size of a normal error over its standard deviation; least standard deviation that is divided by."""


class Foretold(NamedTuple):
    """One day of a conflict: what was done, the episodes that begin on it, and runs with the act and without.

    ``deaths`` has, for each arm, a list of runs for each window.
    """

    conflict: str
    day: str
    acts: list[dict[str, Any]]
    imposed: int
    windows: dict[str, dict[str, float]]
    with_act: dict[str, list[float]]
    without: dict[str, list[float]]


@dataclass(frozen=True)
class BackTest:
    """All episodes with their forecasts, and the scores."""

    rows: tuple[Foretold, ...]
    conflicts: tuple[str, ...]
    runs: int

    def cases(self, months: int, least: float = 0.0) -> list[Case]:
        """The episodes of one length of window with what each forecast says."""
        key = str(months)
        held = [r for r in self.rows if key in r.windows and r.windows[key]["before"] >= least]
        plain = [Case(r.conflict, observed_log(r.windows[key]), logs_of(r, key)) for r in held]
        if len({c.conflict for c in plain}) < 2:
            return []
        return [
            Case(c.conflict, c.observed, in_order({**c.forecasts, **pooled_forecasts(c, plain)}))
            for c in plain
        ]

    @cached_property
    def scores(self) -> list[dict[str, Any]]:
        """One row for each set of episodes, window and forecast, with intervals over conflicts drawn again."""
        rows: list[dict[str, Any]] = []
        for name, least in (("every act", 0.0), (f"at least {LEAST_BEFORE:g} deaths before", LEAST_BEFORE)):
            for months in MONTHS:
                table = score_table(self.cases(months, least))
                rows += [
                    {"episodes": name, "months": months, "forecast": forecast, **summary(mine, table[NULL])}
                    for forecast, mine in table.items()
                ]
        return rows

    def past_logs(self) -> dict[int, list[float]]:
        """Months of a window -> logs of after over before as observed, over every episode."""
        return {
            n: [observed_log(r.windows[str(n)]) for r in self.rows if str(n) in r.windows] for n in MONTHS
        }

    def table(self) -> pd.DataFrame:
        """The scores as a table."""
        import pandas as pd

        return pd.DataFrame(self.scores)

    def episodes(self) -> pd.DataFrame:
        """One row an episode: acts, deaths before and after, and each forecast's middle 80 % and chance of a rise."""
        import pandas as pd

        rows: list[dict[str, Any]] = []
        for months in MONTHS:
            key = str(months)
            held = [r for r in self.rows if key in r.windows]
            for r, case in zip(held, self.cases(months), strict=True):
                said = [
                    {f"{name}: {k}": v for k, v in cells(vs).items()} for name, vs in case.forecasts.items()
                ]
                head = {"conflict": r.conflict, "day": r.day, "months": months, **r.windows[key]}
                head["acts"] = "; ".join(f"{a['kind']} ({a['sort']})" for a in r.acts)
                rows.append({**head, **{k: v for one in said for k, v in one.items()}})
        return pd.DataFrame(rows)

    def to_json(self) -> dict[str, Any]:
        """Everything but single runs as one object of plain values; what cannot be said is None."""
        made = {
            "note": NOT_A_FORECAST,
            "version": installed("detente"),
            "runs": self.runs,
            "conflicts": list(self.conflicts),
            "days": len(self.rows),
            "imposed": sum(r.imposed > 0 for r in self.rows),
            "scores": self.scores,
            "episodes": self.episodes().to_dict("records"),
        }
        return without_nan(made)


def cells(values: Values) -> dict[str, float]:
    """The middle 80 % of a ratio, and the chance of a rise."""
    from detente.experiments.benchmark.prospect_scores import rise_share

    low, high = np.exp(np.quantile(values, [0.1, 0.9]))
    return {"low80": float(low), "high80": float(high), "rise": rise_share(values)}


def observed_log(window: Mapping[str, float]) -> float:
    """The log of (D + .5) / (D' + .5) as observed."""
    return float(np.log((window["after"] + PSEUDO) / (window["before"] + PSEUDO)))


def logs_of(row: Foretold, key: str) -> dict[str, Values]:
    """What the model says of one episode, with the act and without."""
    before = row.windows[key]["before"]
    arms = {MODEL: row.with_act, WITHOUT: row.without}
    return {name: np.log((np.array(arm[key]) + PSEUDO) / (before + PSEUDO)) for name, arm in arms.items()}


def pooled_forecasts(case: Case, cases: Sequence[Case]) -> dict[str, Values]:
    """What the other conflicts add to it: their ratios, and how the model erred in them."""
    own, null = case.forecasts[MODEL], pooled(cases, case.conflict)
    others = [c for c in cases if c.conflict != case.conflict]
    return {
        NULL: null,
        POOLED: half_and_half(own, null, RUNS),
        BLIND: half_and_half(case.forecasts[WITHOUT], null, RUNS),
        RECENTRED: recentred(own, others),
    }


def in_order(forecasts: Mapping[str, Values]) -> dict[str, Values]:
    """The pooled forecast first, then what it is made of and what it is compared with."""
    return {name: forecasts[name] for name in (POOLED, BLIND, MODEL, WITHOUT, NULL, RECENTRED)}


def recentred(values: Values, others: Sequence[Case]) -> Values:
    """A forecast moved by the median error of other forecasts, and stretched where they were too narrow."""
    centres = np.array([np.median(c.forecasts[MODEL]) for c in others])
    errors = np.array([c.observed for c in others]) - centres
    shift = float(np.median(errors))
    widths = np.array([max(float(np.std(c.forecasts[MODEL])), LEAST_WIDTH) for c in others])
    stretch = max(float(np.median(np.abs(errors - shift) / widths)) / NORMAL_MEDIAN, 1.0)
    centre = float(np.median(values))
    return centre + shift + stretch * (values - centre)


# -- the acts of a day


def moves_of(acts: Sequence[Act], cast: Cast, scenario: Scenario, day: date) -> Moves:
    """The acts of a day as moves of the parties, without what became known later: ends of ceasefires."""
    span = Span(date.min, last_day(day), date.min, date.min, last_day(day))
    moves = [
        move
        for act in acts
        for made in (truce_moves if hasattr(act.row, "side") else agreement_moves)(blind(act.row), cast, span)
        for move in [with_term(made, act, scenario, day)]
    ]
    kept = {tuple(str(m.get(k)) for k in ("actor", "to", "do", "track", "what")): m for m in moves}
    rank = max((act.rank for act in acts if act.kind != AGREEMENT), default=0)
    return Moves(tuple(kept.values()), rank)


def with_term(move: dict[str, Any], act: Act, scenario: Scenario, day: date) -> dict[str, Any]:
    """The offer of a ceasefire of both sides with the term of its class; any other move as it is."""
    if move["do"] != "offer_truce" or "until" in move:
        return move
    end = last_day_of_term(scenario, day, term_of(scenario, act.rank))
    return {**move, "until": end} if end else move


def blind(row: Any) -> Any:
    """A row without its end."""
    import pandas as pd

    fields: dict[str, Any] = {"end": pd.NaT, "end_precision": "none"}
    return row._replace(**{k: v for k, v in fields.items() if hasattr(row, k)})


# -- running


def foretold(
    war: WarData, deaths: Deaths, day: date, own: Mapping[int, Episode], runs: int, ready: Ready | None = None
) -> Foretold:
    """The runs of one day of a conflict."""
    eve, cast = eve_of_war(war, deaths, day)
    acts = next(iter(own.values())).acts
    moves = moves_of(acts, cast, eve.scenario, day)
    request = Request.of(eve.scenario, eve.policy, {}, back_test)
    arms, _ = unknown_arms(eve, moves, request)
    if ready is not None:
        ready(arms[0].start, 1)
    _, (without, with_act) = window_counts(arms, day, range(1, runs + 1))
    return Foretold(
        war.name,
        day.isoformat(),
        [{"kind": a.kind, "sort": a.sort, "joint": a.joint, "local": a.local} for a in acts],
        len(moves.moves),
        {str(n): {"before": e.before, "after": e.after, "later": e.later} for n, e in own.items()},
        by_window(with_act, own),
        by_window(without, own),
    )


def by_window(counts: Values, own: Mapping[int, Episode]) -> dict[str, list[float]]:
    """Runs of the windows that begin an episode."""
    return {str(n): [round(float(v), DIGITS) for v in counts[:, MONTHS.index(n)]] for n in own}


def days_of(war: WarData, deaths: Deaths) -> dict[date, dict[int, Episode]]:
    """The days on which an episode begins, with those of each length of window."""
    acts = acts_of(war.evidence)
    found: dict[date, dict[int, Episode]] = {}
    for months in MONTHS:
        for episode in episodes(acts, deaths, months):
            found.setdefault(episode.day, {})[months] = episode
    return dict(sorted(found.items()))


def rows_of(
    conflicts: Sequence[Conflict], runs: int, lines: ResultLines | None, report: Report, ready: Ready | None
) -> Iterator[Foretold]:
    """Every day of every conflict; what the file has already is handed on as it is."""
    wars = [(one, one.read()) for one in conflicts]
    plan = [
        (war, deaths, days_of(war, deaths))
        for _, war in wars
        for deaths in [Deaths.of_evidence(war.evidence)]
    ]
    total, done = sum(len(days) for _, _, days in plan), 0
    for war, deaths, days in plan:
        for day, own in days.items():
            report(f"{war.name} {day}", done, total)
            key = (war.name, day.isoformat())
            plain = None if lines is None else lines.plain.get(key)
            row = foretold(war, deaths, day, own, runs, ready) if plain is None else Foretold(**plain)
            if lines is not None:
                lines.append(key, row._asdict())
            done += 1
            yield row
    report("done", total, total)


def back_test(
    folder: str | Path,
    *,
    runs: int = RUNS,
    out: str | Path | None = None,
    resume: bool = False,
    progress: Report | None = None,
    ready: Ready | None = None,
) -> BackTest:
    """Judge the forecasts of ``what_if`` on every ceasefire and agreement of a folder of conflicts.

    Args:
        folder: a folder with a list of conflicts, their counts, and tables of ceasefires and agreements.
        runs: runs with each act, and as many without.
        out: a file (.jsonl) to keep the results in, line by line.
        resume: whether to go on with that file.
        progress: called with what is done, the number done and the number in all.
        ready: called with an opening and a seed before its runs.

    Returns:
        Scores by window and forecast, and every episode.

    Raises:
        InputError: for a folder that is none, files that cannot be read, and a file of another back-test.

    Examples:
        >>> import detente
        >>> try:
        ...     detente.back_test("nowhere")
        ... except detente.InputError as error:
        ...     print(error)
        back-test: got 'nowhere'; expected a folder of observed data
    """
    number, conflicts = whole_number(runs, "runs", least=20), conflicts_in(folder)
    names = [c.name for c in conflicts]
    asked = {"back_test": FORMAT, "conflicts": names, "runs": number, "rules_digest": rules_digest()}
    lines = kept_lines(out, asked, ("conflict", "day"), resume=resume, what="back-test", expected=LINES)
    rows = tuple(rows_of(conflicts, number, lines, progress or (lambda what, done, total: None), ready))
    return BackTest(rows, tuple(names), number)
