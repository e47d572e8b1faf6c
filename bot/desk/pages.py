"""The pages of the desk: rendered here, plain forms back. They work without script and with the keyboard alone.

Not here: who may ask (`server`), what a form means as a decision (`forms`), the report (`report`).
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.core.consolidation import decisions as kinds
from bot.core.consolidation.state import WORDS, Point, digest
from bot.core.consultations import BY_ID
from bot.desk import coverage as table
from bot.desk import likeness
from bot.desk.desk import CODED, PIECES, Desk
from bot.desk.masking import MASK
from bot.desk.material import Line, codes_of, texts_of
from bot.desk.report import fitting
from bot.exports.escapes import visible

PER_PAGE = 50
_SHORT = 280
_SENTENCE = re.compile(r"[^.!?؟。।\n]+[.!?؟。।]*")
NEWS = ("new", "changed", "withdrawn")


def _shown(value: Any) -> Any:
    """Everything that is put into a page: what cannot be seen is written out. Escaping comes after it."""
    if isinstance(value, Markup):
        return value
    return visible(value) if isinstance(value, str) else value


ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_shown,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _some(number: int, one: str) -> str:
    """A number of things, one or several."""
    return f"{number} {one if number == 1 else _SEVERAL.get(one, one + 's')}"


_SEVERAL = {"country": "countries", "person": "people"}
ENVIRONMENT.globals.update(
    urlencode=urlencode,
    kinds=kinds,
    CODED=CODED,
    PIECES=PIECES,
    visible=visible,
    some=_some,
    WORDS=WORDS,
    digest=digest,
    mask=MASK,
)

Query = dict[str, str]


def render(desk: Desk, page: str, said: str = "", **values: Any) -> str:
    """One page. `said` is told at its top."""
    made = ENVIRONMENT.get_template(f"{page}.html")
    words = partial(told, desk)
    return made.render(desk=desk, state=desk.state, frame=desk.frame, page=page, said=said, told=words, **values)


def inbox(desk: Desk, query: Query, said: str) -> str:
    """Contributions, filtered; a page of them."""
    chosen = _filtered(desk, query)
    pages = max((len(chosen) + PER_PAGE - 1) // PER_PAGE, 1)
    number = min(max(int(query["page"]) if query.get("page", "").isdecimal() else 1, 1), pages)
    rows = [
        (name, desk.lines[name], _short(desk, name)) for name in chosen[(number - 1) * PER_PAGE : number * PER_PAGE]
    ]
    return render(
        desk, "inbox", said, query=query, rows=rows, count=len(chosen), number=number, pages=pages,
        consultations=list(BY_ID), taken_back=desk.taken_back()[:PER_PAGE],
    )  # fmt: skip


def _filtered(desk: Desk, query: Query) -> list[str]:
    state, lines = desk.state, desk.lines
    names: Sequence[str] = list(lines)
    wanted = likeness.folded(query.get("q", "")).split()
    if wanted:
        haystacks = desk.material.haystacks
        names = [name for name in names if all(word in haystacks[name] for word in wanted)]
    if news := query.get("news"):
        fresh = {"new": state.added, "changed": state.changed, "withdrawn": state.withdrawn}.get(news, frozenset())
        names = [name for name in names if name in fresh]
    if status := query.get("status"):
        names = [name for name in names if desk.state.item(name).status == status]
    if consultation := query.get("consultation"):
        names = [name for name in names if lines[name]["consultation"] == consultation]
    if kind := query.get("form"):
        names = [name for name in names if lines[name]["questionnaire"] == kind]
    if tag := query.get("tag"):
        names = [name for name in names if tag in state.item(name).tags]
    for question in ("phase", "theme", "groups"):
        if code := query.get(question):
            names = [name for name in names if code in desk.every_code(name, question)]
    return list(names)


def _short(desk: Desk, name: str) -> str:
    for question, text in texts_of(desk.lines[name]).items():
        shown = desk.masked(name, question, text)
        return shown if len(shown) <= _SHORT else shown[:_SHORT] + " …"
    return ""


def item(desk: Desk, name: str, query: Query, said: str) -> str:
    """One contribution, with everything that was decided about it."""
    line = desk.lines[name]
    original = query.get("original") == "yes"
    texts = [
        (question, text if original else desk.masked(name, question, text), _sentences(text))
        for question, text in texts_of(line).items()
    ]
    alike = [] if desk.looking else [pair for pair in desk.alike if name in (pair.one, pair.other)]
    return render(
        desk, "item", said, name=name, line=line, item=desk.state.item(name), texts=texts, original=original,
        others=_coded_answers(desk, line), fed=desk.state.fed_by(name), alike=alike, query=query,
        about=[one for one in desk.log.decisions if one.fields.get("contribution") == name],
    )  # fmt: skip


def _sentences(text: str) -> list[str]:
    return [found[0].strip() for found in _SENTENCE.finditer(text[:4000]) if len(found[0].strip()) > 8][:40]


def _coded_answers(desk: Desk, line: Line) -> list[tuple[str, str]]:
    written = texts_of(line)
    return [
        (desk.frame.question(question), ", ".join(desk.frame.choice(question, code) for code in codes_of(answer)))
        for question, answer in line["answers"].items()
        if question not in written and codes_of(answer)
    ]


def duplicates(desk: Desk, query: Query, said: str) -> str:
    """Pairs that may say the same, those that nobody has decided first."""
    every = query.get("all") == "yes"
    pairs = [pair for pair in desk.alike if every or desk.state.verdict(pair.one, pair.other) is None]
    rows = []
    for pair in pairs[:20]:
        sides = [_shown_text(desk, name) for name in (pair.one, pair.other)]
        rows.append((pair, _marked(sides[0], sides[1])))
    return render(desk, "duplicates", said, rows=rows, count=len(pairs), every=every)


def _shown_text(desk: Desk, name: str) -> str:
    for question, text in texts_of(desk.lines[name]).items():
        return desk.masked(name, question, text)
    return ""


def _marked(one: str, other: str) -> tuple[Markup, Markup]:
    first, second = likeness.shared_words(one, other)
    return _with_marks(one, first), _with_marks(other, second)


def _with_marks(text: str, spans: Sequence[tuple[int, int]]) -> Markup:
    made, at = Markup(), 0
    for start, end in spans:
        made += visible(text[at:start])
        made += Markup("<mark>{}</mark>").format(visible(text[start:end]))
        at = end
    return made + visible(text[at:])


def points(desk: Desk, query: Query, said: str) -> str:
    """Every point that stands, with its support."""
    standing = desk.state.standing()
    rows = [(point, desk.supporting(point.id)) for point in standing]
    return render(desk, "points", said, rows=rows, query=query, losing={point.id for point in desk.losing()})


def point(desk: Desk, name: str, said: str) -> str:
    """One point: its words, what feeds it, who stands behind it."""
    found = desk.state.points[name]
    sources = [
        (decision, passage, desk.lines.get(passage.contribution), desk.words(passage))
        for decision, passage in desk.state.sources(name)
    ]
    replies = desk.answers(name)
    counts = Counter(one.reply for one in replies)
    merged = [other for other in desk.state.points.values() if other.id != name and desk.state.home(other.id) == name]
    return render(
        desk, "point", said, point=found, sources=sources, support=desk.supporting(name), merged=merged,
        replies=replies, counts=counts, notes=desk.state.notes(name),
        others=[one for one in desk.state.standing() if one.id != name], languages=_languages(desk, found),
        consultations=list(BY_ID),
        about=[one for one in desk.log.decisions if one.fields.get("point") == name],
    )  # fmt: skip


def _languages(desk: Desk, point: Point) -> dict[str, str]:
    """Languages into which a point may be translated, and what they are called; `""` is any other."""
    further = {code: desk.frame.own_name(code) for code in point.translations}
    found = {**desk.languages, **further, "": "Another language"}
    return {code: name for code, name in found.items() if code != point.language}


def coverage(desk: Desk, said: str) -> str:
    """How much there is of what, and of what there is nothing; small numbers hidden."""
    grids, made = [], table.grids(desk, "phase", "theme", "groups")
    for question, (codes, shown) in made.items():
        most = max((number or 0 for row in shown.cells for number in row), default=1) or 1
        grids.append((question, list(zip(codes, shown.cells, shown.rows, strict=True)), shown, most))
    agreed = [(question, pair) for question in CODED for pair in desk.agreement(question)]
    alphas = {question: desk.alpha(question) for question in CODED}
    return render(
        desk, "coverage", said, grids=grids, consultations=list(BY_ID), agreed=agreed, alphas=alphas,
        missing=table.missing(desk, made),
    )  # fmt: skip


def history(desk: Desk, query: Query, said: str) -> str:
    """Who decided what, why; the newest first."""
    wanted = query.get("author", "")
    every = [one for one in reversed(desk.log.decisions) if not wanted or one.author == wanted]
    pages = max((len(every) + PER_PAGE - 1) // PER_PAGE, 1)
    number = min(max(int(query["page"]) if query.get("page", "").isdecimal() else 1, 1), pages)
    rows = every[(number - 1) * PER_PAGE : number * PER_PAGE]
    authors = sorted({one.author for one in desk.log.decisions})
    return render(
        desk, "history", said, rows=rows, count=len(every), number=number, pages=pages, authors=authors, query=query
    )


def told(desk: Desk, decision: kinds.Decision) -> list[tuple[str, str]]:
    """What a decision says: names and values, each value in a direction of its own."""
    fields = decision.fields
    if decision.kind == "import":
        brought = [(name, str(len(fields[name]))) for name in ("added", "changed", "withdrawn")]
        return [("files", ", ".join(map(str, fields["files"]))), *brought]
    if decision.kind == "left":
        return [("file", str(fields["what"])), ("contributions", str(len(fields["contributions"])))]
    parts = []
    for name, value in fields.items():
        if name in ("contribution", "point", "of", "one", "other", "into", "made_from", "words") or value in (
            None,
            "",
            [],
            (),
        ):
            continue
        question = {"themes": "theme", "codes": str(fields.get("question", ""))}.get(name, name)
        values = value if isinstance(value, list | tuple) else [value]
        said = desk.unmasked(decision, ", ".join(_called(desk, question, one) for one in values))
        parts.append((name.replace("_", " "), said[:_TOLD]))
    return parts


_TOLD = 160
"""Characters of a value that are shown of a decision."""


def _called(desk: Desk, question: str, value: Any) -> str:
    """A code by its name; anything else as it is."""
    return desk.name_of(question, value) if question in CODED and isinstance(value, str) else str(value)


def report(desk: Desk, said: str) -> str:
    """What the report will say, and how to make it."""
    publishing = desk.publishing()
    readable = [
        (name, sum(_readable(desk, point, code) for point in publishing)) for code, name in desk.languages.items()
    ]
    _, left = fitting(desk, publishing)
    return render(desk, "report", said, publishing=publishing, readable=readable, left=left)


def _readable(desk: Desk, point: Point, language: str) -> bool:
    """Whether all of it can be read in a language."""
    return all(language in desk.versions(point, part) for part, own in point.words.items() if own)


def trouble(desk: Desk, sentence: str) -> str:
    """A page that says what is wrong."""
    return render(desk, "trouble", "", sentence=sentence)
