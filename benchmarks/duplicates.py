"""Near-duplicates: time as texts grow, recall of planted copies, and what datasketch and plain Python take for them.

Invented words in Cyrillic letters, 10 to 40 a text; a fifth are copies with one word in twelve replaced.
"""

import json
import random
import subprocess
import tempfile
import time
import zlib
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

from benchmarks.processes import ROOT
from benchmarks.results import Goal, Results
from bot.desk.likeness import BANDS, COPY, HASHES, ROWS, copies_among

DATASKETCH = ROOT / ".datasketch/bin/python"
LETTERS = "абвгдежзиклмнопрст"


def measure(quick: bool, rounds: int) -> Results:
    """Both in turn on the smaller set; ours on ten times as many."""
    results = Results("duplicates", quick)
    small = 2_000 if quick else 10_000
    texts, planted = planted_texts(small)
    many, more = planted_texts(10 * small)
    for _ in range(rounds):
        began = time.perf_counter()
        found = set(copies_among(texts))
        results.note(f"desk, {small} texts: s", time.perf_counter() - began)
        results.note("recall of planted copies", sum(pair in found for pair in planted) / len(planted))
        began = time.perf_counter()
        plain(texts)
        results.note(f"plain Python, {small} texts: s", time.perf_counter() - began)
        began = time.perf_counter()
        found = set(copies_among(many))
        results.note(f"desk, {10 * small} texts: s", time.perf_counter() - began)
        results.note(f"recall of planted copies, {10 * small} texts", sum(pair in found for pair in more) / len(more))
        seconds, theirs = datasketch(many)
        results.note(f"datasketch, {10 * small} texts: s", seconds)
        results.note(f"datasketch: recall, {10 * small} texts", sum(pair in theirs for pair in more) / len(more))
    results.ratio("plain Python / desk", f"plain Python, {small} texts: s", f"desk, {small} texts: s")
    results.ratio(
        "datasketch / desk",
        f"datasketch, {10 * small} texts: s",
        f"desk, {10 * small} texts: s",
        Goal(23, "near-duplicates at 100,000 texts: datasketch / desk, recall of 0.95 and more", 5, 12),
    )
    results.ratio(
        "ten times the texts / once",
        f"desk, {10 * small} texts: s",
        f"desk, {small} texts: s",
        Goal(24, "ten times the texts / once: 10 to the power of the growth exponent", 15.8, 11.2, less=True),
    )
    return results


def datasketch(texts: list[list[str]]) -> tuple[float, set[tuple[int, int]]]:
    """Seconds and pairs of datasketch, in the environment that `make bench` prepares."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = Path(folder, "texts.json")
        path.write_text(json.dumps({"texts": texts, "bands": BANDS, "rows": ROWS, "copy": COPY}))
        command = [str(DATASKETCH), "benchmarks/datasketch_lsh.py", str(path)]
        said = json.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)
    return said["seconds"], {(one, other) for one, other in said["pairs"]}


def planted_texts(count: int) -> tuple[list[list[str]], list[tuple[int, int]]]:
    """Texts as words, and the pairs that were planted."""
    chance = random.Random(count)
    words = ["".join(chance.choices(LETTERS, k=chance.randint(3, 9))) for _ in range(20_000)]
    texts = [chance.choices(words, k=chance.randint(10, 40)) for _ in range(count * 4 // 5)]
    planted = []
    for number in range(count - len(texts)):
        planted.append((number, len(texts)))
        texts.append([chance.choice(words) if chance.random() < 1 / 12 else word for word in texts[number]])
    return texts, planted


def plain(texts: list[list[str]]) -> set[tuple[int, int]]:
    """The same method without numpy."""
    chance = random.Random(1)
    factors = [chance.getrandbits(63) * 2 + 1 for _ in range(HASHES)]
    buckets: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
    shingles = []
    for at, words in enumerate(texts):
        own = {zlib.crc32(f"{one} {other}".encode()) for one, other in pairwise(words)}
        shingles.append(own)
        row = [min(each * factor & 0xFFFFFFFFFFFFFFFF for each in own) for factor in factors]
        for band in range(BANDS):
            buckets[band, *row[band * ROWS : band * ROWS + ROWS]].append(at)
    pairs = {(one, other) for each in buckets.values() for one in each for other in each if one < other}
    return {
        (one, other)
        for one, other in pairs
        if len(shingles[one] & shingles[other]) >= COPY * len(shingles[one] | shingles[other])
    }
