"""What became of a contribution, by receipt: the published points that carry it, and whether they stand for it.

The answer is sealed and added like everything that comes later; words may follow it. It works from any account and
after the text is final. Not here: publishing (`storage.published`), the other things that a receipt opens (`receipts`).
"""

from dataclasses import replace

from bot.core import events as on
from bot.core import screens as show
from bot.core.contributions import FEEDBACK, Note, PartId, Standing, addition
from bot.core.conversation.chat import Chat, Outcome, later
from bot.core.conversation.receipts import points_of, state_of, submitted
from bot.core.feedback import Reply
from bot.core.points import Point
from bot.core.ports import Addition
from bot.core.session import Place, Replying


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """Points, answers to them, and the words that may follow."""
    match event:
        case on.Carried():
            return _carried(chat, event)
        case on.Replies():
            return _replies(chat, event)
        case on.Speaks() if chat.session.place is Place.REPLYING and chat.session.replying is not None:
            return _words(chat, chat.session.replying, event.said.text)
    return None


def standing(chat: Chat) -> Outcome:
    """Words may be written; asked again."""
    replying = chat.session.replying
    return chat.again() if replying is None else chat.shows(show.AskReplyWords(replying.receipt, replying.reply))


def _carried(chat: Chat, event: on.Carried) -> Outcome:
    found = submitted(chat, event.receipt)
    if isinstance(found, Outcome):
        return found
    points = points_of(chat, found)
    if not points:
        return chat.shows(state_of(chat, event.receipt, found, "feedback.none"))
    return _left(chat, _shown(event, found, points, min(event.at, len(points) - 1)))


def _shown(event: on.Carried | on.Replies | Replying, found: Standing, points: tuple[Point, ...], at: int,
           told: str | None = None) -> show.ShowCarried:  # fmt: skip
    replies = dict(found.note.replies) if found.note is not None else {}
    reply = replies.get(points[at].id)
    return show.ShowCarried(event.receipt, points[at], at, len(points), Reply(reply) if reply else None, told)


def _left(chat: Chat, shown: show.ShowCarried) -> Outcome:
    """Shown, and no words are waited for any longer."""
    return chat.stands(Place.HOME, shown) if chat.session.place is Place.REPLYING else chat.shows(shown)


def _replies(chat: Chat, event: on.Replies) -> Outcome:
    found = submitted(chat, event.receipt)
    if isinstance(found, Outcome):
        return found
    points = points_of(chat, found)
    point = next((one for one in points if one.version.startswith(event.point)), None)
    if point is None:
        # Another publication took its place: nobody answers words that they did not see.
        told = "feedback.changed"
        return chat.shows(
            _shown(event, found, points, 0, told) if points else state_of(chat, event.receipt, found, told)
        )
    if event.reply is not Reply.OUT and not chat.accepted:
        return chat.again(show.Line("receipt.notice_first"))
    replying = Replying(event.receipt, point.id, point.version, event.reply)
    session = replace(chat.session, place=Place.REPLYING, replying=replying)
    outcome = Outcome(chat.profile, session, (show.AskReplyWords(event.receipt, event.reply),))
    return replace(outcome, addition=_added(chat, found, replying, None))


def _words(chat: Chat, replying: Replying, words: str) -> Outcome:
    found = submitted(chat, replying.receipt)
    if isinstance(found, Outcome):
        return found
    note = found.note or Note(chat.world.day)
    shown = state_of(chat, replying.receipt, replace(found, note=note), "feedback.words_done")
    session = replace(chat.session, place=Place.HOME, replying=None)
    outcome = Outcome(chat.profile, session, (shown,), turns=later(chat))
    return replace(outcome, addition=_added(chat, found, replying, words))


def _added(chat: Chat, found: Standing, replying: Replying, words: str | None) -> Addition:
    part, day = PartId(chat.world.chance.hex(16)), chat.world.day
    note = found.note or Note(day)
    others = tuple(one for one in note.replies if one[0] != replying.point)
    answers = {
        "point": replying.point,
        "version": replying.version,
        "answer": replying.reply.value,
        "words": words,
    }
    document = addition(found.contribution, found.consultation, part, of=FEEDBACK, day=day, answers=answers)
    note = replace(note, replies=(*others, (replying.point, replying.reply.value)))
    return Addition(found.contribution, replying.receipt, part, document, note)
