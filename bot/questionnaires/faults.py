"""What is wrong with a form, cell by cell, all of it at once.

Not here: one fault (`bot.core.editions`), sentences (`fault.<code>` in `locales`), the checks themselves (`checks`,
`expressions`).
"""

from collections.abc import Iterable, Mapping

from bot.core.editions import Fault
from bot.core.errors import Refused


class Faulty(Refused):
    """The form cannot be used: code `questionnaire_faulty` with `count`; `faults` says what and where."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("questionnaire_faulty", count=len(self.faults))


class ExpressionFault(Exception):
    """An expression that cannot be used; `checks` adds the place to it."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, str | int] = params


__all__ = ["ExpressionFault", "Fault", "Faulty"]
