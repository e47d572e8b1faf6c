"""The organizers' whole story, walked in the page by a real browser: a consultation is made in the chat, ten people
come by a printed link, speak, are written to and answered in four languages, and it is closed with time to finish.

Who does only what another did by hand before may do it over HTTP (`Walker.quick`). Pictures of every step go to the
folder that MICIC_SCREENSHOTS names. Not here: each tool's own faults and corners, which its own file has.
"""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import segno

from bot.core.consultations import BY_ID
from bot.core.contributions import Receipt, State
from bot.core.figures import Stage, Tick
from bot.core.people import ChatId, Grant, Invite, Role
from locales import bidi
from storage.retention import day
from tests.journeys import test_briefings as briefings
from tests.journeys.test_asking import answer, ask, opened
from tests.journeys.test_broadcasts import settled
from tests.journeys.test_figures import raise_by
from tests.journeys.test_founding import NAME, SHORT, made, presses, to_the_review
from tests.journeys.test_inviting import file_of, make, modules
from tests.journeys.test_participant import CATALOGUE, say, to_the_recommendation
from tests.journeys.test_participant import to_the_review as answers_all
from tests.journeys.test_roles import opened as sees
from tests.journeys.test_tidying import pass_hours
from tests.journeys.test_walk import TEXTS
from tests.journeys.test_withdrawal import hand_in, handed_in
from tests.support.arrival import accept
from tests.support.browser import needs_browser
from tests.support.cast import Cast, Walker, cast
from tests.support.emulator import Message, buttons, text_of
from tests.support.network import propose, write

pytestmark = [*needs_browser, pytest.mark.slow, pytest.mark.timeout(600)]

BEGINS = datetime(2090, 3, 31, 9, tzinfo=UTC).timestamp()
"""Noon in Nairobi, a day before the consultation opens by itself."""
OWN = {one.code: one.own_name for one in CATALOGUE.languages}
LABEL = "market hall"
WORDS = {language: first for language, (first, _) in TEXTS.items()}
NAMES = {
    "en": ("Robin", "Lesley", "Quinn"),
    "fr": ("Camille", "Dominique", "Maxence"),
    "ar": ("نضال", "إحسان"),
    "ru": ("Женя", "Шура"),
}
NEWS = {
    "en": "We meet on Saturday at ten. Come only if it is safe for you.",
    "fr": "Nous nous réunissons samedi à dix heures. Ne venez que si c'est sans danger pour vous.",
    "ar": "نجتمع يوم السبت في العاشرة. لا تأتوا إلا إذا كان ذلك آمنا لكم.",
    "ru": "Мы встречаемся в субботу в десять. Приходите, только если это для вас безопасно.",
}
BRIEFING = {
    "en": ("What we ask about", "We ask what should be done when people who moved are caught in a crisis."),
    "fr": ("Ce que nous demandons", "Nous demandons ce qu'il faut faire quand une crise surprend des migrants."),
    "ar": ("عمّ نسأل", "نسأل عما ينبغي فعله حين تفاجئ أزمة من هاجروا."),
    "ru": ("О чём мы спрашиваем", "Мы спрашиваем, что делать, когда кризис застаёт тех, кто переехал."),
}
QUESTION, ANSWER = "هل يشارك من لا يحمل أوراقا؟", "نعم، ولا أحد يسأل هنا عن الأوراق."


def asker(s: Cast) -> Walker:
    """Whoever asks the organizers something."""
    return s.of("ar")[1]


def stopper(s: Cast) -> Walker:
    """Whoever leaves something unfinished."""
    return s.of("fr")[2]


def latest(s: Cast) -> Walker:
    """Whoever begins on the day it closes."""
    return s.of("en")[2]


def labels(message: Message) -> list[str]:
    return [button["text"] for button in buttons(message)]


async def a_day_passes(s: Cast) -> None:
    for _ in range(2):
        await pass_hours(s.bot, s.clock, 12)
        await s.bot.service.tidying.round(sure=True)


async def two_organizers_arrive(s: Cast) -> None:
    for runner in (s.ana, s.bo):
        token = await s.bot.service.stores.registry.new_invite(Invite(Role.ORGANIZER, None), 1, None)
        await runner.opens(s.link(token))
        await runner.press("English")
        await accept(runner)
        await runner.press(say("consultation.eeca.short"))  # who joins nothing is forgotten after 40 hours
        await runner.wait_for_text(say("home.what"))
    await s.picture(s.bo, "two-organizers")


