"""`python -m benchmarks [name...] [--quick]`: run, print the tables, write `benchmarks/results/<name>.json`."""

import argparse
import time

from benchmarks import bytes as bytes_
from benchmarks import commit, export, start, step
from benchmarks.results import FOLDER

BENCHMARKS = {
    "step": step.measure,
    "commit": commit.measure,
    "export": export.measure,
    "start": start.measure,
    "bytes": bytes_.measure,
}
ROUNDS = 3


def main() -> None:
    """Run what was asked for, in order."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"any of: {', '.join(BENCHMARKS)}; default: all")
    parser.add_argument("--quick", action="store_true", help="less of everything; writes no files")
    asked = parser.parse_args()
    unknown = set(asked.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    began = time.monotonic()
    for name in asked.names or BENCHMARKS:
        results = BENCHMARKS[name](asked.quick, ROUNDS)
        print("\n".join(results.lines()), flush=True)
        if not asked.quick:
            print(f"  written: {results.write().relative_to(FOLDER.parent.parent)}", flush=True)
    print(f"\n{time.monotonic() - began:.0f} s. The machine may be busy: read the ratios, not the figures.")


if __name__ == "__main__":
    main()
