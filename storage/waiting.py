"""Drafts that wait: whom to remind, and how long they live, also where their consultation stands still."""

import math
from collections.abc import Iterable, Sequence

from pydantic import TypeAdapter

from bot.core.people import ChatId
from bot.core.ports import Clock, Unfinished
from bot.core.session import Session
from bot.core.staff import FROZEN_DAYS, Thawed
from bot.core.staff import Act as StaffAct
from storage import retention
from storage.keys import Keys
from storage.places import opened, session_place
from storage.sqlite.work import WorkFile
from storage.staff import SealedStaff
from storage.tags import Tag

_SESSION = TypeAdapter(Session)


class Waiting:
    """Looks through the drafts of all chats."""

    def __init__(self, work: WorkFile, keys: Keys, staff: SealedStaff, clock: Clock, draft_hours: float) -> None:
        self._work = work
        self._keys = keys
        self._tags = keys.tags
        self._staff = staff
        self._clock = clock
        self._draft_hours = draft_hours

    def unfinished(self) -> Sequence[Unfinished]:
        """Drafts of which nobody was reminded yet, in no particular order; none of a consultation that stands still."""
        found = []
        for tag, sealed, expires, reminded in self._work.unfinished(self._clock.now()):
            session = opened(_SESSION, self._keys, sealed, session_place(tag))
            if session is None or session.draft is None or self.frozen(session) is not None:
                continue
            answered = expires - self.kept_hours(session) * retention.HOUR
            closes = self._work.intake(session.draft.consultation).grace(self._clock.now())
            if closes is not None and session.told_end == closes:
                continue
            waiting = Unfinished(ChatId(session.chat), session.draft, answered, expires, closes)
            if reminded != self.reminded(waiting):
                found.append(waiting)
        return found

    def frozen(self, session: Session) -> float | None:
        """Since when the consultation of a draft stands still, if it does not so for too long."""
        since = None if session.draft is None else self._staff.frozen(session.draft.consultation)
        return None if since is None or self._clock.now() - since > FROZEN_DAYS * retention.DAY else since

    def standing_still(self) -> list[Tag]:
        """Sessions that would have expired, and are kept because their consultation stands still."""
        now = self._clock.now()
        rows = self._work.unfinished(self._staff.horizon(now))
        waiting = [
            (tag, opened(_SESSION, self._keys, sealed, session_place(tag)))
            for tag, sealed, expires, _ in rows
            if expires <= now
        ]
        return [tag for tag, session in waiting if session is not None and self.frozen(session) is not None]

    def longer(self, acts: Iterable[StaffAct]) -> list[tuple[Tag, int, int]]:
        """Drafts that live on once something goes on: by as long as it stood still, and no longer than new ones."""
        now, found = self._clock.now(), []
        for act in acts:
            if not isinstance(act, Thawed):
                continue
            freezes = self._staff.freezes()
            since = freezes.pop(act.consultation, None)
            if since is None:
                continue
            for tag, sealed, expires, _ in self._work.unfinished(self._staff.horizon(now)):
                session = opened(_SESSION, self._keys, sealed, session_place(tag))
                if session is None or session.draft is None or self.frozen(session) is None:
                    continue
                of = session.draft.consultation
                if act.consultation not in (None, of) or {None, of} & freezes.keys():
                    continue  # it stands still for another reason, too
                most = retention.draft_expires(now, self.kept_hours(session))
                after = min(most, expires + math.ceil((now - since) / retention.HOUR) * retention.HOUR)
                if after > expires:
                    found.append((tag, expires, after))
        return found

    def reminded(self, unfinished: Unfinished) -> Tag:
        """What somebody is reminded of: that a draft waits, or once more that its consultation has closed."""
        of = unfinished.draft.contribution if unfinished.closes is None else f"{unfinished.draft.contribution} closed"
        return self._tags.reminded(unfinished.chat, of)

    def kept_hours(self, session: Session | None) -> float:
        """How long what a chat is in the middle of is kept after its last change."""
        if session is None or session.draft is None:
            return self._draft_hours
        return self._work.intake(session.draft.consultation).draft_hours or self._draft_hours
