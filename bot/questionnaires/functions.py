"""ODK's functions that XPath 1.0 does not have, over texts, numbers and truth values.

Not here: which functions a form may use, and with how many arguments (`grammar.ARGUMENTS`).
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

_EPOCH = date(1970, 1, 1)


def text_of(value: Any) -> str:
    """A value as XPath writes it: whole numbers without a point, `true` and `false`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if math.isnan(value):
            return "NaN"
        return str(int(value)) if math.isfinite(value) and value == int(value) else repr(value)
    return str(value)


def truth_of(value: Any) -> bool:
    """Whether a value counts as true: not empty, not 0, not "no number"."""
    if isinstance(value, float):
        return not math.isnan(value) and value != 0
    return bool(value)


def _number(value: Any) -> float:
    try:
        return float(value)
    except ValueError:
        return math.nan


def _days(_: object, value: Any) -> float:
    if isinstance(value, float):
        return value
    try:
        return float((date.fromisoformat(text_of(value)[:10]) - _EPOCH).days)
    except ValueError:
        return math.nan


def _selected_at(_: object, codes: Any, position: Any) -> str:
    chosen = text_of(codes).split()
    wanted = _number(position)
    return chosen[int(wanted)] if 0 <= wanted < len(chosen) else ""


def _substr(_: object, value: Any, start: Any, end: Any = None) -> str:
    text = text_of(value)
    return text[int(start) : len(text) if end is None else int(end)]


MATCHED = 400
"""Characters of a text that a pattern is tried on; a longer one fits none. `grammar.MOST_REPEATS` bounds time."""


def _regex(_: object, value: Any, pattern: Any) -> bool:
    text = text_of(value)
    return len(text) <= MATCHED and re.fullmatch(text_of(pattern), text) is not None


def _extreme(choose: Callable[[list[float]], float]) -> Callable[..., float]:
    def extreme(_: object, *values: Any) -> float:
        numbers = [_number(value) for value in values]
        return math.nan if any(map(math.isnan, numbers)) else choose(numbers)

    return extreme


FUNCTIONS: Mapping[tuple[str | None, str], Callable[..., Any]] = {
    (None, "coalesce"): lambda _, *values: next((text for text in map(text_of, values) if text), ""),
    (None, "concat"): lambda _, *values: "".join(map(text_of, values)),
    (None, "count-selected"): lambda _, codes: float(len(text_of(codes).split())),
    (None, "date"): _days,
    (None, "ends-with"): lambda _, text, end: text_of(text).endswith(text_of(end)),
    (None, "if"): lambda _, condition, then, otherwise: then if truth_of(condition) else otherwise,
    (None, "int"): lambda _, value: float(math.trunc(number)) if math.isfinite(number := _number(value)) else math.nan,
    (None, "max"): _extreme(max),
    (None, "min"): _extreme(min),
    (None, "once"): lambda _, own, value: text_of(own) or text_of(value),
    (None, "regex"): _regex,
    (None, "selected"): lambda _, codes, code: text_of(code) in text_of(codes).split(),
    (None, "selected-at"): _selected_at,
    (None, "substr"): _substr,
    (None, "today"): lambda _: float((datetime.now(UTC).date() - _EPOCH).days),
}
