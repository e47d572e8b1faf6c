"""Expressions: what they mean, and what is refused when a form is loaded."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.dialogue.questionnaire import WRITTEN, Kind, Question, StepId
from bot.questionnaires.expressions import Expressions, compile_expression
from bot.questionnaires.faults import ExpressionFault

KNOWN = ("theme", "groups", "age", "story", "own")


def value(source: str, answers: Mapping[str, str] | None = None, own: str = "") -> object:
    return compile_expression(source, KNOWN, {"story"}).value(answers or {}, own)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("${theme} = 'firewall'", True),
        ("${theme} != 'firewall'", False),
        ("selected(${groups}, 'children')", True),
        ("selected(${groups}, 'child')", False),
        ("count-selected(${groups}) <= 2", True),
        ("count-selected(${groups}) - 1", 1.0),
        ("selected-at(${groups}, 1)", "stateless"),
        ("if(${age} >= 18, 'adult', 'child')", "adult"),
        ("if(${age} > 41, if(${age} > 50, 'c', 'b'), 'a')", "b"),
        ("coalesce('', ${theme})", "firewall"),
        ("concat(${theme}, '-', ${age})", "firewall-42"),
        ("${age} div 2 = 21 and not(${age} mod 2 = 1)", True),
        ("regex(${theme}, '[a-z]+')", True),
        ("regex(${theme}, '[a-f]+')", False),
        ("string-length(${theme}) = 8", True),
        ("max(1, ${age}, 3)", 42.0),
        ("min(1, ${age})", 1.0),
        ("int(7.9)", 7.0),
        ("substr(${theme}, 0, 4)", "fire"),
        ("date('1970-01-31')", 30.0),
        ("date('2026-01-01') <= today()", True),
        ("today() > date('2199-12-31')", False),
        ("starts-with(${theme}, 'fire') and ends-with(${theme}, 'wall')", True),
        ("${own} = ''", True),
        ("${story} != ''", True),
        ("string-length(${story}) > 0", True),
        ("0 < string-length( ${story} ) and true()", True),
        ("not(${story} = '')", True),
        ("'it''s' = ''", None),
    ],
)
def test_means_what_odk_means(source: str, expected: object) -> None:
    answers = {"theme": "firewall", "groups": "children stateless", "age": "42", "story": WRITTEN}
    if expected is None:
        with pytest.raises(ExpressionFault):
            value(source, answers)
    else:
        assert value(source, answers) == expected


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("selected(${theme}", "expression_syntax"),
        ("${theme} == 'firewall'", "expression_instead"),
        ("${theme} <> 'firewall'", "expression_instead"),
        ("${theme} = 'a' && 1", "expression_instead"),
        ("selected(${theme}; 'a')", "expression_instead"),
        ("1 = 1 AND 2 = 2", "expression_instead"),
        ("IF(1 = 1, 2, 3)", "expression_instead"),
        ("TRUE", "expression_instead"),
        ("{theme} = 'a'", "expression_path"),
        ("${theme} = 'a", "expression_quote"),
        ("${theme} = ‘firewall’", "expression_character"),
        ("theme = 'firewall'", "expression_name"),
        ("${nobody} = 'x'", "expression_unknown"),
        ("../theme = 'x'", "expression_path"),
        ("/data/theme = 'x'", "expression_path"),
        ("$theme = 'x'", "expression_path"),
        ("pulldata('a', 'b', 'c', 'd')", "expression_function"),
        ("jr:choice-name(${theme}, 'x')", "expression_function"),
        ("selected(${theme})", "expression_arguments"),
        ("today(1)", "expression_arguments"),
        ("not()", "expression_arguments"),
        ("regex(${theme}, ${own})", "expression_pattern"),
        ("regex(${theme}, '[')", "expression_pattern"),
        ("${story} = 'help'", "expression_sealed"),
        ("contains(${story}, 'help')", "expression_sealed"),
        ("string-length(${story}) > 10", "expression_sealed"),
        ("string-length(${story}) - 5 > 0", "expression_sealed"),
        ("string-length(${story}) > 0 + 5", "expression_sealed"),
        ("5 - string-length(${story}) > 0", "expression_sealed"),
        ("${theme} = ${story}", "expression_sealed"),
        ("${story}", "expression_sealed"),
        ("", "expression_syntax"),
    ],
)
def test_refused_when_loaded(source: str, code: str) -> None:
    with pytest.raises(ExpressionFault) as raised:
        value(source)
    assert raised.value.code == code


def question(name: str, kind: Kind = Kind.INTEGER, **rules: str) -> Question:
    return Question(StepId(name), kind, {}, {}, {}, **rules)  # type: ignore[arg-type]


def test_constraint_of_an_empty_answer_is_kept() -> None:
    age = question("age", constraint=". >= 18 and . < 120")
    rules = Expressions([age])
    assert [rules.satisfied(age, given, {}) for given in ("", "17", "18", "120")] == [True, False, True, False]


def test_constraint_of_a_text_sees_the_message_itself() -> None:
    story = question("story", Kind.TEXT, constraint="string-length(.) < 5 and not(contains(${story}, '@'))")
    rules = Expressions([story])
    assert rules.satisfied(story, "abcd", {"story": WRITTEN})
    assert not rules.satisfied(story, "abcde", {"story": WRITTEN})
    assert not rules.satisfied(story, "a@b", {"story": WRITTEN})


@given(st.text(st.characters(), min_size=1, max_size=40))
def test_any_message_can_be_measured(text: str) -> None:
    story = question("story", Kind.TEXT, constraint=f"string-length(.) = {len(text)}")
    assert Expressions([story]).satisfied(story, text, {})


def test_relevant_of_a_text_cannot_read_it() -> None:
    with pytest.raises(ExpressionFault) as raised:
        Expressions([question("story", Kind.TEXT, relevant=". = 'x'")])
    assert raised.value.code == "expression_sealed"


def test_calculated_values_reach_other_expressions() -> None:
    first = question("first", Kind.CALCULATE, calculation="${age} + 1")
    second = question("second", Kind.CALCULATE, calculation="concat(${first}, ' years')")
    last = question("last", relevant="${second} = '18 years'")
    rules = Expressions([question("age"), first, second, last])
    assert rules.calculated(second, {"age": "17"}) == "18 years"
    assert rules.relevant(last, {"age": "17"})
    assert not rules.relevant(last, {"age": "18"})


def test_once_keeps_what_it_has() -> None:
    first = question("first", Kind.CALCULATE, calculation="once(concat('a (', ${age}, ') once ( '))")
    rules = Expressions([question("age"), first])
    assert rules.calculated(first, {"age": "1"}) == "a (1) once ( "
    assert rules.calculated(first, {"age": "1", "first": "kept"}) == "kept"


def test_circles_are_refused() -> None:
    with pytest.raises(ExpressionFault) as raised:
        Expressions(
            [
                question("a", Kind.CALCULATE, calculation="${b}"),
                question("b", Kind.CALCULATE, calculation="${a}"),
            ]
        )
    assert raised.value.code == "expression_circular"


def test_without_rules_everything_is_asked_and_taken() -> None:
    plain = question("plain")
    rules = Expressions([plain])
    assert rules.relevant(plain, {})
    assert rules.satisfied(plain, "anything", {})
    assert rules.calculated(plain, {}) == ""
