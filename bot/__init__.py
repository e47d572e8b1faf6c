"""Front door and heart of the consultation bot: the command line, the core, and the rooms between them.

Not here: Telegram (`handlers`), SQL (`storage`), what people read (`locales`).
"""
