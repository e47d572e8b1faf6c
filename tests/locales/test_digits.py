"""Numbers are typed in the digits of one's own keyboard: wherever one is asked for, they count as 0-9."""

import pytest

from bot.core.contributions import Receipt, as_receipt
from bot.core.dialogue.steps import matching

DIGITS = {
    "arabic": "٠١٢٣٤٥٦٧٨٩",
    "eastern": "۰۱۲۳۴۵۶۷۸۹",
    "devanagari": "०१२३४५६७८९",
    "bengali": "০১২৩৪৫৬৭৮৯",
    "burmese": "၀၁၂၃၄၅၆၇၈၉",
    "thai": "๐๑๒๓๔๕๖๗๘๙",
    "wide": "０１２３４５６７８９",
}


def written(text: str, script: str) -> str:
    return text.translate(str.maketrans("0123456789", DIGITS[script]))


@pytest.mark.parametrize("script", DIGITS)
def test_a_receipt(script: str) -> None:
    typed = written("1234 5678-9012 3456", script)
    for text in (typed, f"\u200f{typed}\u200f", f"\u2067{typed}\u2069", typed.replace(" ", "\u00a0")):
        assert as_receipt(text) == Receipt("1234567890123456")
    assert as_receipt(typed[1:]) is None


@pytest.mark.parametrize("script", DIGITS)
def test_numbers_of_a_list(script: str) -> None:
    assert matching.numbers(written("3", script), 10) == (2,)
    assert matching.numbers(written("10", script) + "\u200f", 10) == (9,)
    assert matching.numbers("\u200f" + written("1، 3 ؛ 2", script), 10) == (0, 2, 1)
    assert matching.numbers(written("11", script), 10) is None


@pytest.mark.parametrize("script", DIGITS)
def test_a_whole_number(script: str) -> None:
    assert matching.digits("\u200f" + written("40", script)) == "40"
