"""Effects of the core into messages: words of the person's language, keyboards, direction. Pure.

`words` speaks a language, `prompts` writes the dialogue, `screens` everything around it, `writer` joins them.
Not here: sending, callback data (`handlers.buttons`).
"""
