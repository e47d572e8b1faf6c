"""Organizers who write briefings: texts by language, who reads which, previews, editions, and telling people about it.

Every act is checked here against the roles of the person who presses, whatever the button says. What is written in the
chat is taken in the transaction of its update. Not here: the rules (`bot.core.briefings`), reading (`library`).
"""

import re
from collections.abc import Callable
from dataclasses import replace

from bot.core import briefings as rules
from bot.core import events as on
from bot.core import screens as show
from bot.core.briefings import Briefing, BriefingId, Edition, KeptBriefing
from bot.core.conversation.broadcasts import announcing
from bot.core.conversation.chat import Chat, Deed, Outcome, adds
from bot.core.errors import Refused
from bot.core.events import Brief
from bot.core.rights import Right
from bot.core.session import Bench, Place

_PLACE = re.compile(r"(\d{1,3})_([A-Za-z_-]{2,12})_(\d{1,3})")
"""An edition (0: what is being written), a language and a page."""
_ASKED = frozenset({"title", "body", "more", "note"})


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """The organizers' buttons, and texts that they were asked for."""
    match event:
        case on.Briefs():
            return _briefs(chat, event)
        case on.Speaks() if chat.session.place is Place.BRIEFINGS and chat.session.bench.screen in _ASKED:
            return _said(chat, event)
    return None


def standing(chat: Chat) -> Outcome:
    """The screen of the work at hand, shown again."""
    bench = chat.session.bench
    found = _mine(chat, bench.briefing)
    if found is None:
        return _listed(chat)
    try:
        return _again(chat, found)
    except Refused:
        return _at(chat, found, "draft")


def _again(chat: Chat, found: Briefing) -> Outcome:
    bench = chat.session.bench
    language = bench.language or ""
    if bench.screen in ("preview", "edition"):
        return _page(chat, found, bench.screen, f"{bench.at[0]}_{language}_{bench.at[1]}")
    if bench.screen == "compare":
        return _compare(chat, found, f"{bench.at[0]}_{language}_0")
    return _at(chat, found, bench.screen, language)


def _mine(chat: Chat, wanted: str | None) -> Briefing | None:
    """A briefing, if this person may write for its consultation."""
    if not wanted or chat.world.briefings is None:
        return None
    found = chat.world.briefings.briefing(BriefingId(wanted))
    return found if found is not None and chat.may(Right.BRIEF, found.consultation) else None


def _briefs(chat: Chat, event: on.Briefs) -> Outcome:
    if chat.world.briefings is None:
        return chat.again(show.Toast("dialogue.outdated"))
    if event.do is Brief.LIST:
        return _listed(chat, event.argument)
    if event.do is Brief.NEW:
        return _new(chat, event.argument)
    found = _mine(chat, event.briefing)
    if found is None:
        return adds(_listed(chat), show.Toast("dialogue.outdated"))
    try:
        return _DO[event.do](chat, found, event.argument)
    except Refused as error:
        return adds(_at(chat, found, "draft"), show.Line(f"error.{error.code}"))


def _listed(chat: Chat, only: str = "") -> Outcome:
    """All briefings of the consultations that this person writes for, or of one of them."""
    consultations = chat.runs(Right.BRIEF)
    if only in consultations:
        consultations = (only,)
    every = () if chat.world.briefings is None else chat.world.briefings.briefings(consultations)
    session = replace(chat.session, place=Place.BRIEFINGS, bench=Bench())
    return Outcome(chat.profile, session, (show.ListBriefings(every, consultations),))


def _new(chat: Chat, consultation: str) -> Outcome:
    if not chat.may(Right.BRIEF, consultation):
        return adds(_listed(chat), show.Toast("dialogue.outdated"))
    new = Briefing(BriefingId(chat.world.chance.hex(6)), consultation)
    return _kept(chat, new, "texts")


def _at(
    chat: Chat, briefing: Briefing, screen: str, language: str = "", *, edition: Edition | None = None, page: int = 0,
    before: Edition | None = None,
) -> Outcome:  # fmt: skip
    """Show a screen, at which the chat stands from now on."""
    number = 0 if edition is None or screen == "preview" else edition.number
    bench = Bench(screen=screen, language=language or None, briefing=briefing.id, at=(number, page))
    session = replace(chat.session, place=Place.BRIEFINGS, bench=bench)
    shown = show.WriteBriefing(briefing, screen, language, edition, page, before, chat.spoken(briefing.consultation))
    return Outcome(chat.profile, session, (shown,))


