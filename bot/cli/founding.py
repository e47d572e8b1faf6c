"""The command `consultation new`: a consultation beyond the six, from a file; works while the bot runs.

Not here: the file and its checks (`bot.questionnaires.founding`), opening it (`intake`).
"""

import argparse
import asyncio

from bot.cli.folder import noted, stores
from bot.cli.output import say, table
from bot.cli.refusals import remark
from bot.core.consultations import Consultation, Founded
from bot.questionnaires.founding import Unfounded, read
from locales.catalogue import Catalogue


def new(chosen: argparse.Namespace) -> None:
    """Make it, or only say what would be made."""

    async def make() -> Founded:
        async with stores() as opened:  # the others are known from here on
            founded = read(chosen.file)
            if not chosen.check:
                made = founded.consultation
                await noted(opened, "consultation_made", made.id, made.first_day)
                await opened.registry.new_consultation(founded)
                await opened.outbox.set_sensitive(made.id, sensitive=founded.sensitive)
            return founded

    try:
        founded = asyncio.run(make())
    except Unfounded as error:
        table(("where", "what to do"), list(error.faults))
        raise
    made = founded.consultation
    table(("language", "name", "short", "place"), list(_readers(made)))
    days = made.first_day if made.first_day == made.last_day else f"{made.first_day} to {made.last_day}"
    say(
        f"{made.id}: {days}, {made.place}, times as in {made.zone}; countries: {' '.join(made.countries)}; "
        f"questionnaires: {' '.join(made.questionnaires)}; points from: {made.points_from or 'none'}; "
        f"access: {founded.intake.access.value}."
    )
    if chosen.check:
        remark("Nothing was made. Without --check it is.")
    else:
        remark(f"Its intake is closed: micic consultation open {made.id} --until TIME opens it.")


def _readers(made: Consultation) -> list[tuple[str, str, str, str]]:
    """What readers of each language see; a text of another language with that language in brackets."""
    catalogue = Catalogue.load()

    def text(key: str, language: str) -> str:
        texts = made.texts[key]
        code = next((one for one in catalogue.chain(language) if one in texts), next(iter(texts)))
        return texts[code] if code == language else f"{texts[code]} ({code})"

    codes = [language.code for language in catalogue.languages]
    return [(code, text("name", code), text("short", code), text("place", code)) for code in codes]
