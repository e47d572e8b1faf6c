"""What may lead to a person is noticed in every script, and what only sounds like it is left alone."""

import pytest

from bot.core.dialogue.traces import Trace, traces
from bot.player import corpus


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Call +961 3 123 456 at night", Trace.PHONE),
        ("call 0044 20 7946 0958", Trace.PHONE),
        ("my number is 01 23 45 67 89", Trace.PHONE),
        ("رقمي ٠٧٩١٢٣٤٥٦٧", Trace.PHONE),
        ("мой телефон 8 (900) 123-45-67", Trace.PHONE),
        ("(02) 8123 4567", Trace.PHONE),
        ("write to amina.d@example.org", Trace.EMAIL),
        ("пишите на почта@пример.рф", Trace.EMAIL),
        ("ask @some_network there", Trace.ACCOUNT),
        ("see t.me/some_network", Trace.ACCOUNT),
        ("Telegram: some_network", Trace.ACCOUNT),
        ("my passport AB1234567 was taken", Trace.DOCUMENT),
        ("паспорт № 123456789 забрали", Trace.DOCUMENT),
        ("جواز السفر رقم 12345678", Trace.DOCUMENT),
        ("My name is Amina", Trace.NAME),
        ("Меня зовут Асель", Trace.NAME),
        ("اسمي أمينة", Trace.NAME),
        ("Je m’appelle Awa", Trace.NAME),
        ("me llamo Rosa", Trace.NAME),
        ("Chamo-me Lina", Trace.NAME),
        ("Mrs Perera hid us", Trace.NAME),
        ("It was Amina Diallo from Dakar who told us", Trace.NAME),
        ("Amina Diallo from Dakar told us", Trace.NAME),
        ("нам помогла Асель Токтосунова из Бишкека", Trace.NAME),
        ("nous avons parlé avec Awa Ndiaye à Dakar", Trace.NAME),
    ],
)
def test_it_is_noticed(text: str, kind: Trace) -> None:
    assert kind in traces(text)


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
    assert traces(text) == ()


def test_recommendations_as_people_write_them_are_hardly_ever_warned_about() -> None:
    warned = {record.id: traces(record.text) for record in corpus() if traces(record.text)}
    assert len(corpus()) >= 40
    assert warned == {}