async def ana_makes_a_consultation(s: Cast) -> None:
    await to_the_review(s.ana)
    await s.picture(s.ana, "what-will-be-made")
    await presses(s.ana, say("founding.b.save"), made())
    await presses(s.ana, say("founding.b.page"), say("manage.state.planned"))
    await s.ana.press(say("manage.b.open"))
    await presses(s.ana, say("manage.b.planned"), say("manage.follows.waits"))
    await presses(s.ana, say("manage.b.sure"), say("manage.state.waits"))
    await s.picture(s.ana, "opens-by-itself")
    assert s.bot.service.stores.store.intake(s.made).waits(s.clock.time)


async def ana_publishes_its_briefing(s: Cast) -> None:
    await sees(s.ana, "/briefings", say("briefing.list_explain"))
    await presses(s.ana, f"+ {SHORT}", say("outbox.texts.explain"))
    for language, (title, body) in BRIEFING.items():
        await briefings.write(s.ana, OWN[language], title, body)
    await s.ana.press(say("outbox.b.back"))
    await briefings.publish(s.ana)
    await s.picture(s.ana, "briefing-published")


async def ana_makes_an_invite(s: Cast) -> str:
    """The link, as it stands in the code to print."""
    await sees(s.ana, "/invites", say("invites.choose"))
    await presses(s.ana, SHORT, say("invites.none"))
    await presses(s.ana, say("invites.b.new"), say("invites.people", uses=10))
    await presses(s.ana, say("invites.b.label"), say("invites.ask_label"))
    sent = await s.ana.send(LABEL)
    await s.ana.wait_for_text(say("invites.label", label=LABEL), after=sent["message_id"])
    await s.ana.press(say("invites.b.closes"))
    token, text, picture = await make(s.ana)
    address = s.link(token)
    assert address in text_of(text)
    assert not picture.get("has_protected_content"), "it is there to be taken away"
    content = await file_of(s.bot, picture)
    assert content.startswith(b"\x89PNG")
    assert modules(content) == [[bool(dark) for dark in row] for row in segno.make_qr(address, error="m").matrix]
    await s.picture(s.ana, "invite-to-print")
    return address


async def ten_come_by_it(s: Cast, address: str) -> None:
    for one in s.people:
        first = one is s.of(one.language)[0]
        await one.hand.opens(address)
        await one.hand.wait_for_text(one.say("language.choose"))
        await one.hand.press(OWN[one.language])
        await one.hand.wait_for_text(one.say("notice.body.danger"))
        if first:
            await s.picture(one.hand, f"notice-{one.language}")
        await accept(one.hand, one.language)
        home = await one.hand.wait_for_text(one.say("home.what"))
        assert BY_ID[s.made].texts["name"].get(one.language, NAME) in text_of(home)
        if one.language == "ar":
            assert bidi.isolate("Nairobi, Kenya") in text_of(home), (
                "a place in Latin letters must not take the days along"
            )
        await one.hand.press(one.say("home.news_want"))
        await one.hand.wait_for(lambda message, one=one: one.say("home.news_stop") in labels(message))  # type: ignore[misc]
        if first:
            await s.picture(one.hand, f"home-{one.language}")
        assert Grant(Role.PARTICIPANT, s.made) in s.bot.service.stores.store.grants(ChatId(one.hand.id))


async def seven_speak_and_one_stops(s: Cast) -> list[str]:
    """The receipts; those who write by hand see each screen of theirs in the page."""
    speak = [one for one in s.people if one not in (asker(s), stopper(s), latest(s))]
    receipts = []
    for one in speak:
        by_hand = one is s.of(one.language)[0] and one.language in ("en", "ar")
        receipts.append(await handed_in(one.hand if by_hand else one.quick, one.words, one.language))
        if by_hand:
            await s.picture(one.hand, f"receipt-{one.language}")
    assert len({*receipts}) == 7
    await to_the_recommendation(stopper(s).hand, stopper(s).language)
    await stopper(s).hand.send(stopper(s).words)
    await stopper(s).hand.wait_for_text(stopper(s).say("dialogue.text_saved"))
    await s.picture(stopper(s).hand, "left-unfinished")
    return [*receipts]


