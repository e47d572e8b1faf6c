"""How a contribution is signed in the report: not at all (at first), by region, or with a name that its author gave.

A name is sealed to the secretariat like every text; the server knows only the code. How a line is printed stands under
`sign.printed.<code>` in the catalogue, so that the preview in the chat and the report cannot differ.
Not here: the addition that carries it (`contributions`), the questions in the chat (`conversation.signing`).
"""

from enum import StrEnum


class Attribution(StrEnum):
    """Codes of the answer `attribution`, from the least that is shown to the most."""

    ANONYMOUS = "anonymous"
    """Neither name nor region is printed. People are told "without a name": the chat itself is not anonymous."""
    REGION = "region"
    ORGANISATION = "organisation"
    PERSON = "person"

    @property
    def named(self) -> bool:
        """Whether a name is printed."""
        return self in (Attribution.ORGANISATION, Attribution.PERSON)

    def raises(self, present: "Attribution") -> bool:
        """Whether it shows more than the present one. A name in place of another counts as more."""
        order = list(Attribution)
        return self.named or order.index(self) > order.index(present)


_JOINERS = "\u200c\u200d"
"""Part of the spelling in Persian, Urdu and Indian languages."""
LONGEST_NAME = 120
"""Characters of a name that is printed."""


def as_name(text: str) -> str | None:
    """The name that a text consists of: one line, not too long, spaces at the ends taken off; None otherwise."""
    name = text.strip()
    fits = 0 < len(name) <= LONGEST_NAME and all(one.isprintable() or one in _JOINERS for one in name)
    return name if fits else None
