"""Organizers at their consultations: the list of those they run, and for each how it stands and what can be done.

What can be done with a consultation besides opening and closing it is a tool: a room of its own and a line of `TOOLS`.
A button that leads to a tool only says so: each room checks the roles of whoever presses. Not here: the tools.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.core import events as on
from bot.core import screens as show
from bot.core.consultations import BY_ID, CONSULTATIONS
from bot.core.conversation import intakes
from bot.core.conversation.chat import Chat, Outcome, adds
from bot.core.conversation.dialogues import DIALOGUES
from bot.core.dialogue.draft import RESPONSE
from bot.core.rights import Right, anywhere
from bot.core.session import Managed, Place


@dataclass(frozen=True)
class Tool:
    """A way from a consultation's page, or from the list where it belongs to no consultation, to another room."""

    key: str
    """Stands in the button: up to 12 of a-z."""
    label: str
    """Key of the button's text."""
    right: Right
    """Who sees it: whoever has this right in the consultation (general: in any)."""
    opens: Callable[[str], on.Event]
    """From the id of the consultation ("" for a general tool) to what is asked of the room."""
    general: bool = False
    """Belongs to no one consultation: stands below the list of them."""


TOOLS: tuple[Tool, ...] = (
    Tool("broadcasts", "manage.broadcasts", Right.BROADCAST, lambda _: on.Composes(on.Compose.LIST)),
    Tool("briefings", "briefing.title", Right.BRIEF, lambda consultation: on.Briefs(argument=consultation)),
    Tool("forms", "manage.forms_of_ours", Right.FORM, lambda one: on.Offers(consultation=one)),
    Tool("questions", "home.questions", Right.ANSWER, lambda _: on.Handles()),
    Tool("figures", "figures.title", Right.FIGURES, lambda consultation: on.Looks(on.Figure.OPEN, consultation)),
    Tool("invites", "manage.invites", Right.INVITE, lambda consultation: on.Brings(on.Bring.LIST, consultation)),
    Tool("new", "founding.b.new", Right.FOUND, lambda _: on.Founds(), general=True),
    Tool("people", "manage.people", Right.APPOINT, lambda consultation: on.Appoints(consultation=consultation)),
    Tool("freeze", "manage.freeze", Right.FREEZE, lambda _: on.Halts()),
)
"""In the order of the buttons."""


def chosen(chat: Chat, event: on.Event) -> on.Event:
    """The press of a tool's button is what the tool's own room is asked; anything else stays what it is."""
    if not isinstance(event, on.Manages) or event.do is not on.Manage.TOOL:
        return event
    found = next((tool for tool in _tools(chat, event.consultation) if tool.key == event.argument), None)
    return event if found is None else found.opens(event.consultation)


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """/manage and its buttons; words, where something is asked that is answered in words."""
    managed = chat.session.managed
    if isinstance(event, on.Speaks) and chat.session.place is Place.MANAGING and event.said.step is None:
        known = managed.consultation is not None and chat.may(Right.MANAGE, managed.consultation)
        return intakes.said(chat, managed.consultation, event.said.text) if known and managed.consultation else None
    if not isinstance(event, on.Manages):
        return None
    if event.do is on.Manage.LIST:
        return _listed(chat) if event.argument else _entered(chat)
    if event.consultation not in runs(chat):
        return adds(_listed(chat), show.Toast("dialogue.outdated"))
    if not chat.may(Right.MANAGE, event.consultation) or (outcome := intakes.take(chat, event)) is None:
        page = _page(chat, event.consultation)
        return page if event.do is on.Manage.OPEN else adds(page, show.Toast("dialogue.outdated"))
    return outcome


def standing(chat: Chat) -> Outcome:
    """What was before the organizer, shown again."""
    managed = chat.session.managed
    if managed.consultation is None or managed.consultation not in runs(chat):
        return _listed(chat)
    if managed.screen and chat.may(Right.MANAGE, managed.consultation):
        return intakes.asking(chat, managed.consultation, managed.screen)
    return _page(chat, managed.consultation)


def runs(chat: Chat) -> tuple[str, ...]:
    """Consultations in which this person has any tool, in their order."""
    return tuple(one.id for one in CONSULTATIONS if _tools(chat, one.id))


def _tools(chat: Chat, consultation: str) -> tuple[Tool, ...]:
    """Those that this person sees at a consultation, or ("") below the list."""
    return tuple(
        tool
        for tool in TOOLS
        if tool.general == (consultation == "")
        and (anywhere(chat.world.grants, tool.right) if tool.general else chat.may(tool.right, consultation))
    )


def _handles(chat: Chat, consultation: str) -> tuple[show.Handle, ...]:
    return tuple(show.Handle(consultation, tool.key, _label(chat, tool)) for tool in _tools(chat, consultation))


def _label(chat: Chat, tool: Tool) -> str:
    """Where a new consultation is under way, its button says that it goes on."""
    return "founding.b.go_on" if tool.key == "new" and chat.session.founding is not None else tool.label


def _entered(chat: Chat) -> Outcome:
    """Who runs one consultation is at its page at once."""
    known = runs(chat)
    return _page(chat, known[0]) if len(known) == 1 and not _tools(chat, "") else _listed(chat)


def _at(chat: Chat, consultation: str | None, screen: show.Screen) -> Outcome:
    session = replace(chat.session, place=Place.MANAGING, managed=Managed(consultation))
    return Outcome(chat.profile, session, (screen,))


def _listed(chat: Chat) -> Outcome:
    return _at(chat, None, show.ShowManaged(runs(chat), _handles(chat, "")))


def _page(chat: Chat, consultation: str) -> Outcome:
    responds = chat.world.points(consultation) is not None
    known = BY_ID[consultation]
    forms = tuple(form for form in DIALOGUES if (responds if form == RESPONSE else form in known.questionnaires))
    shown = show.ShowRun(
        consultation,
        chat.world.intake(consultation),
        _handles(chat, consultation),
        forms,
        chat.zone(consultation),
        organizes=chat.may(Right.MANAGE, consultation),
        languages=known.languages or chat.world.languages,
    )
    return _at(chat, consultation, shown)
