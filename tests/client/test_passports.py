"""The lines of passports as ICAO 9303 gives its specimens, and names that are spelt in several ways."""

from __future__ import annotations

import json
from pathlib import Path

from tests.client.node import run_node

TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
TD1 = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
GOOD = {"name": "ANNA MARIA ERIKSSON", "whole": True}
LINES = [
    (TD3, GOOD),
    (TD2, GOOD),
    (TD1, GOOD),
    (TD3.lower().replace("<", "< ").replace("\n", " \n\n"), GOOD),
    (TD3.replace("7408122", "7408123"), {**GOOD, "whole": False}),
    (TD3.replace("L898902C3", "L898902C4"), {**GOOD, "whole": False}),
    (TD3.replace("ERIKSSON<<ANNA<MARIA", "AKTER<<<<<<<<<<<<<<<"), {"name": "AKTER", "whole": True}),
    (TD3[:-1], None),
    (TD3.replace("<", "?"), None),
    ("", None),
]
NAMES = [
    ("NAJMA AKTER", "Najma Akter", "same"),
    ("NAJMA AKTER", "Akter, Najma", "same"),
    ("JUERGEN MUELLER", "Jürgen Müller", "same"),
    ("JURGEN MULLER", "Jürgen Müller", "same"),
    ("JOSE NUNEZ", "José Núñez", "same"),
    ("SOEREN OESTERGAARD", "Søren Østergård", "same"),
    ("SEAN OBRIEN", "Se\u00e1n O\u2019Brien", "same"),
    ("LUKASZ WROBEL", "Łukasz Wróbel", "same"),
    ("NAJMA BEGUM", "Najma Akter", "part"),
    ("RAHIMA BEGUM", "Najma Akter", "differs"),
    ("NAJMA AKTER", "নাজমা আক্তার", "differs"),
    ("NAJMA AKTER", "", "differs"),
]


def test_lines_are_read_and_a_slip_of_the_hand_is_told(tmp_path: Path) -> None:
    path = tmp_path / "given.json"
    given = {"lines": [text for text, _ in LINES], "names": [(one, other) for one, other, _ in NAMES]}
    path.write_text(json.dumps(given), encoding="utf-8")
    said = run_node("passport.mjs", path)
    assert said["read"] == [read for _, read in LINES]
    assert list(zip(NAMES, said["likeness"], strict=True)) == [(row, row[2]) for row in NAMES]
