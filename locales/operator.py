"""What the operator reads about an error: the English sentences of `operator.toml`, one for each code.

Not here: what people who take part read (`catalogue`), which command failed (`bot.cli`).
"""

import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from functools import cache

from bot.core.errors import ConsultationError
from locales.languages import home

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_LONGEST_VALUE = 300


@cache
def sentences() -> Mapping[str, str]:
    """Every sentence by code, placeholders as they stand."""
    found: dict[str, str] = tomllib.loads(home(None).joinpath("operator.toml").read_text("utf-8"))
    return found


def sentence(error: ConsultationError) -> str:
    """What is wrong and what to do, on one line, whatever the parameters hold.

    A code without a sentence of its own reads as people who take part read it (`error.<code>`); without either, the
    code itself is named.
    """
    text = sentences().get(error.code) or _told_to_people(error.code) or "This was refused ({code})."
    values = {"code": error.code, **error.params}
    return PLACEHOLDER.sub(lambda found: _inserted(values.get(found[1], "?")), text)


def _told_to_people(code: str) -> str | None:
    # gettext's reader takes longer to import than most commands run, and few codes need it
    from locales.translations import read_template  # noqa: PLC0415

    with suppress(ConsultationError, KeyError):  # a damaged file of texts must not hide what is wrong
        return read_template(home(None).joinpath("messages.pot"))[f"error.{code}"][0]
    return None


def _inserted(value: str | int) -> str:
    """A value that cannot break the line, turn it or colour it."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in str(value)[:_LONGEST_VALUE])
