"""What in a text may lead to a person: telephone numbers, e-mail addresses, accounts, papers, names.

A warning, never a block: the text is kept as it came. Guessing is coarse on purpose, and errs towards silence where a
text merely names a country or an organisation; people stop reading warnings that are mostly wrong.
"""

import re
from enum import StrEnum

from bot.core.dialogue.numerals import western


class Clue(StrEnum):
    """A kind of thing by which somebody may be found."""

    PHONE = "phone"
    EMAIL = "email"
    ACCOUNT = "account"
    DOCUMENT = "document"
    NAME = "name"


def clues(text: str) -> tuple[Clue, ...]:
    """The kinds that seem to stand in a text, in the order of `Clue`."""
    plain = western(text)
    # Patterns are tried only where the text has what each of their matches has: most texts have none of it.
    without = _EMAIL.sub(" ", plain) if "@" in plain else plain
    numbers = _DIGIT.search(without) is not None
    found = {
        Clue.PHONE: numbers and any(_is_phone(match[0]) for match in _NUMBER.finditer(without)),
        Clue.EMAIL: without != plain,
        Clue.ACCOUNT: any(sign in without for sign in "@/:") and _ACCOUNT.search(without) is not None,
        Clue.DOCUMENT: numbers and _SIX_DIGITS.search(without) is not None and _DOCUMENT.search(without) is not None,
        Clue.NAME: _introduced(without) or _titled(without) or _named(without),
    }
    return tuple(clue for clue in Clue if found[clue])


_DIGIT = re.compile(r"\d")
_SIX_DIGITS = re.compile(r"\d{6}")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")

_NUMBER = re.compile(r"(?<![\w.,])(?:\+|00)?\(?\d[\d \u00a0\u202f().\-/‑–]{5,}\d(?!\w)")
_DATE = re.compile(r"(?:19|20)\d\d[-./–](?:(?:19|20)\d\d|\d\d?[-./]\d\d?)|\d\d?[-./]\d\d?[-./](?:19|20)?\d\d")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[ \u00a0\u202f.,]\d{3})+")
"""1 000 000: a number of people or an amount."""
SHORTEST_PHONE, LONGEST_PHONE = 8, 15
"""Digits; the upper limit is E.164's."""


def _is_phone(found: str) -> bool:
    digits = sum(one.isdigit() for one in found)
    if not SHORTEST_PHONE <= digits <= LONGEST_PHONE:
        return False
    if found.startswith(("+", "00", "(")):
        return True
    trimmed = found.strip(" \u00a0\u202f.-/()")
    return not (_DATE.fullmatch(trimmed) or _GROUPED.fullmatch(trimmed) or _YEARS.fullmatch(trimmed))


_YEARS = re.compile(r"(?:(?:19|20)\d\d[ \-–/.,]*)+")

_ACCOUNT = re.compile(
    r"(?<![\w/.@])@[A-Za-z][\w.]{2,}"
    r"|\b(?:t\.me|wa\.me|facebook\.com|fb\.me|instagram\.com|vk\.com|ok\.ru|x\.com|twitter\.com|tiktok\.com|linkedin\.com/in)"
    r"/[\w.+-]+"
    r"|\b(?:skype|telegram|instagram|whatsapp|signal|viber|imo)\s?:\s?@?[A-Za-z][\w.]{3,}",
    re.IGNORECASE,
)

_DOCUMENT = re.compile(
    r"(?:\bpassport|\bpasseport|\bpasaporte|\bpassaporte|паспорт\w*|جواز(?:\s+(?:سفر|السفر))?\w*|\bvisa|\biqama|إقامة|الإقامة)"
    r"[^\d\n]{0,20}\b[A-Za-zА-Яа-я]{0,3} ?\d{6,}"
    r"|\b[A-Z]{1,3}\d{6,9}\b",
    re.IGNORECASE,
)

