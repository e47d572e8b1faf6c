"""A consultation made from a file, used from the invite to the opened export, while the bot runs."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.core.consultations import BY_ID, CONSULTATIONS, Intake, document, unlearn
from bot.core.people import Invite, Role
from bot.desk import material
from bot.exports import bundle, manifest, opening, succession
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
        wanted = [one.id for one in CONSULTATIONS]
        along = bundle.along((), wanted)
        assert along is not None
        forms = bot.service.stores.recipients.seal(along)
        await bundle.write(sealed, bot.service.stores.vault, wanted, forms=forms)
        everything = sealed.read_bytes()
        assert not [one for one in (b"Nairobi", b"Horn of Africa", b"2027-05-12") if one in everything]
        unlearn()  # the secretariat's computer
        identities = bot.identities[:1]
        assert material.read([sealed], identities).lines
        assert "hoa" in BY_ID, "the desk knows it by name"
        unlearn()
        with bundle.read(sealed) as opened:
            assert "hoa" not in BY_ID, "without a key nothing is learned of it"
            bundle.taken_along([opened], lambda part: open_document(part, identities))
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


def test_an_earlier_export_that_tells_of_it_in_its_manifest_is_read(tmp_path: Path) -> None:
    one = read(written(tmp_path, EXAMPLE)).consultation
    fields = {"consultations": ["hoa"], "recipient_set": "0", "since": "0", "cursor": "0", "count": 0, "chains": {},
              "tombstones": [], "states": {}, "made": [document(one)]}  # fmt: skip
    assert manifest._header(json.loads(json.dumps(fields))).made == (one,)
