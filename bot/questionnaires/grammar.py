"""The words of an XLSForm expression, and what is allowed among them.

Not here: the meaning of the functions (`functions`), compiling and evaluating (`expressions`).
"""

import re
import re._parser as parser  # type: ignore[import-not-found]  # the only reader of patterns there is
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.questionnaires.faults import ExpressionFault

OWN = "."
"""How an expression names the value of its own question."""

_ANY = 99

ARGUMENTS: Mapping[str, tuple[int, int]] = {
    "boolean": (1, 1),
    "ceiling": (1, 1),
    "coalesce": (1, _ANY),
    "concat": (1, _ANY),
    "contains": (2, 2),
    "count-selected": (1, 1),
    "date": (1, 1),
    "ends-with": (2, 2),
    "false": (0, 0),
    "floor": (1, 1),
    "if": (3, 3),
    "int": (1, 1),
    "max": (1, _ANY),
    "min": (1, _ANY),
    "normalize-space": (1, 1),
    "not": (1, 1),
    "number": (1, 1),
    "once": (1, 1),
    "regex": (2, 2),
    "round": (1, 1),
    "selected": (2, 2),
    "selected-at": (2, 2),
    "starts-with": (2, 2),
    "string": (1, 1),
    "string-length": (1, 1),
    "substr": (2, 3),
    "today": (0, 0),
    "translate": (3, 3),
    "true": (0, 0),
}
"""Every function a form may use, with the least and the greatest number of its arguments."""

_TOKEN = re.compile(
    r"""\s*(?:
      \$\{\s*(?P<question>[^}]*?)\s*\}
    | (?P<text>'[^']*'|"[^"]*")
    | (?P<number>\d+(?:\.\d*)?|\.\d+)
    | (?P<sign>!=|<=|>=|//|\.\.|::|[-+*/|=<>(),\[\]@$.:])
    | (?P<name>[A-Za-z_][\w.-]*)
    )""",
    re.VERBOSE,
)
LONGEST_PATTERN = 300
MOST_REPEATS = 3
"""Repeats without a small limit in one pattern: the time grows with the length of the text to their power."""
SHORT_REPEAT = 30
_PATH_SIGNS = frozenset(("/", "//", "..", "::", "|", "[", "]", "@", "$", ":"))
_WORD_OPERATORS = frozenset(("and", "or", "div", "mod"))
_COMPARISONS = frozenset(("=", "!=", "<", "<=", ">", ">="))
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_GIVEN_OR_NOT = frozenset((("=", "0"), ("!=", "0"), (">", "0"), (">=", "1"), ("<", "1")))
"""Comparisons of a length that say no more than whether there is a text."""


@dataclass(frozen=True)
class Token:
    """One word of an expression. `kind`: question, text, number, sign, name; `end` joins to nothing."""

    kind: str
    value: str


_END = Token("end", "")


def tokens_of(source: str) -> Iterator[Token]:
    """The words, in order. Raises ExpressionFault `expression_character` (low quotes, for one), `expression_quote`."""
    position = 0
    stripped = source.rstrip()
    while position < len(stripped):
        match = _TOKEN.match(stripped, position)
        if match is None:
            rest = stripped[position:].lstrip()
            if rest[0] in "'\"":
                raise ExpressionFault("expression_quote", part=rest[:40])
            if rest[0] == "{":
                raise ExpressionFault("expression_path", sign="{")
            for sign, instead in _OTHER_SIGNS.items():
                if rest.startswith(sign):
                    raise ExpressionFault("expression_instead", sign=sign, instead=instead)
            raise ExpressionFault("expression_character", character=rest[0])
        position = match.end()
        kind = match.lastgroup or ""
        yield Token(kind, match[kind])


_OTHER_SIGNS = {"==": "=", "<>": "!=", "=<": "<=", "=>": ">=", "||": "or", "&&": "and", "&": "and", ";": ","}
"""What Excel and other languages write, and what XLSForm does."""


def check_words(tokens: Sequence[Token]) -> None:
    """Refuse paths, bare names, functions that are not in `ARGUMENTS`, and what other languages write."""
    for index, token in enumerate(tokens):
        pair = token.value + tokens[index + 1].value if token.kind == "sign" and index + 1 < len(tokens) else ""
        if pair in _OTHER_SIGNS:
            raise ExpressionFault("expression_instead", sign=pair, instead=_OTHER_SIGNS[pair])
        if token.kind == "sign" and token.value in _PATH_SIGNS:
            raise ExpressionFault("expression_path", sign=token.value)
        if token.kind != "name":
            continue
        before = tokens[index - 1] if index else _END
        after = tokens[index + 1] if index + 1 < len(tokens) else _END
        ends_value = before.kind in ("question", "text", "number") or before.value in (")", OWN)
        if ends_value and token.value in _WORD_OPERATORS:
            continue
        small = token.value.lower()
        if small != token.value and small in (_WORD_OPERATORS if ends_value else ARGUMENTS.keys() - {"true", "false"}):
            raise ExpressionFault("expression_instead", sign=token.value, instead=small)
        if after.value == ":" and index + 2 < len(tokens):
            raise ExpressionFault("expression_function", function=f"{token.value}:{tokens[index + 2].value}")
        if after != Token("sign", "(") and small in ("true", "false"):
            raise ExpressionFault("expression_instead", sign=token.value, instead=f"{small}()")
        if after != Token("sign", "("):
            raise ExpressionFault("expression_name", name=token.value)
        if token.value not in ARGUMENTS:
            raise ExpressionFault("expression_function", function=token.value)


