"""Organizers at work on broadcasts: write, look, ask, approve, stop, report. And /news, for whoever takes part.

Every act is checked here against the roles of the person who presses, whatever the button says. What is kept and noted
goes out with the outcome. Not here: the rules (`bot.core.outbox`), how it looks (`handlers.writing.broadcasts`).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.core import events as on
from bot.core import outbox
from bot.core import screens as show
from bot.core.consultations import BY_ID
from bot.core.conversation.chat import Chat, Deed, Outcome, adds
from bot.core.conversation.moments import moment
from bot.core.errors import Refused
from bot.core.events import Compose
from bot.core.outbox import Act, Broadcast, BroadcastId, Form, Mark, Phase, Quiet, Text
from bot.core.people import Role
from bot.core.rights import Right
from bot.core.session import Bench, Place
from bot.core.staff import agreed_on

NO_QUIET = Quiet(0, 0)
_ZONE_FOR = re.compile(r"(?:([a-z]{2,3}(?:_[A-Z]{2})?)\s+)?(\S.*)")
ROLES = (None, Role.ORGANIZER, Role.SECRETARIAT)
"""In the order in which a button goes through them."""


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """News, the organizers' buttons, and texts that an organizer was asked for."""
    match event:
        case on.ReadsNews():
            return _news(chat, event.at)
        case on.Composes():
            return _compose(chat, event)
        case on.Speaks() if chat.session.place is Place.BROADCASTS and chat.session.bench.screen in _ASKED:
            return _said(chat, event)
    return None


def standing(chat: Chat) -> Outcome:
    """The screen of the work at hand, shown again."""
    found = _mine(chat, chat.session.bench.broadcast)
    return _listed(chat) if found is None else _at(chat, found, chat.session.bench.screen, chat.session.bench.language)


# News


def news(chat: Chat) -> list[Broadcast]:
    """What is sent to people like this one, the newest first, each with its corrected texts.

    What somebody paused or cancelled is no news, to nobody: where only a notice arrives, it is here that it is sent.
    """
    if chat.world.outbox is None:
        return []
    every = chat.world.outbox.broadcasts(chat.profile.joined)
    corrected = {
        one.of: one for one in reversed(every) if one.act is Act.CORRECT and one.phase in (Phase.SENDING, Phase.DONE)
    }
    return [
        replace(one, texts=corrected[one.id].texts) if one.id in corrected else one
        for one in every
        if one.act is Act.SEND
        and one.phase in (Phase.SENDING, Phase.DONE)
        and (one.phase is Phase.DONE or not chat.world.frozen(one.consultation))
        and one.begins is not None
        and one.begins <= chat.world.now
        and (not one.languages or chat.profile.language in one.languages)
        and (one.role is None or any(grant.role is one.role for grant in chat.world.grants))
        and (one.planned or 0) > 0
    ]


def _news(chat: Chat, at: int) -> Outcome:
    found = news(chat)
    at = min(max(at, 0), max(len(found) - 1, 0))
    return chat.shows(show.ShowNews(found[at] if found else None, at, len(found)))


# Acts of organizers


def _compose(chat: Chat, event: on.Composes) -> Outcome:
    if chat.world.outbox is None:
        return chat.again(show.Toast("dialogue.outdated"))
    if event.do is Compose.LIST:
        return _listed(chat)
    if event.do is Compose.NEW:
        return _new(chat, event.argument)
    found = _mine(chat, event.broadcast)
    if found is None:
        return adds(_listed(chat), show.Toast("dialogue.outdated"))
    try:
        return _DO[event.do](chat, found, event.argument)
    except Refused as error:
        return adds(_opened(chat, found), show.Line(f"error.{error.code}"))


def _mine(chat: Chat, wanted: str | None) -> Broadcast | None:
    """A broadcast, if this person may broadcast in its consultation."""
    if wanted is None or chat.world.outbox is None:
        return None
    found = chat.world.outbox.broadcast(BroadcastId(wanted))
    return found if found is not None and chat.may(Right.BROADCAST, found.consultation) else None


def _listed(chat: Chat) -> Outcome:
    consultations = chat.runs(Right.BROADCAST)
    every = () if chat.world.outbox is None else chat.world.outbox.broadcasts(consultations)
    session = replace(chat.session, place=Place.BROADCASTS, bench=Bench())
    return Outcome(chat.profile, session, (show.ShowBroadcasts(every, consultations),))


