"""The pages in a real browser and by plain requests: what people do there, who is kept out, what hostile texts do."""

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import async_playwright, expect

from bot.desk.desk import Desk
from bot.desk.server import serving
from tests.desk.world import HOSTILE, corpus, desk, hostile, line
from tests.support.browser import _ARGUMENTS, CHROMIUM, Window, _picture_folder


@asynccontextmanager
async def browser(address: str, *, script: bool = True) -> AsyncIterator[Window]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(_ARGUMENTS))
        with _picture_folder() as folder:
            context = await started.new_context(
                viewport={"width": 1280, "height": 900}, java_script_enabled=script, reduced_motion="reduce"
            )
            seen = Window(await context.new_page(), folder)
            try:
                await seen.page.goto(address)
                yield seen
                assert seen.complaints == []
            finally:
                await context.close()
                await started.close()


@asynccontextmanager
async def visitor(made: Desk) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    """Somebody with the cookie, and the address without the token."""
    async with serving(made, 0) as address, aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        base = address.partition("/?")[0]
        async with session.get(address) as answer:
            assert answer.status == 200
        yield session, base


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this computer (Debian's package chromium has it)")
async def test_the_main_path_without_script_and_with_the_keyboard(tmp_path: Path) -> None:
    lines, _ = corpus()
    made = desk(tmp_path, [*lines, *hostile()])
    async with serving(made, 0) as address, browser(address, script=False) as seen:
        page = seen.page
        await expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
        await seen.shot("desk-inbox")
        await page.get_by_label("Search").fill("الكفالة")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("1 contribution", exact=True)).to_be_visible()
        await page.locator("a.words").first.focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Contribution")).to_be_visible()
        await page.get_by_label("New point's title").fill("End sponsorship")
        await page.get_by_label("New point's text").fill("Abolish the sponsorship system.")
        await page.get_by_label("in the language").fill("en")
        await page.keyboard.press("Tab")
        await page.get_by_role("button", name="Feed").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_have_text("Kept.")
        await seen.shot("desk-item")
        await page.get_by_role("link", name="End sponsorship").click()
        await expect(page.get_by_text("1 contribution: 1 from individuals")).to_be_visible()
        await seen.shot("desk-point")
        for name in ("Duplicates", "Points", "Coverage", "Report", "History"):
            await page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()
            await expect(page.get_by_role("main")).to_be_visible()
            await seen.shot(f"desk-{name.lower()}")
    assert [point.title for point in made.state.standing()] == ["End sponsorship"]
    assert made.state.standing()[0].phase == "pre_crisis"


async def test_nobody_else_is_let_in(tmp_path: Path) -> None:
    made = desk(tmp_path, [line(1, "Words")])
    async with serving(made, 0) as address, aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        base = address.partition("/?")[0]
        for path in ("/inbox", "/history", "/static/desk.css", "/?token=wrong"):
            async with session.get(base + path) as answer:
                assert answer.status == 403
        async with session.get(address, headers={"Host": "evil.example"}) as answer:
            assert answer.status == 421
        async with session.get(address, allow_redirects=False) as answer:
            assert answer.status == 303
            cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        async with session.get(address, allow_redirects=False) as answer:
            assert answer.status == 403  # once
        with_cookie = {"Cookie": cookie.partition(";")[0]}
        form = {"kind": "tag", "contribution": f"{1:032x}", "tag": "x"}
        for origin in ({}, {"Origin": "http://evil.example"}, {"Origin": "null"}):
            async with session.post(f"{base}/decide", data=form, headers={**with_cookie, **origin}) as answer:
                assert answer.status == 403
        async with session.get(f"{base}/inbox", headers=with_cookie) as answer:
            assert answer.status == 200
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["Cache-Control"] == "no-store"
    assert made.state.item(f"{1:032x}").tags == set()


async def test_hostile_texts_are_visibly_harmless_on_every_page(tmp_path: Path) -> None:
    lines = hostile()
    made = desk(tmp_path, lines)
    for each in lines[:5]:
        name, text = each["contribution"], HOSTILE[lines.index(each)]
        point = {"point": f"p{name[-4:]}", "title": text[:36], "text": text, "language": "en", "wording": "theirs"}
        made.decide("point", text[:90], **point)
        made.decide("tag", "", contribution=name, tag=text[:50])
        made.decide("feed", "", point=point["point"], contribution=name, question=None, start=None, end=None)
    made.decide("pair", "", one=lines[0]["contribution"], other=lines[1]["contribution"], verdict="same")
    paths = ["/inbox", "/duplicates?all=yes", "/points", "/coverage", "/history", "/report"]
    paths += [f"/item/{each['contribution']}" for each in lines] + [f"/point/{point}" for point in made.state.points]
    async with visitor(made) as (session, base):
        for path in paths:
            async with session.get(base + path) as answer:
                assert answer.status == 200, path
                shown = (await answer.read()).decode("utf-8")
            assert "<script" not in shown
            assert "<img" not in shown
            assert not re.search("[\0-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", shown), path
            assert " style=" not in shown
            assert not re.search(r'(?:src|href|action)="(?!/|#)', shown), path
            assert "49 " not in shown.replace("7 * 7", "") or path != "/inbox"


