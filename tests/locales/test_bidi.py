"""Isolation holds against any value; nothing hidden is echoed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales.bidi import FSI, PDI, direction, has_right_to_left, isolate, upright, visible

_TRICKY = st.text(alphabet="aب1 \n\u202a\u202c\u202e\u2066\u2067\u2068\u2069\u200d\u200f")


def _depths(line: str) -> list[int]:
    depth, depths = 0, []
    for character in line:
        depth += character in "\u2066\u2067\u2068"
        depth -= character == PDI
        depths.append(depth)
    return depths


@given(_TRICKY)
def test_an_isolate_closes_at_the_end_of_its_line_and_not_before(text: str) -> None:
    for line in isolate(text).split("\n"):
        if line:
            depths = _depths(line)
            assert depths[-1] == 0
            assert all(depth > 0 for depth in depths[:-1])
            assert not set(line) & set("\u202a\u202b\u202c\u202d\u202e")


@given(_TRICKY)
def test_isolation_changes_nothing_but_controls(text: str) -> None:
    def bare(value: str) -> str:
        return "".join(
            character for character in value if character not in "\u202a\u202c\u202e\u2066\u2067\u2068\u2069"
        )

    assert bare(isolate(text)) == bare(text)


def test_what_we_put_together_stays_isolated_inside() -> None:
    inner = isolate("Ada")
    assert isolate(f"اسم {inner}") == f"{FSI}اسم {inner}{PDI}"


def test_a_stray_end_cannot_break_out() -> None:
    assert isolate(f"a{PDI}b") == f"{FSI}ab{PDI}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("أرسل /news.", "أرسل \u2066/news\u2069."),
        ("(/ask):", "(\u2066/ask\u2069):"),
        ("بـ https://.", "بـ \u2066https://\u2069."),
        ("(https://example.org/a?b=1).", "(\u2066https://example.org/a?b=1\u2069)."),
        (
            "2027-03-01 أو 2030-11-25 18:00",
            "\u20662027-\u206003-\u206001\u2069 أو \u20662030-\u206011-\u206025\u00a018:00\u2069",
        ),
        ("{a} = yes: نعم", "\u2066{a} = yes\u2069: نعم"),
        ("micic export --output export.zip", "\u2066micic export --output export.zip\u2069"),
        (f"{FSI}/start{PDI}، و/أو 24/7، 2015-2016، <b>12</b>", f"{FSI}/start{PDI}، و/أو 24/7، 2015-2016، <b>12</b>"),
    ],
)
def test_what_runs_from_left_to_right_keeps_its_signs(text: str, expected: str) -> None:
    assert upright(text) == expected
    assert upright(expected) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("abc", "ltr"), ("1 ب a", "rtl"), ("😀 12", None), (f"{FSI}abc{PDI} ب", "rtl"), ("", None), ("\u200fabc", "rtl")],
)
def test_direction_is_that_of_the_first_strong_character(text: str, expected: str | None) -> None:
    assert direction(text) == expected


def test_right_to_left_is_seen_in_letters_digits_and_controls() -> None:
    assert has_right_to_left("a ب")
    assert has_right_to_left("٣")
    assert has_right_to_left("a\u202eb")
    assert not has_right_to_left("Łódź 12, Киев 😀")


def test_what_is_hidden_is_shown_or_left_out() -> None:
    assert visible("pay\u202e001\u202c now") == "pay[U+202E]001[U+202C] now"
    assert visible("se\u200bcret\ufeff \u2066x\u2069 \U000e0041\x07\u00ad") == "secret x "
    assert visible("two\nlines\tand a tab") == "two\nlines\tand a tab"


def test_joiners_stay_where_a_script_needs_them() -> None:
    assert visible("می\u200cخواهم") == "می\u200cخواهم"
    assert visible("👩\u200d👧") == "👩\u200d👧"
    assert visible("a\u200db\u200c ") == "ab "


@given(st.text())
def test_nothing_that_reorders_is_left(text: str) -> None:
    assert not set(visible(text)) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200e\u200f")
