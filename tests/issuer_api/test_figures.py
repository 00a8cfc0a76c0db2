from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

from issuer_api.figures import MONTHS, figures
from issuer_api.issuing import issue_cohort
from issuer_api.status import set_status
from issuer_api.subjects import erase_person
from tests.issuer_api.house import CENTRE, COURSE, OTHER, House
from tests.issuer_api.registrar import registrar, words


def hold(house: House, credential: str, purpose: str, *, value: bool = True) -> None:
    set_status(house.issuer, CENTRE, credential, purpose, value=value, reason="checking", by="test")


def test_figures_are_counted_by_month_and_programme_and_keep_who_was_erased(house: House) -> None:
    report = house.bring()
    house.now[0] += timedelta(hours=6)
    first, second, _ = issue_cohort(house.issuer, CENTRE, report.id)
    house.now[0] = datetime(2027, 2, 1, 8, tzinfo=UTC)
    hold(house, first, "suspension")
    hold(house, second, "suspension")
    hold(house, second, "revocation")
    erase_person(house.issuer, CENTRE, report.rows[2].person)
    found = figures(house.issuer, CENTRE)
    assert (found.all.issued, found.all.withdrawn, found.all.on_hold, found.all.time) == (3, 1, 1, timedelta(hours=6))
    assert found.programmes == {COURSE: found.all}
    assert [f"{month.first:%Y-%m}" for month in found.months][::11] == ["2026-03", "2027-02"]
    assert len(found.months) == MONTHS
    counted = {f"{month.first:%Y-%m}": (month.issued, month.withdrawn) for month in found.months if month.issued or month.withdrawn}
    assert counted == {"2026-11": (3, 0), "2027-02": (0, 1)}
    hold(house, first, "suspension", value=False)
    assert figures(house.issuer, CENTRE, COURSE).all.on_hold == 0


def test_another_programme_and_another_issuer_have_figures_of_their_own(house: House) -> None:
    house.issue()
    for found in (figures(house.issuer, CENTRE, "no-such"), figures(house.issuer, OTHER)):
        assert (found.all.issued, found.all.time, found.programmes) == (0, None, {})
        assert all(month.issued == 0 for month in found.months)


def test_the_page_draws_them_and_gives_the_same_as_a_sheet(house: House) -> None:
    salma = registrar(house)
    assert "No figures yet" in words(salma.get("figures"))
    house.issue()
    page = salma.get("figures")
    assert "November 2026 3 0" in words(page)
    assert page.text.count('class="d2"') == MONTHS
    answer = salma.get("figures.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert (len(rows), rows[-1]) == (MONTHS, {"month": "2026-11", "issued": "3", "withdrawn": "0"})
    assert answer.headers["content-disposition"] == 'attachment; filename="figures.csv"'
    stranger = salma.client.get(f"/issuer/{OTHER}/figures.csv", headers={"Accept": "text/html"})
    assert stranger.status_code == 404
