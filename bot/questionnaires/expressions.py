"""XLSForm expressions: checked and compiled when a form is loaded, evaluated over coded answers.

An expression is XPath 1.0 with ODK's functions. Each `${question}` and the dot become an XPath variable, so that every
value is a plain text; paths into a document are refused, for there is no document. Dates are day numbers since
1970-01-01, as in ODK: `today()` and `date('2026-01-31')` can be compared.

A written answer is sealed, so an expression elsewhere in the form may only ask whether it was given: compare it with ''
or its `string-length` with 0. Anything else is refused when the form is loaded.

Not here: when a rule is asked (`bot.core.dialogue`), where in the sheets a fault stands (`checks`).
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from bot.core.dialogue.questionnaire import WRITTEN, Question
from bot.questionnaires.faults import ExpressionFault
from bot.questionnaires.functions import FUNCTIONS, text_of, truth_of
from bot.questionnaires.grammar import OWN, Token, asks_whether_given, check_arguments, check_words, tokens_of

LONGEST_RESULT = 1_000
"""Characters of a calculated value; calculations that double one another would fill the memory."""


@dataclass(frozen=True)
class Expression:
    """A checked expression, ready to be evaluated."""

    source: str
    mentions: tuple[str, ...]
    """Questions it names, the dot not among them."""
    xpath: etree.XPath
    variables: Mapping[str, str]
    """Name of the XPath variable to name of the question; `.` stands for the own value."""

    def value(self, answers: Mapping[str, str], own: str) -> str | float | bool:
        """Evaluate over coded answers; unnamed ones count as unanswered.

        A character that XML cannot hold (a control character, half a surrogate pair) is seen as U+FFFD, one for one.
        """
        values = {
            variable: _presentable(own if question == OWN else answers.get(question, ""))
            for variable, question in self.variables.items()
        }
        result = self.xpath(_NOTHING, **values)
        if not isinstance(result, str | float | bool):  # the grammar lets no node-set through
            raise TypeError("expression gave nodes")
        return result


def compile_expression(source: str, known: Collection[str], sealed: Collection[str]) -> Expression:
    """Check and compile. `known` are the names of all questions, `sealed` those (or ".") whose text is sealed here.

    Raises ExpressionFault: expression_character, expression_path, expression_name, expression_function,
    expression_arguments, expression_unknown, expression_sealed, expression_pattern, expression_syntax.
    """
    tokens = list(tokens_of(source))
    check_words(tokens)
    check_arguments(tokens)
    variables: dict[str, str] = {}
    words: list[str] = []
    for index, token in enumerate(tokens):
        question = token.value if token.kind == "question" else OWN if token == Token("sign", OWN) else None
        if question is None:
            words.append(token.value)
            if index and tokens[index - 1] == Token("name", "once"):  # once(x) also needs the value it may keep
                variables["own"] = OWN
                words.append("$own ,")
            continue
        if question != OWN and question not in known:
            raise ExpressionFault("expression_unknown", name=question)
        if question in sealed and not asks_whether_given(tokens, index):
            raise ExpressionFault("expression_sealed", name=question)
        variable = "own" if question == OWN else f"q-{question}"
        variables[variable] = question
        words.append(f"${variable}")
    try:
        xpath = etree.XPath(" ".join(words), extensions=FUNCTIONS)
    except etree.XPathError as error:
        raise ExpressionFault("expression_syntax", expression=source) from error
    expression = Expression(
        source, tuple(dict.fromkeys(name for name in variables.values() if name != OWN)), xpath, variables
    )
    _try(expression)
    return expression


def _try(expression: Expression) -> None:
    """Evaluate once with nothing answered and once with everything: what cannot run is found now."""
    try:
        expression.value({}, "")
        expression.value(dict.fromkeys(expression.mentions, WRITTEN), WRITTEN)
    except (etree.XPathError, TypeError, ValueError) as error:
        raise ExpressionFault("expression_syntax", expression=expression.source) from error


_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOTHING = etree.Element("nothing")


def _presentable(value: str) -> str:
    return _NOT_XML.sub("\ufffd", value)


class Expressions:
    """The rules of one form (`bot.core.dialogue.questionnaire.Rules`)."""

    def __init__(self, questions: Sequence[Question]) -> None:
        """Compile every expression of the form. Raises ExpressionFault, also `expression_circular`."""
        known = {question.id for question in questions}
        sealed = {question.id for question in questions if question.sealed}
        self._relevant: dict[str, Expression] = {}
        self._constraint: dict[str, Expression] = {}
        self._calculation: dict[str, Expression] = {}
        for question in questions:
            own_sealed = {*sealed, OWN} if question.id in sealed else sealed
            if question.relevant:
                self._relevant[question.id] = compile_expression(question.relevant, known, own_sealed)
            if question.constraint:
                # the own value of a constraint is the message that has just come, not the sealed one
                self._constraint[question.id] = compile_expression(question.constraint, known, sealed - {question.id})
            if question.calculation:
                self._calculation[question.id] = compile_expression(question.calculation, known, sealed)
        for name in self._calculation:
            self._refuse_circle(name, ())

    def relevant(self, question: Question, answers: Mapping[str, str]) -> bool:
        """Whether the question is asked at all."""
        expression = self._relevant.get(question.id)
        if expression is None:
            return True
        return truth_of(expression.value(self._with_calculated(expression, answers), answers.get(question.id, "")))

    def satisfied(self, question: Question, value: str, answers: Mapping[str, str]) -> bool:
        """Whether a value keeps the question's constraint; an empty one always does. Text is the message itself."""
        expression = self._constraint.get(question.id)
        if expression is None or not value:
            return True
        return truth_of(expression.value({**self._with_calculated(expression, answers), question.id: value}, value))

    def calculated(self, question: Question, answers: Mapping[str, str]) -> str:
        """The value of a calculate row; "" for any other."""
        expression = self._calculation.get(question.id)
        if expression is None:
            return ""
        found = text_of(expression.value(self._with_calculated(expression, answers), answers.get(question.id, "")))
        return found[:LONGEST_RESULT]

    def _with_calculated(self, expression: Expression, answers: Mapping[str, str]) -> Mapping[str, str]:
        """The answers, with those calculated values that the expression names and the caller left out."""
        found = dict(answers)
        self._calculate(expression, found)
        return found

    def _calculate(self, expression: Expression, found: dict[str, str]) -> None:
        """Add what the expression needs, each calculation made once however many need it."""
        for name in expression.mentions:
            inner = self._calculation.get(name)
            if inner is not None and name not in found:
                self._calculate(inner, found)
                found[name] = text_of(inner.value(found, ""))[:LONGEST_RESULT]

    def _refuse_circle(self, name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise ExpressionFault("expression_circular", name=name)
        for mentioned in self._calculation[name].mentions:
            if mentioned in self._calculation:
                self._refuse_circle(mentioned, (*path, name))
