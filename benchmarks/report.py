"""`python -m benchmarks.report`: the tables and the plot of `docs/performance.md`, from `benchmarks/results/*.json`.

Between `<!-- name -->` and `<!-- /name -->` everything is written anew; the words around are kept by hand.
"""

import json
from collections.abc import Iterator
from typing import Any

from benchmarks.results import FOLDER, Goal

PAGE = FOLDER.parent.parent / "docs" / "performance.md"
PLOT = PAGE.with_name("growth.png")
FILES = ("step", "commit", "export", "start", "growth", "broadcast", "beside", "duplicates", "desk")
SHAPES = ("1 chat, 0 ms", "100 chats, 0 ms", "1000 chats, 0 ms")
SLOW = ("1 chat, 20-50 ms", "100 chats, 20-50 ms", "1000 chats, 20-50 ms")
BOTS = ("step", "stock echo", "own transport echo", "usual stack step", "stock echo 256", "aiogram echo")

Record = dict[str, Any]


def write() -> None:
    """Write everything that there are results for."""
    records = {name: json.loads(path.read_text()) for name in FILES if (path := FOLDER / f"{name}.json").exists()}
    parts = {
        "machine": _machine(records),
        "goals": _goals(records),
        "step": _step(records["step"]["figures"]) if "step" in records else [],
        "growth": _growth(records["growth"]) if "growth" in records else [],
    }
    text = PAGE.read_text()
    for name, lines in parts.items():
        body = "\n".join(lines)
        before, opening, rest = text.partition(f"<!-- {name} -->\n")
        _, closing, after = rest.partition(f"<!-- /{name} -->\n")
        if not (opening and closing):
            raise SystemExit(f"{PAGE.name} has no place for: {name}")
        text = f"{before}{opening}{body}\n{closing}{after}"
    PAGE.write_text(text)
    if "growth" in records:
        _plot(_sizes(records["growth"]), records["growth"]["figures"])


def _machine(records: dict[str, Record]) -> Iterator[str]:
    for name, record in records.items():
        machine, versions = record["machine"], record["versions"]
        loads = ", ".join(str(load) for load in machine["load_at_the_end"])
        yield f"* `{name}`, {record['date']}: {machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB,"
        yield f"  {machine['system']}; load at the end {loads} (1, 5, 15 minutes);"
        yield "  " + ", ".join(f"{library} {version}" for library, version in versions.items())


def _goals(records: dict[str, Record]) -> Iterator[str]:
    yield "| # | goal | floor | aim | measured (rounds) | |"
    yield "|---|---|---|---|---|---|"
    found = [
        (name, ratio) for record in records.values() for name, ratio in record["ratios"].items() if "goal" in ratio
    ]
    for name, ratio in sorted(found, key=lambda pair: pair[1]["goal"]):
        goal = Goal(ratio["goal"], name, ratio["floor"], ratio["aim"], ratio["aim"] < ratio["floor"])
        sign = "<=" if goal.less else ">="
        verdict = goal.verdict(ratio["median"])
        rounds = ", ".join(f"{value:.3g}" for value in ratio["rounds"])
        mark = "**below**" if verdict == "below" else verdict
        bounds = f"{sign} {goal.floor:g} | {sign} {goal.aim:g}"
        yield f"| {goal.number} | {name} | {bounds} | {ratio['median']:.3g} ({rounds}) | {mark} |"


def _step(figures: Record) -> Iterator[str]:
    def shown(what: str) -> str:
        return f"{figures[what]['median']:.3g}" if what in figures else "–"

    for shapes in (SHAPES, SLOW):
        yield "| updates/s; CPU ms an update | " + " | ".join(shapes) + " |"
        yield "|---|" + "---|" * len(shapes)
        for bot in BOTS:
            cells = [f"{shown(f'{bot}, {at}: updates/s')}; {shown(f'{bot}, {at}: CPU ms an update')}" for at in shapes]
            if any("–" not in cell for cell in cells):
                yield f"| {bot} | " + " | ".join(cells) + " |"
        yield ""
    yield "| 20 updates/s | p50, ms | p99, ms | CPU ms an update | resident at the end of all, MB |"
    yield "|---|---|---|---|---|"
    for bot in BOTS[:4]:
        cells = [
            shown(f"{bot}, 20/s: p50, ms"),
            shown(f"{bot}, 20/s: p99 of all rounds together, ms"),
            shown(f"{bot}, 20/s: CPU ms an update"),
            shown(f"{bot}: resident at the end, MB"),
        ]
        yield f"| {bot} | " + " | ".join(cells) + " |"


def _sizes(record: Record) -> list[int]:
    return sorted({int(what.split(" ", 1)[0]) for what in record["figures"]})


GROWING = {
    "step, updates/s": "step, updates/s",
    "step, CPU ms": "step, CPU ms",
    "start to first poll, s": "start: s to the first poll",
    "idle memory, MB": "start: resident MB, idle",
    "export, s": "export, s",
    "export, CPU s": "export, CPU s",
    "export, peak MB": "export, peak MB",
}


def _growth(record: Record) -> Iterator[str]:
    figures, sizes = record["figures"], _sizes(record)
    yield "| contributions stored | " + " | ".join(f"{size:,}" for size in sizes) + " |"
    yield "|---|" + "---|" * len(sizes)
    for title, what in GROWING.items():
        values = [figures.get(f"{size} stored: {what}") for size in sizes]
        yield f"| {title} | " + " | ".join(f"{value['median']:.3g}" if value else "–" for value in values) + " |"
    yield ""
    for name, ratio in record["ratios"].items():
        if name.startswith("exponent"):
            yield f"* {name}: {ratio['median']:.2f}"


def _plot(sizes: list[int], figures: Record) -> None:
    """Each figure over what is stored, both scales logarithmic: a flat line does not grow."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - a second of loading that no measurement should pay

    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    for title, what in GROWING.items():
        points = [
            (size, figures[f"{size} stored: {what}"]["median"])
            for size in sizes
            if size and f"{size} stored: {what}" in figures
        ]
        axes.plot(*zip(*points, strict=True), marker="o", label=title)
    axes.set(xscale="log", yscale="log", xlabel="contributions stored", title="What grows with what is stored")
    axes.grid(visible=True, which="major", alpha=0.3)
    axes.legend(fontsize=8, ncols=2)
    figure.savefig(PLOT, dpi=110)


if __name__ == "__main__":
    write()
