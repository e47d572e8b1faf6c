"""What may lead to a person is noticed in every script, and what only sounds like it is left alone."""

import pytest

from bot.core.dialogue.clues import Clue, clues
from bot.player import corpus


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Call +961 3 123 456 at night", Clue.PHONE),
        ("call 0044 20 7946 0958", Clue.PHONE),
        ("my number is 01 23 45 67 89", Clue.PHONE),
        ("رقمي ٠٧٩١٢٣٤٥٦٧", Clue.PHONE),
        ("мой телефон 8 (900) 123-45-67", Clue.PHONE),
        ("(02) 8123 4567", Clue.PHONE),
        ("write to amina.d@example.org", Clue.EMAIL),
        ("пишите на почта@пример.рф", Clue.EMAIL),
        ("ask @some_network there", Clue.ACCOUNT),
        ("see t.me/some_network", Clue.ACCOUNT),
        ("Telegram: some_network", Clue.ACCOUNT),
        ("my passport AB1234567 was taken", Clue.DOCUMENT),
        ("паспорт № 123456789 забрали", Clue.DOCUMENT),
        ("جواز السفر رقم 12345678", Clue.DOCUMENT),
        ("My name is Amina", Clue.NAME),
        ("Меня зовут Асель", Clue.NAME),
        ("اسمي أمينة", Clue.NAME),
        ("Je m’appelle Awa", Clue.NAME),
        ("me llamo Rosa", Clue.NAME),
        ("Chamo-me Lina", Clue.NAME),
        ("Mrs Perera hid us", Clue.NAME),
        ("It was Amina Diallo from Dakar who told us", Clue.NAME),
        ("Amina Diallo from Dakar told us", Clue.NAME),
        ("нам помогла Асель Токтосунова из Бишкека", Clue.NAME),
        ("nous avons parlé avec Awa Ndiaye à Dakar", Clue.NAME),
    ],
)
def test_it_is_noticed(text: str, kind: Clue) -> None:
    assert kind in clues(text)


@pytest.mark.parametrize(
    "text",
    [
        "In 2015-2016 six consultations were held, on 2015-06-24 and 24.06.2015.",
        "10 000 000 people left, 1,000,000 came back, 48 hours, 100 %.",
        "Between 1990 1991 2006 and 2011 the same happened.",
        "Embassies in the Gulf and the Red Cross in Geneva should work together.",
        "The International Organization for Migration in Saudi Arabia",
        "Central Asia and Eastern Europe in Russia",
        "Workers in Libya and Lebanon; domestic workers from Ethiopia in Beirut.",
        "паспорт нельзя забирать у работников в России",
        "employers must not keep passports",
        "ما اسم المكتب؟",
        "",
        "\ud800",
    ],
)
def test_it_is_left_alone(text: str) -> None:
    assert clues(text) == ()


def test_recommendations_as_people_write_them_are_hardly_ever_warned_about() -> None:
    warned = {record.id: clues(record.text) for record in corpus() if clues(record.text)}
    assert len(corpus()) >= 40
    assert warned == {}