_INTRODUCTIONS = (
    *("my name", "i am called", "appelle", "nom est", "me llamo", "nombre es", "nome é", "me chamo", "chamo-me"),
    *("зовут", "имя", "фамилия", "اسمي", "إسمي", "أدعى"),
)
"""What every match of `_INTRODUCED` has, in small letters."""
_INTRODUCED = re.compile(
    r"(?:\bmy name is|\bi am called|\bje m['’]appelle|\bmon nom est|\bme llamo|\bmi nombre es|\bmeu nome é"
    r"|\bme chamo|\bchamo-me|меня зовут|моё имя|мое имя|моя фамилия|اسمي|إسمي|أدعى)\s+(?!not\b|no\b|pas\b|не\b)\w{2,}",
    re.IGNORECASE,
)


def _introduced(text: str) -> bool:
    small = text.casefold()
    return any(words in small for words in _INTRODUCTIONS) and _INTRODUCED.search(text) is not None


_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀ-ŽА-ЯЁ]"
_WORD = rf"{_CAPITAL}[\w'’\-]+"
_TITLED = re.compile(
    rf"\b(?:Mr|Mrs|Ms|Miss|Dr|Mme|Mlle|Monsieur|Madame|Sr|Sra|Srta|Señor|Señora|Dona|Doña|Don|Senhor|Senhora)"
    rf"\.? {_WORD}"
    rf"|(?:г-н|г-жа|господин|госпожа) {_WORD}"
    r"|(?:السيد|السيدة|الدكتور|الدكتورة) \w{3,}",
)

_TITLES = (
    *("M", "Dr", "Sr", "Señor", "Don", "Doña", "Senhor"),
    *("г-", "господин", "госпожа", "السيد", "الدكتور"),
)
"""One of these stands in every match of `_TITLED`."""


def _titled(text: str) -> bool:
    return any(title in text for title in _TITLES) and _TITLED.search(text) is not None


_PERSON_AND_PLACE = re.compile(
    rf"(?<!\w)({_WORD}) ({_WORD})(?: {_WORD})?,? "
    rf"(?:in|from|at|near|à|de|du|d['’]|en|au|aux|del|em|da|do|na|no|из|в|во|с)"
    rf"(?: the| la| le| el| al| г\.)? ?({_WORD})"
)
_SENTENCE_END = re.compile(r"(?:^|[.!?:;…\n\"“«(])\s*$")
_NOT_NAMES = _words(
    # They make up names of regions, countries, bodies and days, in the languages with capital letters.
    """
    africa african america american asia asian europe european arab arabia saudi gulf middle east west north south
    eastern western northern southern central latin united nations states kingdom emirates republic union international
    organization organisation ministry embassy embassies consulate government red cross crescent human rights council
    committee convention guidelines principles state labour labor office high commissioner global compact new federal
    civil society caribbean pacific island islands sea bank world police army parliament agency network unit fund
    january february march april may june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday sri lanka hong kong costa rica el salvador burkina faso sierra leone côte ivoire
    afrique amérique asie nord sud est ouest croix rouge nations unies états unis droits homme ministère ambassade
    áfrica américa central norte sur oeste naciones unidas estados unidos cruz roja derechos humanos ministerio embajada
    nações unidas direitos ministério embaixada oriente médio cruz vermelha golfo golfe
    африка азия европа америка северная южная восточная западная центральная организация объединённых объединенных наций
    красный крест министерство посольство персидский залив российская федерация ближний восток центральной азии
    восточной западной северной южной европы африки америки
    """
)


def _named(text: str) -> bool:
    """A first name and a family name, and a place: two words in capitals that begin no sentence, "in" a third."""
    for match in _PERSON_AND_PLACE.finditer(text):
        first, last = match[1], match[2]
        if _SENTENCE_END.search(text[: match.start()]) and not _like_a_name(first):
            continue
        if first.isupper() or last.isupper() or {first.casefold(), last.casefold()} & _NOT_NAMES:
            continue
        return True
    return False


def _like_a_name(word: str) -> bool:
    """At the beginning of a sentence every word has a capital; a short list of function words is ruled out."""
    return word.casefold() not in _OPENERS


_OPENERS = _words(
    """
    the a an in on at of for from to our we they when after before during if every each all no not let give make stop
    as and but or his her their this that these those many most some people workers migrants le la les un une des dans
    pour nos notre quand après avant si chaque tous el los las una unos en para nuestro nuestra cuando después antes
    cada todos o os as um uma em para nosso nossa quando depois cada мы наши наш когда после перед если каждый все в
    на из для
    """
)
