"""How far coders agree, beyond what chance would bring: Cohen's kappa for two, Krippendorff's alpha for any number.

Nominal data: codes are equal or not. Sources: J. Cohen, "A coefficient of agreement for nominal scales", Educational
and Psychological Measurement 20 (1960); K. Krippendorff, "Computing Krippendorff's alpha-reliability" (2011).

Not here: what is compared with what (`bot.desk`).
"""

from collections import Counter
from collections.abc import Hashable, Sequence


def kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> float | None:
    """Cohen's kappa of what two coders gave to the same things; None where nothing can be said.

    Nothing can be said of no pairs, nor where both always gave one and the same code.
    """
    if not pairs:
        return None
    count = len(pairs)
    observed = sum(one == other for one, other in pairs) / count
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    expected = sum(first[code] * second[code] for code in first) / count**2
    return None if expected == 1 else (observed - expected) / (1 - expected)


def alpha(units: Sequence[Sequence[Hashable | None]]) -> float | None:
    """Krippendorff's alpha; each unit has a value of every coder, None where a coder gave none."""
    paired = [[value for value in unit if value is not None] for unit in units]
    paired = [values for values in paired if len(values) > 1]
    totals = Counter(value for values in paired for value in values)
    count = sum(totals.values())
    expected = count**2 - sum(number**2 for number in totals.values())
    if not expected:
        return None
    disagreeing = 0.0
    for values in paired:
        here = Counter(values)
        disagreeing += (len(values) ** 2 - sum(number**2 for number in here.values())) / (len(values) - 1)
    return 1 - (count - 1) * disagreeing / expected
