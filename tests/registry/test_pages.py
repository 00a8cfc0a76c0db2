from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from registry.matrix import matrix
from tests.registry.conftest import House
from tests.trust.world import CAREGIVING, NOW, bundle, bundle_of, shipped


@pytest.fixture
def client(house: House) -> TestClient:
    return house.anybody


def standings(**more: object) -> dict[str, list[str]]:
    files = shipped()
    rule = files["states/XB/rules.json"]["rules"][0]
    rule.update(more)
    return {row.qualification.names["en"]: [cell.standing for cell in row.cells] for row in matrix(bundle_of(files), NOW, NOW)}


def test_the_matrix_says_what_the_rules_say() -> None:
    assert standings() == {
        "Caregiving NC II": ["home", "recognised", "partly"],
        "Shielded Metal Arc Welding NC II": ["home", "partly", "undecided"],
    }


def test_only_a_rule_that_refuses_is_shown_as_a_refusal() -> None:
    assert standings(mode="none")["Caregiving NC II"][1] == "refused"
    assert standings(mode="caseByCase")["Caregiving NC II"][1] == "undecided"


def test_lists_too_old_say_could_not_check() -> None:
    rows = matrix(bundle(), NOW, NOW + timedelta(days=60))
    assert {cell.standing for row in rows for cell in row.cells} == {"home", "unknown"}


@pytest.mark.parametrize(("language", "word"), [("en", "Own award"), ("fr", "Reconnu"), ("ar", "أرافيل")])
def test_the_page_is_there_in_every_language(client: TestClient, language: str, word: str) -> None:
    answer = client.get("/registry", params={"lang": language})
    assert answer.status_code == 200
    assert word in answer.text


def test_the_lists_are_served_as_they_are_signed(client: TestClient, tmp_path: Path) -> None:
    for path in (tmp_path / "metadata").iterdir():
        answer = client.get(f"/trust/bundle/metadata/{path.name}")
        assert answer.content == path.read_bytes()
        assert answer.headers["content-type"] == "application/json"
    tag = client.get("/trust/bundle/metadata/timestamp.json").headers["etag"]
    again = client.get("/trust/bundle/metadata/timestamp.json", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["metadata/9.root.json", "..%2Fsecret", "targets/%2e%2e/%2e%2e/secret", "metadata/.hidden"])
def test_nothing_else_is_served(client: TestClient, tmp_path: Path, path: str) -> None:
    (tmp_path.parent / "secret").write_text("secret")
    assert client.get(f"/trust/bundle/{path}").status_code == 404


def test_an_authority_that_decides_publishes_its_keys(client: TestClient) -> None:
    assert client.get("/registry/authorities/skills-office/did.json").status_code == 404  # these lists name DIDs elsewhere


def test_a_cell_opens_its_reason_as_of_a_day(client: TestClient) -> None:
    found = client.get("/registry/cell", params={"qualification": CAREGIVING, "state": "XB", "on": "2026-11-20"})
    assert "Article 7(1)" in found.text
    before = client.get("/registry/cell", params={"qualification": CAREGIVING, "state": "XB", "on": "2025-01-31"})
    assert "Nobody has refused it" in before.text
    assert "Rules before and after" in before.text
    assert "awards it itself" in client.get("/registry/cell", params={"qualification": CAREGIVING, "state": "XA"}).text
    assert client.get("/registry/cell", params={"qualification": "none", "state": "XA"}).status_code == 404
    assert "No decision yet" in client.get("/registry", params={"on": "2024-02-01"}).text


def test_the_days_on_which_rules_turned_lead_back_and_a_persons_desk_forward(house: House) -> None:
    page = house.anybody.get("/registry").text
    assert 'href="/registry?on=2025-03-01"' in page
    assert "/rules/write" not in page
    assert 'href="/registry/states/XB/rules/write"' in house.desk("Writer", "assessor", "XB").get("/registry")
    cell = {"qualification": CAREGIVING, "state": "XC"}
    assert 'href="/registry/ask?state=XC"' in house.anybody.get("/registry/cell", params=cell).text