def _new(chat: Chat, consultation: str) -> Outcome:
    known = consultation in BY_ID and chat.may(Right.BROADCAST, consultation)
    if chat.world.outbox is None or not known:
        return adds(_listed(chat), show.Toast("dialogue.outdated"))
    form = Form.NEUTRAL if chat.world.outbox.sensitive(consultation) else Form.FULL
    new = Broadcast(
        BroadcastId(chat.world.chance.hex(6)), consultation, form=form, zone=BY_ID[consultation].zone,
        writers=(chat.world.actor,),
    )  # fmt: skip
    return _kept(chat, new, "texts", "broadcast_written")


def drafted(chat: Chat, consultation: str, languages: tuple[str, ...], texts: Mapping[str, Text]) -> Outcome:
    """A draft with an audience and a beginning, made from elsewhere; whoever it is for must run the consultation."""
    outcome = _new(chat, consultation)
    if outcome.broadcast is None:
        return outcome
    everybody = set(languages) >= set(chat.spoken(consultation))
    new = replace(outcome.broadcast, languages=() if everybody else languages, texts=texts)
    return _kept(chat, new, "texts", "broadcast_written")


def announcing(chat: Chat, consultation: str, briefing: str, titles: Mapping[str, str]) -> Outcome:
    """A draft that tells of a briefing, by its title in each language, with a button that opens it.

    Only who organizes the consultation gets one.
    """
    if chat.world.outbox is None or not chat.may(Right.BROADCAST, consultation):
        return adds(_listed(chat), show.Toast("dialogue.outdated"))
    form = Form.NEUTRAL if chat.world.outbox.sensitive(consultation) else Form.FULL
    texts = {code: Text(title, (Mark("bold", 0, outbox.units(title)),)) for code, title in titles.items()}
    new = Broadcast(
        BroadcastId(chat.world.chance.hex(6)), consultation, texts=texts, form=form, zone=BY_ID[consultation].zone,
        writers=(chat.world.actor,), briefing=briefing,
    )  # fmt: skip
    return _kept(chat, new, "draft", "broadcast_written")


def _opened(chat: Chat, broadcast: Broadcast, _: str = "") -> Outcome:
    """The screen that fits its phase."""
    if broadcast.phase is Phase.PROPOSED:
        return _preview(chat, broadcast, "approval")
    return _at(chat, broadcast, "draft" if broadcast.phase is Phase.DRAFT else "report")


def _at(chat: Chat, broadcast: Broadcast, screen: str, language: str | None = None) -> Outcome:
    """Show a screen, at which the chat stands from now on."""
    if screen in _ASKED | _EDITING and not broadcast.changeable:
        screen = "report"
    if screen == "approval" and broadcast.phase is not Phase.PROPOSED:
        screen = "draft" if broadcast.phase is Phase.DRAFT else "report"
    session = replace(chat.session, place=Place.BROADCASTS, bench=Bench(broadcast.id, screen, language))
    world = chat.world
    reach = None
    if world.outbox is not None and broadcast.changeable and broadcast.role is None:
        reach = outbox.rounded(world.outbox.reach(broadcast)) or 0
    counts = {} if world.outbox is None or broadcast.changeable else dict(world.outbox.counts(broadcast.id))
    shown = show.ShowBroadcast(
        broadcast, screen, language, reach=reach, counts=counts, own=world.actor in broadcast.writers,
        others=() if world.outbox is None else world.outbox.broadcasts((broadcast.consultation,)),
        languages=chat.spoken(broadcast.consultation),
    )  # fmt: skip
    return Outcome(chat.profile, session, (shown,))


def _kept(chat: Chat, broadcast: Broadcast, screen: str, *acts: str, detail: str = "") -> Outcome:
    """Keep it, note the act, and show it. What is shown is the version that will stand."""
    outcome = _at(chat, broadcast, screen)
    deeds = tuple(Deed(act, broadcast.id, detail) for act in acts)
    return replace(outcome, broadcast=broadcast, deeds=deeds)


def _edit(chat: Chat, broadcast: Broadcast, screen: str, **changes: object) -> Outcome:
    changed = outbox.edited(broadcast, chat.world.actor, **changes)
    return _kept(chat, changed, screen, "broadcast_written")


def _screen(name: str) -> Callable[[Chat, Broadcast, str], Outcome]:
    return lambda chat, broadcast, _: _at(chat, broadcast, name)


def _write(chat: Chat, broadcast: Broadcast, language: str) -> Outcome:
    if language not in chat.world.languages:
        return _opened(chat, broadcast)
    return _at(chat, broadcast, "write", language)


