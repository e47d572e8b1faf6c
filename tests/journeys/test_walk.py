"""The participant's path, walked in the page by a real browser, in each language, from link to receipt.

Pictures of every screen go to the folder that MICIC_SCREENSHOTS names. Buttons are found by their words, as people do.
"""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.core.contributions import Receipt, State
from bot.exports import bundle, opening
from bot.questionnaires.library import form
from bot.sealing import open_document
from locales.catalogue import Catalogue
from tests.support.bot import Bot, running_bot
from tests.support.browser import Phone, Window, needs_browser, window

pytestmark = needs_browser

TEXTS = {
    "en": ("Hospitals should treat everybody and report nobody. Write it into law.", "And train the staff."),
    "fr": ("Les hôpitaux devraient soigner tout le monde sans signaler personne.", "Et former le personnel."),
    "ar": ("على المستشفيات أن تعالج الجميع دون إبلاغ الشرطة (MICIC 2015).", "وتدريب العاملين."),
    "es": ("Los hospitales deben atender a todas las personas y no denunciar a nadie.", "Y capacitar al personal."),
    "pt": ("Os hospitais devem atender todas as pessoas e não denunciar ninguém.", "E formar o pessoal."),
    "ru": ("Больницы должны лечить всех и ни о ком не сообщать. Запишите это в закон.", "И обучить персонал."),
}
"""What is written, message by message; people of a language without an entry write in English, as they may."""

LANGUAGES = [language.code for language in Catalogue.load().languages]


class Walker:
    """Somebody who reads one language and presses what it says."""

    def __init__(self, language: str, phone: Phone, seen: Window) -> None:
        self.language = language
        self.phone = phone
        self.seen = seen
        self.catalogue = Catalogue.load()
        self.pictures = 0
        self.questions = form("recommendation").questionnaire

    def say(self, key: str, **values: str | int) -> str:
        return self.catalogue.text(self.language, key, **values)

    def label(self, question: str, code: str) -> str:
        found = self.questions.question(question)
        assert found is not None
        return next(choice.short[self.language] for choice in found.choices if choice.code == code)

    async def press(self, label: str) -> None:
        await self.phone.press(label)

    async def picture(self, name: str) -> None:
        """A picture, for which nobody has to scroll; nothing may be cut or stick out on this phone."""
        self.pictures += 1
        await expect(self.phone.node.locator(".jump")).to_be_hidden()
        await self.seen.shot(f"walk-{self.language}-{self.pictures:02d}-{name}")
        assert await self.seen.sideways_overflow() == []

    async def sees(self, text: str, name: str) -> None:
        await expect(self.phone.bubble(text)).to_be_visible()
        await self.picture(name)

    async def asked(self, question: str) -> None:
        """The question stands open."""
        found = self.questions.question(question)
        assert found is not None
        await self.sees(found.labels[self.language], question)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_whole_dialogue_from_the_link_to_the_receipt(language: str, tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        person = await bot.emulator.person(language_code=language)
        async with window(bot.emulator.url, width=360, height=800) as seen:
            phone = seen.phone(person.id)
            await phone.open_link(await _link(bot, "eeca"))
            walker = Walker(language, phone, seen)
            await _arrive(walker)
            await _read_a_card(walker)
            await _answer(walker)
            receipt = await _send(walker)
        await _exported_once(bot, language, tmp_path)
        assert bot.service.stores.store.state(receipt) is State.SUBMITTED
        assert await bot.emulator.violations() in ([], {"checked": False})


def _texts(language: str) -> tuple[str, str]:
    return TEXTS.get(language, TEXTS["en"])


async def _link(bot: Bot, payload: str) -> str:
    world = await bot.emulator.call("GET", "/world")
    return f"https://t.me/{world['bot']['username']}?start={payload}"


async def _arrive(walker: Walker) -> None:
    await walker.sees(walker.say("language.welcome"), "language")
    own = next(one.own_name for one in walker.catalogue.languages if one.code == walker.language)
    await walker.press(own)
    await walker.sees(walker.say("notice.body.danger"), "notice")
    await walker.press(walker.say("notice.accept"))
    await walker.sees(walker.say("understood.readers.ask"), "question-1")
    await walker.press(walker.say("understood.readers.choose.everybody"))
    await walker.sees(walker.say("understood.back.ask"), "question-2")
    await walker.press(walker.say("understood.back.choose.receipt"))
    await walker.sees(walker.say("consultation.eeca.name"), "home")


async def _read_a_card(walker: Walker) -> None:
    await walker.press(walker.say("home.learn"))
    await walker.sees(walker.say("brief.title"), "topics")
    await walker.press(walker.say("help.back"))
    await walker.sees(walker.say("home.what"), "home-again")


async def _answer(walker: Walker) -> None:
    first, second = _texts(walker.language)
    await walker.press(walker.say("home.begin"))
    await walker.asked("phase")
    await walker.press(walker.label("phase", "emergency"))
    await walker.asked("theme")
    await walker.press("→" if walker.catalogue.direction(walker.language) == "ltr" else "←")
    await walker.press(walker.label("theme", "firewall"))
    await walker.asked("recommendation")
    await walker.phone.send(first)
    await walker.sees(walker.say("dialogue.messages", count=1), "one-message")
    await walker.phone.send(second)
    await walker.sees(walker.say("dialogue.messages", count=2), "two-messages")
    await walker.press(walker.say("dialogue.next"))
    await walker.asked("groups")
    await walker.press(walker.label("groups", "women_gbv"))
    await expect(walker.phone.button("☑")).to_be_visible()
    await walker.press(walker.label("groups", "undocumented"))
    await walker.picture("groups-ticked")
    await walker.press(walker.say("dialogue.next"))
    await walker.asked("addressees")
    await walker.press(walker.say("dialogue.skip"))
    await walker.asked("country")
    await walker.phone.send(walker.catalogue.territory(walker.language, "KG"))
    await walker.asked("example")
    await walker.press(walker.say("dialogue.skip"))
    await walker.sees(walker.say("dialogue.complete"), "complete")
    await walker.press(walker.say("dialogue.add_addressee"))
    await walker.asked("addressees")
    await walker.press(walker.label("addressees", "gov_host"))
    await walker.press(walker.say("dialogue.next"))
    await walker.sees(walker.say("review.title"), "review")


async def _send(walker: Walker) -> Receipt:
    await walker.press(walker.say("review.send"))
    await walker.sees(walker.say("receipt.title"), "receipt")
    text = await walker.phone.bubble(walker.say("receipt.title")).inner_text()
    found = re.search(r"(\d{4}) (\d{4}) (\d{4}) (\d{4})", text)
    assert found is not None
    return Receipt("".join(found.groups()))


async def _exported_once(bot: Bot, language: str, folder: Path) -> None:
    path = folder / "export.zip"
    await bundle.write(path, bot.service.stores.vault, ["eeca"])
    with bundle.read(path) as read:
        lines = list(opening.opened(read, lambda sealed: open_document(sealed, bot.identities[:1]), workers=1))
    assert len(lines) == 1
    assert lines[0]["language"] == language
    assert lines[0]["answers"] == {
        "phase": "emergency",
        "theme": "firewall",
        "recommendation": "\n".join(_texts(language)),
        "groups": ["women_gbv", "undocumented"],
        "addressees": ["gov_host"],
        "country": "KG",
        "example": None,
        "attribution": "anonymous",
    }