def _kept(
    chat: Chat, after: Briefing, screen: str, language: str = "", *, act: str = "briefing_written", detail: str = ""
) -> Outcome:
    """Keep it, note the act, and show it."""
    outcome = _at(chat, after, screen, language)
    return replace(outcome, briefing=KeptBriefing(after), deeds=(Deed(act, after.id, detail),))


def _screen(name: str) -> Callable[[Chat, Briefing, str], Outcome]:
    return lambda chat, briefing, _: _at(chat, briefing, name)


def _of_language(name: str) -> Callable[[Chat, Briefing, str], Outcome]:
    """A screen about one language; one that the bot does not have leads back."""

    def shown(chat: Chat, briefing: Briefing, language: str) -> Outcome:
        known = language in chat.world.languages
        return _at(chat, briefing, name, language) if known else _at(chat, briefing, "draft")

    return shown


def _language(chat: Chat, briefing: Briefing, language: str) -> Outcome:
    """One language: what is missing is asked for at once, title first."""
    if language not in chat.world.languages:
        return _at(chat, briefing, "texts")
    sheet = briefing.sheets.get(language, rules.Sheet())
    screen = "language" if sheet.whole else "body" if sheet.title else "title"
    return _at(chat, briefing, screen, language)


def _drop(chat: Chat, briefing: Briefing, language: str) -> Outcome:
    return _kept(chat, rules.dropped(briefing, language), "texts")


def _turn(chat: Chat, briefing: Briefing, language: str) -> Outcome:
    if language not in chat.world.languages:
        return _at(chat, briefing, "readers")
    return _kept(chat, rules.turned(briefing, language, chat.world.chain), "readers")


# Looking


def _preview(chat: Chat, briefing: Briefing, argument: str) -> Outcome:
    """What would be published, as readers of one language see it. Whoever was here has looked at it."""
    outcome = _page(chat, briefing, "preview", argument or f"0_{chat.profile.language}_0")
    if briefing.seen == briefing.digest:
        return outcome
    return replace(outcome, briefing=KeptBriefing(rules.looked_at(briefing)))


def _edition(chat: Chat, briefing: Briefing, argument: str) -> Outcome:
    number = argument if argument.isdecimal() else ""
    return _page(chat, briefing, "edition", f"{number}_{chat.profile.language}_0" if number else argument)


def _page(chat: Chat, briefing: Briefing, screen: str, argument: str) -> Outcome:
    """A page of what is being written, or of an earlier edition."""
    match = _PLACE.fullmatch(argument)
    if match is None or match[2] not in chat.world.languages:
        return _at(chat, briefing, "draft")
    edition = _numbered(chat, briefing, 0 if screen == "preview" else int(match[1]))
    if edition is None:
        return _at(chat, briefing, "editions")
    return _at(chat, briefing, screen, match[2], edition=edition, page=int(match[3]))


def _numbered(chat: Chat, briefing: Briefing, number: int) -> Edition | None:
    """An edition; 0: what would be published now."""
    world = chat.world
    if number == 0:
        return rules.draft_edition(briefing, world.languages, world.chain, world.now)
    return None if world.briefings is None else world.briefings.edition(briefing.id, number)


def _compare(chat: Chat, briefing: Briefing, argument: str) -> Outcome:
    """What is written against what is read; or an edition against the one before it."""
    match = _PLACE.fullmatch(argument) or _PLACE.fullmatch(f"0_{chat.profile.language}_0")
    number, language = (0, chat.profile.language) if match is None else (int(match[1]), match[2])
    after = _numbered(chat, briefing, number)
    before = briefing.current if number == 0 else _numbered(chat, briefing, number - 1) if number > 1 else None
    if after is None or before is None:
        return _at(chat, briefing, "editions")
    there = [code for code in chat.world.languages if code in after.sheets or code in before.sheets]
    if language not in there:
        language = there[0] if there else ""
    outcome = _at(chat, briefing, "compare", language, edition=after, before=before)
    bench = replace(outcome.session.bench, at=(number, 0))
    return replace(outcome, session=replace(outcome.session, bench=bench))


# Publishing


