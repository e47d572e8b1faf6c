"""From one region to the next: export, desk, a point in three languages, the file, the dialogue, the receipt."""

from pathlib import Path

import pytest

from bot.desk import material, report
from bot.desk.desk import Desk
from bot.desk.log import Log
from bot.exports import bundle
from bot.questionnaires.publication import read
from locales.catalogue import Catalogue
from tests.desk.test_translations import ARABIC, FRENCH, translates
from tests.journeys.test_feedback import opens
from tests.journeys.test_participant import CATALOGUE, say, somebody
from tests.journeys.test_withdrawal import handed_in
from tests.support.arrival import accept
from tests.support.bot import Bot
from tests.support.emulator import Person, buttons, text_of

TEXT = "Clinics are open to all."


async def at_the_desk(bot: Bot, folder: Path) -> Path:
    """The file that the desk makes of what was handed in."""
    sealed, identity = folder / "answers.zip", bot.identities[0]
    await bot.service.stores.vault.move()
    await bundle.write(sealed, bot.service.stores.vault, ["eeca"])
    made = Desk(material.read([sealed], [identity]), Log(folder / "answers.decisions", [identity]), "Noor")
    (name,) = made.lines
    made.decide("point", "", point="p1", title="Open clinics", text=TEXT, language="en", wording="ours")
    made.decide("feed", "", point="p1", contribution=name, question=None, start=None, end=None)
    made.decide("answer", "", point="p1", said="No papers", wrote="", answered="")
    made.decide("stage", "", point="p1", stage="agreed")
    assert await translates(made, "fr", FRENCH) == 200
    assert await translates(made, "ar", ARABIC) == 200
    made.log.close()
    file = folder / "points.json"
    file.write_bytes(report.published(made))
    return file


async def reads(person: Person, language: str) -> None:
    await person.send("/language")
    own = next(one.own_name for one in Catalogue.load().languages if one.code == language)
    await person.wait_for(lambda message: any(own in button["text"] for button in buttons(message)))
    await person.press(own)


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [("fr", FRENCH["text"], "No papers"), ("ar", ARABIC["text"], "لا أوراق"), ("pt", TEXT, "No papers")],
)
async def test_later_regions_and_who_spoke_read_a_point_in_their_language(
    tmp_path: Path, language: str, text: str, said: str
) -> None:
    async with somebody(tmp_path) as (bot, person):
        receipt = await handed_in(person, "Open the clinics to everybody.")
        publication = read(await at_the_desk(bot, tmp_path))
        assert [one.consultation for one in publication.sets] == ["sesea", "eeca", "wca", "sca", "mena", "esa"]
        await bot.service.stores.published.publish(publication)
        stands_in = CATALOGUE.text(language, "respond.language", language="English")
        # By receipt, whoever said it.
        await reads(person, language)
        await opens(person, receipt, language)
        shown = text_of(await person.wait_for_text(text))
        assert CATALOGUE.text(language, "respond.said", text=said) in shown
        assert (stands_in in shown) == (language == "pt")
        # In the dialogue, somebody of a region that comes later.
        other = await bot.emulator.person(language_code=language)
        await other.start("wca")
        await other.press(next(one.own_name for one in Catalogue.load().languages if one.code == language))
        await accept(other, language)
        await other.press(say("home.respond", language))
        asked = text_of(await other.wait_for_text(text))
        assert CATALOGUE.text(language, "respond.said", text=said) in asked
        day = CATALOGUE.day(language, publication.points[0].day)
        assert CATALOGUE.text(language, "respond.unnamed", day=day) in asked, "one person: no region is named"
        assert CATALOGUE.text(language, "consultation.eeca.name") not in asked
        assert (stands_in in asked) == (language == "pt")
