"""The lines of passports as ICAO 9303 gives its specimens, and names that are spelt in several ways."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from credentials.passports import Passport, identity_of
from tests.client.node import run_node

TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
TD1 = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
MARK = "L898902C3740812120415"
GOOD = {"name": "ANNA MARIA ERIKSSON", "whole": True, "mark": MARK}
CARD = {**GOOD, "mark": "D23145890740812120415"}
LINES = [
    (TD3, GOOD),
    (TD2, CARD),
    (TD1, CARD),
    (TD3.lower().replace("<", "< ").replace("\n", " \n\n"), GOOD),
    (TD3.replace("7408122", "7408123"), {**GOOD, "whole": False}),
    (TD3.replace("L898902C3", "L898902C4"), {**GOOD, "whole": False, "mark": MARK.replace("C3", "C4")}),
    (TD3.replace("ERIKSSON<<ANNA<MARIA", "AKTER<<<<<<<<<<<<<<<"), {**GOOD, "name": "AKTER"}),
    (TD3[:-1], None),
    (TD3.replace("<", "?"), None),
    ("", None),
]
SEEN = Passport("L898902C3", date(1974, 8, 12), date(2012, 4, 15))
RENEWED = Passport("M000000A1", date(1974, 8, 12), date(2022, 4, 15))
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


def test_lines_are_read_a_slip_is_told_and_the_passport_compared_with_the_one_that_was_seen(tmp_path: Path) -> None:
    path = tmp_path / "given.json"
    name = "urn:uuid:0e2ab1c2-8f3b-8d6a-9d0e-0f9c2f6a7b11"
    entries = [[identity_of(one, name)] for one in (SEEN, RENEWED)] + [[{**identity_of(SEEN, name), "salt": "another"}], None]
    documents = [{"id": name, "credentialSubject": {"identifier": entry}} for entry in entries]
    given: dict[str, object] = {"documents": documents}
    given |= {"lines": [text for text, _ in LINES], "names": [(one, other) for one, other, _ in NAMES]}
    path.write_text(json.dumps(given), encoding="utf-8")
    said = run_node("passport.mjs", path)
    assert said["read"] == [read for _, read in LINES]
    assert said["seen"] == [True, False, None, None]
    assert list(zip(NAMES, said["likeness"], strict=True)) == [(row, row[2]) for row in NAMES]