async def ana_writes_to_all_of_them(s: Cast) -> None:
    await sees(s.ana, "/broadcasts", say("outbox.list.title"))
    await presses(s.ana, f"+ {SHORT}", say("outbox.texts.explain"))
    for language, text in NEWS.items():
        await write(s.ana, OWN[language], text)
    overview = await presses(s.ana, say("outbox.b.back"), say("outbox.version"))
    assert say("outbox.reach", number=10) in text_of(overview)
    waiting = await propose(s.ana)
    assert say("outbox.b.approve") not in labels(waiting)
    # The writer presses a button that was never shown to them.
    (one,) = s.bot.service.stores.outbox.broadcasts()
    await s.ana.spells(waiting["message_id"], f"x:ap:{one.id}:{one.digest}")
    await s.ana.wait_for_text(say("error.outbox_same_person"), after=waiting["message_id"])


async def bo_approves_it(s: Cast) -> None:
    await s.bo.wait_for_text(say("outbox.wait"))
    await s.picture(s.bo, "bo-is-told")
    assert all(s.heard.times(one.quick, NEWS[one.language]) == 0 for one in s.people)
    await sees(s.bo, "/broadcasts", say("outbox.list.title"))
    await presses(s.bo, say("outbox.phase.proposed"), say("outbox.approve.ask"))
    assert {*NEWS.values()} <= {text_of(message) for message in await s.bo.received()}
    await s.picture(s.bo, "bo-looks-at-everything")
    await s.bo.press(say("outbox.b.approve"))
    assert say("outbox.state.accepted", number=10) in await settled(s.bo)
    await s.picture(s.bo, "report")
    for one in s.people:
        await one.quick.wait_for_text(NEWS[one.language])
        assert [s.heard.times(one.quick, text) for text in NEWS.values()].count(0) == 3
    for one in (latest(s), asker(s)):
        await s.picture(one.hand, f"news-{one.language}")


async def one_asks_and_bo_answers(s: Cast) -> None:
    one = asker(s)
    await ask(one.hand, QUESTION, one.language)
    await s.picture(one.hand, "asked")
    await s.bo.wait_for_text(say("inquiries.wait"))
    assert QUESTION in text_of(await opened(s.bo))
    await presses(s.bo, say("inquiries.b.take"), say("inquiries.is.mine"))
    await s.picture(s.bo, "bo-takes-it")
    await answer(s.bo, ANSWER)
    offer = await one.hand.wait_for_text(one.say("ask.offer"))
    await s.picture(one.hand, "is-it-safe")
    assert s.heard.times(one.quick, ANSWER) == 0
    await one.hand.press(one.say("remind.yes"))
    await one.hand.wait_for_text(ANSWER, after=offer["message_id"])
    await s.picture(one.hand, "answered")


async def the_unfinished_one_is_reminded(s: Cast) -> None:
    one = stopper(s)
    for _ in range(12 * 6):
        if await s.bot.service.reminding.round():
            break
        await pass_hours(s.bot, s.clock, 1 / 6)
    shown = await one.hand.wait_for_text(one.say("remind.ask"))
    assert SHORT not in text_of(shown)
    await s.picture(one.hand, "reminded")
    await one.hand.press(one.say("remind.not_now"))
    await one.hand.wait_for_text(one.say("remind.later"))


async def figures_count_nobody_out(s: Cast) -> None:
    """Ten people in four languages are too few to be counted; twelve more who wrote in Russian are not."""
    handed_in_russian = Tick(s.made, Stage.SUBMITTED, "ru", "recommendation")
    await raise_by(s.bot, 12, handed_in_russian, day(s.clock.now()))
    await a_day_passes(s)
    await s.bot.service.stores.expire()
    await sees(s.bo, "/figures", say("figures.which"))
    shown = text_of(await presses(s.bo, SHORT, say("figures.way")))
    assert f"{say('figures.opened')}: –" in shown
    assert f"{OWN['ru']}: 10" in shown
    numbers = [int(found) for found in re.findall(r": (\d+)$", shown, re.MULTILINE)]
    assert {*numbers} == {10}, shown
    await s.picture(s.bo, "figures")
    await s.bo.press(say("figures.b.picture"))
    await s.bo.wait_for(lambda message: "photo" in message)
    await s.picture(s.bo, "figures-drawn")


