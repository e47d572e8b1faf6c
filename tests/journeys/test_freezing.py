"""The emergency stop over everything that staff do: while it holds, nobody is let in, nothing is sent, read or opened
that was not before; what shuts or takes back goes on. A broadcast under way stops in the middle, and goes on only when
two let it and somebody resumes it.
"""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from bot.core.admission import Membership
from bot.core.consultations import Access, Intake
from bot.core.outbox import Phase
from bot.core.people import ChatId
from bot.core.staff import Frozen, Thawed
from handlers import broadcasting
from tests.journeys import test_admission as admission
from tests.journeys import test_asking as asking
from tests.journeys import test_briefings as briefings
from tests.journeys import test_forms as forms
from tests.journeys import test_inviting as inviting
from tests.journeys.test_asking import noon
from tests.journeys.test_exporting import secretary
from tests.journeys.test_participant import asked, say
from tests.journeys.test_roles import opened
from tests.storage.world import SetClock
from tests.support.bot import FAR, Bot, running_bot
from tests.support.emulator import Person, buttons, text_of
from tests.support.network import approve, begin, member, members, organizer, propose, texts, write

STOPPED = say("error.staff_frozen")
PATIENCE = 60.0


async def freeze(bot: Bot, consultation: str | None = "eeca") -> None:
    await bot.service.stores.store.operate(Frozen(consultation))
    bot.service.broadcaster.wake()


async def becomes(bot: Bot, phase: Phase) -> None:
    """Wait until the only broadcast stands there."""
    async with asyncio.timeout(PATIENCE):
        while bot.service.stores.outbox.broadcasts()[0].phase is not phase:
            bot.service.broadcaster.wake()
            await bot.emulator.recorded("getMe")  # lets the bot go on


async def rounds(bot: Bot) -> None:
    """Let the broadcaster look several times at what is due."""
    for _ in range(30):
        bot.service.broadcaster.wake()
        await bot.emulator.recorded("getMe")


async def refused(person: Person, label: str) -> None:
    """Press a button; it is said that everything stands still."""
    last = (await person.messages())[-1]["message_id"]
    await person.press(label)
    await said_so(person, last)


async def said_so(person: Person, last: int) -> None:
    await person.wait_for(lambda one: one["message_id"] > last and STOPPED in text_of(one), deadline=PATIENCE)


