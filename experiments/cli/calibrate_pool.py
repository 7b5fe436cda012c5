"""What ``detente calibrate --pool`` does: fits what all conflicts share, with a bar that shows how far it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from detente.experiments.cli.exit_status import INTERRUPTED, complain
from detente.experiments.io.output import say, say_json
from detente.model.errors import InputError

if TYPE_CHECKING:
    from detente.experiments.calibration.pooling.pool import Pooled

OUT = Path("posterior-pooled.json")


def check_alone(pool: bool, pooling: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    """Refuse options of one way to calibrate beside the other."""
    wrong = other if pool else pooling
    given = [name for name, value in wrong.items() if value]
    if given:
        why = "goes with one case, not with --pool" if pool else "needs --pool"
        raise InputError(f"{given[0]}: {why}")


def fit_pool(
    data_dir: Path | None,
    draws: int | None,
    without: Sequence[str],
    out: Path | None,
    *,
    resume: bool,
    seed: int,
    json: bool,
) -> None:
    """Fit, write and print a pooled posterior."""
    from detente.experiments.calibration.pooling.pool import SIMULATIONS

    if data_dir is None:
        raise InputError("--data-dir: got nothing; expected the folder of the conflicts to pool")
    target = out or OUT
    n = SIMULATIONS if draws is None else draws
    made = fitted(data_dir, n, target, resume=resume, seed=seed, without=without)
    if json:
        say_json(made.to_json())
        return
    from detente.experiments.cli.printing.calibrate_pool import print_pooled
    from detente.experiments.cli.printing.tables import console

    print_pooled(console(), made)
    say(f"Wrote {target} and {target.with_suffix('.jsonl')}")


def fitted(data_dir: Path, draws: int, target: Path, **how: Any) -> Pooled:
    """The fit; what is simulated when Ctrl-C ends it stands in the table beside the posterior."""
    from detente.experiments.calibration.pooling.pool import calibrate_pool
    from detente.experiments.cli.compiling import bar
    from detente.experiments.cli.printing.tables import console

    table = target.with_suffix(".jsonl")
    try:
        with bar(console(stderr=True), "simulating and learning") as report:
            how["progress"] = lambda what, done, total: report(done, total)
            return calibrate_pool(data_dir, draws=draws, out=target, **how)
    except KeyboardInterrupt:
        if not table.exists():
            raise
        complain(
            f"interrupted; the simulations that are done stand in {table}, and --resume goes on from them"
        )
        raise typer.Exit(INTERRUPTED) from None
