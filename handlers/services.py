"""What a turn of a chat needs of the world; made once by `bot.app`."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.core.contributions import ContributionId
from bot.core.dialogue.questionnaire import Form
from bot.core.figures import Figures
from bot.core.holdings import Holdings
from bot.core.inquiries import InquiryId
from bot.core.people import ChatId
from bot.core.points import Point
from bot.core.ports import (
    Admissions,
    Audit,
    Briefings,
    Chance,
    Clock,
    Editions,
    Inquiries,
    Invites,
    Log,
    Outbox,
    Staff,
    Store,
)
from handlers.drawing import picture
from handlers.messages import Outgoing
from handlers.tidying import Tidying
from handlers.writing.exporting import Made
from handlers.writing.words import Words
from handlers.writing.writer import Writer


async def _nothing(file: str, limit: int) -> bytes:
    del file, limit
    return b""


async def _no_export(consultation: str) -> Made:
    return Made(None, 0, consultation)


@dataclass
class Services:
    """What a turn needs; made once by `bot.app`."""

    store: Store
    clock: Clock
    chance: Chance
    log: Log
    forms: Mapping[str, Form]
    writer: Writer
    tidying: Tidying
    points: Callable[[str], str | None] = lambda _: None
    """Version of the points that are published for a consultation."""
    carried: Callable[[ContributionId], tuple[Point, ...]] = lambda _: ()
    """The published points that carry a contribution."""
    holdings: Callable[[ChatId], Holdings] = lambda _: Holdings()
    """What is stored about a chat."""
    figures: Callable[[str], Figures] | None = None
    """What may be shown of a consultation in numbers."""
    editions: Editions | None = None
    """Forms that organizers bring; None where there are none."""
    outbox: Outbox | None = None
    """None where there are no broadcasts."""
    audit: Audit | None = None
    cancel_seconds: float = 600.0
    fetch: Callable[[str, int], Awaitable[bytes]] = _nothing
    """Fetches a file by its id, up to a limit in bytes; empty when it cannot be had."""
    draw: Callable[[Words, Figures], Awaitable[list[Outgoing]]] = picture
    """Figures as a picture."""
    wake: Callable[[], None] = lambda: None
    """Tells whoever sends broadcasts that something was changed."""
    export: Callable[[str], Awaitable[Made]] = _no_export
    """Makes the sealed export of a consultation, or of `all`."""
    inquiries: Inquiries | None = None
    """None where nobody can be asked."""
    invites: Invites | None = None
    """None where there are none to be made."""
    admissions: Admissions | None = None
    """None where nobody is admitted by a code."""
    briefings: Briefings | None = None
    """None where nobody writes any."""
    wake_inquiries: Callable[[], None] = lambda: None
    """Something was asked or answered."""
    staff: Staff | None = None
    """None where nobody has a role."""
    shown: Callable[[tuple[InquiryId, ...]], None] = lambda _: None
    """These are on their way to the chat of whoever asked."""
