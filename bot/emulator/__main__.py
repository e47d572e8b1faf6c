"""`python -m bot.emulator --port N [--state FILE]`: the emulator alone, until Ctrl-C.

The environment variable BOT_API_SPEC may name a machine-readable description of the Bot API to check against.
"""

import argparse
import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from bot.emulator.refusals import Refusal
from bot.emulator.server import DEMO_TOKEN, Running, serve


def _announce(emulator: Running) -> None:
    sys.stdout.write(f"The practice Telegram is at {emulator.url} (token {emulator.token})\n")
    sys.stdout.flush()


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bot.emulator", description="A small Telegram on this computer.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; keep it a loopback one")
    parser.add_argument("--port", type=int, default=8081, help="0 takes a free one")
    parser.add_argument("--token", default=DEMO_TOKEN, help="what the bot must call itself, number:secret")
    parser.add_argument("--state", type=Path, help="file to remember everything in")
    chosen = parser.parse_args()
    spec = os.environ.get("BOT_API_SPEC")
    try:
        asyncio.run(_run(chosen, Path(spec) if spec else None))
    except (OSError, ValueError, KeyError, Refusal) as fault:
        sys.stderr.write(f"The emulator cannot start: {fault}\n")
        return 1
    return 0


async def _run(chosen: argparse.Namespace, spec: Path | None) -> None:
    serving = asyncio.ensure_future(
        serve(chosen.host, chosen.port, token=chosen.token, state_file=chosen.state, spec=spec, started=_announce)
    )
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signal_number, serving.cancel)
    with suppress(asyncio.CancelledError):
        await serving


if __name__ == "__main__":
    sys.exit(main())
