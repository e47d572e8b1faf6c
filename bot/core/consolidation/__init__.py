"""What the secretariat decides while it consolidates, and what the decisions add up to. Pure.

`decisions` are what is kept, `replay` makes the present state of them, `support` counts who stands behind a point,
`agreement` tells how far two coders agree. Not here: the log on disk and the pages (`bot.desk`).
"""