async def test_every_number_of_the_coverage_leads_to_as_many(tmp_path: Path) -> None:
    lines = [
        line(number, f"Words {number}", "eeca" if number % 2 else "mena", phase="emergency", theme="firewall",
             groups=["undocumented", "children"] if number % 3 else ["detained"])
        for number in range(1, 40)
    ]  # fmt: skip
    made = desk(tmp_path, lines)
    followed = 0
    async with visitor(made) as (session, base):
        async with session.get(f"{base}/coverage") as answer:
            links = re.findall(r'<a href="(/inbox[^"]+)">(\d+)</a>', await answer.text())
        for link, number in links:
            async with session.get(base + html.unescape(link)) as answer:
                assert f"<p>{number} contributions</p>" in await answer.text(), link
                followed += 1
    assert followed == 10


async def test_a_decision_is_told_by_the_names_of_codes_and_each_value_has_its_own_direction(tmp_path: Path) -> None:
    made = desk(tmp_path, [line(1, "Words")])
    one = f"{1:032x}"
    made.decide("code", "why not", contribution=one, question="theme", codes=["firewall", "employers"])
    made.decide("tag", "", contribution=one, tag="كفالة")
    async with visitor(made) as (session, base):
        for path in ("/history", f"/item/{one}"):
            async with session.get(base + path) as answer:
                shown = await answer.text()
            assert "codes: <bdi>Getting help without being reported, Employers and job agencies</bdi>" in shown
            assert "tag: <bdi>كفالة</bdi>" in shown


async def test_what_a_page_refuses_keeps_nothing(tmp_path: Path) -> None:
    made = desk(tmp_path, [line(1, "Call the names Ana Example and Ana Example."), line(2, "Other words")])
    one = f"{1:032x}"
    async with visitor(made) as (session, base):
        wrong = [
            {"kind": "burn"},
            {"kind": "tag", "contribution": "nobody", "tag": "x"},
            {"kind": "status", "contribution": one, "status": "set_aside"},
            {"kind": "status", "contribution": one, "status": "lost", "reason": "x"},
            {"kind": "mask", "contribution": one, "passage": "not there"},
            {"kind": "code", "contribution": one, "question": "theme", "codes": "no_such"},
            {"kind": "code", "contribution": one, "question": "nothing", "codes": "firewall"},
            {"kind": "merge", "point": "p1", "into": "p2"},
            {"kind": "undo", "of": made.log.decisions[0].id},
        ]
        before = len(made.log.decisions)
        for form in wrong:
            async with session.post(f"{base}/decide", data=form, headers={"Origin": base}) as answer:
                assert answer.status == 422, form
        assert len(made.log.decisions) == before
        form = {
            "kind": "mask",
            "contribution": one,
            "passage": "Ana Example",
            "next": f"/item/{one}",
            "reason": "named",
        }
        async with session.post(f"{base}/decide", data=form, headers={"Origin": base}) as answer:
            shown = await answer.text()
            assert "Ana Example" not in shown.split("What was decided")[0]
        for path in ("/inbox", "/duplicates?all=yes"):
            async with session.get(base + path) as answer:
                assert "Ana Example" not in await answer.text()
        async with session.get(f"{base}/item/{one}?original=yes") as answer:
            assert "Ana Example" in await answer.text()
        form = {"kind": "tag", "contribution": one, "tag": "x", "next": "https://evil.example/"}
        async with session.post(f"{base}/decide", data=form, headers={"Origin": base}, allow_redirects=False) as answer:
            assert answer.headers["Location"].startswith("/?said=")


async def test_whose_words_a_point_has_is_read_off_what_was_written(tmp_path: Path) -> None:
    made = desk(tmp_path, [line(1, "Open the clinics. And the schools.")])
    one = f"{1:032x}"
    layer = {"layer": "translation", "language": "fr", "text": "Ouvrez les cliniques.", "made_by": "human"}
    made.decide("layer", "", contribution=one, question="recommendation", **layer)
    said = [
        ("Open the clinics.", "en", "theirs"),
        ("Ouvrez les cliniques.", "fr", "theirs"),
        ("Open all", "en", "ours"),
    ]
    async with visitor(made) as (session, base):
        for text, language, _ in said:
            form = {"kind": "feed", "contribution": one, "title": "Clinics", "text": text, "language": language}
            async with session.post(f"{base}/decide", data={**form, "wording": ""}, headers={"Origin": base}) as answer:
                assert answer.status == 200
    assert [(point.text, point.language, point.wording) for point in made.state.points.values()] == said
