"""What the operator is told on stderr: errors of the system and faults of ours as errors with a code; secrets left out.

Not here: the sentences (`locales.operator`).
"""

import errno
import os
import re
import sys

from bot.core.errors import ConsultationError, Refused, Unavailable

_SECRET = re.compile(r"AGE-SECRET-KEY-\w{4,}|\b[0-9]{3,}:(?=[0-9_-]*[A-Za-z])[A-Za-z0-9_-]{5,}", re.IGNORECASE)


def without_secrets(text: str) -> str:
    """The text with whatever looks like a private key or a bot token taken out."""
    return _SECRET.sub("…", text)


def remark(text: str) -> None:
    """Say something on stderr; secrets are left out."""
    sys.stderr.write(f"{without_secrets(text)}\n")
    sys.stderr.flush()


def of_system(error: OSError) -> ConsultationError:
    """What the operating system refused, as an error with a code."""
    path = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else "what was to be written"
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            return Unavailable("no_space", path=path)
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return Refused("no_permission", path=path)
        case errno.EADDRINUSE:
            return Refused("address_taken")
    reason = os.strerror(error.errno) if error.errno else type(error).__name__
    return Refused("system_error", reason=reason, path=path)


def of_fault(error: Exception) -> ConsultationError:
    """A fault of ours, by its type and the place it came from; its text may hold anything."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "?"
    if trace is not None:
        frame = trace.tb_frame
        place = f"{frame.f_globals.get('__name__', '?')}:{frame.f_code.co_name}:{trace.tb_lineno}"
    return Refused("unexpected", kind=type(error).__name__, place=place)
