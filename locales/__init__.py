"""What people read: interface texts, briefings, names of languages and countries, in every language.

`languages.toml` lists the languages; `messages.pot` is the English text of the interface, `<code>/messages.po` its
translations, `<code>/briefings/` the briefing library. A language is added by files alone.
Not here: questions (they come with their questionnaire), keyboards and formatting (`handlers`).
"""
