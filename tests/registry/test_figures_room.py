"""A state's desk: the act of release, who may do it, and the statement that only two parties see."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

import pytest
from sqlmodel import select

from registry.statistics_counting import Award
from registry.statistics_pages import router
from registry.statistics_releasing import releases
from registry.statistics_rows import Planning
from registry.statistics_tables import CountedDecision
from tests.registry.conftest import Desk, House
from tests.registry.office import words
from tests.registry.test_cases import GRANT, ask, decided
from tests.trust.world import CARE_SCHOOL, CAREGIVING, WELDING, did
from web.joining import join

FIGURES = "/registry/states/{}/figures"
STATEMENT = "/registry/states/{}/statement?pair=XC-XA&period=2026-Q3"


@pytest.fixture
def figures(house: House) -> House:
    """The house with 300 awards, and 21 people whom Calentia has recognised."""

    def awarded(start: date, until: date) -> Iterable[Award]:
        day = date(2026, 8, 3)
        return [Award(did(CARE_SCHOOL), CAREGIVING, str(number), day) for number in range(300) if start <= day < until]

    join(house.app, router(Planning(house.registry, awarded)))
    groups = ((CAREGIVING, 12), (WELDING, 7), ("", 2))
    people = [(name, f"{name} {number}".encode()[-16:]) for name, many in groups for number in range(many)]
    with house.registry.database.write() as session:
        for name, person in people:
            session.add(
                CountedDecision(
                    state="XC",
                    origin="XA",
                    qualification=name,
                    outcome="recognised",
                    without="NO_RULE",
                    conditions="[]",
                    days=5,
                    decided_on=date(2026, 8, 3),
                    person=person,
                )
            )
    return house


def desk(house: House, role: str, state: str = "XA") -> Desk:
    return house.desk(f"The {role} of {state}", role, state)


def test_a_signer_releases_what_has_ended_and_everybody_reads_it(figures: House) -> None:
    signer, page = desk(figures, "signer"), FIGURES.format("XA")
    before = signer.get(page)
    assert re.findall(r'<option value="(20[^"]+)">', before.partition("</form>")[0] + before)[0] == "2026-Q3"
    assert "2026-Q4" not in before
    assert signer.post(page, page, period="2026-Q3").status_code == 303
    after = signer.get(page)
    assert '<a href="/registry/statistics?release=XA-2026-Q3">quarter 3 of 2026</a>' in after
    assert "The signer of XA" in after
    assert "Of the awards of 2026: 1.0 of 4.0 used." in words(after)
    shown = words(figures.anybody.get("/registry/statistics").text)
    assert "Aravel, quarter 3 of 2026" in shown
    assert "Caregiving NC II" in shown


def test_it_is_not_released_twice_nor_before_its_end(figures: House) -> None:
    signer, page = desk(figures, "signer"), FIGURES.format("XA")
    assert signer.post(page, page, period="2026-Q3").status_code == 303
    for period in ("2026-Q3", "2026-Q4", "2026", "lately", ""):
        refused = signer.post(page, page, period=period)
        assert refused.status_code == 422
        assert 'role="alert"' in refused.text
    assert [one.period for one in releases(figures.registry.database)] == ["2026-Q3"]


@pytest.mark.parametrize("role", ["assessor", "approver", "auditor"])
def test_who_does_not_sign_releases_nothing(figures: House, role: str) -> None:
    person, page = desk(figures, role), FIGURES.format("XA")
    shown = person.get(page)
    assert "Your role looks at figures; a signer releases them." in shown
    assert "<form" in shown
    assert person.client.post(page, data={"period": "2026-Q3"}).status_code == 403
    assert releases(figures.registry.database) == ()


def test_nobody_else_enters(figures: House) -> None:
    stranger = desk(figures, "signer", "XB")
    stranger.get(FIGURES.format("XA"), status=404)
    assert figures.anybody.get(FIGURES.format("XA"), headers={"Accept": "application/json"}).status_code == 401


@pytest.mark.parametrize("state", ["XC", "XA"])
def test_both_parties_see_the_same_statement_over_exact_counts(figures: House, state: str) -> None:
    person = desk(figures, "assessor", state)
    shown = words(person.get(STATEMENT.format(state)))
    assert "Article 12(2): Calentia pays Aravel €210.00 for each person" in shown
    assert "Caregiving NC II12€2,520.00" in shown
    assert "Fewer than 10 people are left over." in shown
    assert "In all12€2,520.00" in shown
    assert "Shielded" not in shown
    sheet = person.get(f"/registry/states/{state}/statement.csv?pair=XC-XA&period=2026-Q3")
    assert sheet.splitlines()[1:] == ["XC,XA,2026-Q3,urn:comity:XA:q:CAREGIVING-NC-II@2026,Caregiving NC II,12,2520.00,EUR"]


def test_where_nobody_is_charged_the_statement_says_so(figures: House) -> None:
    person = desk(figures, "assessor", "XC")
    assert "There is nobody to be charged for this time." in person.get("/registry/states/XC/statement?pair=XC-XA&period=2025-Q3")


def test_no_third_party_sees_it(figures: House) -> None:
    third = desk(figures, "manager", "XB")
    for path in (STATEMENT.format("XB"), STATEMENT.format("XC"), "/registry/states/XB/statement.csv?pair=XC-XA&period=2026-Q3"):
        third.get(path, status=404)
    assert figures.anybody.get(STATEMENT.format("XC"), headers={"Accept": "application/json"}).status_code == 401


@pytest.mark.parametrize("asked", ["pair=XC-XB&period=2026-Q3", "pair=XC-XA&period=soon", "pair=XA-XC&period=2026-Q3"])
def test_what_was_not_agreed_is_said(figures: House, asked: str) -> None:
    desk(figures, "assessor", "XC").get(f"/registry/states/XC/statement?{asked}", status=422)


def test_a_decided_case_is_counted_where_it_was_decided(house: House) -> None:
    given = decided(house, ask(house), GRANT)
    with house.registry.database.session() as session:
        [row] = session.exec(select(CountedDecision)).all()
    assert (row.state, row.origin, row.qualification, row.outcome, row.days) == ("XC", "XA", CAREGIVING, "recognised", 0)
    assert row.without == "RULE_CONDITIONAL"
    assert given["id"] not in str(row)
