"""The command line `micic`: reads what was asked for, runs that one command, and turns what goes wrong into one line.

A result goes to stdout, remarks to stderr; a command returns, or raises what refuses it. Exit codes: 0 done, 1 refused,
2 wrong usage. Each command lives in a module that is imported once it is asked for, so that `micic --help` and
`micic open` need not wait for Telegram's library.
Not here: what can be asked for (`arguments`), how a refusal reads (`refusals`), the commands (a module for each kind).
"""

import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from bot.cli import refusals
from bot.cli.arguments import parser
from bot.core.errors import ConsultationError, Refused

DONE, REFUSED = 0, 1
"""Exit codes; the parser itself exits 2."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; wrong usage raises SystemExit(2)."""
    os.umask(0o077)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        chosen = parser().parse_args(argv)
        module, _, function = chosen.command.partition(":")
        getattr(import_module(f"bot.cli.{module}"), function)(chosen)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _refused(Refused("interrupted"))
    except ConsultationError as error:
        return _refused(error)
    except OSError as error:
        _give_up_output()
        return _refused(refusals.of_system(error))
    except Exception as error:  # a fault of ours: no traceback, its objects may hold what is secret
        return _refused(refusals.of_fault(error))
    return DONE


def _refused(error: ConsultationError) -> int:
    # Only here are the sentences needed.
    from locales.operator import sentence  # noqa: PLC0415

    refusals.remark(f"micic: {sentence(error)}")
    return REFUSED


def _give_up_output() -> None:
    """When stdout cannot be written, Python must not try again at its end and add a line of its own."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