def _publish(chat: Chat, briefing: Briefing, digest: str) -> Outcome:
    if digest != briefing.digest:
        raise Refused("outbox_not_seen")
    world = chat.world
    after = rules.published(briefing, world.languages, world.chain, world.now)
    edition = after.current
    detail = "" if edition is None else f"{edition.number} {edition.digest}"
    outcome = _kept(chat, after, "draft", act="briefing_published", detail=detail)
    return adds(replace(outcome, briefing=KeptBriefing(after, freezes=True)), show.Toast("briefing.is_published"))


def _restore(chat: Chat, briefing: Briefing, number: str) -> Outcome:
    edition = _numbered(chat, briefing, int(number)) if number.isdecimal() and int(number) else None
    if edition is None:
        return _at(chat, briefing, "editions")
    return _kept(chat, rules.restored(briefing, edition), "draft", detail=str(edition.number))


def _withdraw(chat: Chat, briefing: Briefing, sure: str) -> Outcome:
    if sure != "yes":
        return _at(chat, briefing, "withdraw")
    return _kept(chat, rules.withdrawn(briefing), "draft", act="briefing_withdrawn")


def _put_back(chat: Chat, briefing: Briefing, _: str) -> Outcome:
    return _kept(chat, rules.withdrawn(briefing, back=True), "draft", act="briefing_put_back")


def _erase(chat: Chat, briefing: Briefing, sure: str) -> Outcome:
    """Only what nobody ever read; what was published can be withdrawn and stays known."""
    if briefing.current is not None:
        return _at(chat, briefing, "draft")
    if sure != "yes":
        return _at(chat, briefing, "erase")
    outcome = _listed(chat)
    left = tuple(
        replace(effect, briefings=tuple(one for one in effect.briefings if one.id != briefing.id))
        if isinstance(effect, show.ListBriefings)
        else effect
        for effect in outcome.effects
    )
    deeds = (Deed("briefing_erased", briefing.id),)
    return replace(outcome, effects=left, briefing=KeptBriefing(briefing, erased=True), deeds=deeds)


def _tell(chat: Chat, briefing: Briefing, _: str) -> Outcome:
    """A draft of a broadcast, which a second organizer approves like any other."""
    if not briefing.readable or briefing.current is None or chat.world.outbox is None:
        raise Refused("briefing_not_read")
    edition = briefing.current
    titles = {code: edition.sheets[edition.language(code)].title for code in chat.world.languages}
    return announcing(chat, briefing.consultation, briefing.id, titles)


_DO: dict[Brief, Callable[[Chat, Briefing, str], Outcome]] = {
    Brief.OPEN: _screen("draft"),
    Brief.TEXTS: _screen("texts"),
    Brief.LANGUAGE: _language,
    Brief.TITLE: _of_language("title"),
    Brief.BODY: _of_language("body"),
    Brief.MORE: _of_language("more"),
    Brief.DROP: _drop,
    Brief.READERS: _screen("readers"),
    Brief.TURN: _turn,
    Brief.NOTES: _screen("notes"),
    Brief.NOTE: _of_language("note"),
    Brief.PREVIEW: _preview,
    Brief.COMPARE: _compare,
    Brief.PUBLISH: _publish,
    Brief.EDITIONS: _screen("editions"),
    Brief.EDITION: _edition,
    Brief.RESTORE: _restore,
    Brief.WITHDRAW: _withdraw,
    Brief.BACK: _put_back,
    Brief.ERASE: _erase,
    Brief.TELL: _tell,
}


# What was asked for in words


def _said(chat: Chat, event: on.Speaks) -> Outcome:
    bench = chat.session.bench
    found, language = _mine(chat, bench.briefing), bench.language
    if found is None or language is None:
        return _listed(chat)
    text = event.said.text
    try:
        match bench.screen:
            case "title":
                after = rules.titled(found, language, text)
                whole = after.sheets[language].whole
                return _kept(chat, after, "language" if whole else "body", language)
            case "note":
                return _kept(chat, rules.noted(found, language, text), "notes")
            case "more":
                return _kept(chat, rules.continued(found, language, text, event.marks), "more", language)
        return _kept(chat, rules.begun(found, language, text, event.marks), "more", language)
    except Refused as error:
        return adds(_at(chat, found, bench.screen, language), show.Line(f"error.{error.code}"))
