"""Several certificates together: held, released and withdrawn in one transaction, in the browser and by API."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from httpx2 import Response

from issuer_api.errors import InvalidRecordError
from issuer_api.status import set_indices, set_status, set_statuses, status_changes
from tests.databases import SQLITE, Databases, on_sqlite
from tests.issuer_api.house import CENTRE, OTHER, House, build
from tests.issuer_api.registrar import Form, Registrar, registrar, words

API: Final = "/issuer/api/v1/credentials/status"
UUID: Final = "urn:uuid:"


databases = on_sqlite


def hold(house: House, credential: str) -> None:
    set_status(house.issuer, CENTRE, credential, "suspension", value=True, reason="checking", by="Salma")


def test_many_are_changed_in_one_transaction_and_the_others_left(house: House) -> None:
    first, second, third = house.issue()
    theirs = house.issue(slug=OTHER)[0]
    hold(house, first)
    set_status(house.issuer, CENTRE, second, "revocation", value=True, reason="not-passed", by="Salma")
    named = [third, first, second, theirs, "urn:uuid:none", third]

    def change(purpose: str, *, value: bool, reason: str = "the hours of May") -> dict[str, str]:
        return set_statuses(house.issuer, CENTRE, named, purpose, value=value, reason=reason, by="Salma")

    unknown = {theirs: "unknown", "urn:uuid:none": "unknown"}
    assert change("suspension", value=True) == {third: "changed", first: "unchanged", second: "withdrawn", **unknown}
    assert [(one.purpose, one.is_set, one.reason, one.by) for one in status_changes(house.issuer, CENTRE, third)] == [
        ("suspension", True, "the hours of May", "Salma")
    ]
    before = house.contents()
    assert set(change("suspension", value=True).values()) == {"unchanged", "withdrawn", "unknown"}
    for wrong in ({"purpose": "refresh"}, {"purpose": "suspension", "reason": " "}):
        with pytest.raises(InvalidRecordError):
            change(**wrong, value=False)
    assert house.contents() == before
    assert change("suspension", value=False) == {third: "changed", first: "changed", second: "unchanged", **unknown}
    assert change("revocation", value=True) == {third: "changed", first: "changed", second: "unchanged", **unknown}
    assert set(change("revocation", value=False).values()) == {"withdrawn", "unknown"}
    assert len(set_indices(house.issuer, CENTRE, 1, "revocation")) == 3
    assert not status_changes(house.issuer, OTHER, theirs)


def test_a_program_learns_what_came_of_each(house: House) -> None:
    first, second, third = house.issue()
    theirs = house.issue(slug=OTHER)[0]
    hold(house, second)
    asked: dict[str, Any] = {"credentials": [first, second, theirs], "purpose": "suspension", "status": True, "reason": "checking"}
    answer = house.program(CENTRE, "status").post(API, json=asked)
    assert answer.status_code == 200, answer.text
    assert answer.json() == [
        {"credential": first, "outcome": "changed"},
        {"credential": second, "outcome": "unchanged"},
        {"credential": theirs, "outcome": "unknown"},
    ]
    before = house.counts()["issuer_status_changes"]
    bodies: list[dict[str, Any]] = [
        {"credentials": []},
        {"credentials": [third] * 1001},
        {"purpose": "refresh"},
        {"reason": ""},
        {"status": "no"},
    ]
    for refused in bodies:
        assert house.program(CENTRE, "status").post(API, json=asked | refused).status_code in {400, 422}, refused
    assert house.program(CENTRE, "issue").post(API, json=asked).status_code == 403
    assert house.counts()["issuer_status_changes"] == before
    assert not status_changes(house.issuer, OTHER, theirs)


def certificates(page: Response) -> list[str]:
    return re.findall(r'name="certificate" value="([^"]+)"', page.text)


def test_rows_are_chosen_seen_held_and_released_together(house: House, salma: Registrar) -> None:
    cohort, issued = house.bring().id, house.issue()
    hold(house, issued[1])
    page = salma.get(f"classes/{cohort}?show=signed")
    assert re.findall(r'name="row" value="(\d+)"', page.text) == ["2", "3", "4"]
    assert " checked" not in page.text
    assert salma.get(f"classes/{cohort}?show=signed&marked=1").text.count(" checked") == 3
    assert "No certificate is chosen" in words(salma.get(f"classes/{cohort}/certificates/hold"))
    asked = salma.get(f"classes/{cohort}/certificates/hold?row=2&row=3&row=4&row=99")
    for said in (
        "Put 2 certificates on hold",
        "Row 2: Najma Akter · নাজমা আক্তার",
        "1 of the chosen certificates is in another state, and stays as it is Row 3: Sari (On hold)",
        "Whoever checks it reads: on hold, ask the centre.",
    ):
        assert said in words(asked)
    chosen = certificates(asked)
    assert sorted(UUID + one for one in chosen) == sorted(issued)
    held = salma.post(f"classes/{cohort}/certificates/hold", {"certificate": chosen, "reason": "checking", "words": "May"})
    assert "2 certificates were put on hold. 1 stayed as it was." in words(held)
    assert status_changes(house.issuer, CENTRE, issued[0])[0].reason == "checking: May"
    assert "None of the chosen certificates can be changed in this way" in words(
        salma.get(f"classes/{cohort}/certificates/hold?row=2&row=3")
    )
    released = salma.post(f"classes/{cohort}/certificates/release", {"certificate": chosen, "reason": "checked"})
    assert "3 certificates were released." in words(released)
    assert not set_indices(house.issuer, CENTRE, 1, "suspension")


@pytest.mark.parametrize("sent", [{"sure": "yes"}, {"reason": "wrong-data"}, {"reason": "other", "sure": "yes", "words": " "}])
def test_withdrawing_needs_a_reason_and_to_be_sure(shared: tuple[House, Registrar, str], sent: Form) -> None:
    house, salma, cohort = shared
    address, before = f"classes/{cohort}/certificates/withdraw", house.contents()
    answer = salma.post(address, {"certificate": certificates(salma.get(f"{address}?row=2&row=4")), **sent})
    assert answer.status_code == 422
    assert "Nothing was changed yet" in words(answer)
    assert "Withdraw 2 certificates" in words(answer)
    assert len(certificates(answer)) == 2
    assert house.contents() == before


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Registrar, str]]:
    with Databases(SQLITE).tables(tmp_path_factory.mktemp("house")) as url:
        house = build(url)
        house.issue()
        house.issue(slug=OTHER)
        yield house, registrar(house), house.bring().id
        house.close()


def test_what_was_withdrawn_has_no_box_and_a_page_says_only_what_is_so(house: House, salma: Registrar) -> None:
    cohort, issued = house.bring().id, house.issue()
    chosen = [one.removeprefix(UUID) for one in issued[:2]]
    sent: Form = {"certificate": chosen, "reason": "not-passed", "sure": "yes"}
    done = salma.post(f"classes/{cohort}/certificates/withdraw", sent)
    assert "2 certificates were withdrawn." in words(done)
    assert re.findall(r'name="row" value="(\d+)"', done.text) == ["4"]
    before = house.contents()
    assert "0 certificates were withdrawn. 2 stayed as they were." in words(
        salma.post(f"classes/{cohort}/certificates/withdraw", sent)
    )
    for what in ("done=withdraw&row=3", "done=hold&row=1", "done=release&row=2", "done=hold&left=-1", "done=burn"):
        assert 'id="said"' not in salma.get(f"classes/{cohort}?{what}").text, what
    assert house.contents() == before


def test_another_issuer_s_certificates_and_classes_are_not_reached(shared: tuple[House, Registrar, str]) -> None:
    house, salma, cohort = shared
    report = house.bring(slug=OTHER)
    theirs = str(report.rows[0].credential).removeprefix(UUID)
    form: Form = {"certificate": [theirs], "reason": "checking"}
    before = house.contents()
    assert "No certificate is chosen" in words(salma.post(f"classes/{cohort}/certificates/hold", form))
    assert salma.get(f"classes/{report.id}/certificates/hold?row=2").status_code == 404
    assert salma.post(f"classes/{report.id}/certificates/hold", form).status_code == 404
    assert salma.get(f"classes/{cohort}/certificates/burn?row=2").status_code == 404
    assert salma.post(f"classes/{cohort}/certificates/burn", form).status_code == 404
    assert house.contents() == before


def test_who_only_looks_changes_nothing(shared: tuple[House, Registrar, str]) -> None:
    house, salma, cohort = shared
    auditor = registrar(house, name="Otto", role="auditor")
    assert 'name="row"' not in auditor.get(f"classes/{cohort}?show=signed").text
    chosen = certificates(salma.get(f"classes/{cohort}/certificates/hold?row=2"))
    assert len(chosen) == 1
    before = house.contents()
    assert auditor.post(f"classes/{cohort}/certificates/hold", {"certificate": chosen, "reason": "checking"}).status_code == 403
    forged = salma.client.post(
        salma.address(f"classes/{cohort}/certificates/hold"), data={"form": "x", "certificate": chosen, "reason": "checking"}
    )
    assert forged.status_code == 403
    assert house.contents() == before
