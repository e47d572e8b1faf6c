"""A consultation from a file: what it becomes, and that each fault says where it is and what to write."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.consultations import BY_ID, CONSULTATIONS, SIX, TEXTS, Access, learn, made, new_id, unlearn
from bot.questionnaires.founding import Unfounded, read
from locales.catalogue import Catalogue

DOCUMENT = Path(__file__).parents[2] / "docs" / "consultations.md"
EXAMPLE = DOCUMENT.read_text("utf-8").split("```toml\n")[1].split("```")[0]


@pytest.fixture(autouse=True)
def only_the_six() -> Iterator[None]:
    unlearn()
    yield
    unlearn()


def written(folder: Path, text: str) -> Path:
    path = folder / "new.toml"
    path.write_text(text, "utf-8")
    return path


def faults(folder: Path, text: str) -> list[tuple[str, str]]:
    with pytest.raises(Unfounded) as caught:
        read(written(folder, text))
    assert caught.value.params["count"] == len(caught.value.faults)
    return list(caught.value.faults)


def test_the_example_of_the_document_makes_a_consultation(tmp_path: Path) -> None:
    found = read(written(tmp_path, EXAMPLE))
    one = found.consultation
    assert (one.id, one.first_day, one.last_day, one.place) == ("hoa", "2027-05-12", "2027-05-13", "KE")
    assert one.zones == ("Africa/Nairobi",)
    assert found.intake.access is Access.INVITE
    assert not found.intake.open
    assert one.texts["short"]["fr"] == "Corne de l'Afrique"


def test_what_was_learned_is_known_under_its_names_and_the_six_stay(tmp_path: Path) -> None:
    one = read(written(tmp_path, EXAMPLE)).consultation
    catalogue = Catalogue.load(more=TEXTS)
    with pytest.raises(KeyError):
        catalogue.text("fr", "consultation.hoa.name")
    learn([one])
    assert BY_ID["hoa"] is one
    assert [known.id for known in CONSULTATIONS] == [*(known.id for known in SIX), "hoa"]
    assert catalogue.text("fr", "consultation.hoa.name") == "Corne de l'Afrique"
    assert catalogue.text("ar", "consultation.hoa.name") == "Horn of Africa"

    learn([replace(one, id="eeca")])
    assert BY_ID["eeca"] is SIX[1]
    assert made() == (one,)


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [("Horn of Africa", (), "hoa"), ("Horn of Africa", ("hoa",), "hoaa"), ("Pacific", (), "pacifi"),
     ("Eastern and Southern Africa", (), "esaa"), ("المغرب", (), "new"), ("Île", (), "ile"), ("Ua", (), "uanew")],
)  # fmt: skip
def test_an_id_is_made_of_the_name(name: str, known: tuple[str, ...], expected: str) -> None:
    assert new_id(name, known) == expected


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (('country = "KE"', 'country = "Kenya"'), "country", "two letters"),
        (('country = "KE"', ""), "country", "missing"),
        (('"DJ"', '"XX"'), "countries, number 1", "two letters"),
        (('zone = "Africa/Nairobi"', 'zone = "Nairobi"'), "zone", "Africa/Nairobi"),
        (('first_day = "2027-05-12"', 'first_day = "12.5.2027"'), "first_day", "2015-06-24"),
        (('last_day = "2027-05-13"', 'last_day = "2027-05-01"'), "last_day", "last_day"),
        (('first_day = "2027-05-12"', 'id = "eeca"\nfirst_day = "2027-05-12"'), "id", "another id"),
        (('first_day = "2027-05-12"', 'id = "Horn 1"\nfirst_day = "2027-05-12"'), "id", "letters"),
        (('first_day = "2027-05-12"', 'draft_hours = 90\nfirst_day = "2027-05-12"'), "draft_hours", "at most 40"),
        (('first_day = "2027-05-12"', 'colour = "red"\nfirst_day = "2027-05-12"'), "colour", "take this away"),
        (('first_day = "2027-05-12"', 'points_from = "xyz"\nfirst_day = "2027-05-12"'), "points_from", "eeca"),
        (('en = "Nairobi, Kenya"', 'en = ""'), "place", "write the text for en"),
        (('fr = "Corne de l\'Afrique"', 'fr = "Une région au nom trop long pour un bouton"'), "short", "[short]"),
        (('first_day = "2027-05-12"', "first_day = 2027"), "first_day", "quotation marks"),
    ],
)
def test_each_fault_says_where_and_what_to_write(
    tmp_path: Path, change: tuple[str, str], where: str, what: str
) -> None:
    assert change[0] in EXAMPLE
    found = faults(tmp_path, EXAMPLE.replace(*change, 1))
    assert len(found) == 1, found
    assert found[0][0] == where
    assert what in found[0][1]


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    assert {place for place, _ in faults(tmp_path, 'country = "XX"')} == {
        "country", "name", "place", "countries", "first_day", "zone",
    }  # fmt: skip


def test_a_line_that_is_no_toml_is_named(tmp_path: Path) -> None:
    ((place, _),) = faults(tmp_path, 'country = "KE"\nzone = Africa\n')
    assert place == "line 2"
