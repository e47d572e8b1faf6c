"""Reference: near-duplicates by datasketch, with as many hashes and bands over the same pairs of words.

`.datasketch/bin/python benchmarks/datasketch_lsh.py FILE`; it holds `texts` (lists of words), `bands`, `rows`, and
`copy`, the least share of word pairs that counts. Answers on standard output with the seconds and the pairs (JSON).
It runs in an environment of its own, so nothing of ours is imported.
"""

import json
import sys
import time
from itertools import pairwise
from pathlib import Path

from datasketch import MinHash, MinHashLSH  # type: ignore[import-not-found]


def main() -> None:
    """Find them."""
    asked = json.loads(Path(sys.argv[1]).read_text())
    began = time.perf_counter()
    shingles = [{f"{one} {other}".encode() for one, other in pairwise(words)} for words in asked["texts"]]
    hashes = asked["bands"] * asked["rows"]
    signatures = MinHash.bulk(shingles, num_perm=hashes)
    index = MinHashLSH(num_perm=hashes, params=(asked["bands"], asked["rows"]))
    with index.insertion_session() as session:
        for at, signature in enumerate(signatures):
            session.insert(at, signature)
    pairs = []
    for at, signature in enumerate(signatures):
        for other in index.query(signature):
            if other > at:
                shared = len(shingles[at] & shingles[other])
                if shared >= asked["copy"] * (len(shingles[at]) + len(shingles[other]) - shared):
                    pairs.append((at, other))
    print(json.dumps({"seconds": time.perf_counter() - began, "pairs": pairs}))


if __name__ == "__main__":
    main()
