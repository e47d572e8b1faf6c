"""The stores as the handlers know them: everything is sealed and every chat is a tag before a backend sees it.

Not here: SQL (`storage.sqlite`), moving to the vault (`storage.mover`), erasing what is too old (`storage.expiry`).
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from pydantic import TypeAdapter

from bot.core.admission import Membership
from bot.core.consultations import (
    CONSULTATIONS,
    Intake,
    learn,
    made,
    of_document,
    unlearn,
)
from bot.core.contributions import ContributionId, PartId, Receipt, Standing, State
from bot.core.errors import Corrupt, Outdated, Refused
from bot.core.people import ChatId, Grant, Invite, Profile, UpdateId
from bot.core.ports import Addition, Chance, Change, Clock, Log, Seen, Submission, Unfinished
from bot.core.rights import STAFF
from bot.core.session import Session, View
from bot.core.staff import Act as StaffAct
from bot.core.traces import Trace
from bot.crashpoints import crash_point
from storage import retention
from storage.admission import SealedAdmissions
from storage.briefings import SealedBriefings
from storage.inquiries import SealedInquiries
from storage.invites import SealedInvites
from storage.keys import Keys
from storage.notes import Notes
from storage.places import opened, profile_place, session_place, view_place
from storage.recent import Recent
from storage.records import (
    ContactRow,
    Effect,
    NewConsultation,
    SealedAddition,
    SealedPart,
    SealedSession,
    SealedSubmission,
    SealedView,
    VersionRow,
)
from storage.sqlite.admission import AdmissionTables
from storage.sqlite.briefings import BriefingsTable
from storage.sqlite.files import Files
from storage.sqlite.inquiries import InquiriesTable
from storage.sqlite.invites import InvitesTable
from storage.sqlite.staff import StaffTable
from storage.sqlite.traces import TracesTable
from storage.staff import SealedStaff
from storage.tags import Tag
from storage.traces import SealedTraces
from storage.waiting import Waiting

T = TypeVar("T")

_NUMBERINGS = 5
"""Attempts to give an addition its number, when others are given one at the same moment."""

_SESSION = TypeAdapter(Session)
_VIEW = TypeAdapter(View)
_PROFILE = TypeAdapter(Profile)


class SealedStore:
    """The port `Store` over files that hold nothing readable."""

    def __init__(
        self,
        files: Files,
        keys: Keys,
        *,
        clock: Clock,
        chance: Chance,
        log: Log,
        draft_hours: float,
        move: Callable[[], Awaitable[int]],
    ) -> None:
        """`move` brings what was submitted into the vault, where it can be withdrawn."""
        self._move = move
        self._work = files.work
        self._vault = files.vault
        self._contacts = files.contacts
        self._keys = keys
        self._tags = keys.tags
        self._notes = Notes(keys.tags)
        self._clock = clock
        self._chance = chance
        self._log = log
        self._draft_hours = draft_hours
        self.traces = SealedTraces(TracesTable(files.work.database), keys, clock, chance, log)
        self.inquiries = SealedInquiries(InquiriesTable(files.work.database), keys, clock, log)
        self.invites = SealedInvites(InvitesTable(files.work.database), keys, clock, log)
        self.admissions = SealedAdmissions(
            AdmissionTables(files.work.database),
            keys,
            clock,
            log,
            grants=self.grants,
            intake=self.intake,
            redemptions=self._redemptions,
        )
        self.briefings = SealedBriefings(BriefingsTable(files.work.database), keys, log)
        self.staff = SealedStaff(StaffTable(files.work.database), keys, clock, log)
        self.waiting = Waiting(files.work, keys, self.staff, clock, draft_hours)
        self._sessions: Recent[ChatId, tuple[int, Session]] = Recent(clock)
        self._views: Recent[ChatId, View] = Recent(clock)
        self._profiles: Recent[ChatId, Profile] = Recent(clock)

    # What is there

    def handled(self, update: UpdateId) -> bool:
        """Whether this update's effect is already committed."""
        return self._work.handled(update)

    def session(self, chat: ChatId) -> Session | None:
        """The chat's session; None when there is none, and (with an alarm) when it cannot be read."""
        now = self._clock.now()
        recent = self._sessions.get(chat)
        if recent is not None and recent[0] > now:
            return recent[1]
        tag = self._tags.draft(chat)
        found = self._work.session(tag, self.staff.horizon(now))
        if found is None:
            return None
        sealed, expires = found
        session = self._opened_session(tag, sealed)
        if session is None or session.chat != chat:
            self._log.event("row_unreadable")
            return None
        if expires <= now and self.waiting.frozen(session) is None:
            return None
        self._sessions.put(chat, (expires, session))
        return session

    def view(self, chat: ChatId) -> View | None:
        """What stands in the chat; None when nothing is known of it, and (with an alarm) when it cannot be read."""
        recent = self._views.get(chat)
        if recent is not None:
            # It lives as long as its session, and the session knows how long that is.
            return recent if self.session(chat) is not None else None
        tag = self._tags.draft(chat)
        sealed = self._work.view(tag, self.staff.horizon(self._clock.now()))
        if sealed is None or self.session(chat) is None:
            return None
        view = opened(_VIEW, self._keys, sealed, view_place(tag))
        if view is None:
            self._log.event("row_unreadable")
            return None
        self._views.put(chat, view)
        return view

    def profile(self, chat: ChatId) -> Profile | None:
        """What is remembered of this person; None when nothing is, and (with an alarm) when it cannot be read."""
        recent = self._profiles.get(chat)
        if recent is not None:
            return recent
        tag = self._tags.person(chat)
        sealed = self._contacts.profile(tag, self._clock.now())
        if sealed is None:
            return None
        profile = self.remembered(tag, sealed)
        if profile is None:
            self._log.event("row_unreadable")
            return None
        self._profiles.put(chat, profile)
        return profile

    def grants(self, chat: ChatId) -> tuple[Grant, ...]:
        """Roles this person holds. Rows that nobody vouches for are left out and alarmed."""
        return self.staff.grants(chat)

    def invite(self, chat: ChatId, token: str) -> Invite | None:
        """What an invite gives to this chat if it is used now, or None; looking uses nothing up."""
        mac = self._tags.invite(token)
        row = self._work.invite(mac)
        try:
            if row is None:
                return None
            before, barred = self._work.redeemed(self._tags.redemption(chat, mac))
            if barred:
                return None
            self.invites.used_once(row, before)
            invite = self.invites.vouched(row)
        except Refused:
            return None
        # No role of staff can be given while somebody else has changed who has one.
        return None if invite.role in STAFF and not self.staff.whole else invite

    def learn(self) -> None:
        """Let the consultations that are kept be known, where others were made since: by the command line, say."""
        kept = self._work.consultations()
        if len(kept) != len(made()):
            unlearn()
            learn(of_document(json.loads(one)) for one in kept)

    def intake(self, consultation: str) -> Intake:
        """The intake of one consultation; closed where nothing was ever said."""
        return self._work.intake(consultation)

    def owed(self) -> Sequence[ChatId]:
        """Chats to whom an answer is owed, in no particular order."""
        found = self._work.owed(self.staff.horizon(self._clock.now()))
        sessions = (self._opened_session(tag, sealed) for tag, sealed in found)
        chats = [ChatId(session.chat) for session in sessions if session is not None]
        return [chat for chat in chats if self.session(chat) is not None]

    def unfinished(self) -> Sequence[Unfinished]:
        """Drafts of which nobody was reminded yet, in no particular order; none of a consultation that stands still."""
        return self.waiting.unfinished()

    async def operate(self, act: StaffAct) -> None:
        """One act of the operator on roles and freezes. Raises Refused `roster_broken`, Outdated `staff_meanwhile`."""
        await self.staff.act(act, self.waiting.longer([act]))

    def state(self, receipt: Receipt) -> State | None:
        """What became of the contribution with this receipt, or None for an unknown one."""
        standing = self.standing(receipt)
        return None if standing is None else standing.state

    def standing(self, receipt: Receipt) -> Standing | None:
        """What this receipt stands for now, or None for an unknown one."""
        tag = self._tags.receipt(receipt)
        # All are always asked, so that the time it takes says nothing; `work` first, because a contribution is in
        # the vault before it leaves `work`.
        pending, added = self._work.pending(tag), self._work.added(tag)
        versions = {row.contribution: row for row in (*pending, *self._vault.versions(tag))}
        head = _head(versions)
        waiting = (one.note for one in added if one.note and head and one.contribution == head.contribution)
        note = self._notes.open(receipt, next(waiting, head.note if head else None))
        if head is None:
            return None
        return Standing(
            head.contribution,
            head.consultation,
            State(head.state),
            len(versions),
            note,
            earlier=tuple(sorted(version for version in versions if version != head.contribution)),
            exported=any(row.exported for row in versions.values()),
        )

    # What changes

    async def withdraw(self, receipt: Receipt) -> State | None:
        """Erase the sealed parts of every version with this receipt; tombstones stay. None: unknown."""
        tag = self._tags.receipt(receipt)
        if self._work.pending(tag) or self._work.added(tag):
            await self._move()
        return await self._vault.withdraw(tag)

    async def commit(self, change: Change) -> None:
        """Make the effect of one update durable. A second commit of the same update changes nothing.

        Raises Outdated `version_meanwhile` when another version of the same contribution was handed in meanwhile,
        `inquiry_meanwhile`, `briefing_meanwhile`, `intake_meanwhile` likewise; Refused `consultation_exists`
        {consultation} when one of that id was made meanwhile, `invite_gone` when an invite that it changes was revoked
        or has expired, `code_unknown` when the code by which it decides has ended; Corrupt `part_missing` {part,
        contribution} when a submission names a part that the chat's draft does not have (it has expired),
        `contribution_exists` {contribution}, `session_misplaced` (session of another chat).
        """
        session = change.session
        if session is not None and session.chat != change.chat:
            raise Corrupt("session_misplaced")
        now = self._clock.now()
        expires = retention.draft_expires(now, self.waiting.kept_hours(session))
        tag = self._tags.draft(change.chat)
        crash_point("before_seal")
        effect = Effect(
            update=change.update,
            day=retention.day(now),
            tag=tag,
            session=None
            if session is None
            else SealedSession(self._seal(_SESSION, session, session_place(tag)), change.owed, expires),
            view=None if change.view is None else self._seal(_VIEW, change.view, view_place(tag)),
            parts=[SealedPart(new.part, self._keys.recipients.seal(new.document)) for new in change.parts],
            dropped=change.dropped,
            submission=None if change.submission is None else self._sealed_submission(change.submission),
            addition=None if change.addition is None else self._sealed_addition(change.addition),
            erases_draft=change.erase_draft or change.submission is not None,
            erases_receipt=change.view is not None and self._loses_receipt(change.chat, change.view),
            traces=self.traces.seal(change.chat, tag, change.traces),
            turns=change.turns,
            inquiries=self.inquiries.seal(change.chat, change.inquiries),
            duty=self.inquiries.seal_duty(change.chat, change.duty),
            ticks=change.ticks,
            invites=self.invites.seal(change.invites),
            admission=self.admissions.seal(change),
            briefing=self.briefings.seal(change.briefing),
            staff=self.staff.seal(change.chat, change.staff, self.waiting.longer(change.staff)),
            intake=change.intake,
            founds=None if change.founds is None else NewConsultation.of(change.founds),
        )
        crash_point("after_seal")
        if (removed := self.admissions.removed(change)) is not None:
            # First, as it may come again: whoever is told that somebody is out must not have to wonder about news.
            await self._contacts.drop(self._tags.contact(*removed))
        if not await self._committed(effect, change.addition):
            return
        if change.founds is not None:
            self.learn()
        if session is None:
            self._sessions.drop(change.chat)
            self._views.drop(change.chat)
            return
        if change.staff:
            self._sessions.clear()  # drafts may live longer now
        self._sessions.put(change.chat, (expires, session))
        if change.view is not None:
            self._views.put(change.chat, change.view)

    async def settle(self, standing: Sequence[Seen]) -> None:
        """Note what stands in the chats now and whether answers are still owed; nothing where there is no session."""
        rows = []
        for one in standing:
            tag = self._tags.draft(one.chat)
            traces = self.traces.seal(one.chat, tag, one.traces)
            rows.append(SealedView(tag, self._seal(_VIEW, one.view, view_place(tag)), one.owed, traces))
        erases = any(self._loses_receipt(one.chat, one.view) for one in standing)
        settled = await self._work.settle(rows, erases=erases)
        for one, row in zip(standing, rows, strict=True):
            if row.tag in settled:
                self._views.put(one.chat, one.view)
            else:
                self._views.drop(one.chat)

    async def note_reminded(self, unfinished: Unfinished) -> bool:
        """Remember that the person is reminded of this draft. False: they were before, or it is gone."""
        return await self._work.note_reminded(self._tags.draft(unfinished.chat), self.waiting.reminded(unfinished))

    async def keep_profile(self, chat: ChatId, profile: Profile) -> None:
        """Remember a person's choices; the contact row of each consultation in `news` comes and goes with it."""
        now = self._clock.now()
        if profile.joined:
            expires = retention.joined_expires(now, [self.intake(consultation) for consultation in profile.joined])
        else:
            expires = retention.unjoined_expires(now)
        before = self.profile(chat)
        known = {consultation.id for consultation in CONSULTATIONS} | set(before.news if before else ())
        # Whoever was removed meanwhile must not come back among the contacts by what they were about to do.
        states = self.admissions.memberships(chat)
        news = [one for one in profile.news if states.get(one) is not Membership.REMOVED]
        tag = self._tags.person(chat)
        await self._contacts.keep(
            tag,
            self._seal(_PROFILE, profile, profile_place(tag)),
            expires,
            [self._contact(chat, profile.language, consultation, now) for consultation in news],
            [self._tags.contact(chat, consultation) for consultation in sorted(known - set(news))],
        )
        self._profiles.put(chat, profile)

    async def redeem(self, update: UpdateId, chat: ChatId, token: str) -> Invite:
        """Use an invite once for this chat; the same chat opening it again uses nothing up.

        It may be repeated, so the update is not done with it: its `commit` follows. Raises Refused `invite_unknown`
        for unknown, expired, used-up and revoked ones alike.
        """
        mac = self._tags.invite(token)
        found = self._work.invite(mac)
        if found is None:
            raise Refused("invite_unknown")
        invite = self.invites.vouched(found)
        role = self.staff.row(chat, Grant(invite.role, invite.consultation))
        redemption = self._tags.redemption(chat, mac)
        row = await self._work.redeem(mac, redemption, role, self.invites.used_once, self.staff.vouching)
        if row is None:
            raise Refused("invite_unknown")
        return invite

    async def set_aside(self, update: UpdateId, raw: bytes) -> None:
        """Keep an update that could not be handled, sealed to the secretariat, and count it as done."""
        document = {"kind": "aside", "update": raw.decode("utf-8", "surrogateescape")}
        part = SealedPart(PartId(self._chance.hex(16)), self._keys.recipients.seal(document))
        await self._work.set_aside(update, retention.day(self._clock.now()), part)

    async def forget(self, update: UpdateId, chat: ChatId, traces: Sequence[Trace] = ()) -> None:
        """Erase the profile, contacts, grants, session and draft parts of this chat, and count the update as done.

        Submitted parts stay: nothing says whose they are. The chat's messages are due to be deleted, `traces` included.
        """
        known = {consultation.id for consultation in CONSULTATIONS}
        before = self.profile(chat)
        known.update(before.news if before else ())
        await self._contacts.erase(
            self._tags.person(chat), [self._tags.contact(chat, consultation) for consultation in sorted(known)]
        )
        self._profiles.drop(chat)
        tag = self._tags.draft(chat)
        await self._work.forget(
            update,
            retention.day(self._clock.now()),
            tag,
            self._tags.role(chat),
            [self._tags.redemption(chat, invite) for invite in self._work.invites()],
            asker=self._tags.asker(chat),
            duty=self._tags.duty(chat),
            code_owner=self._tags.code_owner(chat),
            member=self._tags.membership(chat),
            proposer=self._tags.proposer(chat),
            vouch=self.staff.vouching,
            said=self.traces.seal(chat, tag, traces),
        )
        self._sessions.drop(chat)
        self._views.drop(chat)

    # For storage itself

    def people_of_staff(self) -> frozenset[Tag]:
        """By what the profiles of everybody with a role of staff are known."""
        return frozenset(self._tags.person(chat) for chat in self.staff.chats())

    def remembered(self, tag: Tag, sealed: bytes) -> Profile | None:
        """A sealed profile opened, or None when it does not open."""
        return opened(_PROFILE, self._keys, sealed, profile_place(tag))

    def forget_recent(self, *, everything: bool = False) -> None:
        """Drop from memory what is idle, or everything."""
        for recent in (self._sessions, self._views, self._profiles):
            recent.clear() if everything else recent.tidy()

    def _redemptions(self, chat: ChatId, consultation: str) -> list[Tag]:
        """The tags under which uses of invites of a consultation by a chat would stand."""
        kept = self._work.invites_of(consultation)
        return [self._tags.redemption(chat, mac) for mac in kept]

    def _seal(self, adapter: TypeAdapter[T], value: T, place: bytes) -> bytes:
        return self._keys.working.seal(adapter.dump_json(value), place)

    def _opened_session(self, tag: Tag, sealed: bytes) -> Session | None:
        return opened(_SESSION, self._keys, sealed, session_place(tag))

    def _loses_receipt(self, chat: ChatId, view: View) -> bool:
        # A receipt joins a chat and a contribution: once it was shown, it must not stay in the log either.
        before = self.view(chat)
        return before is not None and before.receipt is not None and before.receipt != view.receipt

    def _sealed_submission(self, submission: Submission) -> SealedSubmission:
        return SealedSubmission(
            submission.contribution,
            submission.consultation,
            self._tags.receipt(submission.receipt),
            self._keys.recipients.seal(submission.head),
            tuple(submission.parts),
            self._notes.seal(submission.receipt, submission.note),
            submission.supersedes,
        )

    async def _committed(self, effect: Effect, addition: Addition | None) -> bool:
        for _ in range(_NUMBERINGS):
            try:
                return await self._work.commit(effect, self.staff.vouching)
            except Outdated as error:
                if addition is None or error.code != "number_meanwhile":
                    raise
                effect = replace(effect, addition=self._sealed_addition(addition))
        raise Outdated("number_meanwhile")

    def _sealed_addition(self, addition: Addition) -> SealedAddition:
        # `work` first: what leaves it is in the vault by then.
        number = 1 + max(self._work.additions(addition.contribution), self._vault.additions(addition.contribution))
        return SealedAddition(
            addition.part,
            addition.contribution,
            self._tags.receipt(addition.receipt),
            number,
            self._keys.recipients.seal({**addition.document, "number": number}),
            self._notes.seal(addition.receipt, addition.note),
        )

    def _contact(self, chat: ChatId, language: str, consultation: str, now: float) -> ContactRow:
        return ContactRow(
            self._tags.contact(chat, consultation),
            consultation,
            language,
            self._keys.contacts.seal({"chat": chat}),
            retention.joined_expires(now, [self.intake(consultation)]),
        )


def _head(versions: Mapping[ContributionId, VersionRow]) -> VersionRow | None:
    """What a receipt stands for: withdrawn when any version is, else the one that no other supersedes."""
    replaced = {row.supersedes for row in versions.values()}
    return next(
        (row for row in versions.values() if row.state == State.WITHDRAWN.value),
        next(
            (row for row in versions.values() if row.contribution not in replaced),
            next(iter(versions.values()), None),
        ),
    )