def _drop(chat: Chat, broadcast: Broadcast, language: str) -> Outcome:
    changed = outbox.written(broadcast, chat.world.actor, language, None)
    return _kept(chat, changed, "texts", "broadcast_written")


def _form(chat: Chat, broadcast: Broadcast, _: str) -> Outcome:
    other = Form.FULL if broadcast.form is Form.NEUTRAL else Form.NEUTRAL
    return _edit(chat, broadcast, "draft", form=other)


def _language(chat: Chat, broadcast: Broadcast, language: str) -> Outcome:
    if language not in chat.world.languages:
        return _opened(chat, broadcast)
    chosen = set(broadcast.languages) ^ {language}
    kept = tuple(code for code in chat.world.languages if code in chosen)
    # Whoever chooses all that are offered means everybody, also the few who read another language.
    everybody = set(kept) >= set(chat.spoken(broadcast.consultation))
    return _edit(chat, broadcast, "audience", languages=() if everybody else kept)


def _role(chat: Chat, broadcast: Broadcast, _: str) -> Outcome:
    at = (ROLES.index(broadcast.role) + 1) % len(ROLES) if broadcast.role in ROLES else 0
    return _edit(chat, broadcast, "audience", role=ROLES[at])


def _exclude(chat: Chat, broadcast: Broadcast, other: str) -> Outcome:
    known = _mine(chat, other)
    if known is None or known.consultation != broadcast.consultation or known.id == broadcast.id:
        return _opened(chat, broadcast)
    chosen = set(broadcast.excludes) ^ {known.id}
    return _edit(chat, broadcast, "audience", excludes=tuple(sorted(chosen)))


def _now(chat: Chat, broadcast: Broadcast, _: str) -> Outcome:
    return _edit(chat, broadcast, "when", at=None)


def _quiet(chat: Chat, broadcast: Broadcast, _: str) -> Outcome:
    return _edit(chat, broadcast, "when", quiet=Quiet() if broadcast.quiet == NO_QUIET else NO_QUIET)


def _preview(chat: Chat, broadcast: Broadcast, screen: str = "preview") -> Outcome:
    """Everything as it will arrive, message by message, and below it whom it goes to and when."""
    outcome = _at(chat, broadcast, screen)
    outcome = replace(outcome, effects=(_notices(chat, broadcast), *outcome.effects))
    if broadcast.phase is not Phase.DRAFT or broadcast.seen == broadcast.digest:
        return outcome
    return replace(outcome, broadcast=outbox.previewed(broadcast))


def _notices(chat: Chat, broadcast: Broadcast) -> show.ShowNotices:
    return show.ShowNotices(broadcast, languages=chat.spoken(broadcast.consultation))


def _test(chat: Chat, broadcast: Broadcast, _: str) -> Outcome:
    outcome = _at(chat, broadcast, chat.session.bench.screen or "preview")
    tested = show.ShowNotices(broadcast, chat.profile.language)
    return replace(
        outcome, effects=(tested, *outcome.effects), deeds=(Deed("broadcast_tested", broadcast.id, broadcast.digest),)
    )


def _propose(chat: Chat, broadcast: Broadcast, digest: str) -> Outcome:
    if digest != broadcast.digest:
        raise Refused("outbox_not_seen")
    waiting = outbox.proposed(broadcast, chat.world.actor, chat.world.now)
    return _kept(chat, waiting, "approval", "broadcast_proposed", detail=waiting.digest)


def _approve(chat: Chat, broadcast: Broadcast, digest: str) -> Outcome:
    world = chat.world
    agreed = outbox.approved(broadcast, world.actor, digest, world.now, world.cancel_seconds)
    _stand(chat, agreed)
    return _kept(chat, agreed, "report", "broadcast_approved", detail=agreed.digest)


def _send_back(chat: Chat, broadcast: Broadcast, _: str) -> Outcome:
    if broadcast.phase is not Phase.PROPOSED:
        raise Refused("outbox_not_proposed")
    back = replace(broadcast, phase=Phase.DRAFT, seen=None)
    return _kept(chat, back, "draft", "broadcast_refused", detail=broadcast.digest)


def _pause(chat: Chat, broadcast: Broadcast, _: str) -> Outcome:
    return _kept(chat, outbox.paused(broadcast), "report", "broadcast_paused")


def _stand(chat: Chat, broadcast: Broadcast) -> None:
    """Those who agreed on it must still have the right to. Raises Refused `outbox_person_gone`."""
    if chat.world.staff is not None and not agreed_on(broadcast, chat.world.staff.held()):
        raise Refused("outbox_person_gone")


