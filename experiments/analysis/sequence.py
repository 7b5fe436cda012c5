"""``detente sequence``: in which order to move, a question of a case, answered over what is not known.

Orders of a case's own items are run under the same seeds, with parameters and facts as declared and under draws of what
is not known, and held against declared aims.  Questions are contrasts that have a name, orders that were given, or all
orders of some items.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Unpack

import numpy as np

from detente.experiments.analysis.sequence_aims import Aim, aims_of
from detente.experiments.analysis.sequence_contrasts import BUILDERS, Board, Contrast, Missing, contrasts_of
from detente.experiments.analysis.sequence_items import ItemSpec, items_of, usual_items
from detente.experiments.analysis.sequence_orders import Order, check_orderable, days_of, ordered, read_order
from detente.experiments.analysis.sequence_parting import SEEDS, Parting, parting
from detente.experiments.analysis.sequence_result import Answer, Sequences
from detente.experiments.analysis.sequence_search import Means, few_orders, finalists, searched
from detente.experiments.compare.lessons import base_policy
from detente.experiments.compare.where_verdicts import draw_name
from detente.experiments.io.plain_json import without_nan
from detente.experiments.io.result_lines import ResultLines, kept_lines
from detente.experiments.runs.final_outcomes import Progress, ends_by
from detente.experiments.runs.inputs import whole_number
from detente.experiments.runs.intervals import known_mean
from detente.experiments.runs.posterior_draws import Source
from detente.experiments.runs.provenance import provenance
from detente.experiments.runs.run import Ready
from detente.experiments.runs.runners import Interrupt, Runner, checked_workers, heeding_interrupt, runner
from detente.experiments.runs.seeds import checked_seeds, seed_words
from detente.experiments.runs.unknowns import Unknowns, unknowns_of
from detente.model.errors import unknown, wrong
from detente.model.request import CaseLike, CaseOptions, PolicyLike, Request, scenario_of

Values = np.ndarray[Any, Any]

PAIRS, DRAWS, INSIDE, TRIALS = 500, 50, 10, 200
"""Pairs of runs, draws of what is not known, seeds in each draw, and orders that a search tries."""

BLOCK = 50
"""Seeds between two looks at Ctrl-C, and in a line of results."""

APART = 1_000_000
"""How far the seeds under which orders are tried lie from those under which the chosen are compared."""

TENTH, LEAST = 10, 20
"""An order is tried under a tenth of the pairs, but no fewer seeds than this."""

FORMAT = 1
RESULTS = "a file of results that detente sequence wrote"
USUAL = "usual"
"""The word for the items that five lessons is about."""

KEPT = ("case", "version", "rules_digest", "scenario_sha256", "policy", "theory", "levers", "parameters")
"""What of a run's provenance holds for all of them."""


