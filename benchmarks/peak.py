"""`python -m benchmarks.peak MODULE ARGUMENTS`: run a module, then say its peak of memory and its CPU as JSON.

`ru_maxrss` as a parent sees it would not do: a child begins with what its parent had.
"""

import json
import resource
import runpy
import sys
from pathlib import Path


def _peak() -> float:
    """Most MB that were ever resident in this process."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise AssertionError("no VmHWM")


def main() -> None:
    """Run it as it would run itself; its exit code becomes ours."""
    del sys.argv[0]
    code: object = 0
    try:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps({"peak": _peak(), "cpu": sum(one.ru_utime + one.ru_stime for one in used)}), flush=True)
    sys.exit(0 if code is None else code)  # type: ignore[arg-type]  # whatever the module gave


if __name__ == "__main__":
    main()
