from __future__ import annotations

from sqlalchemy import text

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


def test_j16_where_no_act_can_be_written_nothing_is_issued(house: House) -> None:
    cohort, program = house.bring().id, house.program()
    path = f"/issuer/api/v1/cohorts/{cohort}/issue"
    with house.issuer.database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE issuer_history RENAME TO issuer_history_away"))
    assert program.post(path).status_code == 500
    with house.issuer.database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE issuer_history_away RENAME TO issuer_history"))
    counts = house.counts()
    assert (counts["issuer_credentials"], counts["issuer_log_leaves"]) == (0, 0)
    assert len(program.post(path).json()["credentials"]) == 3
