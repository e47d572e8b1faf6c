"""From markup to text and entities, in UTF-16 units."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.emulator.formatting import (
    Malformed,
    found_entities,
    parse_html,
    parse_markdown,
    trimmed,
    utf16_length,
)


def short(entities: list[dict[str, object]]) -> list[tuple[object, ...]]:
    return [tuple(entity.values()) for entity in entities]


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("a &lt;b&gt; &amp; &quot;c&quot; &#39; &#x41; &nbsp; &amp", 'a <b> & "c" \' A &nbsp; &', []),
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ("\U0001f540<B>x</b >", "\U0001f540x", [("bold", 2, 1)]),
        ("<b></b>x", "x", []),
        ("<b>x</>", "x", [("bold", 0, 1)]),
        ('<a href="http://example.org/?a=1&amp;b=2">x</a>', "x", [("text_link", 0, 1, "http://example.org/?a=1&b=2")]),
        ("<a href='no link'>x</a>", "x", []),
        ("<a>example.org</a>", "example.org", [("text_link", 0, 11, "http://example.org/")]),
        ('<pre><code class="language-python">x</code></pre>', "x", [("pre", 0, 1, "python")]),
        ("<code><b>x</b></code>", "x", [("code", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [("expandable_blockquote", 0, 1)]),
        ('<span class="tg-spoiler">x</span>', "x", [("spoiler", 0, 1)]),
        ('<tg-time unix="1700000000" format="wDT">then</tg-time>', "then", [("date_time", 0, 4, 1700000000, "wDT")]),
    ],
)
def test_html(html: str, text: str, entities: list[tuple[object, ...]]) -> None:
    plain, found = parse_html(html)
    assert plain == text
    assert short(found) == entities


@pytest.mark.parametrize(
    ("markdown", "text", "entities"),
    [
        ("*a _b_*", "a b", [("bold", 0, 3), ("italic", 2, 1)]),
        ("__a__ ~b~ ||c||", "a b c", [("underline", 0, 1), ("strikethrough", 2, 1), ("spoiler", 4, 1)]),
        (r"`a.b` 1\.5", "a.b 1.5", [("code", 0, 3)]),
        ("[x](https://example.org)", "x", [("text_link", 0, 1, "https://example.org")]),
        ("```python\nx = 1```", "x = 1", [("pre", 0, 5, "python")]),
    ],
)
def test_markdown(markdown: str, text: str, entities: list[tuple[object, ...]]) -> None:
    plain, found = parse_markdown(markdown)
    assert plain == text
    assert short(found) == entities


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("a.b", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("ж*b", "Can't find end of Bold entity at byte offset 2"),
    ],
)
def test_bad_markdown(markdown: str, words: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse_markdown(markdown)
    assert str(caught.value) == words


def test_found_entities() -> None:
    text = "/start see https://example.org/a, @somebody_else or a@example.org #tag 1/2"
    kinds = [(one["type"], text[one["offset"] :][: one["length"]]) for one in found_entities(text, [])]
    assert kinds == [
        ("bot_command", "/start"),
        ("url", "https://example.org/a"),
        ("mention", "@somebody_else"),
        ("email", "a@example.org"),
        ("hashtag", "#tag"),
    ]
    alone = "links begin with https://. See \u2066https://example.org/b\u2069 and \u2066/news\u2069."
    assert [alone[one["offset"] :][: one["length"]] for one in found_entities(alone, [])] == [
        "https://example.org/b",
        "/news",
    ]
    code = {"type": "code", "offset": 0, "length": 6}
    assert [one["type"] for one in found_entities("/start", [code])] == ["code"]


def test_trimming_moves_entities() -> None:
    bold = {"type": "bold", "offset": 1, "length": 4}
    assert trimmed(" \n ab ", [bold]) == ("ab", [{"type": "bold", "offset": 0, "length": 2}])


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_escaped_text_comes_back(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    plain, entities = parse_html(f"<b>{escaped}</b>")
    assert plain == text
    assert short(entities) == ([("bold", 0, utf16_length(text))] if text else [])


@given(st.text(alphabet="<>/&;=\"'ab spanrecod#x-", max_size=40))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        plain, entities = parse_html(text)
    except Malformed:
        return
    assert all(one["offset"] >= 0 and one["offset"] + one["length"] <= utf16_length(plain) for one in entities)
