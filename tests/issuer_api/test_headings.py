"""Headings that are not ours: what they may be, and which choices can be taken."""

from __future__ import annotations

import pytest

from issuer_api.cohort_file import COLUMNS, read_lines
from issuer_api.headings import can_choose, choice_problem, first_values, suggest


@pytest.mark.parametrize(
    ("headings", "columns"),
    [
        (("Full Name", "Award date", "Shoe size"), ("name", "awarded_on", "")),
        (("Nom complet", "Date d\u2019obtention", "Date de naissance"), ("name", "awarded_on", "born_on")),
        (("الاسم", "تاريخ المنح", "رقم الشهادة", "ملاحظات"), ("name", "awarded_on", "number", "note")),
        (("الإسم الكامل", "التاريخ"), ("name", "awarded_on")),
        (("Nombre completo", "FECHA", "Número de pasaporte"), ("name", "awarded_on", "passport")),
        (("Last name", "First name", "Surname", "", "Prénom"), ("", "", "", "", "")),
        (("Full nmae", "awarded on", "Certificate No."), ("name", "awarded_on", "number")),
        (("name", "Full name", "date", "Award date"), ("name", "", "awarded_on", "")),
        (COLUMNS, COLUMNS),
    ],
)
def test_a_heading_is_known_by_its_words_in_several_languages(headings: tuple[str, ...], columns: tuple[str, ...]) -> None:
    assert suggest(headings) == columns


def test_only_a_list_with_rows_and_enough_columns_is_asked_about() -> None:
    row = ("x", "y")
    assert can_choose((("a", "b"), row))
    assert not can_choose(())
    assert not can_choose((("a", "b"),))
    assert not can_choose((("a",), row))
    assert not can_choose((("a",) * 41, row))
    assert not can_choose((("a", "b" * 201), row))


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        (("name", "awarded_on", ""), ""),
        (("name", "name", "awarded_on"), "twice"),
        (("name", "", "number"), "needed"),
        (("name", "awarded_on"), "unfit"),
        (("name", "awarded_on", "salary"), "unfit"),
    ],
)
def test_a_choice_has_each_column_once_and_what_is_needed(columns: tuple[str, ...], problem: str) -> None:
    assert choice_problem(("A", "B", "C"), columns) == problem


def test_the_first_values_of_a_column_are_those_that_are_there() -> None:
    lines = read_lines(b"a,b,c\n1,,\n2\n3,x\n4," + b"y" * 90 + b"\n")
    assert first_values(lines) == (("1", "2", "3"), ("x", "y" * 60), ())
