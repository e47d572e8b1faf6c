"""Which stages somebody passes with an event, for the figures. It follows from what was before and what is after.

So nothing is kept about a person for the figures but one mark in a draft, which goes with it. Whoever was forgotten, or
comes back after their session has expired, may be counted anew. Not here: what is done with it (`bot.core.figures`).
"""

from dataclasses import replace

from bot.core.contributions import State
from bot.core.conversation.chat import Chat, Outcome
from bot.core.dialogue.draft import REVIEW
from bot.core.figures import Stage, Tick
from bot.core.people import Profile
from bot.core.session import Session


def counted(before: Chat, outcome: Outcome) -> Outcome:
    """The same outcome, with what it counts."""
    if outcome.forget:
        return outcome
    language = outcome.profile.language
    arrived = [replace(tick, language=language) for tick in _arrived(before, outcome)]
    draft = outcome.session.draft
    reviewed = draft is not None and draft.step == REVIEW and not draft.reviewed
    said = [replace(tick, language=language) for tick in _said(before, outcome, reviewed=reviewed)]
    if draft is not None and reviewed:
        outcome = replace(outcome, session=replace(outcome.session, draft=replace(draft, reviewed=True)))
    ticks = (*arrived, *said, *_withdrawn(before, outcome))
    return replace(outcome, ticks=ticks) if ticks else outcome


def _wants(profile: Profile, session: Session) -> str | None:
    """The consultation of the link that was opened, once the person has chosen a language."""
    return session.wanted if profile.language_chosen else None


def _arrived(before: Chat, outcome: Outcome) -> list[Tick]:
    """Nobody joins a consultation without having opened it: on the way, or in this very moment."""
    opened, wants = _wants(before.profile, before.session), _wants(outcome.profile, outcome.session)
    ticks = []
    if wants is not None and wants != opened and wants not in outcome.profile.joined:
        ticks.append(Tick(wants, Stage.OPENED))
    for joined in outcome.profile.joined:
        if joined not in before.profile.joined:
            if joined != opened:
                ticks.append(Tick(joined, Stage.OPENED))
            ticks.append(Tick(joined, Stage.ACCEPTED))
    return ticks


def _said(before: Chat, outcome: Outcome, *, reviewed: bool) -> list[Tick]:
    """New versions of what was handed in are no new contributions, and not counted."""
    old, new, sent = before.session.draft, outcome.session.draft, outcome.submission
    ticks = []
    if new is not None and new.replaces is None:
        begun = Tick(new.consultation, Stage.BEGUN, questionnaire=new.questionnaire)
        if old is None or old.contribution != new.contribution:
            ticks.append(begun)
        if reviewed:
            ticks.append(replace(begun, stage=Stage.REVIEWED))
    if sent is not None and sent.supersedes is None and old is not None:
        ticks.append(Tick(sent.consultation, Stage.SUBMITTED, questionnaire=old.questionnaire))
    return ticks


def _withdrawn(before: Chat, outcome: Outcome) -> list[Tick]:
    standing = before.world.standing(outcome.withdraw) if outcome.withdraw is not None else None
    if standing is None or standing.state is not State.SUBMITTED:
        return []
    return [Tick(standing.consultation, Stage.WITHDRAWN)]
