"""Commands about until when contributions are taken, and from whom: `consultation list|open|close|final`.

Not here: invites (`inviting`).
"""

import argparse
import asyncio
from collections.abc import Mapping
from dataclasses import replace

from bot.cli.arguments import Time
from bot.cli.folder import SYSTEM, consultation, noted, stores
from bot.cli.output import moment, say, table
from bot.cli.refusals import remark
from bot.core.consultations import CONSULTATIONS, Access, Changed, Consultation, Intake
from bot.core.conversation.intakes import deed
from bot.core.errors import Refused
from locales.languages import home
from locales.translations import read_template
from storage.factory import Stores


def list_consultations(chosen: argparse.Namespace) -> None:
    """All of them: id, name, state, until when, who may take part."""
    del chosen

    async def intakes() -> list[tuple[Consultation, Intake]]:
        async with stores() as opened:
            return [(one, opened.store.intake(one.id)) for one in CONSULTATIONS]

    names = read_template(home(None).joinpath("messages.pot"))
    rows = []
    for one, intake in asyncio.run(intakes()):
        state = "closed"
        if intake.open:
            state = "open" if intake.takes(SYSTEM.now()) else "ended" if intake.waits(SYSTEM.now()) is None else "waits"
        if intake.final:
            state = "final"
        until = "" if intake.until is None or not intake.open else moment(intake.until)
        rows.append((one.id, _called(one, names), state, until, intake.access.value))
    table(("id", "name", "state", "until", "access"), rows)


def _called(one: Consultation, names: Mapping[str, tuple[str, ...]]) -> str:
    own = one.texts.get("name")
    return names[f"consultation.{one.id}.name"][0] if own is None else own.get("en") or next(iter(own.values()))


def open_consultation(chosen: argparse.Namespace) -> None:
    """Take contributions until a time."""
    name, until = consultation(chosen.id).id, still_to_come(chosen.until)

    async def change() -> Access:
        async with stores() as opened:
            # Who may take part changes only when it is said: a new date must not let everybody in.
            before = opened.store.intake(name)
            access = Access(chosen.access) if chosen.access else before.access
            hours = chosen.draft_hours or before.draft_hours
            after = replace(before, open=True, until=until, access=access, draft_hours=hours, final=False, opens=None)
            await _set(opened, name, _with_grace(after, chosen.grace))
            if chosen.sensitive is not None:
                await noted(opened, "consultation_sensitive", name, chosen.sensitive)
                await opened.outbox.set_sensitive(name, sensitive=chosen.sensitive == "yes")
            return access

    who = "anybody with the bot's address" if asyncio.run(change()) is Access.OPEN else "people with an invite only"
    say(f"{name} is open until {moment(until)}, for {who}.")
    tell_zone(chosen.until)


def close_consultation(chosen: argparse.Namespace) -> None:
    """Take no more contributions."""
    name = consultation(chosen.id).id

    async def change() -> Intake:
        async with stores() as opened:
            before = opened.store.intake(name)
            after = _with_grace(replace(before, open=False, until=_ended(before)), chosen.grace)
            await _set(opened, name, after)
            return after

    after = asyncio.run(change())
    say(f"{name} is closed.")
    ends = after.grace(SYSTEM.now())
    if ends is None:
        remark("What people have begun and not sent can no longer be sent.")
    else:
        remark(f"Whoever has begun can finish until {moment(ends)}, and is told so; --grace 0 ends that at once.")


def final_consultation(chosen: argparse.Namespace) -> None:
    """Take no more contributions, and let nobody change how theirs are signed: the text is final."""
    name = consultation(chosen.id).id

    async def change() -> None:
        async with stores() as opened:
            before = opened.store.intake(name)
            await _set(opened, name, replace(before, open=False, until=_ended(before), final=True, grace_hours=0))

    asyncio.run(change())
    say(f"The text of {name} is final: nothing new is taken, and nobody can change how theirs is signed.")
    remark("People can still take back what they sent: make a last export before the text is printed.")
    remark(f"If this was a mistake: micic consultation open {name} --until TIME undoes it.")


def _ended(before: Intake) -> float | None:
    """When an intake that is closed now ended."""
    now = SYSTEM.now()
    return min(before.until or now, now) if before.open else before.until


def _with_grace(intake: Intake, hours: int | None) -> Intake:
    return intake if hours is None else replace(intake, grace_hours=hours)


async def _set(opened: Stores, name: str, after: Intake) -> None:
    """Note it, then do it."""
    done = deed(Changed(name, opened.store.intake(name), after), SYSTEM.now())
    await noted(opened, done.act, done.about, done.detail)
    await opened.registry.set_intake(name, after)


def still_to_come(given: Time) -> float:
    """The moment that was given. Raises Refused `time_is_past` {time}."""
    if given.seconds <= SYSTEM.now():
        raise Refused("time_is_past", time=moment(given.seconds))
    return given.seconds


def tell_zone(given: Time | None) -> None:
    """Say what a time without a zone was taken for."""
    if given is not None and given.zoneless:
        remark(f"No time zone was given: {moment(given.seconds)} is meant.")
