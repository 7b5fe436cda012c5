"""Write the numbers of docs pages again.

`python3 -m uv run python docs/refresh.py [PAGE] ...`, for the pages named in ``PAGES``, all of them unless named.

Each page keeps its numbers between two comment lines; what stands between them is replaced, everything else is prose.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from refreshing.calibration import write_calibration
from refreshing.cases import write_cases, write_pooled
from refreshing.claims import write_claims
from refreshing.forecasts import write_back_test, write_benchmark
from refreshing.lessons import write_lessons, write_paired
from refreshing.policies import write_readme, write_tutorial
from refreshing.scoring import write_scoring
from refreshing.transfer import write_transfer
from refreshing.validity import write_card
from refreshing.where import write_where
from refreshing.world import write_world

PAGES: dict[str, Callable[[], None]] = {
    "transfer": write_transfer,
    "lessons": write_lessons,
    "paired-runs": write_paired,
    "world": write_world,
    "claims": write_claims,
    "cases": write_cases,
    "where": write_where,
    "benchmark": write_benchmark,
    "back-test": write_back_test,
    "pooled": write_pooled,
    "calibration": write_calibration,
    "scoring": write_scoring,
    "card": write_card,
    "tutorial": write_tutorial,
    "readme": write_readme,
}

if __name__ == "__main__":
    for page in sys.argv[1:] or PAGES:
        if page not in PAGES:
            raise SystemExit(f"{page}: expected one of {', '.join(PAGES)}")
        PAGES[page]()
