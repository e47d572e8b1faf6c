"""`micic translations export` and `import`, as whoever collects the volunteers' work runs them."""

import shutil
from pathlib import Path

from openpyxl import load_workbook

from tests.support.console import ROOT, done, micic


def test_out_and_back_in(tmp_path: Path) -> None:
    home = tmp_path / "texts"
    shutil.copytree(ROOT / "locales", home, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    file = tmp_path / "fr.xlsx"
    printed = done(tmp_path, "translations", "export", "fr", "--output", file, "--folder", home)
    assert "to do: 0" in printed
    again = micic(tmp_path, "translations", "export", "fr", "--output", file, "--folder", home)
    assert again.returncode == 1
    assert "exists already" in again.stderr

    book = load_workbook(file)
    row = next(row for row in book["messages"].iter_rows() if row[0].value == "dialogue.next")
    row[5].value = "Un bouton bien trop long pour tenir"
    book.save(file)
    before = (home / "fr" / "messages.po").read_bytes()
    refused = micic(tmp_path, "translations", "import", file, "--folder", home)
    assert refused.returncode == 1
    where = f"sheet messages, row {row[0].row}, column F (dialogue.next): It has 35 characters, and 28 fit there."
    assert where in refused.stderr
    assert "Nothing was imported" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert (home / "fr" / "messages.po").read_bytes() == before

    row[5].value = "Continuer"
    book.save(file)
    printed = done(tmp_path, "translations", "import", file, "--folder", home)
    assert "Texts changed: 1" in printed
    assert 'msgstr "Continuer"' in (home / "fr" / "messages.po").read_text("utf-8")
    assert not list(home.rglob("*.new"))

    unknown = micic(tmp_path, "translations", "export", "xx", "--output", tmp_path / "xx.xlsx")
    assert unknown.returncode == 1
    assert "fr, es, ar, ru, pt" in unknown.stderr
