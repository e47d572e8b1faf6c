"""Another language in the middle of anything: the same screen comes in it, and nothing is lost.

`/language` is sent at every stop of every dialogue, French is chosen and then English again.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from importlib.resources import as_file
from pathlib import Path

import pytest

from bot.core.consultations import LONGEST_DRAFT, LONGEST_GRACE, Access, Intake
from bot.core.conversation.dialogues import DIALOGUES
from bot.core.dialogue.draft import COMPLETE, REVIEW, Draft
from bot.core.dialogue.questionnaire import Kind, Question, Questionnaire
from bot.core.people import Invite, Role
from bot.core.session import Place, Session
from bot.questionnaires.library import emerging
from bot.questionnaires.publication import read
from handlers.writing.words import EXAMPLE_TIME
from tests.journeys.test_asking import ask
from tests.journeys.test_feedback import CLINICS, opens, publish
from tests.journeys.test_participant import CATALOGUE, asked, say, session, somebody
from tests.journeys.test_reminders import noon
from tests.journeys.test_withdrawal import handed_in
from tests.storage.world import SetClock
from tests.support.bot import FAR, Bot, running_bot
from tests.support.emulator import Message, Person, buttons, text_of
from tests.support.network import member, organizer

TEXT = "Open the clinics to everybody."
OWN = {"fr": "Français", "en": "English"}
OPENS = dict(zip(DIALOGUES, ("home.begin", "home.practice", "home.respond", "home.group"), strict=True))
Wanted = str | Callable[[str], str]
"""The key of a text or button of a screen, or what makes it of a language."""


def kept(bot: Bot, person: Person) -> Session:
    """All that must be the same in another language; how often the step was shown may differ."""
    found = session(bot, person)
    return found if found.draft is None else replace(found, draft=replace(found.draft, visit=0))


async def sees(person: Person, wanted: Wanted, language: str = "en", after: int = 0) -> Message:
    """The screen stands there in this language."""
    words = say(wanted, language) if isinstance(wanted, str) else wanted(language)

    def shown(message: Message) -> bool:
        return words in text_of(message) or any(words == button["text"] for button in buttons(message))

    return await person.wait_for(shown, deadline=60, after=after)


async def turns(bot: Bot, person: Person, wanted: Wanted) -> None:
    """To French and back."""
    await done(bot)
    before = kept(bot, person)
    for language, own in OWN.items():
        sent = await person.send("/language")
        await sees(person, "zone.button", "en" if language == "fr" else "fr", after=sent["message_id"])
        await person.press(own)
        await sees(person, wanted, language, after=sent["message_id"])
        assert kept(bot, person) == before


def label(question: Question, language: str) -> str:
    return question.labels[language].split("\n")[-1]


def draft_of(bot: Bot, person: Person) -> Draft:
    draft = session(bot, person).draft
    assert draft is not None
    return draft


async def answered(bot: Bot, person: Person, question: Question) -> None:
    """Something begun first, where it can be; then on to the next question."""
    if question.kind is Kind.SELECT_MULTIPLE:
        await person.press("1 ·") if len(question.choices) < 40 else await person.send("Kyrgyzstan")
        await person.wait_until(lambda _: question.id in draft_of(bot, person).answers)
        await turns(bot, person, partial(label, question))
        await person.press(say("dialogue.next"))
    elif question.kind is Kind.TEXT and question.required:
        await person.send(TEXT)
        await person.wait_until(lambda _: question.id in draft_of(bot, person).answers)
        await turns(bot, person, "dialogue.next")
        await person.press(say("dialogue.next"))
    elif question.kind is Kind.INTEGER:
        await person.send("40")
    elif question.required:
        await person.press("1 ·")
    else:
        await person.press(say("dialogue.skip"))
    await person.wait_until(lambda _: draft_of(bot, person).step != question.id)


@pytest.mark.parametrize("name", DIALOGUES)
async def test_at_every_question_of_every_form(name: str, tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        with as_file(emerging()) as path:
            await bot.service.stores.published.publish(read(path))
        await person.send("/start")
        await person.press(say(OPENS[name]))
        await person.wait_until(lambda _: session(bot, person).draft is not None)
        questionnaire = bot.service.conversing._services.forms[draft_of(bot, person).form].questionnaire
        stops = await _walked(bot, person, questionnaire)
        assert len(stops) >= 4
        if draft_of(bot, person).step == COMPLETE:
            await turns(bot, person, "dialogue.complete")
            await person.press(say("dialogue.leave_as_it_is"))
        await sees(person, "review.title")
        await turns(bot, person, "review.title")
        changed = next(one for one in questionnaire.questions if one.kind is not Kind.NOTE)
        await person.press("✎ " + changed.short["en"])
        await turns(bot, person, "dialogue.next" if changed.kind is Kind.TEXT else partial(label, changed))
        before = (await person.received())[-1]["message_id"]
        if changed.kind is Kind.INTEGER:
            await person.send("41")
        else:
            await person.press("1 ·" if changed.choices else say("dialogue.next"))
        await person.wait_until(lambda _: draft_of(bot, person).step == REVIEW)
        await sees(person, "review.title", after=before)
        await person.press(say("review.send"))
        await sees(person, "receipt.title")
        await turns(bot, person, "receipt.after")


async def _walked(bot: Bot, person: Person, questionnaire: Questionnaire) -> list[str]:
    """Ids of the questions at which the language was changed."""
    stops: list[str] = []
    while (question := questionnaire.question(draft_of(bot, person).step)) is not None:
        await sees(person, partial(label, question))
        await turns(bot, person, partial(label, question))
        await answered(bot, person, question)
        stops.append(question.id)
    return stops


async def test_at_every_other_stop_of_a_participant(tmp_path: Path) -> None:
    seen: set[Place] = set()

    async def stops(wanted: Wanted) -> None:
        await sees(person, wanted)
        await turns(bot, person, wanted)
        seen.add(session(bot, person).place)

    async with running_bot(tmp_path, clock=SetClock(noon())) as bot:
        await organizer(bot)
        person = await bot.emulator.person(language_code="en")
        await person.start()
        await person.press("English")
        await sees(person, "notice.title")
        for wanted, on in (
            ("notice.title", "notice.accept"),
            ("understood.readers.ask", "understood.readers.choose.everybody"),
            ("understood.back.ask", "understood.back.choose.receipt"),
            ("join.title", "consultation.eeca.short"),
            ("home.what", "home.begin"),
        ):
            await (_first(bot, person, wanted) if wanted.startswith(("notice", "understood")) else stops(wanted))
            await person.press(say(on))
        await asked(person, 1)
        await person.send(TEXT)
        await stops("dialogue.loose")
        await person.press(say("dialogue.loose_none"))
        await person.press(say("dialogue.whole"))
        await stops("whole.how")
        await person.send("/cancel")
        await person.press(say("review.erase_yes"))
        await sees(person, "review.erased")
        await person.send("/zone")
        await stops("zone.ask")
        await person.send("/ask")
        await stops("ask.title")
        await person.send("May I?")
        await stops("ask.preview")
        await person.press(say("ask.b.leave"))
        receipt = await handed_in(person, TEXT)
        # The receipt is shown once: in another language comes what can be done next.
        await sees(person, "receipt.title")
        await turns(bot, person, "receipt.after")
        seen.add(session(bot, person).place)
        await person.send(receipt)
        await person.press(say("sign.open"))
        await person.press(say("sign.choice.organisation"))
        await stops("sign.ask_organisation")
        await bot.service.stores.vault.move()
        await publish(bot, receipt, CLINICS)
        await opens(person, receipt)
        await person.press(say("feedback.reply.partly"))
        await stops(lambda language: say("feedback.noted", language, answer=say("feedback.reply.partly", language)))
    assert seen >= {Place.CONSULTATIONS, Place.HOME, Place.DIALOGUE, Place.ZONE, Place.ASKING, Place.RECEIPT}
    assert seen >= {Place.SIGNING, Place.REPLYING}


async def _first(bot: Bot, person: Person, wanted: str) -> None:
    """Before the notice is accepted the page of languages has no more than languages."""
    await sees(person, wanted)
    place = session(bot, person).place
    for language, own in OWN.items():
        sent = await person.send("/language")
        await sees(person, "language.choose", "en" if language == "fr" else "fr", after=sent["message_id"])
        await person.press(own)
        await sees(person, wanted, language, after=sent["message_id"])
        assert session(bot, person).place is place


async def test_at_every_stop_of_an_organizer_and_of_the_secretariat(tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        await bot.service.stores.registry.set_intake("eeca", Intake(open=True, until=FAR, access=Access.INVITE))
        runner, person = await organizer(bot), await member(bot, "en")
        await ask(person, "May I?")
        token = await bot.service.stores.registry.new_invite(Invite(Role.SECRETARIAT, None), 1, None)
        await runner.start(token)
        until = datetime.fromtimestamp(clock.time + 9e6, UTC).strftime("%Y-%m-%d 18:00")
        seen: set[Place] = set()
        for given, wanted in (*_intake(until), *_invites(until), *_briefing(), *_broadcast(), *_others()):
            if given.startswith("/") or given in WORDS or given == until:
                await runner.send(given)
            else:
                await runner.press(say(given) if CATALOGUE.has(given) else given)
            await done(bot)
            await sees(runner, wanted)
            await turns(bot, runner, wanted)
            seen.add(session(bot, runner).place)
    assert seen == {
        Place.MANAGING, Place.INVITING, Place.BRIEFINGS, Place.BROADCASTS, Place.ANSWERING, Place.FIGURES,
        Place.PEOPLE, Place.FREEZING, Place.FORMS, Place.EXPORTING, Place.EXPORT_SURE,
    }  # fmt: skip


async def done(bot: Bot) -> None:
    """Nothing that was sent waits any more."""
    async with asyncio.timeout(60):
        while (await bot.emulator.update_count())["pending"]:
            pass


Stops = tuple[tuple[str, Wanted], ...]
"""What is pressed (a key, or the label itself) or written, and the screen that this leads to."""
WORDS = frozenset({"Poster", "Title", "Words", "News", "Yes"})
"""What is written."""
EECA = say("consultation.eeca.short")


def _with(key: str, **values: str | int) -> Callable[[str], str]:
    return lambda reader: CATALOGUE.text(reader, key, **values)


def _intake(until: str) -> Stops:
    return (
        ("/manage", "manage.b.settings"),
        ("manage.b.settings", "manage.b.grace"),
        ("manage.b.access", "manage.access.joined"),
        ("manage.b.back", "manage.b.settings"),
        ("manage.b.settings", "manage.b.grace"),
        ("manage.b.drafts", _with("manage.drafts.ask", most=LONGEST_DRAFT)),
        ("manage.b.back", "manage.b.settings"),
        ("manage.b.until", _with("manage.b.longer", count=7)),
        (until, "manage.logged"),
        ("manage.b.back", "manage.b.settings"),
        ("manage.b.close", _with("manage.close.ask", most=LONGEST_GRACE)),
    )


def _invites(until: str) -> Stops:
    date = _with("invites.ask_date", example=EXAMPLE_TIME)
    return (
        ("/invites", "invites.b.new"),
        ("invites.b.new", "invites.b.make"),
        ("invites.b.label", "invites.ask_label"),
        ("Poster", "invites.b.make"),
        ("invites.b.date", date),
        (until, "invites.b.make"),
        ("invites.b.make", "invites.made"),
        ("invites.b.list", "invites.b.new"),
        ("Poster", "invites.b.revoke"),
        ("invites.b.date", date),
        ("help.back", "invites.b.revoke"),
        ("invites.b.list", "invites.b.new"),
        ("admission.b.by_code", "admission.ask"),
    )


def _briefing() -> Stops:
    return (
        ("/briefings", "briefing.list_explain"),
        (f"+ {EECA}", "outbox.texts.explain"),
        ("English", _with("briefing.title_ask", language="English")),
        ("Title", _with("briefing.body_ask", language="English")),
        ("Words", "briefing.more_ask"),
        ("briefing.b.done", "outbox.texts.explain"),
        ("outbox.b.back", "briefing.b.readers"),
        ("briefing.b.readers", "briefing.readers_explain"),
        ("outbox.b.back", "briefing.b.readers"),
        ("outbox.b.preview", "briefing.b.publish"),
        ("briefing.b.publish", "briefing.b.tell"),
        ("briefing.b.notes", "briefing.notes_explain"),
        ("English", _with("briefing.note_ask", language="English")),
        ("outbox.b.back", "briefing.notes_explain"),
        ("outbox.b.back", "briefing.b.tell"),
        ("briefing.b.editions", "briefing.editions_explain"),
        ("outbox.b.back", "briefing.b.tell"),
        ("briefing.b.withdraw", "briefing.withdraw_ask"),
    )


def _broadcast() -> Stops:
    return (
        ("/broadcasts", "outbox.list.new"),
        (f"+ {EECA}", "outbox.texts.explain"),
        ("English", _with("outbox.write.ask", language="English")),
        ("News", "outbox.texts.explain"),
        ("outbox.b.back", "outbox.b.audience"),
        ("outbox.b.audience", "outbox.audience.explain"),
        ("outbox.b.back", "outbox.b.audience"),
        ("outbox.b.when", "outbox.b.quiet_off"),
        ("outbox.b.at", "outbox.b.back"),
        ("outbox.b.back", "outbox.b.quiet_off"),
        ("outbox.b.zone", "outbox.zone.ask"),
        ("outbox.b.back", "outbox.b.quiet_off"),
        ("outbox.b.back", "outbox.b.audience"),
        ("outbox.b.preview", "outbox.b.propose"),
    )


def _others() -> Stops:
    return (
        ("/questions", "inquiries.title"),
        ("inquiries.state.new", "inquiries.b.answer"),
        ("inquiries.b.answer", "inquiries.write"),
        ("Yes", "inquiries.preview"),
        ("/figures", "figures.way"),
        ("/people", "people.b.grant.organizer"),
        ("/freeze", "freeze.title"),
        ("/forms", "forms.explain"),
        ("forms.b.bring", "forms.bring"),
        ("/export", "export.which"),
        (EECA, "export.ask"),
        ("export.b.make", "export.sure"),
    )
