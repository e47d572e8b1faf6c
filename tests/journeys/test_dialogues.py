"""A practice, a group with one of its points, and a response to earlier regions: walked in the page by a real browser,
in each language, to their receipts. Pictures go to the folder that MICIC_SCREENSHOTS names."""

from importlib.resources import as_file
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from bot.core.dialogue.questionnaire import Kind, Question, Questionnaire
from bot.exports import bundle, opening
from bot.questionnaires.library import emerging, form
from bot.questionnaires.publication import read
from bot.sealing import open_document
from tests.journeys.test_walk import LANGUAGES, TEXTS, Walker, _arrive, _link
from tests.support.bot import Bot, running_bot
from tests.support.browser import needs_browser, window

pytestmark = needs_browser

PEOPLE = {"ar": "٤٠"}
"""Forty, in the digits that a person may write."""


class Reader(Walker):
    """Somebody who walks a form, question by question."""

    def takes(self, questionnaire: Questionnaire) -> None:
        self.questions = questionnaire

    def question(self, name: str) -> Question:
        found = self.questions.question(name)
        assert found is not None
        return found

    async def stands_at(self, name: str) -> None:
        """The question stands open and nothing of it sticks out. Of a long one, its last line is looked for."""
        await self.sees(self.question(name).labels[self.language].split("\n")[-1], f"{self.questions.id}-{name}")

    async def answers(self, name: str, *given: str) -> None:
        """Presses these codes or writes this text, and goes on; skips without either."""
        await self.stands_at(name)
        kind = self.question(name).kind
        if not given:
            await self.press(self.say("dialogue.skip"))
        elif kind is Kind.TEXT:
            await self.phone.send(given[0])
            await self.goes_on()
        elif kind is Kind.INTEGER or len(self.question(name).choices) > 40:
            await self.phone.send(given[0])
            if kind is Kind.SELECT_MULTIPLE:
                await expect(self.phone.button("☑")).to_be_visible()
                await self.goes_on()
        else:
            for code in given:
                await self.press(self.label(name, code))
            if kind is Kind.SELECT_MULTIPLE:
                await expect(self.phone.button("☑")).to_be_visible()
                await self.goes_on()

    async def goes_on(self) -> None:
        """Presses the button that says this and no more: other labels contain the word."""
        await self.phone.node.get_by_role("button", name=self.say("dialogue.next"), exact=True).last.click()
        await expect(self.phone.node.locator("[aria-busy=true]")).to_have_count(0)

    async def sends(self) -> None:
        await self.sees(self.say("review.title"), f"{self.questions.id}-review")
        await self.press(self.say("review.send"))
        await self.sees(self.say("receipt.title"), f"{self.questions.id}-receipt")

    async def goes_home(self) -> None:
        await self.press(self.say("receipt.home"))
        await self.sees(self.say("home.what"), "home")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_other_dialogues_from_home_to_their_receipts(language: str, tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        with as_file(emerging()) as path:
            await bot.service.stores.published.publish(read(path))
        person = await bot.emulator.person(language_code=language)
        async with window(bot.emulator.url, width=360, height=800) as seen:
            phone = seen.phone(person.id)
            await phone.open_link(await _link(bot, "eeca"))
            reader = Reader(language, phone, seen)
            await _arrive(reader)
            await _share_a_practice(reader)
            await _speak_for_a_group(reader)
            await _respond(reader, bot)
        lines = await _exported(bot, tmp_path)
    text = TEXTS[language][0]
    assert set(lines) == {"practice", "group", "recommendation", "response"}
    assert lines["practice"]["answers"] == {
        "practice": text, "rating": "worst", "actors": ["employers"], "country": "KG", "phase": "emergency",
        "change": None, "evidence": "own", "groups": ["children"], "attribution": "anonymous",
    }  # fmt: skip
    assert lines["group"]["answers"] == {
        "people": 40, "agreement": "consensus", "countries": ["KG"], "organisations": ["migrants", "faith"],
        "groups": None, "meeting": "in_person", "held": None,
    }  # fmt: skip
    assert lines["recommendation"]["group"] == lines["group"]["contribution"]
    assert lines["practice"]["group"] is lines["group"]["group"] is lines["response"]["group"] is None
    assert lines["response"]["answers"] == {
        "personal_crisis": "support", "personal_crisis_words": None,
        "association": "amend", "association_words": text,
        "communities": "not_ours", "communities_words": None,
        "missing": TEXTS[language][1],
    }  # fmt: skip


async def _share_a_practice(reader: Reader) -> None:
    reader.takes(form("practice").questionnaire)
    await reader.press(reader.say("home.practice"))
    await reader.answers("practice", TEXTS[reader.language][0])
    await reader.answers("rating", "worst")
    await reader.answers("actors", "employers")
    await reader.answers("country", reader.catalogue.territory(reader.language, "KG"))
    await reader.answers("phase", "emergency")
    await reader.answers("change")
    await reader.answers("evidence", "own")
    await reader.answers("groups", "children")
    await reader.sends()
    await reader.goes_home()


async def _speak_for_a_group(reader: Reader) -> None:
    reader.takes(form("group").questionnaire)
    await reader.press(reader.say("home.group"))
    await reader.answers("people", PEOPLE.get(reader.language, "40"))
    await reader.answers("agreement", "consensus")
    await reader.answers("countries", reader.catalogue.territory(reader.language, "KG"))
    await reader.answers("organisations", "migrants", "faith")
    await reader.answers("groups")
    await reader.answers("meeting", "in_person")
    await reader.answers("held")
    await reader.sends()
    await expect(reader.phone.bubble(reader.say("group.begun"))).to_be_visible()
    reader.takes(form("recommendation").questionnaire)
    await reader.press(reader.say("group.first_point"))
    for question in reader.questions.questions:
        if question.kind in (Kind.NOTE, Kind.CALCULATE):
            continue
        if question.required:
            await reader.answers(question.id, TEXTS[reader.language][0])
        else:
            await reader.answers(question.id)
    await reader.press(reader.say("dialogue.leave_as_it_is"))
    await reader.sends()
    await reader.goes_home()
    await expect(reader.phone.bubble(reader.say("group.speaking"))).to_be_visible()
    await reader.press(reader.say("group.finish"))
    await expect(reader.phone.button(reader.say("home.group"))).to_be_visible()


async def _respond(reader: Reader, bot: Bot) -> None:
    version = bot.service.stores.published.version("eeca")
    reader.takes(bot.service.conversing._services.forms[f"response:{version}"].questionnaire)
    await reader.press(reader.say("home.respond"))
    await reader.answers("personal_crisis", "support")
    await reader.answers("association", "amend")
    await reader.answers("association_words", TEXTS[reader.language][0])
    await reader.answers("communities", "not_ours")
    await reader.answers("missing", TEXTS[reader.language][1])
    await reader.sends()


async def _exported(bot: Bot, folder: Path) -> dict[str, dict[str, Any]]:
    """Every line by its questionnaire; there is one of each."""
    path = folder / "export.zip"
    await bundle.write(path, bot.service.stores.vault, ["eeca"])
    with bundle.read(path) as opened:
        lines = list(opening.opened(opened, lambda sealed: open_document(sealed, bot.identities[:1]), workers=1))
    assert len(lines) == 4
    return {line["questionnaire"]: line for line in lines}
