"""Commands about who may take part and until when: `consultation list|open|close|final`, `invite new`.

Not here: what an invite does in the chat (`bot.core.conversation`).
"""

import argparse
import asyncio
import http.client
import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from bot.cli.arguments import Time
from bot.cli.folder import SYSTEM, consultation, stores
from bot.cli.output import moment, say, table
from bot.cli.refusals import remark
from bot.core.consultations import CONSULTATIONS, Access, Intake
from bot.core.errors import Refused
from bot.core.people import Invite, Role
from bot.settings import Settings, load
from locales.languages import home
from locales.translations import read_template

PATIENCE = 5.0
"""Seconds that Telegram is given to tell the bot's name."""
_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{2,31}")
NAMELESS = (
    "The bot's name is not known here: put https://t.me/ and the name before this, or let people write /start, a space "
    "and the code to the bot. With a working token, or MICIC_BOT_USERNAME, the whole link is printed."
)


def list_consultations(chosen: argparse.Namespace) -> None:
    """All six: id, name, state, until when, who may take part."""
    del chosen

    async def intakes() -> list[Intake]:
        async with stores() as opened:
            return [opened.store.intake(one.id) for one in CONSULTATIONS]

    names = read_template(home(None).joinpath("messages.pot"))
    rows = []
    for one, intake in zip(CONSULTATIONS, asyncio.run(intakes()), strict=True):
        state = "closed"
        if intake.open:
            state = "open" if intake.takes(SYSTEM.now()) else "ended"
        if intake.final:
            state = "final"
        until = "" if intake.until is None else moment(intake.until)
        rows.append((one.id, names[f"consultation.{one.id}.name"][0], state, until, intake.access.value))
    table(("id", "name", "state", "until", "access"), rows)


def open_consultation(chosen: argparse.Namespace) -> None:
    """Take contributions until a time."""
    name, until = consultation(chosen.id).id, _still_to_come(chosen.until)

    async def change() -> Access:
        async with stores() as opened:
            # Who may take part changes only when it is said: a new date must not let everybody in.
            before = opened.store.intake(name)
            access = Access(chosen.access) if chosen.access else before.access
            hours = chosen.draft_hours or before.draft_hours
            await opened.registry.set_intake(
                name, replace(before, open=True, until=until, access=access, draft_hours=hours, final=False)
            )
            if chosen.sensitive is not None:
                await opened.outbox.set_sensitive(name, sensitive=chosen.sensitive == "yes")
            return access

    who = "anybody with the bot's address" if asyncio.run(change()) is Access.OPEN else "people with an invite only"
    say(f"{name} is open until {moment(until)}, for {who}.")
    _tell_zone(chosen.until)


def close_consultation(chosen: argparse.Namespace) -> None:
    """Take no more contributions."""
    name = consultation(chosen.id).id

    async def change() -> None:
        async with stores() as opened:
            await opened.registry.set_intake(name, replace(opened.store.intake(name), open=False, until=None))

    asyncio.run(change())
    say(f"{name} is closed.")


def final_consultation(chosen: argparse.Namespace) -> None:
    """Take no more contributions, and let nobody change how theirs are signed: the text is final."""
    name = consultation(chosen.id).id

    async def change() -> None:
        async with stores() as opened:
            await opened.registry.set_intake(
                name, replace(opened.store.intake(name), open=False, until=None, final=True)
            )

    asyncio.run(change())
    say(f"The text of {name} is final: nothing new is taken, and nobody can change how theirs is signed.")
    remark("People can still take back what they sent: make a last export before the text is printed.")
    remark(f"If this was a mistake: micic consultation open {name} --until TIME undoes it.")


def new_invite(chosen: argparse.Namespace) -> None:
    """Make an invite; the link is the only line on stdout, and the payload its end."""
    role = Role(chosen.role)
    if role is Role.PARTICIPANT and chosen.consultation is None:
        chosen.wrong("an invite for a participant needs --consultation ID")
    name = None if chosen.consultation is None else consultation(chosen.consultation).id
    expires = None if chosen.expires is None else _still_to_come(chosen.expires)
    bot = bot_username(load())
    if chosen.qr is not None:
        _check_drawable(chosen.qr, bot)

    async def make() -> str:
        async with stores() as opened:
            return await opened.registry.new_invite(Invite(role, name), chosen.uses, expires)

    payload = asyncio.run(make())
    link = f"?start={payload}" if bot is None else f"https://t.me/{bot}?start={payload}"
    if bot is None:
        remark(NAMELESS)
    say(link)
    ends = "never" if expires is None else moment(expires)
    remark(f"Role: {role.value}; consultation: {name or 'all'}; people: {chosen.uses}; expires: {ends}.")
    _tell_zone(chosen.expires)
    if role is not Role.PARTICIPANT:
        remark("Whoever opens it first has that role: give it to the person in a way that nobody else can read.")
    if chosen.qr is not None:
        _draw(link, chosen.qr)
        remark(f"The same link as a QR code: {chosen.qr}")


def bot_username(settings: Settings) -> str | None:
    """The bot's name as Telegram tells it, else as the settings do.

    Raises Misconfigured where the token cannot be used. Nothing is passed on of what goes wrong on the way: the address
    holds the token.
    """
    fallback = settings.bot_username or None
    if settings.bot_token is None and settings.bot_token_file is None:
        return fallback
    token = settings.token().get_secret_value()
    address = urlsplit(settings.telegram_url)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = kind(address.hostname or "", address.port, timeout=PATIENCE)
    try:
        connection.request("GET", f"{address.path}/bot{token}/getMe")
        name = json.loads(connection.getresponse().read(1 << 16))["result"]["username"]
    except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError):
        return fallback
    finally:
        connection.close()
    return name if isinstance(name, str) and _USERNAME.fullmatch(name) else fallback


def _still_to_come(given: Time) -> float:
    if given.seconds <= SYSTEM.now():
        raise Refused("time_is_past", time=moment(given.seconds))
    return given.seconds


def _tell_zone(given: Time | None) -> None:
    if given is not None and given.zoneless:
        remark(f"No time zone was given: {moment(given.seconds)} is meant.")


def _check_drawable(path: Path, bot: str | None) -> None:
    """Refuse before the invite is made."""
    if bot is None:
        raise Refused("bot_username_unknown")
    if path.exists():
        raise Refused("file_exists", path=str(path))
    if not path.absolute().parent.is_dir():
        raise Refused("folder_missing", path=str(path.absolute().parent))


def _draw(link: str, path: Path) -> None:
    import segno  # noqa: PLC0415 - few invites are drawn

    from bot.exports.replacement import replacing  # noqa: PLC0415

    with replacing(path) as file:
        segno.make_qr(link, error="m").save(file, kind="png", scale=8)
