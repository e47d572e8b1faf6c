"""A small set of texts in a folder of its own, so that faults can be planted in it."""

from pathlib import Path

import pytest

LANGUAGES = """
[[language]]
code = "en"
own_name = "English"
english_name = "English"
direction = "ltr"
cldr = "en_GB"
ready = true

[[language]]
code = "ar"
own_name = "العربية"
english_name = "Arabic"
direction = "rtl"
fallback = ["en"]
near = ["arz"]
ready = true
"""

TEMPLATE = r"""
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\n"

msgctxt "hello"
msgid "Good day, {name}."
msgstr ""

msgctxt "plain"
msgid "Go on"
msgstr ""

msgctxt "count"
msgid "{count} message for {name}"
msgid_plural "{count} messages for {name}"
msgstr[0] ""
msgstr[1] ""
"""

ARABIC = r"""
msgid ""
msgstr ""
"Language: ar\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);\n"

msgctxt "hello"
msgid "Good day, {name}."
msgstr "طاب يومك يا {name}."

msgctxt "plain"
msgid "Go on"
msgstr "تابع"

msgctxt "count"
msgid "{count} message for {name}"
msgid_plural "{count} messages for {name}"
msgstr[0] "لا رسائل إلى {name}"
msgstr[1] "رسالة واحدة إلى {name}"
msgstr[2] "رسالتان إلى {name}"
msgstr[3] "{count} رسائل إلى {name}"
msgstr[4] "{count} رسالة إلى {name}"
msgstr[5] "{count} رسالة إلى {name}"
"""

CARD = """---
title: What it is
order: 1
---

## First
id: first
as_of: 2016-06-30
source: A report, 2016

A paragraph that
goes on.

- one
- two
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """English and Arabic, complete, with one briefing in English."""
    (tmp_path / "languages.toml").write_text(LANGUAGES, "utf-8")
    (tmp_path / "messages.pot").write_text(TEMPLATE, "utf-8")
    (tmp_path / "ar").mkdir()
    (tmp_path / "ar" / "messages.po").write_text(ARABIC, "utf-8")
    (tmp_path / "en" / "briefings").mkdir(parents=True)
    (tmp_path / "en" / "briefings" / "what.md").write_text(CARD, "utf-8")
    return tmp_path


def edit(file: Path, old: str, new: str) -> None:
    """Plants a fault; fails if there is nothing to change."""
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