@dataclass
class Bench:
    """What all questions of a case share, and the count of what was done."""

    request: Request
    items: Mapping[str, ItemSpec]
    aims: tuple[Aim, ...]
    seeds: tuple[int, ...]
    draws: int
    unknowns: Unknowns
    go: Runner
    file: ResultLines | None = None
    progress: Progress | None = None
    stop: Interrupt = field(default_factory=Interrupt)
    done: int = 0
    total: int = 0

    def opened(self, order: Order, items: Sequence[str], number: int | None) -> Request:
        """What is asked of the case with an order, at the declared numbers or under a draw."""
        base = (
            replace(self.request, point=True)
            if number is None
            else self.unknowns.request(self.request, number)
        )
        return ordered(base, order, items, self.items)

    def values(
        self, order: Order, items: Sequence[str], seeds: Sequence[int], number: int | None = None
    ) -> Any:
        """Every aim under an order: one value a seed."""
        ends = ends_by(self.go, self.opened(order, items, number).open(), seeds)
        return {aim.name: ends[aim.outcome].tolist() for aim in self.aims}

    def kept(self, question: str, part: str, work: Callable[[], Any]) -> Any:
        """A result, read from the file where it is there, else worked out and kept; counts as one."""
        key = (question, part)
        found = None if self.file is None else self.file.plain.get(key)
        made = found if found is not None else without_nan(work())
        if self.file is not None:
            self.file.append(key, made)
        self.done += 1
        if self.progress is not None:
            self.progress(min(self.done, self.total), self.total)
        return made

    def blocks(self) -> list[tuple[int, ...]]:
        """The seeds of the comparison, in blocks."""
        return [self.seeds[k : k + BLOCK] for k in range(0, len(self.seeds), BLOCK)]

    def draw_seeds(self, number: int) -> tuple[int, ...]:
        """The seeds of a draw, its own."""
        first = self.seeds[0] + (number - 1) * INSIDE
        return tuple(range(first, first + INSIDE))

    def tried_seeds(self) -> tuple[int, ...]:
        """The seeds under which orders are tried before some are compared."""
        first = self.seeds[0] + APART
        return tuple(range(first, first + max(LEAST, len(self.seeds) // TENTH)))


def compared(bench: Bench, question: Contrast, how: str = "", tried: int = 0) -> Answer | None:
    """The orders of a question under all seeds and draws; none where Ctrl-C came before the seeds were done."""
    labels = [order.label for order in question.orders]
    values: dict[str, dict[str, list[float]]] = {
        label: {aim.name: [] for aim in bench.aims} for label in labels
    }
    for block in bench.blocks():
        if bench.stop.asked:
            return None
        part = f"seeds {block[0]} to {block[-1]}"
        found = bench.kept(question.name, part, partial(in_all, bench, question, block, None))
        for label in labels:
            for name, more in found[label].items():
                values[label][name] += more
    drawn: list[dict[str, dict[str, float]]] = []
    for number in range(1, bench.draws + 1):
        if bench.stop.asked:
            break
        drawn.append(bench.kept(question.name, draw_name(number), partial(in_draw, bench, question, number)))
    arrays = {label: {name: as_values(v) for name, v in by_aim.items()} for label, by_aim in values.items()}
    plain = tuple(
        {label: {n: as_number(v) for n, v in one[label].items()} for label in labels} for one in drawn
    )
    part_of = parting_of(bench, question)
    return Answer(
        question.name, question.title, question.orders, bench.aims, arrays, plain, how, tried, part_of
    )


def in_all(bench: Bench, question: Contrast, seeds: Sequence[int], number: int | None) -> dict[str, Any]:
    """Every aim under every order of a question."""
    return {order.label: bench.values(order, question.items, seeds, number) for order in question.orders}


def in_draw(bench: Bench, question: Contrast, number: int) -> dict[str, Any]:
    """The mean of every aim under every order in a draw."""
    found = in_all(bench, question, bench.draw_seeds(number), number)
    return {
        label: {name: known_mean(as_values(v)) for name, v in aims.items()} for label, aims in found.items()
    }


def as_values(values: Sequence[float | None]) -> Values:
    """Numbers as an array, NaN for what is missing."""
    return np.array([as_number(v) for v in values], dtype=float)


def as_number(value: float | None) -> float:
    """A number, NaN for what is missing."""
    return float("nan") if value is None else float(value)


def parting_of(bench: Bench, question: Contrast) -> Callable[[str, str], Parting]:
    """What holds two orders of a question side by side."""
    by_label = {order.label: order for order in question.orders}

    def part(first: str, second: str) -> Parting:
        starts = [bench.opened(by_label[name], question.items, None).open() for name in (first, second)]
        return parting(starts[0], starts[1], (first, second), bench.seeds[:SEEDS])

    return part


# -- which orders


def orders_of_items(bench: Bench, names: Sequence[str], gaps: Sequence[float], trials: int) -> Answer | None:
    """All orders of some items where they are few, else those that a search finds, the best of them compared."""
    few = few_orders(names, bench.items, gaps)
    question = Contrast("items", "In which order?", (), tuple(names))
    bench.total += trials if few is None else (0 if len(few) <= 2 else len(few))

    def attempt(order: Order) -> Means:
        if bench.stop.asked:
            raise KeyboardInterrupt
        found = bench.kept("items", f"tried {order.label}", lambda: tried_means(bench, order, names))
        return {name: as_number(value) for name, value in found.items()}

    try:
        if few is None:
            tried = searched(names, bench.items, gaps, bench.aims, trials, attempt)
            how = f"searched: {len(tried)} orders and spacings tried by NSGA-II"
        else:
            tried = {order: attempt(order) for order in few}
            how = f"all {len(few)} orders and spacings tried"
    except KeyboardInterrupt:
        return None
    chosen = finalists(tried, bench.aims)
    how += f", {len(chosen)} compared under fresh seeds" if len(chosen) < len(tried) else ""
    return compared(bench, replace(question, orders=tuple(chosen)), how, len(tried))


def tried_means(bench: Bench, order: Order, names: Sequence[str]) -> Means:
    """The mean of every aim under an order, under the seeds for trying."""
    found = bench.values(order, names, bench.tried_seeds())
    return {name: known_mean(as_values(values)) for name, values in found.items()}


def chosen_items(names: Sequence[str], request: Request, items: Mapping[str, ItemSpec]) -> list[str]:
    """Items by name, or the usual ones; raises ``InputError`` for unknown ones and orders no condition allows."""
    chosen = usual_items(request.scenario, list(items.values())) if list(names) == [USUAL] else list(names)
    for name in chosen:
        if name not in items:
            raise unknown("items: item", name, [USUAL, *items])
    if len(set(chosen)) < len(chosen):
        raise wrong("items", chosen, "each item once")
    if len(chosen) < 2:
        raise wrong("items", chosen, "at least two items to put in order")
    check_orderable(chosen, items)
    return chosen


def named_contrasts(contrasts: Sequence[str] | str | None) -> tuple[str, ...]:
    """Contrasts by name, all of them for the word "all"; raises ``InputError`` for an unknown one."""
    given = tuple(BUILDERS) if contrasts in (None, "all", ["all"]) else (
        (contrasts,) if isinstance(contrasts, str) else tuple(contrasts or ())
    )  # fmt: skip
    for name in given:
        if name not in BUILDERS:
            raise unknown("contrast", name, ["all", *BUILDERS])
    return tuple(dict.fromkeys(given))


def checked_gaps(gaps: Sequence[float] | float | None, own: float) -> tuple[float, ...]:
    """Days between two turns; those of the items' file unless given."""
    given = (own,) if gaps is None else ((gaps,) if isinstance(gaps, int | float) else tuple(gaps))
    for gap in given:
        if isinstance(gap, bool) or not 1 <= gap <= 3650:
            raise wrong("gaps", gap, "days from 1 to 3650")
    if not given or len(set(given)) < len(given):
        raise wrong("gaps", list(given), "at least one number of days, each once")
    return tuple(float(gap) for gap in given)


def sequence(
    case: CaseLike,
    *,
    contrasts: Sequence[str] | str | None = None,
    items: Sequence[str] | None = None,
    orders: Sequence[str] | None = None,
    aims: Sequence[str] | None = None,
    pairs: int = PAIRS,
    draws: int = DRAWS,
    gaps: Sequence[float] | float | None = None,
    trials: int = TRIALS,
    file: str | Path | None = None,
    policy: PolicyLike | None = None,
    seeds: Sequence[int] | None = None,
    posterior: Source | None = None,
    threads: int | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    progress: Progress | None = None,
    ready: Ready | None = None,
    **asked: Unpack[CaseOptions],
) -> Sequences:
    """In which order to move: orders of a case's tracks, truces, measures and mediators held against declared aims.

    Ctrl-C keeps the questions that are answered.

    Args:
        case: a case by name, the path of its file or folder, or a case that is loaded.
        contrasts: contrasts by name, or "all" (unless items or orders are given): patron-or-ally, summit-or-working,
            truce-or-talks, recognition-and-milestones, way-round.
        items: items whose orders are compared, all where they are few, else by a search; "usual" stands for one for
            each lever of five lessons.
        orders: orders to compare, as "first > second + third", or with a name and days as "name: first >90 second".
        aims: what is judged: deaths, settlement, collapse, ally_trust, or any outcome with a better side.
        pairs: pairs of runs in every comparison, under seeds 1, 2, 3 ...
        draws: draws of what is not known, 10 seeds each; 0 leaves luck alone.
        gaps: days between two turns; several are tried with all orders of ``items``.
        trials: orders that a search tries.
        file: items from this file in place of ``sequence.toml`` beside the case.
        policy: the policy that orders come on top of; five-lessons unless given, or else the case's first.
        seeds: seeds in the place of 1 to ``pairs``.
        posterior: what unknown parameters are drawn from: the pooled posterior unless given, declared ranges for what
            it does not hold; "ranges" for these alone, or another posterior.
        threads: compiled runs at a time; one a processor unless given.
        out: file in which results are kept line by line (.jsonl).
        resume: whether to go on with that file; the outcome is the same, to the byte.
        progress: called with the parts done and those in all.
        ready: called with an opening and a seed when all is checked, before the first run.
        **asked: keywords of every function that opens a case (see ``detente.model.request.CaseOptions``).

    Returns:
        By question: aims under every order, differences with two intervals, front, regret over what is not known, where
        orders part, and a verdict in a sentence; as tables and as a figure.

    Raises:
        InputError: for anything it cannot use, with the nearest valid name.

    Examples:
        >>> import detente
        >>> found = detente.sequence("template", contrasts="truce-or-talks", pairs=4, draws=0, aims=["deaths"])
        >>> list(found.verdicts), found.answers[0].labels
        (['truce-or-talks'], ('truce first', 'talks first', 'both at once'))
    """
    request = asked_of(case, policy, asked)
    given, workers = checked_seeds(pairs, seeds), checked_workers(threads)
    spec = items_of(request.scenario, file)
    known = {one.name: one for one in spec.item}
    spaced = checked_gaps(gaps, spec.gap)
    n_draws = 0 if request.point else whole_number(draws, "draws", least=0)
    n_trials = whole_number(trials, "trials", least=10)
    questions, missing, own = questions_of(
        request, known, spaced[0], contrasts, orders, named=items is not None
    )
    names = None if items is None else chosen_items(items, request, known)
    unknowns = unknowns_of(posterior, case=request.scenario, profile=request.profile)
    aimed = aims_of(aims)
    items_by_name = {**known, **own}
    for question in questions:
        for order in question.orders:
            days_of(order, items_by_name, request.scenario)
            ordered(request, order, question.items, items_by_name).open()
    about = about_runs(request, given, n_draws, unknowns, aimed, spaced)
    asked_words = {
        "questions": [q.name for q in questions],
        "orders": [[o.words for o in q.orders] for q in questions],
    }
    asked_words |= {"items": names, "trials": n_trials, "items_sha256": spec.sha256}
    lines = kept_lines(
        out,
        {**about, **asked_words},
        ("question", "part"),
        resume=resume,
        what="comparison",
        expected=RESULTS,
    )
    if ready is not None:
        ready(request.open(), given[0])
    with heeding_interrupt() as stop, runner(None, workers) as go:
        bench = Bench(request, items_by_name, aimed, given, n_draws, unknowns, go, lines, progress, stop)
        parts = len(bench.blocks()) + n_draws
        bench.total = parts * (len(questions) + (names is not None))
        answers = [compared(bench, question) for question in questions]
        if names is not None:
            answers.append(orders_of_items(bench, names, spaced, n_trials))
    found = tuple(answer for answer in answers if answer is not None)
    if not found:
        raise KeyboardInterrupt
    short = len(found) < len(answers) or any(len(one.drawn) < n_draws for one in found)
    title = request.scenario.case.title
    return Sequences(title, about, found, tuple(missing), bench.done, bench.done + 1 if short else bench.done)


def asked_of(case: CaseLike, policy: PolicyLike | None, asked: CaseOptions) -> Request:
    """What is asked of a case; raises ``InputError`` for a branch, whose place the orders take."""
    scenario = scenario_of(case)
    request = Request.of(scenario, base_policy(scenario) if policy is None else policy, asked, sequence)
    if request.branch is not None:
        raise wrong("branch_to", request.branch[1].name, "none, since the orders come on top of one policy")
    return request


def questions_of(
    request: Request,
    known: Mapping[str, ItemSpec],
    gap: float,
    contrasts: Sequence[str] | str | None,
    orders: Sequence[str] | None,
    *,
    named: bool,
) -> tuple[list[Contrast], list[Missing], dict[str, ItemSpec]]:
    """The contrasts and the orders asked for, the contrasts that the case does not allow, and items of their own."""
    questions: list[Contrast] = []
    missing: list[Missing] = []
    if contrasts is not None or (not named and orders is None):
        board = Board(request.scenario, known, gap)
        questions, missing = contrasts_of(board, named_contrasts(contrasts))
    if orders is not None:
        read = [read_order(text, gap, known) for text in orders]
        if len({order.label for order in read}) < max(2, len(read)):
            raise wrong("orders", list(orders), "at least two orders, each once")
        names = tuple(dict.fromkeys(name for order in read for name in order.items))
        questions.append(Contrast("orders", "Which of these orders?", tuple(read), names))
    own = {name: one for question in questions for name, one in question.own.items()}
    return questions, missing, own


def about_runs(
    request: Request,
    seeds: Sequence[int],
    draws: int,
    unknowns: Unknowns,
    aims: Sequence[Aim],
    gaps: Sequence[float],
) -> dict[str, Any]:
    """What the results hang on: the case and all asked of it, seeds, draws, aims, spacing."""
    made = provenance(request.open())
    return {
        "sequence": FORMAT,
        **{key: made[key] for key in KEPT},
        "seeds": seed_words(seeds),
        "seeds_sha256": hashlib.sha256(repr(tuple(seeds)).encode()).hexdigest(),
        "pairs": len(seeds),
        "draws": draws,
        "seeds_in_draw": INSIDE,
        "drawn": unknowns.about,
        "drawn_words": unknowns.words,
        "aims": {aim.name: aim.outcome for aim in aims},
        "gaps": list(gaps),
        "decisions": made["decisions"],
        "facts": made["facts"],
    }
