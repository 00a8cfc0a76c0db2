from __future__ import annotations

import logging
from http import HTTPStatus

import pytest

from comity.compose import HOUSES
from comity.log_lines import LogLine
from credentials.errors import COMITY, FetchBlockedError, FetchError, RangeError, VCError
from tests.web.house import House
from web.pages import Pages
from web.people import SignInNeededError
from web.problems import STATUS, status_of

HTML = {"Accept": "text/html,application/xhtml+xml"}


def every_error(base: type[VCError] = VCError) -> list[type[VCError]]:
    return [base, *(found for kind in base.__subclasses__() for found in every_error(kind))]


def test_an_error_has_the_status_of_its_class_or_of_the_nearest_base() -> None:
    assert status_of(FetchBlockedError("x"), {}) == HTTPStatus.BAD_GATEWAY
    assert status_of(RangeError("x"), {}) == HTTPStatus.UNPROCESSABLE_ENTITY
    assert status_of(FetchError("x"), {FetchError: HTTPStatus.CONFLICT}) == HTTPStatus.CONFLICT
    assert status_of(VCError("x"), {}) == HTTPStatus.BAD_REQUEST


def test_every_problem_of_the_shared_edge_has_words_in_every_language() -> None:
    pages = Pages(HOUSES)
    titles = {kind.title for kind in (*STATUS, *every_error()) if not kind.__module__.startswith("tests.")}
    missing = sorted(title for title in titles if title.startswith("problem.") and not pages.has(title))
    assert missing == []


def test_a_program_gets_a_problem_document(house: House) -> None:
    answer = house.browser.get("/odd", headers={"Accept-Language": "fr"})
    assert answer.status_code == 418
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Content-Language"] == "fr"
    document = answer.json()
    assert document["title"]  # its own title is in no catalog: the general words stand in
    assert (document["status"], document["detail"], document["pointer"]) == (418, "odd", "/a")


def test_a_person_gets_a_page_in_their_language_and_direction(house: House) -> None:
    answer = house.browser.get("/outside", headers=HTML | {"Accept-Language": "ar"})
    assert answer.status_code == 502
    assert '<html lang="ar" dir="rtl">' in answer.text
    assert '<p lang="en" dir="ltr">nobody answered</p>' in answer.text


def test_what_is_not_there_and_what_is_not_done_that_way(house: House) -> None:
    missing = house.browser.get("/nothing")
    assert (missing.status_code, missing.json()["type"]) == (404, COMITY + "NOT_FOUND")
    wrong = house.browser.delete("/healthz")
    assert (wrong.status_code, wrong.headers["Allow"]) == (405, "GET")
    assert wrong.json()["title"] == "This address is not used that way"
    page = house.browser.delete("/healthz", headers=HTML)
    assert (page.status_code, page.headers["Allow"]) == (405, "GET")


def test_what_a_request_lacks_is_named(house: House) -> None:
    answer = house.browser.get("/numbers?n=x")
    assert (answer.status_code, answer.json()["pointer"]) == (422, "/n")
    assert "x" not in answer.json()["pointer"]


def test_a_pointer_is_escaped(house: House) -> None:
    body = {"name": "a", "more": {}, "~/x": 1}
    assert house.browser.post("/read", json=body).status_code == 200
    answer = house.browser.post("/read", json={"more": "no"})
    assert answer.json()["pointer"] == "/name"


def test_who_is_not_signed_in_is_told_how(house: House) -> None:
    program = house.browser.get("/me")
    assert (program.status_code, program.json()["type"]) == (401, SignInNeededError.type)
    assert program.headers["WWW-Authenticate"] == "Bearer"
    person = house.browser.get("/me", headers=HTML)
    assert person.status_code == 401
    assert '<a class="btn" href="/sign-in">Sign in</a>' in person.text
    assert "WWW-Authenticate" not in person.headers


@pytest.mark.parametrize("headers", [{}, HTML])
def test_i14_a_mistake_of_ours_says_an_id_and_nothing_else(
    house: House, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, logger="comity"):
        answer = house.browser.get("/broken/k3y", headers=headers)
    assert answer.status_code == 500
    said = answer.text.replace("/broken/k3y?lang=", "")  # the way to this page in other languages
    for leak in ("k3y", "Runtime", "Traceback", "mistake of ours", ".py"):
        assert leak not in said
    [record] = [record for record in caplog.records if record.name == "comity"]
    code = record.getMessage().split()[1]
    assert len(code) == 8
    assert code in answer.text
    assert record.getMessage() == f"unexpected {code} at /broken/{{secret}}"
    assert "k3y" not in LogLine().format(record)
    assert answer.headers["Cache-Control"] == "no-store"
