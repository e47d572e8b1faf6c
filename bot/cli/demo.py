"""The command `demo`. Not here: the demonstration itself (`bot.demo`)."""

import argparse

from bot.demo import run


def demo(chosen: argparse.Namespace) -> None:
    """Everything in a browser, with invented people, until Ctrl-C."""
    run(chosen.port, chosen.data_dir, chosen.play)
