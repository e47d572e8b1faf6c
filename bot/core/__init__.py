"""The consultation itself: who takes part, what is asked, what is kept, in values and pure functions.

Not here: Telegram, SQL, files, clocks, the environment, logs, sentences. The core returns keys and values.
"""
