"""Codes: what is heard or typed wrong is noticed, in digits of any script."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.admission import DIGITS, as_code, code_of, spoken

CODES = st.text("0123456789", min_size=DIGITS, max_size=DIGITS).map(code_of)


@given(CODES)
def test_a_code_is_read_as_it_is_told(code: str) -> None:
    assert as_code(code) == as_code(f" {spoken(code_of(code[:-1]))}\u200e ") == as_code("-".join(code)) == code
    assert as_code("".join(chr(0x660 + int(digit)) for digit in code)) == code


@given(CODES, st.integers(0, DIGITS), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(code: str, at: int, more: int) -> None:
    wrong = str((int(code[at]) + more) % 10)
    assert as_code(code[:at] + wrong + code[at + 1 :]) is None


@given(CODES, st.integers(0, DIGITS - 1))
def test_two_digits_in_each_others_place_are_noticed(code: str, at: int) -> None:
    turned = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    assert turned == code or as_code(turned) is None


@given(st.text())
def test_whatever_else_is_typed_is_no_code(text: str) -> None:
    found = as_code(text)
    assert found is None or len(found) == DIGITS + 1