def _resume(chat: Chat, broadcast: Broadcast, _: str) -> Outcome:
    _stand(chat, broadcast)
    return _kept(chat, outbox.resumed(broadcast, chat.world.now), "report", "broadcast_resumed")


def _cancel(chat: Chat, broadcast: Broadcast, _: str) -> Outcome:
    return _kept(chat, outbox.cancelled(broadcast, chat.world.now), "report", "broadcast_cancelled")


def _retry(chat: Chat, broadcast: Broadcast, _: str) -> Outcome:
    _stand(chat, broadcast)
    outcome = _kept(chat, outbox.retried(broadcast), "report", "broadcast_retried")
    return replace(outcome, retries=broadcast.id)


def _follow(act: Act) -> Callable[[Chat, Broadcast, str], Outcome]:
    def follow(chat: Chat, broadcast: Broadcast, _: str) -> Outcome:
        new = BroadcastId(chat.world.chance.hex(6))
        draft = outbox.followed(broadcast, act, new, chat.world.actor, chat.world.now)
        return _kept(chat, draft, "draft", "broadcast_written")

    return follow


def _recall(chat: Chat, broadcast: Broadcast, sure: str) -> Outcome:
    if sure != "yes":
        return _at(chat, broadcast, "recall")
    return _kept(chat, outbox.recalled(broadcast, chat.world.now), "report", "broadcast_recalled")


_DO: dict[Compose, Callable[[Chat, Broadcast, str], Outcome]] = {
    Compose.OPEN: _opened,
    Compose.TEXTS: _screen("texts"),
    Compose.WRITE: _write,
    Compose.DROP: _drop,
    Compose.FORM: _form,
    Compose.AUDIENCE: _screen("audience"),
    Compose.LANGUAGE: _language,
    Compose.ROLE: _role,
    Compose.EXCLUDE: _exclude,
    Compose.WHEN: _screen("when"),
    Compose.NOW: _now,
    Compose.AT: _screen("at"),
    Compose.ZONE: _screen("zone"),
    Compose.QUIET: _quiet,
    Compose.PREVIEW: lambda chat, broadcast, _: _preview(chat, broadcast),
    Compose.TEST: _test,
    Compose.PROPOSE: _propose,
    Compose.APPROVE: _approve,
    Compose.SEND_BACK: _send_back,
    Compose.PAUSE: _pause,
    Compose.RESUME: _resume,
    Compose.CANCEL: _cancel,
    Compose.RETRY: _retry,
    Compose.RESEND: _follow(Act.RESEND),
    Compose.CORRECT: _follow(Act.CORRECT),
    Compose.RECALL: _recall,
}


# What was asked for in words

_ASKED = frozenset({"write", "at", "zone"})
_EDITING = frozenset({"draft", "texts", "audience", "when", "preview"})


def _said(chat: Chat, event: on.Speaks) -> Outcome:
    bench = chat.session.bench
    found = _mine(chat, bench.broadcast)
    if found is None:
        return _listed(chat)
    try:
        if bench.screen == "write" and bench.language is not None:
            text = outbox.cleaned(event.said.text, event.marks)
            return _kept(
                chat, outbox.written(found, chat.world.actor, bench.language, text), "texts", "broadcast_written"
            )
        if bench.screen == "at":
            return _edit(chat, found, "when", at=moment(chat.world, event.said.text, found.zone))
        return _zone(chat, found, event.said.text)
    except Refused as error:
        return adds(_at(chat, found, bench.screen, bench.language), show.Line(f"error.{error.code}"))


def _zone(chat: Chat, broadcast: Broadcast, text: str) -> Outcome:
    """Another zone, for all or for the readers of one language. What was said as a time stays the same hour there."""
    match = _ZONE_FOR.fullmatch(text.strip())
    language, wanted = (None, "") if match is None else match.groups()
    if language is not None and language not in chat.world.languages:
        language, wanted = None, text.strip()
    found = chat.world.find_zone(wanted)
    if found is None:
        raise Refused("outbox_bad_zone")
    if language is not None:
        return _edit(chat, broadcast, "when", zones={**broadcast.zones, language: found})
    at = broadcast.at
    if at is not None:
        local = datetime.fromtimestamp(at, chat.world.zone(broadcast.zone)).replace(tzinfo=None)
        at = local.replace(tzinfo=chat.world.zone(found)).timestamp()
    return _edit(chat, broadcast, "when", zone=found, at=at)
