"""Questionnaires as people write them, XLSForm, and the way from there to the core's own shape.

Not here: asking the questions (`bot.core.dialogue`), exporting the answers (`bot.exports`).
"""
