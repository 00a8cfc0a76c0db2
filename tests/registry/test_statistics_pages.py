"""What everybody may read of the figures: the page, the sheet, JSON; and why there is nothing where there is nothing."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from datetime import date

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from registry.errors import STATUS
from registry.statistics_costs import Line, Statement
from registry.statistics_counting import CONDITION, ISSUED, QUERIES, Award, Cell
from registry.statistics_pages import router
from registry.statistics_periods import span
from registry.statistics_releasing import release
from registry.statistics_rows import Planning
from registry.statistics_sheets import statement_sheet
from registry.statistics_tables import CountedDecision
from registry.statistics_words import Words
from tests.registry.conftest import House
from tests.trust.world import CARE_SCHOOL, CAREGIVING, bundle, did
from trust.records import parse_cost_share
from web.joining import join
from web.problems import Problems

DAY = date(2026, 8, 3)


def planning(house: House, people: int = 0) -> Planning:
    def awarded(start: date, until: date) -> Iterable[Award]:
        return [Award(did(CARE_SCHOOL), CAREGIVING, str(number), DAY) for number in range(people) if start <= DAY < until]

    return Planning(house.registry, awarded)


def browser(house: House, people: int = 0) -> TestClient:
    app = FastAPI()
    Problems(house.registry.pages, dict(STATUS), https=False).install(app)
    join(app, router(planning(house, people)))
    return TestClient(app, base_url="http://localhost:8000")


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"</?bdi>", "", page)).split())


@pytest.fixture
def told(house: House) -> TestClient:
    """The figures of two states: one with large groups, one with none."""
    with house.registry.database.write() as session:
        for number in range(240):
            session.add(
                CountedDecision(
                    state="XC",
                    origin="XA",
                    qualification=CAREGIVING,
                    outcome="partly",
                    without="NO_RULE",
                    conditions='["urn:comity:XC:condition:language-b1", "more"]',
                    days=40,
                    decided_on=DAY,
                    person=number.to_bytes(16, "big"),
                )
            )
    release(planning(house, 400), "XA", "2026-Q3", "Mira")
    release(planning(house), "XC", "2026-Q3", "Mira")
    release(planning(house), "XB", "2025", "Mira")
    return browser(house)


def test_before_a_release_the_page_says_why_there_is_nothing(house: House) -> None:
    page = browser(house).get("/registry/statistics").text
    assert "No figures have been released yet" in page
    assert "those of quarter 4 of 2026 from 1 January 2027 on" in text_of(page)
    assert '<svg class="chart"' not in page


@pytest.mark.parametrize(
    ("language", "title", "bar"),
    [("en", "What was awarded", 'x="0%"'), ("fr", "Ce qui a été délivré", 'x="0%"'), ("ar", "ما مُنح", 'x="100%"')],
)
def test_figures_are_drawn_with_their_margins_and_a_table_beneath(told: TestClient, language: str, title: str, bar: str) -> None:
    page = told.get(f"/registry/statistics?release=XA-2026-Q3&lang={language}").text
    assert title in page
    assert '<svg class="chart" width="100%"' in page
    assert bar in page
    assert page.count('<details class="more">') == page.count('<svg class="chart"')
    assert "style=" not in page
    assert "± 7" in text_of(page)


def test_the_newest_release_is_shown_and_another_may_be_chosen(told: TestClient) -> None:
    newest = text_of(told.get("/registry/statistics").text)
    assert "Aravel, quarter 3 of 2026" in newest
    decided = text_of(told.get("/registry/statistics?release=XC-2026-Q3").text)
    for words in ("Aravel to Calentia · in part", "Aravel to Calentia · 31 to 60 days", "something else", "ask"):
        assert words in decided
    assert "Of the decisions of 2026: 2.0 of 8.0 used." in decided
    assert "discrete Laplace, OpenDP" in decided


def test_a_release_without_large_groups_says_so(told: TestClient) -> None:
    found = told.get("/registry/api/v1/statistics/XB/2025").json()
    page = text_of(told.get("/registry/statistics?release=XB-2025").text)
    is_empty = all(one["figure"] is None for one in found["figures"])
    assert ("Nothing can be shown for this time" in page) == is_empty
    assert "Belmora, the year 2025" in page


def test_the_sheet_and_the_json_say_the_same(told: TestClient) -> None:
    sheet = told.get("/registry/statistics/XA/2026-Q3.csv")
    assert sheet.headers["content-disposition"] == 'attachment; filename="figures-XA-2026-Q3.csv"'
    rows = list(csv.DictReader(io.StringIO(sheet.text)))
    figures = told.get("/registry/api/v1/statistics/XA/2026-Q3").json()["figures"]
    assert [(row["measure"], row["qualification"], row["category"], row["figure"]) for row in rows] == [
        (one["measure"], one["qualification"], one["category"], "" if one["figure"] is None else str(one["figure"]))
        for one in figures
    ]
    [awarded] = [one for one in figures if one["measure"] == ISSUED and one["qualification"] == CAREGIVING]
    assert awarded["figure"] == pytest.approx(400, abs=70)
    assert awarded["margin95"] == 7


def test_programs_find_the_releases_and_what_each_measure_may_cost(told: TestClient) -> None:
    listed = told.get("/registry/api/v1/statistics").json()
    assert [(one["state"], one["period"]) for one in listed["releases"]] == [("XA", "2026-Q3"), ("XC", "2026-Q3"), ("XB", "2025")]
    assert [one["measure"] for one in listed["queries"]] == [query.measure for query in QUERIES]
    ledger = told.get("/registry/api/v1/statistics/XA/2026-Q3").json()["ledger"]
    assert sum(one["epsilon"] for one in ledger) == 3.0


@pytest.mark.parametrize("path", ["/registry/statistics/XA/2026-Q2.csv", "/registry/api/v1/statistics/XA/2026-Q2"])
def test_what_was_not_released_is_not_there(told: TestClient, path: str) -> None:
    assert told.get(path).status_code == 404


def words(house: House, language: str = "en") -> Words:
    return Words(house.registry.pages, bundle(), language)


def test_words_name_what_the_lists_name_and_leave_the_rest_as_it_is(house: House) -> None:
    said = words(house)
    assert (said.state("XX"), said.qualification("urn:x"), said.qualification("")) == (
        "XX",
        "urn:x",
        "Work, and what no list defines",
    )
    assert said.short("urn:comity:XX:q:a-qualification-with-a-very-long-name@2026").endswith("…")
    assert said.category(Cell(CONDITION, "XA", "XC", CAREGIVING, "gone")) == "something else"
    assert said.category(Cell(ISSUED, "XA", "", CAREGIVING)) == ""
    assert (said.number(1840), words(house, "fr").number(1840)) == ("1,840", "1\u202f840")


def test_no_sheet_runs_anything_in_a_table_program(house: House) -> None:
    share = parse_cost_share({"payer": "XC", "payee": "XA", "amount": "2.00", "currency": "EUR", "legalBasis": "Article 1"})
    line = Line("=HYPERLINK(1)", 10, share.amount * 10)
    sheet = statement_sheet(Statement(share, span("2026"), (line,), waits=False), words(house))
    assert sheet.splitlines()[1] == "XC,XA,2026,'=HYPERLINK(1),'=HYPERLINK(1),10,20.00,EUR"
