"""Faults on order: the next answers of a method go wrong. Pure: says what should happen; the server does it."""

from dataclasses import dataclass
from typing import Any

from bot.emulator.refusals import OTHER_POLLER, UNAUTHORIZED, Refusal, bad_request, conflict, too_many_requests

KINDS = (
    "429",
    "status",
    "timeout_after_delivery",
    "hang",
    "reset_after_delivery",
    "unauthorized",
    "conflict",
)
_PHRASES = {
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass(slots=True)
class Fault:
    """One order. `times` counts down; -1 never ends. `seconds` is how long a connection is held."""

    id: int
    method: str
    times: int
    kind: str
    retry_after: int = 1
    status: int = 500
    seconds: float = 30.0
    chat_id: int | None = None
    description: str | None = None

    def refusal(self) -> Refusal | None:
        """The answer instead of the real one; None for the kinds that are about time and connections."""
        match self.kind:
            case "429":
                return too_many_requests(self.retry_after)
            case "status":
                return Refusal(self.status, self.description or _PHRASES.get(self.status, "Error"))
            case "unauthorized":
                return UNAUTHORIZED
            case "conflict":
                return conflict(OTHER_POLLER)
            case _:
                return None


class Faults:
    """The orders in force."""

    def __init__(self) -> None:
        self._orders: list[Fault] = []
        self._count = 0

    def order(self, wish: dict[str, Any]) -> int:
        """Accept a JSON order; returns its number. Raises `Refusal` for an unknown kind."""
        if str(wish.get("kind")) not in KINDS:
            raise bad_request(f"kind must be one of {', '.join(KINDS)}")
        self._count += 1
        known = {
            key: wish[key] for key in ("retry_after", "status", "seconds", "chat_id", "description") if key in wish
        }
        method = str(wish.get("method", "*")).lower()
        self._orders.append(Fault(self._count, method, int(wish.get("times", 1)), str(wish["kind"]), **known))
        return self._count

    @property
    def in_force(self) -> int:
        """Orders that are not used up."""
        return len(self._orders)

    def clear(self) -> None:
        """No more faults."""
        self._orders.clear()

    def next(self, method: str, chat_id: Any) -> Fault | None:
        """The fault for this request, if one is in force; it is used up by one."""
        if not self._orders:
            return None
        for fault in self._orders:
            if fault.method not in ("*", method.lower()):
                continue
            if fault.chat_id is not None and str(fault.chat_id) != str(chat_id):
                continue
            if fault.times > 0:
                fault.times -= 1
                if fault.times == 0:
                    self._orders.remove(fault)
            return fault
        return None
