"""The way into a consultation, as every test goes it: notice, and the two questions after it."""

from locales.catalogue import Catalogue
from tests.support.emulator import Person

KEYS = ("notice.accept", "understood.readers.choose.telegram", "understood.back.choose.receipt")
"""Buttons in the order in which they are pressed."""
DATA = ("n:yes:", "q:readers:telegram:", "q:back:receipt:")
"""The beginnings of what they carry."""

_CATALOGUE = Catalogue.load()


async def accept(person: Person, language: str = "en") -> None:
    """Accept the notice and answer both questions rightly."""
    for key in KEYS:
        await person.press(_CATALOGUE.text(language, key))
