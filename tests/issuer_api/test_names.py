from __future__ import annotations

import pytest

from issuer_api.names import language_of, name_hashes, name_problem, parts, text_problem, tidy
from web.sealing import Sealer


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        pytest.param("Najma Akter", None, id="two words"),
        pytest.param("Sari", None, id="one name alone"),
        pytest.param("O'Brien-Núñez y Søn", None, id="marks and signs"),
        pytest.param("ක්‍රිශාන්", None, id="a script that writes with joiners"),
        pytest.param("", "name-missing", id="empty"),
        pytest.param(" \u3000 ", "name-missing", id="only spaces"),
        pytest.param("N" * 120, None, id="120 letters"),
        pytest.param("N" * 121, "name-too-long", id="121 letters"),
        pytest.param("Sari\u202e", "name-bidi", id="right-to-left override"),
        pytest.param("Sari\u2067x\u2069", "name-bidi", id="isolate"),
        pytest.param("Sa\x07ri", "name-control", id="bell"),
        pytest.param("Sa\u200bri", "name-control", id="zero-width space"),
        pytest.param("Sa\ue000ri", "name-control", id="private use"),
        pytest.param("Sa\u2028ri", "name-control", id="line separator"),
    ],
)
def test_a_name_has_letters_and_no_hidden_ones(name: str, problem: str | None) -> None:
    assert name_problem(name) == problem


def test_a_text_is_one_line_of_a_length() -> None:
    assert text_problem("four", 4) is None
    assert text_problem("fives", 4) == "too-long"
    assert text_problem("a\nb", 9) == "control"


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("يوسف", "ar"),
        ("নাজমা", "bn"),
        ("नाज़मा", "hi"),
        ("ናጅማ", "am"),
        ("නජ්මා", "si"),
        ("நஜ்மா", "ta"),
        ("นัจมา", "th"),
        ("Najma", "und-Latn"),
        ("12", "und-Latn"),
    ],
)
def test_the_script_tells_the_language(name: str, language: str) -> None:
    assert language_of(name, "und-Latn") == language


def test_c9_a_tidy_name_has_single_spaces_and_composed_letters() -> None:
    assert tidy("  Zoe\u0308 \n Müller ") == "Zoë Müller"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("ZOË", "Zoe"), ("nunez", "Núñez"), ("Mary Ann", "Mary-Ann"), ("ﬁona", "fiona"), ("Zoe\u0308", "Zoë"), ("STRASSE", "Straße")],
)
def test_c9_a_search_overlooks_case_marks_and_hyphens(typed: str, stored: str) -> None:
    assert parts(typed) == parts(stored)


def test_the_hashes_of_a_name_differ_by_issuer_and_by_master_key() -> None:
    sealer = Sealer(bytes(32))
    mine = name_hashes(sealer, "centre-a", ("Najma Akter", "নাজমা আক্তার"))
    assert len(mine) == 4
    assert name_hashes(sealer, "centre-a", ("akter",)) < mine
    assert mine.isdisjoint(name_hashes(sealer, "centre-b", ("Najma Akter",)))
    assert mine.isdisjoint(name_hashes(Sealer(bytes(range(32))), "centre-a", ("Najma Akter",)))
