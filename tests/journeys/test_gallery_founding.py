"""Pictures of making a consultation in the chat, in each language: every step, what it refuses, the review, a change,
the page of what was made.

Walked only when MICIC_SCREENSHOTS names a folder, like `test_gallery`, whose visitors walk here too.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.core.consultations import unlearn
from tests.journeys.pictures import watched
from tests.journeys.test_gallery import Visitor
from tests.journeys.test_participant import CATALOGUE
from tests.journeys.test_reminders import noon
from tests.journeys.test_walk import LANGUAGES
from tests.storage.world import SetClock
from tests.support.bot import running_bot
from tests.support.browser import needs_browser, window
from tests.support.network import organizer

pytestmark = [
    *needs_browser,
    pytest.mark.skipif(
        not os.environ.get("MICIC_SCREENSHOTS"), reason="a gallery to look at: MICIC_SCREENSHOTS=folder"
    ),
]

OWN = {one.code: one.own_name for one in CATALOGUE.languages}
NAMED = {
    "en": ("Horn of Africa and its neighbours", "Horn of Africa", "Nairobi, Kenya"),
    "fr": ("Corne de l’Afrique et pays voisins", "Corne de l’Afrique", "Nairobi, Kenya"),
    "es": ("Cuerno de África y países vecinos", "Cuerno de África", "Nairobi, Kenia"),
    "ar": ("القرن الأفريقي والبلدان المجاورة له", "القرن الأفريقي", "نيروبي، كينيا"),
    "ru": ("Африканский Рог и соседние страны", "Африканский Рог", "Найроби, Кения"),
    "pt": ("Corno de África e países vizinhos", "Corno de África", "Nairóbi, Quênia"),
}
"""The name, too long for a button; a short one; the place."""


@pytest.fixture(autouse=True)
def only_the_six() -> Iterator[None]:
    unlearn()
    yield
    unlearn()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_screen_of_making_a_consultation(language: str, tmp_path: Path) -> None:
    async with running_bot(tmp_path, clock=SetClock(noon())) as bot:
        runner = await organizer(bot, language, None)
        with watched() as written:
            async with window(bot.emulator.url, width=360, height=1500, people=[runner.id]) as seen:
                one = Visitor(language, bot, runner, seen, "founding-")
                await _names_it(one)
                await _says_where(one)
                await _says_when(one)
                await _says_for_whom(one)
                await _looks_at_it_all(one)
                await _makes_it(one)
                await _throws_another_away(one)
        assert written.missing("founding") == []


async def _names_it(one: Visitor) -> None:
    name, short, place = NAMED[one.language]
    other = "fr" if one.language == "en" else "en"
    await one.send("/manage", "consultations")
    await one.press("founding.b.new")
    await one.press("founding.b.next", "name-wanted")
    await one.press_label(OWN[one.language], "name-in-own")
    await one.send(f"{name}, " * 4, "name-too-long")
    await one.send(name, "short-wanted")
    await one.send(name, "short-too-long")
    await one.send(short, "named")
    await one.press_label(OWN[other], "name-in-other")
    await one.send(NAMED[other][1], "named-twice")
    await one.press_label(f"✓ {OWN[other]}", "name-of-other")
    await one.press("founding.b.remove", "name-removed")
    await one.press("founding.b.next", "place")
    await one.press_label(OWN[one.language], "place-in-own")
    await one.send(place, "placed")


async def _says_where(one: Visitor) -> None:
    country = CATALOGUE.territory(one.language, "KE")
    await one.press("founding.b.next", "country")
    await one.send("Atlantis", "country-unknown")
    await one.send("Guin", "country-several")
    await one.send(country, "country-said")
    await one.press("founding.b.next", "region")
    near = [CATALOGUE.territory(one.language, code) for code in ("DJ", "ET", "SO")]
    await one.send(", ".join(near), "region-said")
    await one.send("Guin", "region-several")
    await one.press("consultation.esa.short", "region-taken")
    await one.press("founding.b.alone")
    await one.press("founding.b.next", "zone")
    await one.send("Atlantis", "zone-unknown")
    await one.send("Africa/Nairobi", "zone-said")
    await one.press("founding.b.next", "zones")
    await one.send("Atlantis", "zones-unknown")
    await one.send("Kinshasa", "zones-said")


async def _says_when(one: Visitor) -> None:
    await one.press("founding.b.next", "days")
    await one.send("12.5.2090", "days-wrong")
    await one.send("2090-05-12", "days-said")
    await one.press("founding.b.longer")
    await one.send("2090-05-11", "last-day-wrong")
    await one.send("2090-05-13", "last-day-said")
    await one.press("founding.b.next", "opens")
    await one.send("tomorrow", "opens-wrong")
    await one.send("2090-04-01 09:00", "opens-said")
    await one.press("founding.b.next", "until")
    await one.send("2090-03-01 09:00", "until-wrong")
    await one.send("2090-05-10 18:00", "until-said")


async def _says_for_whom(one: Visitor) -> None:
    await one.press("founding.b.next", "access")
    await one.send("1", "access-typed")
    await one.press("manage.b.back", "until-again")
    await one.press("founding.b.next", "access-again")
    await one.press("manage.b.access.open", "sensitive")
    await one.press("founding.b.not_sensitive", "drafts")
    await one.send("100", "drafts-wrong")
    await one.press_label(one.say("time.hours", count=12), "languages")
    await one.press_label(f"✓ {OWN['pt']}", "languages-fewer")
    await one.press("founding.b.next", "forms")
    for name in ("practice", "group", "recommendation"):  # the last one stays, and it is said why
        await one.press_label("✓ " + one.say(f"manage.form.{name}"), f"forms-without-{name}")
    await one.press("founding.b.next", "points")
    await one.press("consultation.eeca.short", "review")


async def _looks_at_it_all(one: Visitor) -> None:
    await one.press("founding.of.days", "change-days")
    await one.press("founding.b.longer", "change-last-day")
    await one.press("manage.b.back", "change-days-again")
    await one.press("outbox.b.preview", "review-again")
    await one.press("founding.of.name", "change-name")
    await one.press_label(OWN[one.language], "change-name-in-own")
    await one.press("manage.b.back", "change-name-again")
    await one.press("outbox.b.preview", "review-again-2")
    await one.press("founding.b.drop", "drop")
    await one.press("manage.b.back", "drop-not")
    await one.press("manage.b.list", "left")
    await one.send("/figures", "another-errand")
    await one.send("/manage", "consultations-again")
    await one.press("founding.b.go_on", "where-it-was")


async def _makes_it(one: Visitor) -> None:
    await one.press("founding.b.save", "made")
    await one.press("founding.b.page", "its-page")
    await one.press("manage.b.open", "open")
    await one.press("manage.b.planned", "confirm-planned")
    await one.press("manage.b.sure", "opened")
    await one.press("manage.b.list", "list")
    await one.press_label(NAMED[one.language][1], "its-page-again")


async def _throws_another_away(one: Visitor) -> None:
    await one.send("/manage", "consultations-3")
    await one.press("founding.b.new", "new-again")
    await one.press("founding.b.drop", "drop-again")
    await one.press("founding.b.drop_sure", "dropped")
