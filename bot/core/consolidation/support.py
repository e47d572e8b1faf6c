"""Who stands behind a point: people, organisations, countries and regions, each counted once.

A contribution counts once, however many of its passages feed the point. All points of one group count the group's
people once; a contribution for oneself is one person. Of contributions that one person handed in twice one counts.
Withdrawn and superseded ones count no more, nor do those whose authors ask by receipt not to be counted for the point.

Not here: which numbers may be shown (`bot.core.disclosure`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.consolidation.state import Consolidation

Line = Mapping[str, Any]
"""A line of the opened export."""


@dataclass(frozen=True)
class Support:
    """What was counted."""

    contributions: int
    individuals: int
    groups: int
    people: int
    """Individuals, and the people of each group."""
    organisations: int
    """Names that contributions are signed with."""
    kinds: frozenset[str]
    """Kinds of organisations in the groups."""
    countries: frozenset[str]
    regions: frozenset[str]
    by_agreement: Mapping[str, int]
    """People of groups by how their group agreed: `consensus`, `majority`, `one_voice`, or empty."""
    lost: int
    """Contributions that feed the point and count no more: withdrawn, superseded, or not to be counted."""


@dataclass(frozen=True)
class Answer:
    """What the author of a contribution answered to a published point, by receipt."""

    contribution: str
    reply: str
    """`Reply` of `bot.core.feedback`: yes, partly, no, not counted."""
    words: str


def answers_to(points: Iterable[str], contributions: Iterable[str], lines: Mapping[str, Line]) -> list[Answer]:
    """Answers of those who feed a point, under its own id and those of points merged into it."""
    wanted = set(points)
    return [
        Answer(one, str(given["answer"]), str(given.get("words") or ""))
        for one in sorted(set(contributions))
        if one in lines and lines[one]["state"] == "submitted"
        for given in lines[one].get("feedback") or ()
        if given["point"] in wanted
    ]


def groups_of(lines: Mapping[str, Line]) -> dict[str, Line]:
    """The record in force of each group, by the id that its points name: that of its first version."""
    return {
        line.get("group") or name: line
        for name, line in lines.items()
        if line.get("questionnaire") == "group" and line["state"] == "submitted"
    }


def support(
    contributions: Iterable[str],
    lines: Mapping[str, Line],
    state: Consolidation,
    *,
    groups_known: Mapping[str, Line] | None = None,
    uncounted: Iterable[str] = (),
) -> Support:
    """Count who stands behind these contributions; `lines` are all lines by contribution.

    `groups_known`: what `groups_of` gives, if it is at hand. `uncounted`: contributions that are not to be counted.
    """
    known = groups_of(lines) if groups_known is None else groups_known
    named = set(contributions)
    standing = {one for one in named if one in lines and lines[one]["state"] == "submitted"} - set(uncounted)
    counted = _once_each(standing, state)
    groups = {group for one in counted if (group := lines[one].get("group"))}
    alone = [one for one in counted if not lines[one].get("group")]
    people, agreements = len(alone), dict[str, int]()
    organisations, kinds, countries = set[str](), set[str](), set[str]()
    for group in groups:
        answers = known[group]["answers"] if group in known else {}
        size = _number(answers.get("people"))
        people += size
        how = answers.get("agreement") or ""
        agreements[how] = agreements.get(how, 0) + size
        kinds.update(code for code in _codes(answers.get("organisations")) if code not in ("none", "undisclosed"))
        countries.update(_codes(answers.get("countries")))
    for one in counted:
        answers = lines[one]["answers"]
        countries.update(_codes(answers.get("country")))
        if answers.get("attribution") == "organisation" and answers.get("attribution_name"):
            organisations.add(" ".join(str(answers["attribution_name"]).casefold().split()))
    return Support(
        len(counted), len(alone), len(groups), people, len(organisations), frozenset(kinds),
        frozenset(countries - {"undisclosed"}), frozenset(lines[one]["consultation"] for one in counted),
        agreements, len(named) - len(standing),
    )  # fmt: skip


def _once_each(standing: set[str], state: Consolidation) -> set[str]:
    """One of each set of contributions that one person handed in several times: the first by id."""
    root = {one: one for one in standing}

    def find(one: str) -> str:
        while root[one] != one:
            one = root[one]
        return one

    for (one, other), (verdict, _) in state.pairs.items():
        if verdict == "twice" and one in root and other in root:
            first, second = sorted((find(one), find(other)))
            root[second] = first
    return {find(one) for one in standing}


def _number(answer: Any) -> int:
    """People of a group. One that does not say how many are counts as one."""
    try:
        return max(int(answer), 1)
    except (TypeError, ValueError):
        return 1


def _codes(answer: Any) -> list[str]:
    if isinstance(answer, str):
        return [answer] if answer else []
    return [str(code) for code in answer or []]
