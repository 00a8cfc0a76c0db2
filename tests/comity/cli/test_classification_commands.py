from __future__ import annotations

from pathlib import Path

from tests.comity.conftest import Command

URI = "http://data.europa.eu/esco"
FILE = f"""conceptType,conceptUri,iscoGroup,preferredLabel,altLabels
Occupation,{URI}/occupation/7aedaa07,7212,soudeur,
ISCOGroup,{URI}/isco/C7212,,Soudeurs et oxycoupeurs,
"""


def test_files_are_imported_and_counted(deployed: Command, tmp_path: Path) -> None:
    file = tmp_path / "occupations_fr.csv"
    file.write_text(FILE, encoding="utf-8")
    ran = deployed("classification", "import", file, "--language", "fr")
    assert (ran.status, ran.out) == (0, "ext:ESCOOccupation  fr  1\next:ISCO08  fr  1\n")
    assert deployed("classification", "import", file, "--language", "fr").out == ran.out
    assert deployed("classification", "list").out == ran.out
    assert '"entries": 1' in deployed("classification", "list", "--json").out


def test_another_file_is_refused_and_changes_nothing(deployed: Command, tmp_path: Path) -> None:
    file = tmp_path / "class.csv"
    file.write_text("name,awarded_on\nSari,2026-11-13\n", encoding="utf-8")
    ran = deployed("classification", "import", file)
    assert ran.status == 2
    assert "this is no file of ESCO" in ran.err
    assert deployed("classification", "list").out == ""
