"""Targets: what an ensemble of wars should reproduce, with intervals; ``world_targets.csv`` beside this file has them.

The numbers were computed from UCDP GED 21.1, the UCDP peace agreement and conflict termination datasets (CC BY 4.0) and
the ETH/PRIO ceasefire data by the estimators of this folder; intervals are 90 %, by resampling conflicts.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

from detente.model.reading import read_text

FILE = Path(__file__).with_name("world_targets.csv")
STRENGTHS = ("strong", "medium", "weak")

PARTS: dict[str, tuple[str, ...]] = {
    "C15b": ("mean", "spread"),
    "C21": ("d0-30", "d31-90", "d91-180", "d181-365"),
    "H9": ("2 years", "5 years"),
    "H10": ("agreement", "ceasefire", "low activity", "government victory"),
    "H11": ("agreement", "ceasefire", "low activity", "government victory"),
    "H12": ("1 year", "2 years", "5 years", "10 years"),
    "H13": ("1 year", "2 years", "5 years", "10 years"),
    "N1": ("lead 1", "lead 3", "lead 6", "lead 12"),
    "N2": ("lead 1", "lead 3", "lead 6", "lead 12"),
}
"""Targets of several numbers, and what each of these is."""

SHARES = ("C11", "C12", "C13", "C18", "H9", "H10", "H11", "H12", "H13")
"""Shares of n that have no interval in the file."""
Z90 = 1.645


@dataclass(frozen=True)
class Target:
    """One number to be reproduced.

    ``part`` names it where a target has several; ``low`` and ``high`` are NaN where the source gives no interval and
    it is no share of n.
    """

    id: str
    part: str
    quantity: str
    subset: str
    value: float
    low: float
    high: float
    n: int
    strength: str

    @property
    def label(self) -> str:
        """Number and part."""
        return f"{self.id} ({self.part})" if self.part else self.id


def targets() -> list[Target]:
    """All targets, in the order of the file."""
    lines = read_text(FILE, "the targets of the package").splitlines()
    return [target for row in csv.DictReader(lines) for target in targets_of(row)]


def targets_of(row: dict[str, str]) -> list[Target]:
    """The numbers of one line."""
    parts = PARTS.get(row["id"], ("",))
    columns = [numbers(row[name], len(parts)) for name in ("value", "lo90", "hi90", "n")]
    about = (row["quantity"], row["subset"])
    found: list[Target] = []
    for part, value, low, high, n in zip(parts, *columns, strict=True):
        ends = sampling_interval(value, n) if row["id"] in SHARES and math.isnan(low) else (low, high)
        found.append(Target(row["id"], part, *about, value, *ends, int(n), row["strength"]))
    return found


def sampling_interval(share: float, n: float) -> tuple[float, float]:
    """Wilson's 90 % interval of a share of n independent units; those of one conflict are not, so it is too narrow."""
    middle = (share + Z90**2 / (2.0 * n)) / (1.0 + Z90**2 / n)
    half = Z90 * math.sqrt(share * (1.0 - share) / n + Z90**2 / (4.0 * n * n)) / (1.0 + Z90**2 / n)
    return middle - half, middle + half


def numbers(text: str, n: int) -> list[float]:
    """Numbers separated by semicolons; one stands for all, none for unknown."""
    found = [float(part) for part in text.split(";")] if text else [float("nan")]
    return found * n if len(found) == 1 else found
