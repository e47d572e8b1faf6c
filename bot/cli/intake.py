"""Commands about until when contributions are taken, and from whom: `consultation list|open|close|final`.

Not here: invites (`inviting`).
"""

import argparse
import asyncio
from dataclasses import replace

from bot.cli.arguments import Time
from bot.cli.folder import SYSTEM, consultation, noted, stores
from bot.cli.output import moment, say, table
from bot.cli.refusals import remark
from bot.core.consultations import CONSULTATIONS, Access, Intake
from bot.core.errors import Refused
from locales.languages import home
from locales.translations import read_template


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
    name, until = consultation(chosen.id).id, still_to_come(chosen.until)

    async def change() -> Access:
        async with stores() as opened:
            # Who may take part changes only when it is said: a new date must not let everybody in.
            before = opened.store.intake(name)
            access = Access(chosen.access) if chosen.access else before.access
            hours = chosen.draft_hours or before.draft_hours
            await noted(opened, "consultation_opened", name, f"until {moment(until)}, {access.value}")
            await opened.registry.set_intake(
                name, replace(before, open=True, until=until, access=access, draft_hours=hours, final=False)
            )
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

    async def change() -> None:
        async with stores() as opened:
            await noted(opened, "consultation_closed", name)
            await opened.registry.set_intake(name, replace(opened.store.intake(name), open=False, until=None))

    asyncio.run(change())
    say(f"{name} is closed.")


def final_consultation(chosen: argparse.Namespace) -> None:
    """Take no more contributions, and let nobody change how theirs are signed: the text is final."""
    name = consultation(chosen.id).id

    async def change() -> None:
        async with stores() as opened:
            await noted(opened, "consultation_final", name)
            await opened.registry.set_intake(
                name, replace(opened.store.intake(name), open=False, until=None, final=True)
            )

    asyncio.run(change())
    say(f"The text of {name} is final: nothing new is taken, and nobody can change how theirs is signed.")
    remark("People can still take back what they sent: make a last export before the text is printed.")
    remark(f"If this was a mistake: micic consultation open {name} --until TIME undoes it.")


def still_to_come(given: Time) -> float:
    """The moment that was given. Raises Refused `time_is_past` {time}."""
    if given.seconds <= SYSTEM.now():
        raise Refused("time_is_past", time=moment(given.seconds))
    return given.seconds


def tell_zone(given: Time | None) -> None:
    """Say what a time without a zone was taken for."""
    if given is not None and given.zoneless:
        remark(f"No time zone was given: {moment(given.seconds)} is meant.")