async def bo_closes_it(s: Cast) -> str:
    """The receipt of the one who has begun before, and finishes in time."""
    one = latest(s)
    await answers_all(one.hand, one.words, one.language)
    await sees(s.bo, "/manage", say("manage.explain"))
    await presses(s.bo, SHORT, say("manage.state.open"))
    await s.bo.press(say("manage.b.close"))
    await presses(s.bo, say("time.hours", count=6), say("manage.follows.close"))
    await presses(s.bo, say("manage.b.sure"), say("manage.state.closed"))
    await s.picture(s.bo, "closed")
    assert await s.bot.service.reminding.round() == 1
    told = await one.hand.wait_for_text(one.say("remind.ask"))
    await one.hand.press(one.say("remind.yes"))
    until = one.say("drafts.until", time="…").partition("…")[0]
    assert "02:00" in text_of(await one.hand.wait_for_text(until, after=told["message_id"]))
    await one.hand.wait_for_text(one.say("review.title"), after=told["message_id"])
    await s.picture(one.hand, "time-to-finish")
    return await hand_in(one.hand, one.language)


async def all_find_it_closed_and_its_briefing(s: Cast) -> None:
    for one in s.people:
        first = one is s.of(one.language)[0]
        person = one.hand if first else one.quick
        title, body = BRIEFING[one.language]
        home = await sees(person, "/start", one.say("home.closed"))
        assert one.say("home.begin") not in labels(home)
        if first:
            await s.picture(one.hand, f"closed-{one.language}")
        await person.press(one.say("home.learn"))
        await person.press(one.say("briefing.title"))
        await person.press(title)
        await person.wait_for_text(body)
        if first:
            await s.picture(one.hand, f"briefing-{one.language}")


def nobody_got_anything_twice(s: Cast) -> None:
    for one in s.people:
        once = {NEWS[one.language]: True, one.say("remind.ask"): one in (stopper(s), latest(s))}
        once |= {one.say("ask.offer"): one is asker(s), ANSWER: one is asker(s)}
        once |= {one.say("receipt.title"): one not in (stopper(s), asker(s))}
        for part, comes in once.items():
            assert s.heard.times(one.quick, part) == comes, (one.language, part)
    assert [s.heard.times(who, say("outbox.wait")) for who in (s.ana, s.bo)] == [0, 1]


def no_organizer_saw_who_it_was(s: Cast, receipts: list[str]) -> None:
    for runner in (s.ana, s.bo):
        seen = "\n".join(s.heard.shown[runner.id])
        for one in s.people:
            card = one.quick.card
            for secret in (card["first_name"], card["username"], str(one.quick.id), one.words, one.words[:20]):
                assert secret not in seen, secret
        digits = re.sub(r"\s", "", seen)
        assert not any(receipt in digits for receipt in receipts)


async def test_from_a_new_consultation_to_its_end(tmp_path: Path) -> None:
    async with cast(tmp_path, BEGINS, NAMES, WORDS) as s:
        await two_organizers_arrive(s)
        await ana_makes_a_consultation(s)
        await ana_publishes_its_briefing(s)
        address = await ana_makes_an_invite(s)
        await a_day_passes(s)
        await ten_come_by_it(s, address)
        receipts = await seven_speak_and_one_stops(s)
        await ana_writes_to_all_of_them(s)
        await bo_approves_it(s)
        await one_asks_and_bo_answers(s)
        await the_unfinished_one_is_reminded(s)
        await figures_count_nobody_out(s)
        receipts.append(await bo_closes_it(s))
        await all_find_it_closed_and_its_briefing(s)
        nobody_got_anything_twice(s)
        no_organizer_saw_who_it_was(s, receipts)
        states = {s.bot.service.stores.store.state(Receipt(receipt)) for receipt in receipts}
        assert (len(receipts), states) == (8, {State.SUBMITTED})
        assert s.bot.service.stores.audit.verify() is None
        assert await s.bot.emulator.violations() in ([], {"checked": False})
