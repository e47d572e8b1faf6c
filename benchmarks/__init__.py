"""How fast the bot is, compared with something else in the same run: `python -m benchmarks [name...] [--quick]`.

Two things are run in turn, round by round, and divided within each round; the median of those ratios is the result.
Nothing here is an assertion: times on a shared machine are no reason to refuse a change. Needs Linux (`/proc`).
Not here: what the figures mean (`docs/performance.md`), tests.
"""
