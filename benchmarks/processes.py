"""Processes that a benchmark starts: their first words, their CPU time and memory, and their end, whatever happens."""

import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TICKS = os.sysconf("SC_CLK_TCK")


class Silent(Exception):
    """A process ended, or said nothing in time."""


class Process:
    """One program of ours, which says lines of JSON on standard output and takes them on standard input."""

    def __init__(
        self,
        module: str,
        arguments: Sequence[object] = (),
        settings: Mapping[str, str] | None = None,
        python: Path | str = sys.executable,
    ) -> None:
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `end`
        self._running = subprocess.Popen(
            [python, "-m", module, *map(str, arguments)],
            cwd=ROOT,
            env={**os.environ, **(settings or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
        )
        self._rest = b""
        self.module = module

    def say(self, value: object) -> None:
        """One line to its standard input."""
        assert self._running.stdin is not None
        self._running.stdin.write(json.dumps(value).encode() + b"\n")
        self._running.stdin.flush()

    def hear(self, seconds: float = 60.0) -> Any:
        """Its next line, parsed. Raises Silent with the end of what it complained of."""
        assert self._running.stdout is not None
        until = time.monotonic() + seconds
        while b"\n" not in self._rest:
            ready, _, _ = select.select([self._running.stdout], [], [], max(0.0, until - time.monotonic()))
            data = os.read(self._running.stdout.fileno(), 1 << 16) if ready else b""
            if not data:
                self._complaints.seek(0)
                raise Silent(f"{self.module}: {self._complaints.read()[-2000:].decode(errors='replace')}")
            self._rest += data
        line, self._rest = self._rest.split(b"\n", 1)
        return json.loads(line)

    @property
    def cpu(self) -> float:
        """User and system seconds so far."""
        fields = Path(f"/proc/{self._running.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def memory(self) -> float:
        """Resident MB."""
        pages = int(Path(f"/proc/{self._running.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def end(self) -> None:
        """End it, and wait until it has ended."""
        self._running.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._running.wait(10)
        self._running.kill()
        self._running.wait()
        for stream in (self._running.stdin, self._running.stdout, self._complaints):
            assert stream is not None
            with suppress(BrokenPipeError):
                stream.close()


@contextmanager
def started(
    module: str,
    arguments: Sequence[object] = (),
    settings: Mapping[str, str] | None = None,
    python: Path | str = sys.executable,
) -> Iterator[Process]:
    """Run a module until the block ends; `settings` are added to the environment."""
    process = Process(module, arguments, settings, python)
    try:
        yield process
    finally:
        process.end()
