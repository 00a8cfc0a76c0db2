from __future__ import annotations

import csv
import io
from datetime import timedelta

from sqlalchemy import text

from issuer_api.history import history
from issuer_api.issuing import issue_cohort
from issuer_api.status import set_status
from tests.issuer_api.house import CENTRE, OTHER, House
from tests.issuer_api.registrar import registrar, words


def test_acts_are_read_page_by_page_the_newest_first(house: House) -> None:
    ids = house.issue()
    acts = history(house.issuer, CENTRE)
    assert [act.action for act in acts] == [*["credential-issued"] * 3, "list-brought", "programme-defined", "issuer-created"]
    assert {act.thing for act in acts[:3]} == set(ids)
    first = history(house.issuer, CENTRE, most=2)
    rest = history(house.issuer, CENTRE, before=first[-1].id, most=1000)
    assert (*first, *rest) == acts
    assert [act.action for act in history(house.issuer, OTHER)] == ["programme-defined", "issuer-created"]


def test_acts_are_found_by_person_act_class_and_day_and_exported(house: House) -> None:
    cohort = house.bring().id
    ids = house.issue()
    house.now[0] += timedelta(days=2)
    set_status(house.issuer, CENTRE, ids[0], "suspension", value=True, reason="checking", by="=Salma")
    house.issue("Ida Lund,2026-11-13,,\n")

    def found(**asked: str) -> list[str]:
        answer = house.program().get("/issuer/api/v1/history", params=asked)
        assert answer.status_code == 200, answer.text
        return [act["action"] for act in answer.json()]

    assert found(by="=Salma") == ["suspension-set"]
    assert found(action="list-brought") == ["list-brought"] * 2
    assert found(cohort=cohort) == ["suspension-set", *["credential-issued"] * 3, "list-brought"]
    assert found(cohort=cohort, since="2026-11-25") == ["suspension-set"]
    assert found(cohort=cohort, until="2026-11-24") == [*["credential-issued"] * 3, "list-brought"]
    assert house.program().get("/issuer/api/v1/history", params={"since": "yesterday"}).status_code == 422
    ana = registrar(house, name="Otto", role="auditor")
    page = words(ana.get(f"history?by=%3DSalma&cohort={cohort}&since=no-day"))
    assert "25 November 2026 09:30 UTC" in page
    assert "Of one class" in page
    assert page.count("Certificate signed") == 1  # in the choices alone
    assert "Nothing of this kind was done" in words(ana.get("history?until=2020-01-01"))
    rows = list(csv.reader(io.StringIO(ana.get("history.csv?action=suspension-set").text)))
    assert rows[0] == ["at", "by", "what", "act", "thing"]
    assert [row[1:] for row in rows[1:]] == [["'=Salma", "Certificate put on hold", "suspension-set", ids[0]]]
    assert registrar(house).get("history.csv").status_code == 403
    assert registrar(house, OTHER, name="Ola", role="auditor").get(f"history?cohort={cohort}").text.count(ids[0]) == 0


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
