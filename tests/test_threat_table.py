"""Each threat case has tests that are named by its number, or a reason; and the table in `docs/threat-model.md` says which."""

from __future__ import annotations

from typing import Final

import pytest

from tests.threat_cases import cases, committed, staged

WHOLE: Final = ("g", "h", "i", "j")
"""Groups of which every case is staged: OpenID, codes and papers, people and keys."""
RULES: Final = {f"qr_rule_{number}" for number in range(1, 9)}


def test_there_are_175_cases() -> None:
    assert len(cases()) == 175
    assert set(staged()) <= set(cases()) | RULES


@pytest.mark.parametrize("group", WHOLE)
def test_every_case_has_a_test_of_its_number_or_a_reason(group: str) -> None:
    missing = {number for number, case in cases().items() if number[0] == group and number not in staged() and not case.elsewhere}
    assert missing == set()


def test_every_rule_of_codes_has_a_test_of_its_number() -> None:
    assert set(staged()) >= RULES


def test_a_reason_is_given_where_no_test_is() -> None:
    assert {number for number, case in cases().items() if case.elsewhere and number in staged()} == set()


def test_the_table_says_what_the_tests_are() -> None:
    """Otherwise: `pytest --threat-table` writes it anew."""
    told = committed()
    assert list(told) == list(cases())
    assert {number: tests for number, tests in told.items() if tests != staged().get(number, ())} == {}