async def test_nobody_is_invited_or_let_in_and_both_can_be_ended(tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        await admission.closed_to_others(bot, clock.time + 30 * admission.DAY)
        ana, bo, person = await organizer(bot), await organizer(bot), await member(bot, "en", consultation="wca")
        store = bot.service.stores.store
        await inviting.invitations(ana)
        await inviting.tapped(ana, say("invites.b.new"), say("invites.people", uses=10))
        await inviting.make(ana)
        (one,) = inviting.kept(bot)
        # Another one is under way, and somebody stands at the door.
        await inviting.invitations(ana)
        await inviting.tapped(ana, say("invites.b.new"), say("invites.people", uses=10))
        code = await admission.own_code(person, "en")
        await admission.at_the_door(bo)
        await admission.enters(bo, code, say("admission.is.outside"))
        await freeze(bot)

        await refused(ana, say("invites.b.make"))
        sent = await ana.send("25")
        await said_so(ana, sent["message_id"])
        await refused(bo, say("admission.b.admit"))
        assert inviting.kept(bot) == (one,)
        assert store.admissions.memberships(ChatId(person.id)) == {}
        listed = await inviting.invitations(ana)
        for data in ("u:nw:eeca", f"u:mo:{one.id}:50", f"u:lt:{one.id}:w"):
            last = (await ana.messages())[-1]["message_id"]
            await ana.tap(listed["message_id"], data)
            await said_so(ana, last)
        assert inviting.kept(bot) == (one,)
        # What protects goes on: removing somebody, ending a link.
        await admission.decides(bo, "admission.b.remove", "admission.is.removed")
        assert store.admissions.memberships(ChatId(person.id)) == {"eeca": Membership.REMOVED}
        listed = await inviting.invitations(ana)
        await ana.tap(listed["message_id"], f"u:rv:{one.id}")
        await ana.wait_for_text(say("invites.revoked"))
        assert inviting.kept(bot) == ()
        assert inviting.acts(bot) == ["invite_made", "person_removed", "invite_revoked"]


async def test_nothing_is_opened_published_or_exported_and_all_can_be_shut(tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        ana, keeper = await organizer(bot), await secretary(bot)
        store = bot.service.stores.store
        await briefings.published(ana)
        (briefing,) = store.briefings.briefings(("eeca",))
        await forms.bring(ana, forms.form(forms.OPEN))
        await ana.press(say("forms.b.read"))
        await ana.wait_for_text(say("forms.walked"), deadline=PATIENCE)
        await keeper.send("/export")
        await keeper.press(say("export.b.make"))
        sure = await keeper.wait_for_text(say("export.sure"))
        await freeze(bot, None)

        # A questionnaire.
        await ana.press(say("forms.b.publish"))
        await refused(ana, say("forms.b.publish_yes"))
        assert forms.kept(bot) == ()
        # A briefing: it can be taken out of the library, and not be put back.
        sent = await ana.send("/briefings")
        listed = await ana.wait_for_text(say("briefing.list_explain"), after=sent["message_id"])
        await ana.tap(listed["message_id"], f"bw:wi:{briefing.id}:yes")
        await ana.wait_until(lambda _: not _readable(bot))
        last = (await ana.messages())[-1]["message_id"]
        await ana.tap(listed["message_id"], f"bw:ba:{briefing.id}")
        await said_so(ana, last)
        assert not _readable(bot)
        # The sealed export.
        last = (await keeper.messages())[-1]["message_id"]
        await keeper.tap(sure["message_id"], "ex:se:eeca")
        await said_so(keeper, last)
        assert not any("document" in one for one in await keeper.received())
        # The intake can be closed, and not be opened again.
        await ana.send("/manage")
        await ana.press(say("manage.b.close"))
        await ana.press(say("time.hours", count=6))
        await ana.press(say("manage.b.sure"))
        await ana.wait_until(lambda _: not store.intake("eeca").open)
        await ana.press(say("manage.b.open"))
        await ana.press(say("manage.b.in_days", count=7))
        await refused(ana, say("manage.b.sure"))
        assert not store.intake("eeca").open


async def test_no_answer_goes_out_or_is_opened_and_nothing_of_it_is_lost(tmp_path: Path) -> None:
    async with asking.people(tmp_path) as (bot, person, runner):
        inquiries = bot.service.stores.store.inquiries
        await asking.ask(person, asking.QUESTION)
        await asking.opened(runner)
        await runner.press(say("inquiries.b.answer"))
        await runner.wait_for_text(say("inquiries.write"))
        await runner.send(asking.ANSWER)
        await runner.wait_for_text(say("inquiries.preview"))
        await freeze(bot)
        await refused(runner, say("inquiries.b.send"))
        (one,) = inquiries.inquiries()
        assert [line.text for line in one.lines] == [asking.QUESTION]
        assert not [entry for entry, _ in bot.service.stores.audit.entries() if entry.act == "inquiry_answered"]
        # What was written is there when it goes on.
        await bot.service.stores.store.operate(Thawed("eeca"))
        await runner.press(say("inquiries.b.send"))
        await runner.wait_for_text(say("inquiries.sent"))
        await person.wait_for_text(say("ask.offer"))
        # An answer that waits is opened by no button, however old.
        await freeze(bot)
        await stands_still(person, say("remind.yes"))
        last = (await person.messages())[-1]["message_id"]
        for data in ("a:re:", f"a:sh:{one.id}"):
            await person.tap(last, data)
        sent = await person.send("/ask")
        await person.wait_for_text(say("frozen.can"), after=sent["message_id"])
        assert not any(asking.ANSWER in text for text in await texts(person))
        assert len(inquiries.unread(ChatId(person.id))) == 1
        # Nobody has to ask for it again when it goes on.
        assert inquiries.offers() == [(ChatId(person.id), one.id)]
        last = (await person.messages())[-1]["message_id"]
        await bot.service.stores.store.operate(Thawed("eeca"))
        bot.service.inquiring.soon()
        offer = await person.wait_for_text(say("ask.offer"), after=last)
        await person.tap(offer["message_id"], "g:1")
        await person.wait_for_text(asking.ANSWER, after=last)


async def test_a_question_is_held_where_it_is_asked_and_not_where_a_draft_waits(tmp_path: Path) -> None:
    async with asking.people(tmp_path) as (bot, person, _):
        store = bot.service.stores.store
        await asking.organizer(bot, "Other", "mena")
        await asking.ask(person, asking.QUESTION)
        (old,) = store.inquiries.inquiries()
        await person.press(say("home.begin"))
        await asked(person, 1)
        await person.start("mena")
        await person.wait_for_text(say("consultation.mena.name"))
        # The draft is where it goes on; the question would go where everything is stopped.
        sent = await person.send("/ask")
        await person.wait_for_text(say("ask.who_reads"), after=sent["message_id"])
        await person.send("May I come?")
        await person.wait_for_text(say("ask.preview"), after=sent["message_id"])
        await freeze(bot, "mena")
        await stands_still(person, say("ask.b.send"))
        sent = await person.send("/ask")
        shown = await person.wait_for_text(say("frozen.can"), after=sent["message_id"])
        assert say("frozen.draft") not in text_of(shown)
        assert store.inquiries.inquiries() == (old,)
        # One that was asked elsewhere before goes on there.
        await person.tap(shown["message_id"], f"a:mo:{old.id}")
        await person.send("And for children?")
        await person.press(say("ask.b.send"))
        await person.wait_until(lambda _: len(store.inquiries.inquiries()[0].lines) == 2)
        # And the other way round.
        await store.operate(Thawed("mena"))
        await freeze(bot, "eeca")
        await asking.ask(person, "May I come?")
        assert sorted(one.consultation for one in store.inquiries.inquiries()) == ["eeca", "mena"]
        last = (await person.messages())[-1]["message_id"]
        await person.tap(shown["message_id"], f"a:mo:{old.id}")
        await person.wait_for_text(say("frozen.can"), after=last)


async def stands_still(person: Person, label: str) -> None:
    """Press a button; the person is told that nothing is taken."""
    last = (await person.messages())[-1]["message_id"]
    await person.press(label)
    await person.wait_until(
        lambda chat: any(say("frozen.can") in text_of(one) for one in chat["messages"] if one["message_id"] >= last),
        deadline=PATIENCE,
    )


def _readable(bot: Bot) -> bool:
    (one,) = bot.service.stores.store.briefings.briefings(("eeca",))
    return one.readable


async def test_the_start_screen_says_so_and_begins_nothing(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        person = await member(bot, "en")
        await freeze(bot)
        sent = await person.send("/start")
        home = await person.wait_for_text(say("home.stopped"), after=sent["message_id"])
        assert "You can take part" not in text_of(home)
        assert say("home.begin") not in [button["text"] for button in buttons(home)]
        await bot.service.stores.store.operate(Thawed("eeca"))
        sent = await person.send("/start")
        home = await person.wait_for_text("You can take part", after=sent["message_id"])
        assert say("home.stopped") not in text_of(home)
        assert say("home.begin") in [button["text"] for button in buttons(home)]


async def test_a_role_that_two_agreed_on_gets_no_link(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        ana, bo = await organizer(bot), await organizer(bot)
        await opened(ana, "/people", say("people.title"))
        await ana.press(say("people.b.grant.organizer"))
        await ana.wait_for_text(say("people.proposed"))
        await opened(bo, "/people", say("people.title"))
        await bo.press(say("people.b.agree"))
        await ana.wait_for_text(say("people.agreed"))
        await opened(ana, "/people", say("people.title"))
        await freeze(bot)
        await refused(ana, say("people.b.link"))
        assert len(bot.service.stores.store.staff.proposals()) == 1
        await bot.service.stores.store.operate(Thawed("eeca"))
        await opened(ana, "/people", say("people.title"))
        await ana.press(say("people.b.link"))
        await ana.wait_for_text("?start=")


async def test_a_broadcast_stops_in_the_middle_and_goes_on_when_two_let_it_and_one_resumes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcasting, "TELL_EVERY", 0.0)
    async with running_bot(tmp_path, clock=SetClock(noon()), send_rate=10) as bot:
        people = await members(bot, 40, ("en",))
        ana, bo, cy = await organizer(bot), await organizer(bot), await organizer(bot)
        outbox = bot.service.stores.outbox
        await begin(ana)
        await write(ana, "English", "The meeting is moved.")
        await ana.press("Back")
        await ana.press("Send the text itself")
        await propose(ana)
        await opened(cy, "/freeze", say("freeze.title"))
        await cy.press("⏹ " + say("consultation.eeca.short"))
        await cy.wait_for_text(say("freeze.ask", consultation=say("consultation.eeca.name")))
        await approve(bo)
        await people[0].wait_for_text("The meeting is moved.", deadline=PATIENCE)
        await cy.press(say("freeze.b.sure"))
        await cy.wait_for_text(say("freeze.done"), deadline=PATIENCE)
        await becomes(bot, Phase.PAUSED)
        (one,) = outbox.broadcasts()
        stopped = Counter([len(await texts(person)) for person in people])
        assert 0 < stopped[1] < 40
        assert sum(outbox.waiting(one.id).values()) == stopped[0]
        # Nothing more goes out, whoever presses what.
        await opened(ana, "/broadcasts", say("outbox.list.title"))
        await ana.press(say("outbox.phase.paused"))
        await refused(ana, say("outbox.b.resume"))
        await rounds(bot)
        assert Counter([len(await texts(person)) for person in people]) == stopped
        assert outbox.broadcasts()[0].phase is Phase.PAUSED
        # One lets it go on with another's consent; and still nothing is sent by itself.
        await opened(cy, "/freeze", say("freeze.title"))
        await cy.press("▶ " + say("consultation.eeca.short"))
        await cy.wait_for_text(say("freeze.proposed"))
        await opened(bo, "/freeze", say("freeze.title"))
        await bo.press(say("freeze.b.agree"))
        await bo.wait_for_text(say("freeze.over"))
        await rounds(bot)
        assert Counter([len(await texts(person)) for person in people]) == stopped
        await opened(ana, "/broadcasts", say("outbox.list.title"))
        await ana.press(say("outbox.phase.paused"))
        await ana.press(say("outbox.b.resume"))
        for person in people:
            await person.wait_for_text("The meeting is moved.", deadline=PATIENCE)
        await ana.wait_for_text("Finished", deadline=PATIENCE)
        assert Counter([len(await texts(person)) for person in people]) == {1: 40}
        acts = [entry.act for entry, _ in bot.service.stores.audit.entries()]
        wanted = ["frozen", "broadcast_paused", "thaw_proposed", "thawed", "broadcast_resumed", "broadcast_ended"]
        assert acts[-6:] == wanted


async def test_what_waits_for_its_hour_is_paused_and_then_waits_for_it_again(tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        people = await members(bot, 6, ("en",))
        ana, bo = await organizer(bot), await organizer(bot)
        outbox = bot.service.stores.outbox
        await begin(ana)
        await write(ana, "English", "The meeting is moved.")
        await ana.press("Back")
        await ana.press("Send the text itself")
        await ana.press("Time")
        await ana.press("Choose a time")
        sent = await ana.send("2090-06-01 12:00")
        await ana.wait_for_text("2090", after=sent["message_id"])
        await ana.press("Back")
        await propose(ana)
        await approve(bo)
        await freeze(bot)
        await becomes(bot, Phase.PAUSED)
        await bot.service.stores.store.operate(Thawed("eeca"))
        await opened(ana, "/broadcasts", say("outbox.list.title"))
        await ana.press(say("outbox.phase.paused"))
        await ana.press(say("outbox.b.resume"))
        await becomes(bot, Phase.APPROVED)
        await rounds(bot)
        (one,) = outbox.broadcasts()
        assert one.phase is Phase.APPROVED
        assert one.begins is not None
        clock.time = one.begins + 1
        bot.service.broadcaster.wake()
        for person in people:
            await person.wait_for_text("The meeting is moved.", deadline=PATIENCE)


async def test_who_has_no_role_reads_nothing_of_it(tmp_path: Path) -> None:
    """The stop says no more to others than that they may not."""
    async with running_bot(tmp_path) as bot:
        person = await member(bot, "en")
        await bot.service.stores.registry.set_intake("eeca", Intake(open=True, until=FAR, access=Access.OPEN))
        await freeze(bot)
        sent = await person.send("hello")
        await person.wait_for_text(say("frozen.can"), after=sent["message_id"])
        for data in ("u:nw:eeca", "c:as:eeca", "x:nw::eeca", "ex:se:eeca", "m:un:eeca:7"):
            await person.tap(sent["message_id"], data)
        sent = await person.send("/help")
        await person.wait_for_text(say("help.title"), after=sent["message_id"])
        assert not any(STOPPED in text for text in await texts(person))
