"""What can go wrong, as a small tree. Each error has a code that is also the key of its text (`error.<code>`).

ConsultationError
├── Refused        the person (or operator) asked for something that cannot be done; they are told
├── Outdated       the button or message belongs to a step that has passed; the present step is shown
├── Misconfigured  an operator must mend a setting, a key or a file before the program can start
├── Corrupt        stored or imported data does not open or does not verify
└── Unavailable    nothing can be stored safely right now, so nothing is acknowledged

Not here: sentences (they live in `locales`), library errors (translated at the edge with `from`).
"""

from collections.abc import Mapping


class ConsultationError(Exception):
    """Carries a stable code and parameters, never a sentence and never what a person wrote."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, str | int] = params


class Refused(ConsultationError):
    """Asked for something that cannot be done; `error.<code>` says why and what to do instead."""


class Outdated(ConsultationError):
    """Belongs to a step that has passed; answered with the present step."""


class Misconfigured(ConsultationError):
    """Found at start or by `micic check`; `error.<code>` names the setting and the remedy."""


class Corrupt(ConsultationError):
    """Does not open, or does not match its manifest, chain or tag."""


class Unavailable(ConsultationError):
    """Cannot be stored safely now. Nothing was acknowledged; Telegram keeps the update for us."""
