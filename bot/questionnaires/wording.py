"""What is said about a form in the language of a reader: faults and remarks as lines, the whole dialogue as a text.

Not here: the sentences (`fault.<code>`, `remark.<code>` in `locales`), messages and buttons (`handlers.writing`).
"""

from collections.abc import Iterable, Iterator

from bot.core.dialogue.questionnaire import Form, Kind, Labels, Question
from bot.core.editions import Examined, Fault
from locales import bidi
from locales.catalogue import Catalogue

OF_LANGUAGES = frozenset({"language_missing", "translation_missing"})
"""What is told by codes of languages, which a reader knows by their names."""
MANY = 20
"""Choices up to which a walk names them all."""


def lines(catalogue: Catalogue, language: str, faults: Iterable[Fault], kind: str = "fault") -> list[str]:
    """A line for each: where it is, what is wrong, what to write instead. `kind`: fault or remark."""
    return [f"{where}: {what}" if where else what for where, what in places(catalogue, language, faults, kind)]


def places(
    catalogue: Catalogue, language: str, faults: Iterable[Fault], kind: str = "fault"
) -> Iterator[tuple[str, str]]:
    """Where each is, "" for the whole file, and its sentence."""
    for fault in faults:
        yield _where(catalogue, language, fault), _sentence(catalogue, language, fault, kind)


def _sentence(catalogue: Catalogue, language: str, fault: Fault, kind: str) -> str:
    key = f"remark.{fault.code}" if kind == "remark" else f"fault.{fault.code}"
    named = {
        name: _languages(catalogue, str(value)) if fault.code in OF_LANGUAGES else value
        for name, value in fault.params.items()
    }
    return catalogue.text(language, key, **named)


def _languages(catalogue: Catalogue, codes: str) -> str:
    """Languages by their own names, as far as we know them."""
    own = {one.code: one.own_name for one in catalogue.declared}
    names = [own.get(code, code) for code in codes.split(", ")]
    return ", ".join(bidi.isolate(name) if bidi.has_right_to_left(name) else name for name in names)


def _where(catalogue: Catalogue, language: str, fault: Fault) -> str:
    if not fault.sheet:
        return ""
    if not fault.row:
        return catalogue.text(language, "forms.at_sheet", sheet=fault.sheet)
    if not fault.column:
        return catalogue.text(language, "forms.at_row", sheet=fault.sheet, row=fault.row)
    return catalogue.text(language, "forms.at_cell", sheet=fault.sheet, row=fault.row, column=fault.column)


def report(catalogue: Catalogue, language: str, examined: Examined) -> str:
    """Everything about a file as a text to keep beside it."""
    parts = []
    if examined.faults:
        parts += [catalogue.text(language, "forms.faulty"), *lines(catalogue, language, examined.faults)]
    if examined.remarks:
        said = lines(catalogue, language, examined.remarks, "remark")
        parts += ["", catalogue.text(language, "forms.remarks"), *said]
    return "\n".join(parts).strip() + "\n"


def walk(catalogue: Catalogue, form: Form, language: str) -> str:
    """Every question as readers of a language see it, in order, with its choices and when it is asked."""
    asked = form.questionnaire
    head = _label(asked.titles, language, asked.default_language)
    parts = [head, "=" * len(head)]
    number = 0
    for question in asked.questions:
        if question.kind is Kind.CALCULATE:
            continue
        if question.kind is not Kind.NOTE:
            number += 1
        parts += ["", *_question(catalogue, question, language, asked.default_language, number)]
    return "\n".join(parts) + "\n"


def _question(catalogue: Catalogue, question: Question, language: str, default: str, number: int) -> Iterator[str]:
    label = _label(question.labels, language, default)
    if question.kind is Kind.NOTE:
        yield label
    else:
        yield f"{number}. {label}"
        if hint := _label(question.hints, language, default):
            yield f"   {hint}"
        yield f"   [{catalogue.text(language, f'forms.kind.{question.kind.value}')}]"
    if question.relevant:
        yield f"   {catalogue.text(language, 'forms.asked_if', rule=question.relevant)}"
    if question.constraint:
        yield f"   {catalogue.text(language, 'forms.taken_if', rule=question.constraint)}"
    for choice in question.choices[:MANY]:
        yield f"   - {_label(choice.short, language, default)}"
    if len(question.choices) > MANY:
        yield f"   - … {catalogue.text(language, 'forms.choices', number=len(question.choices))}"
    if question.required:
        yield f"   {catalogue.text(language, 'forms.required')}"
    if question.undisclosed:
        yield f"   - {catalogue.text(language, 'dialogue.undisclosed')}"


def _label(labels: Labels, language: str, default: str) -> str:
    return labels.get(language) or labels.get(default) or next(iter(labels.values()), "")
