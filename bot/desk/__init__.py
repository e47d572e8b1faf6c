"""The secretariat's desk: a page on its own computer where contributions become points, and points a report.

`log` keeps every decision, `material` is what the exports hold, `likeness` finds what says the same, `pages` shows it.
It opens exports and never the live stores. Not here: what decisions add up to (`bot.core.consolidation`).
"""