def check_arguments(tokens: Sequence[Token]) -> None:
    """Count each function's arguments; brackets that do not pair are left for the compiler to refuse."""
    open_calls: list[tuple[str, int]] = []
    for index, token in enumerate(tokens):
        before = tokens[index - 1] if index else _END
        if token.kind != "sign":
            continue
        if token.value == "(":
            open_calls.append((before.value if before.value in ARGUMENTS and before.kind == "name" else "", 0))
        elif token.value == "," and open_calls:
            name, commas = open_calls.pop()
            open_calls.append((name, commas + 1))
        elif token.value == ")" and open_calls:
            name, commas = open_calls.pop()
            if not name:
                continue
            count = 0 if before == Token("sign", "(") else commas + 1
            least, greatest = ARGUMENTS[name]
            if not least <= count <= greatest:
                raise ExpressionFault("expression_arguments", function=name, count=count)
            if name == "regex":
                _check_pattern(before, tokens[index - 2])


def _check_pattern(pattern: Token, before: Token) -> None:
    if pattern.kind != "text" or before != Token("sign", ","):
        raise ExpressionFault("expression_pattern")
    if not bounded(pattern.value[1:-1]):
        raise ExpressionFault("expression_pattern")


def bounded(pattern: str) -> bool:
    """Whether a pattern is one, and cannot make a text take for ever: few repeats, none within another."""
    if len(pattern) > LONGEST_PATTERN:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = parser.parse(pattern)
            re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    return _repeats(parsed, inside=False) <= MOST_REPEATS


def _repeats(part: Any, *, inside: bool) -> int:
    """How many repeats that may go on for long; more than may be where one is inside another, or a group is named."""
    total = 0
    for operation, argument in part:
        if operation in (parser.MAX_REPEAT, parser.MIN_REPEAT, parser.POSSESSIVE_REPEAT):
            _, most, body = argument
            long = most > SHORT_REPEAT
            if inside and most > 1:
                return MOST_REPEATS + 1
            total += long + _repeats(body, inside=inside or most > 1)
        elif operation is parser.SUBPATTERN:
            total += _repeats(argument[-1], inside=inside)
        elif operation is parser.BRANCH:
            total += sum(_repeats(branch, inside=inside) for branch in argument[1])
        elif operation in (parser.ASSERT, parser.ASSERT_NOT):
            total += _repeats(argument[1], inside=inside)
        elif operation in (parser.GROUPREF, parser.GROUPREF_EXISTS, parser.ATOMIC_GROUP):
            return MOST_REPEATS + 1
    return total


def asks_whether_given(tokens: Sequence[Token], index: int) -> bool:
    """Whether the answer named at `index` is only asked for its presence."""

    def at(position: int) -> Token:
        return tokens[position] if 0 <= position < len(tokens) else _END

    first = last = index
    empty: frozenset[tuple[str, str]]
    if at(index - 1).value == "(" and at(index - 2) == Token("name", "string-length") and at(index + 1).value == ")":
        first, last = index - 2, index + 1
        empty = _GIVEN_OR_NOT
    else:
        empty = frozenset((("=", ""), ("!=", "")))

    def bare(token: Token) -> str:
        return token.value[1:-1] if token.kind == "text" else token.value

    def matches(sign: Token, other: Token, beyond: Token) -> bool:
        return (
            sign.value in _COMPARISONS
            and other.kind in ("text", "number")
            and (sign.value, bare(other)) in empty
            # 0 + 5 or 5 - 0 beside the comparison would make it another question
            and (beyond.kind in ("end", "name") or beyond.value in ("(", ")", ","))
            and beyond.value not in ("div", "mod")
        )

    left_sign = Token("sign", _MIRRORED.get(at(first - 1).value, at(first - 1).value))
    edges = (at(last + 1), at(first - 1))
    free = [edge.kind in ("end", "name") or edge.value in ("(", ")", ",") for edge in edges]
    return (free[1] and matches(at(last + 1), at(last + 2), at(last + 3))) or (
        free[0] and matches(left_sign, at(first - 2), at(first - 3))
    )
