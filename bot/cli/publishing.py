"""The command `publish`: what the secretariat decided to show, into the bot; works while the bot runs.

Not here: the file and its checks (`bot.questionnaires.publication`), keeping it (`storage.published`).
"""

import argparse
import asyncio

from bot.cli.folder import learn_kept, noted, stores
from bot.cli.output import say, table
from bot.cli.refusals import remark
from bot.core.consultations import CONSULTATIONS
from bot.core.points import PointSet, Publication
from bot.questionnaires.publication import Unpublishable, read


def publish(chosen: argparse.Namespace) -> None:
    """Publish a file, withdraw everything, or list what is published."""
    if sum((chosen.file is not None, chosen.list, chosen.withdraw)) != 1:
        chosen.wrong("give a FILE, or --list, or --withdraw")
    if chosen.list:
        asyncio.run(_list())
    elif chosen.withdraw:
        asyncio.run(_replace(Publication()))
        say("Nothing is published any more. Who is in the middle of responding can finish.")
    else:
        learn_kept()
        asyncio.run(_replace(_read(chosen)))
        remark("It took the place of all that was published before; the bot shows it at once.")
        asyncio.run(_list())


def _read(chosen: argparse.Namespace) -> Publication:
    try:
        return read(chosen.file)
    except Unpublishable as error:
        table(("where", "what to do"), list(error.faults))
        raise


async def _replace(publication: Publication) -> None:
    async with stores() as opened:
        await noted(opened, "published" if publication.sets else "publication_withdrawn", "all")
        await opened.published.publish(publication)


async def _list() -> None:
    """Each consultation that is shown points: how many, in which languages, which version."""
    async with stores() as opened:
        published = opened.published
        versions = [(one.id, published.version(one.id)) for one in CONSULTATIONS]
        sets = [(name, published.points(version)) for name, version in versions if version is not None]
        points, feedback = published.count()
    rows = [(name, found.version, str(len(found.points)), _languages(found)) for name, found in sets if found]
    if rows:
        table(("shown in", "version", "points", "languages"), rows)
    say(f"points published: {points}, contributions with feedback: {feedback}")


def _languages(found: PointSet) -> str:
    """Languages in which every point can be read, and those that some points lack in brackets."""
    some = sorted({language for point in found.points for language in point.text})
    whole = [language for language in some if all(language in point.text for point in found.points)]
    return " ".join([*whole, *(f"({language})" for language in some if language not in whole)])
