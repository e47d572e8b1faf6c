"""`python -m benchmarks [name...] [--quick]`: run and print; write `benchmarks/results/<name>.json` and the tables.

`python -m benchmarks.report` writes the tables of `docs/performance.md` alone, from the files that are there.
"""

import argparse
import time

from benchmarks import beside, broadcast, commit, desk, duplicates, export, growth, report, start, step
from benchmarks import bytes as bytes_
from benchmarks.results import FOLDER

BENCHMARKS = {
    "step": step.measure,
    "commit": commit.measure,
    "export": export.measure,
    "start": start.measure,
    "bytes": bytes_.measure,
    "growth": growth.measure,
    "broadcast": broadcast.measure,
    "beside": beside.measure,
    "duplicates": duplicates.measure,
    "desk": desk.measure,
}
ROUNDS = 3


def main() -> None:
    """Run what was asked for, in order."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"any of: {', '.join(BENCHMARKS)}; default: all")
    parser.add_argument("--quick", action="store_true", help="less of everything; writes no files")
    parser.add_argument("--million", action="store_true", help="growth up to a million: 10 minutes and 6 GB of disk")
    asked = parser.parse_args()
    unknown = set(asked.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    began = time.monotonic()
    for name in asked.names or BENCHMARKS:
        results = (
            growth.measure(asked.quick, ROUNDS, million=asked.million)
            if name == "growth"
            else BENCHMARKS[name](asked.quick, ROUNDS)
        )
        print("\n".join(results.lines()), flush=True)
        if not asked.quick:
            print(f"  written: {results.write().relative_to(FOLDER.parent.parent)}", flush=True)
    if not asked.quick:
        report.write()
    print(f"\n{time.monotonic() - began:.0f} s. The machine may be busy: read the ratios, not the figures.")


if __name__ == "__main__":
    main()
