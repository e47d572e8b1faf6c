"""The fault suite: the real bot, made to fail in every way we could think of, and what it kept held against the truth.

Each harness is a module with `measure`; `python -m tests.faults` runs those of its written-out list.
"""
