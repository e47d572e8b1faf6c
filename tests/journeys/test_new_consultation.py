"""A consultation made from a file, used from the invite to the opened export, while the bot runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.core.consultations import BY_ID, CONSULTATIONS, Intake, unlearn
from bot.core.people import Invite, Role
from bot.exports import bundle, opening, succession
from bot.exports.frame import Frame
from bot.questionnaires.founding import read
from bot.questionnaires.library import form
from bot.sealing import open_document
from storage.factory import open_stores
from tests.journeys.test_control import answer_again
from tests.journeys.test_participant import say
from tests.questionnaires.test_founding import EXAMPLE, written
from tests.storage.world import RealChance
from tests.support.arrival import accept
from tests.support.bot import FAR, running_bot
from tests.support.emulator import buttons, text_of


@pytest.fixture(autouse=True)
def only_the_six() -> Iterator[None]:
    unlearn()
    yield
    unlearn()


async def test_from_the_file_to_the_opened_export(tmp_path: Path) -> None:
    founded = read(written(tmp_path, EXAMPLE))
    async with running_bot(tmp_path) as bot:
        # As the command line does it, from another process: the bot has to notice by itself.
        registry = bot.service.stores.registry
        await registry.new_consultation(founded)
        unlearn()
        await registry.set_intake("hoa", Intake(open=True, until=FAR, access=founded.intake.access))
        token = await registry.new_invite(Invite(Role.PARTICIPANT, "hoa"), 1, None)
        person = await bot.emulator.person(language_code="fr")
        await person.start(token)
        await person.press("English")
        await accept(person)
        home = await person.wait_for_text(say("home.what"))
        assert "Horn of Africa" in text_of(home)
        assert "(Nairobi)" in text_of(home)
        await person.press(say("home.begin"))
        await answer_again(person, "Open the border posts at night.")
        await person.press(say("review.send"))
        await person.wait_for_text(say("receipt.next"))
        await person.send("/language")
        await person.press("Français")
        await person.send("/start")
        await person.wait_for_text("Corne de l'Afrique")

        sealed = tmp_path / "export.zip"
        await bundle.write(sealed, bot.service.stores.vault, [one.id for one in CONSULTATIONS])
        unlearn()  # the secretariat's computer
        with bundle.read(sealed) as opened:
            (line,) = opening.opened(opened, lambda part: open_document(part, bot.identities[:1]), workers=1)
            assert "hoa" in succession.origin([opened]).consultations
        assert line["consultation"] == "hoa"
        assert line["answers"]["recommendation"] == "Open the border posts at night."
        frame = Frame(form("recommendation").questionnaire, "fr")
        assert frame.consultation("hoa") == "Corne de l'Afrique"
        assert [one.id for one in CONSULTATIONS][-1] == "hoa"


async def test_it_is_still_there_after_a_restart_and_leaves_with_its_folder(tmp_path: Path) -> None:
    founded = read(written(tmp_path, EXAMPLE))
    async with running_bot(tmp_path) as bot:
        await bot.service.stores.registry.new_consultation(founded)
        folder = bot.data_dir
    unlearn()
    async with open_stores(folder, bot.service.stores.clock, RealChance()) as stores:
        assert BY_ID["hoa"] == founded.consultation
        assert stores.store.intake("hoa") == founded.intake


async def test_an_organizer_opens_it_in_the_chat(tmp_path: Path) -> None:
    founded = read(written(tmp_path, EXAMPLE))
    async with running_bot(tmp_path) as bot:
        registry = bot.service.stores.registry
        await registry.new_consultation(founded)
        token = await registry.new_invite(Invite(Role.ORGANIZER, "hoa"), 1, None)
        runner = await bot.emulator.person(language_code="en")
        await runner.start(token)
        await runner.press("English")
        await accept(runner)
        await runner.wait_for_text(say("join.title"))
        await runner.press(say("home.manage"))
        page = await runner.wait_for_text(say("manage.state.closed"))
        assert "Nairobi, Kenya" in text_of(page)
        assert "12–13\xa0May 2027" in text_of(page)
        await runner.press(say("manage.b.open"))
        await runner.press(say("manage.b.in_days", count=14))
        await runner.press(say("manage.b.sure"))
        page = await runner.wait_for_text(say("manage.state.open"))
        assert bot.service.stores.store.intake("hoa").open
        assert say("manage.b.close") in [button["text"] for button in buttons(page)]
