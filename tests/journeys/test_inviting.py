"""Organizers invite in the chat: a link and a page to print, who comes by it and in which language, how far it was
used, and an end to it. Through the emulator; two organizers, participants who read Arabic and Russian.
"""

import io
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import segno
from matplotlib.image import imread

from bot.core.consultations import Access, Intake
from bot.core.invites import Kept
from bot.core.people import ChatId, Role
from handlers import poster
from tests.journeys.test_asking import noon
from tests.journeys.test_participant import CATALOGUE, say
from tests.storage.world import SetClock
from tests.support.arrival import accept
from tests.support.bot import ARRIVING, Bot, running_bot
from tests.support.emulator import Message, Person, buttons, text_of
from tests.support.network import member, organizer

DAY = 24 * 3600


async def closed_to_others(bot: Bot, until: float) -> None:
    intake = Intake(open=True, until=until, access=Access.INVITE)
    await bot.service.stores.registry.set_intake("eeca", intake)


async def tapped(person: Person, label: str, wanted: str) -> Message:
    """Press a button and wait for the page that it leads to."""
    await person.press(label)
    return await person.wait_for_text(wanted)


async def invitations(person: Person, language: str = "en") -> Message:
    sent = await person.send("/invites")
    return await person.wait_for_text(say("invites.title", language), after=sent["message_id"])


async def make(person: Person) -> tuple[str, Message, Message]:
    """Make the invite that is before the organizer: token, the message with the link, the one with the picture."""
    before = max(message["message_id"] for message in await person.messages())
    await person.press(say("invites.b.make"))
    page = await person.wait_for_text(say("invites.made"), deadline=60, after=before)  # a picture is drawn before it
    shown = [one for one in await person.received() if before < one["message_id"] < page["message_id"]]
    (picture,) = (one for one in shown if "document" in one)
    (text,) = (one for one in shown if "document" not in one)
    (address,) = re.findall(r"https://t\.me/\S+\?start=[A-Za-z0-9_-]{22}", text_of(text))
    (copied,) = (button["copy_text"]["text"] for button in buttons(text) if "copy_text" in button)
    assert copied == address
    return parse_qs(urlsplit(address).query)["start"][0], text, picture


async def arrives(bot: Bot, token: str, phone: str, chooses: str, own: str) -> Person:
    """Somebody opens the link; the first screen speaks Arabic, whatever the phone does."""
    person = await bot.emulator.person(language_code=phone)
    await person.start(token)
    await person.wait_for_text(say("language.choose", "ar"))
    await person.press(own)
    await accept(person, chooses)
    return person


def kept(bot: Bot) -> tuple[Kept, ...]:
    found = bot.service.stores.store.invites.invites(("eeca",))
    return tuple(one for one in found if one.invite.role is Role.PARTICIPANT)


def acts(bot: Bot) -> list[str]:
    return [entry.act for entry, _ in bot.service.stores.audit.entries() if entry.act not in ARRIVING]


async def file_of(bot: Bot, message: Message) -> bytes:
    token, file_id = bot.emulator.token, message["document"]["file_id"]
    async with httpx.AsyncClient(base_url=bot.emulator.url) as http:
        found = (await http.get(f"/bot{token}/getFile", params={"file_id": file_id})).json()["result"]
        return (await http.get(f"/file/bot{token}/{found['file_path']}")).content


def modules(picture: bytes) -> list[list[bool]]:
    """The dark squares of the code as they stand in the picture: cut out and measured, not taken from who drew it."""
    grey = imread(io.BytesIO(picture))[:, :, :3].mean(axis=2) < 0.5
    spans: list[list[int]] = []
    for at in range(grey.shape[0]):
        if grey[at].any():
            if not spans or at != spans[-1][-1] + 1:
                spans.append([])
            spans[-1].append(at)
    code = max(spans, key=len)  # the highest thing on the page without an empty line in it
    top, bottom = code[0], code[-1] + 1
    dark = [column for column in range(grey.shape[1]) if grey[top:bottom, column].any()]
    left, right = dark[0], dark[-1] + 1
    edge = next(at for at in range(left, right) if not grey[top + 2, at]) - left  # of the finder pattern: 7 modules
    count = round((right - left) / (edge / 7))
    size = (right - left) / count
    return [
        [bool(grey[int(top + (row + 0.5) * size), int(left + (column + 0.5) * size)]) for column in range(count)]
        for row in range(count)
    ]


