"""``python -m mutation AREA [--seed N] [--mutants N] [--jobs N]``, from the folder ``tests``."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path

from mutation.report import summary, survivors
from mutation.rooms import AREAS, ROOT
from mutation.running import Verdict, counted

MARKS = {"killed": ".", "survived": "S", "crashed": "c", "hung": "h"}


def main() -> None:
    """Run the mutants of one area and print the survivors."""
    parser = argparse.ArgumentParser(prog="mutation", description=__doc__)
    parser.add_argument("area", choices=AREAS)
    parser.add_argument("--seed", type=int, default=1, help="draws the mutants")
    parser.add_argument("--mutants", type=int, help="how many are counted")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at a time")
    parser.add_argument("--json", type=Path, help="also write every verdict to this file")
    options = parser.parse_args()
    os.chdir(ROOT)
    area = AREAS[options.area]
    began = time.monotonic()
    verdicts: list[Verdict] = []
    for verdict in counted(area, options.seed, options.mutants or area.mutants, options.jobs):
        verdicts.append(verdict)
        print(MARKS[verdict.outcome], end="", flush=True)
        if verdict.outcome == "survived":
            print(f"\n{survivors([verdict])}", flush=True)
    print(f"\n{options.area}, seed {options.seed}: {summary(verdicts)}; {time.monotonic() - began:.0f} s")
    print(survivors(verdicts))
    if options.json:
        rows = [asdict(v) for v in verdicts]
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
