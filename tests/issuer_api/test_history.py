from __future__ import annotations

from issuer_api.history import history
from issuer_api.issuing import issue_cohort
from tests.issuer_api.house import CENTRE, OTHER, House


def test_acts_are_read_page_by_page_the_newest_first(house: House) -> None:
    ids = house.issue()
    acts = history(house.issuer, CENTRE)
    assert [act.action for act in acts] == [*["credential-issued"] * 3, "list-brought", "programme-defined", "issuer-created"]
    assert {act.thing for act in acts[:3]} == set(ids)
    first = history(house.issuer, CENTRE, most=2)
    rest = history(house.issuer, CENTRE, before=first[-1].id, most=1000)
    assert (*first, *rest) == acts
    assert [act.action for act in history(house.issuer, OTHER)] == ["programme-defined", "issuer-created"]


def test_what_changes_nothing_is_no_act(house: House) -> None:
    report = house.bring()
    issue_cohort(house.issuer, CENTRE, report.id)
    before = history(house.issuer, CENTRE)
    house.bring()
    issue_cohort(house.issuer, CENTRE, report.id)
    assert history(house.issuer, CENTRE) == before