async def test_a_link_and_a_page_to_print_let_people_in(tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        await closed_to_others(bot, clock.time + 30 * DAY)
        runner, other = await organizer(bot, "en"), await organizer(bot, "ru")
        await invitations(runner)
        await tapped(runner, say("invites.b.new"), say("invites.people", uses=10))
        sent = await runner.send("6")
        await runner.wait_for_text(say("invites.people", uses=6), after=sent["message_id"])
        await tapped(runner, "العربية", CATALOGUE.text("en", "invites.language", language="العربية"))
        await runner.press(say("invites.b.label"))
        await runner.wait_for_text(say("invites.ask_label"))
        # Back leads to what it will be, with nothing lost.
        await tapped(runner, say("manage.b.back"), say("invites.people", uses=6))
        await runner.press(say("invites.b.label"))
        await runner.wait_for_text(say("invites.ask_label"))
        sent = await runner.send("network north")
        await runner.wait_for_text("network north", after=sent["message_id"])
        await runner.press(say("invites.b.closes"))
        token, text, picture = await make(runner)
        assert "network north" in text_of(picture)
        # Links stay in the chat only; the picture is there to be taken away.
        assert text["has_protected_content"]
        assert not picture.get("has_protected_content")
        # What can be scanned is that very link.
        content = await file_of(bot, picture)
        address = f"https://t.me/{bot.emulator.running.world.username}?start={token}"
        assert address in text_of(text)
        assert modules(content) == [[bool(dark) for dark in row] for row in segno.make_qr(address, error="m").matrix]

        # Whoever opens it is spoken to in the language that it carries, and may choose another.
        first = await arrives(bot, token, "en", "ar", "العربية")
        await first.wait_for_text(say("home.what", "ar"))
        second = await arrives(bot, token, "pt", "ru", "Русский")
        await second.wait_for_text(say("home.what", "ru"))
        assert "network north" not in str([*await first.messages(), *await second.messages()])

        # The other organizer sees how far, not who: two are too few to be counted.
        listed = await invitations(other, "ru")
        assert "network north" in text_of(listed)
        assert say("invites.used.few", "ru") in text_of(listed)
        for _ in range(4):
            person = await member(bot, "ru", news=False, consultation="wca")
            await person.start(token)
            await person.wait_for_text(say("home.what", "ru"))
        listed = await invitations(other, "ru")
        assert say("invites.used.all", "ru") in text_of(listed)
        late = await member(bot, "en", news=False, consultation="wca")
        await late.start(token)
        await late.wait_for_text(say("error.invite_unknown"))

        # More people; then an end to it, at once. Those who came stay.
        await other.press("network north")
        await other.press("+10")
        await other.wait_for_text(say("invites.people", "ru", uses=16))
        assert say("invites.used.many", "ru", used=5) in text_of((await other.received())[-1])
        await late.start(token)
        await late.wait_for_text(say("home.what"))
        await other.press(say("invites.b.revoke", "ru"))
        await other.wait_for_text(say("invites.revoked", "ru"))
        assert kept(bot) == ()
        sent = await (later := await member(bot, "en", news=False, consultation="wca")).start(token)
        await later.wait_for_text(say("error.invite_unknown"), after=sent["message_id"])
        assert bot.service.stores.store.grants(ChatId(first.id))
        assert acts(bot) == ["invite_made", "invite_changed", "invite_revoked"]
        assert bot.service.stores.audit.verify() is None
        assert token.encode() not in b"".join(one.read_bytes() for one in bot.data_dir.glob("*.db*"))


async def test_typed_words_do_what_buttons_do(tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        await closed_to_others(bot, clock.time + 30 * DAY)
        runner = await organizer(bot, "ar")
        await invitations(runner, "ar")
        sent = await runner.send(say("invites.b.new", "ar"))
        await runner.wait_for_text(say("invites.people", "ar", uses=10), after=sent["message_id"])
        for typed, wanted in (
            ("٢٥", say("invites.people", "ar", uses=25)),
            ("0", say("error.invite_bad_uses", "ar")),
            ("tomorrow", say("error.invite_bad_time", "ar")),
            ("2001-01-01", say("error.invite_past", "ar")),
            ("2090-01-01 10:00", say("error.invite_too_far", "ar")),
        ):
            sent = await runner.send(typed)
            page = await runner.wait_for_text(wanted, after=sent["message_id"])
            assert say("invites.people", "ar", uses=25) in text_of(page)
        sent = await runner.send(say("invites.b.make", "ar"))
        await runner.wait_for_text(say("invites.made", "ar"), deadline=60, after=sent["message_id"])
        (one,) = kept(bot)
        assert (one.cap, one.left) == (25, 25)


async def test_the_link_is_shown_again_only_while_its_page_stands(tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        await closed_to_others(bot, clock.time + 30 * DAY)
        runner = await organizer(bot)
        await invitations(runner)
        await tapped(runner, say("invites.b.new"), say("invites.people", uses=10))
        token, text, _ = await make(runner)
        await runner.tap(text["message_id"], "u:mk:")
        sent = await runner.send("what now?")
        shown = await runner.wait_for_text(token, after=sent["message_id"])
        await runner.wait_for_text(say("invites.made"), after=shown["message_id"])
        await runner.press(say("invites.b.list"))
        listed = await runner.wait_for_text(say("invites.explain"))
        session = bot.service.stores.store.session(ChatId(runner.id))
        assert session is not None
        assert session.inviting is not None
        assert session.inviting.token is None
        await runner.tap(listed["message_id"], "u:pi:")
        await runner.wait_for_text(say("error.invite_gone"))
        # Everything that names the link leaves the chat in time.
        clock.time += 41 * 3600
        await bot.emulator.advance(41 * 3600)
        await bot.service.tidying.round(sure=True)
        await runner.wait_until(lambda chat: token not in str(chat["messages"]))


async def test_nobody_else_finds_or_changes_them(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        runner, elsewhere = await organizer(bot), await organizer(bot, "fr", "mena")
        person = await member(bot, "en")
        await invitations(runner)
        await tapped(runner, say("invites.b.new"), say("invites.people", uses=10))
        await make(runner)
        (one,) = kept(bot)
        for stranger in (elsewhere, person):
            at = (await stranger.send("hello"))["message_id"]
            for data in (
                f"u:op:{one.id}",
                f"u:mo:{one.id}:50",
                f"u:lt:{one.id}:w",
                f"u:rv:{one.id}",
                "u:nw:eeca",
                "u:mk:",
            ):
                await stranger.tap(at, data)
            sent = await stranger.send("/mydata")
            await stranger.wait_for_text(say("mydata.elsewhere", "fr" if stranger is elsewhere else "en"))
            assert one.id[:4] not in str(await stranger.received())
            del sent
        assert kept(bot) == (one,)
        sent = await person.send("/invites")
        await person.wait_for_text(say("command.unknown"), after=sent["message_id"])


@pytest.mark.parametrize("language", ["ar", "ru"])
async def test_the_page_has_the_code_whatever_its_language(language: str) -> None:
    address = "https://t.me/example_bot?start=AbCdEfGhIjKlMnOpQrSt-_"
    heading = say("consultation.eeca.name", language)
    drawn = poster.draw(address, heading, [say("invites.scan", language), "2027"])
    assert modules(drawn) == [[bool(dark) for dark in row] for row in segno.make_qr(address, error="m").matrix]
    # A fault in the reading would find a code in anything.
    other = segno.make_qr(address[:-1] + "x", error="m").matrix
    assert modules(drawn) != [[bool(dark) for dark in row] for row in other]
