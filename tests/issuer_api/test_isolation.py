"""One centre never sees, changes or issues as another: asked of every operation that the API has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from credentials.errors import COMITY
from issuer_api import product_api, vc_api
from issuer_api.delivery import link_of
from issuer_api.issuing import find_issued
from issuer_api.messages import ATTESTATION, CREDENTIAL
from issuer_api.organisations import organisation
from issuer_api.programmes import define_programme
from issuer_api.tokens import ACTIONS, list_tokens
from tests.issuer_api.house import CENTRE, COURSE, EMPLOYER, FORM, HEADER, OTHER, THREE, House, read_example
from web.sealing import SealBrokenError

API = "/issuer/api/v1"


@dataclass(frozen=True)
class Theirs:
    """Ids of the other centre's things, by the names of path parameters."""

    ids: dict[str, str]


@pytest.fixture
def theirs(house: House) -> Theirs:
    define_programme(house.issuer, OTHER, read_example(f"programmes/{COURSE}.json") | {"id": "their-course"})
    report = house.bring(slug=OTHER)
    credential = house.issue(slug=OTHER)[0]
    house.program(OTHER, "read")
    return Theirs(
        {
            "programme": "their-course",
            "cohort": report.id,
            "row": "3",
            "credential": credential,
            "person": report.rows[1].person,
            "token": list_tokens(house.issuer, OTHER)[0].id,
        }
    )


def routes(house: House) -> Iterator[tuple[str, APIRoute]]:
    for router in (vc_api.router(house.issuer), product_api.router(house.issuer)):
        for route in router.routes:
            assert isinstance(route, APIRoute)
            for method in sorted(route.methods or ()):
                yield method, route


def body_for(path: str, theirs: Theirs) -> dict[str, Any]:
    """Return a good request that names the other centre's things wherever a body can."""
    bodies: dict[str, dict[str, Any]] = {
        "/credentials/issue": {"json": {"credential": CREDENTIAL}},
        "/credentials/status": {
            "json": {
                "credentialId": theirs.ids["credential"],
                "credentialStatus": {"statusPurpose": "revocation", "status": True},
            }
        },
        f"{API}/programmes": {"json": read_example(f"programmes/{COURSE}.json")},
        f"{API}/cohorts": {
            "data": {"programme": theirs.ids["programme"]},
            "files": {"file": ("x.csv", (HEADER + THREE).encode(), "text/csv")},
        },
        f"{API}/cohorts/{{cohort}}/rows/{{row}}": {"json": {"cells": {"name": "Somebody Else"}, "leftOut": True}},
        f"{API}/cohorts/{{cohort}}/issue": {},
        f"{API}/work": {
            "params": {"form": FORM},
            "json": ATTESTATION,
            "headers": {"Idempotency-Key": "theirs-0001"},
        },
        f"{API}/people/search": {"json": {"name": "akter"}},
    }
    return bodies[path]


def ask(program: TestClient, method: str, path: str, theirs: Theirs) -> Any:  # noqa: ANN401  # an answer
    request = body_for(path, theirs) if method in {"POST", "PATCH"} else {}
    return program.request(method, path.format(**theirs.ids), **request)


def names_a_thing(method: str, path: str) -> bool:
    return "{" in path or (method, path) in {("POST", "/credentials/status"), ("POST", f"{API}/cohorts"), ("POST", f"{API}/work")}


def test_j1_the_other_centre_s_things_answer_404_and_stay_as_they_are(house: House, theirs: Theirs) -> None:
    program = house.program(CENTRE)
    before = house.contents()
    asked = [(method, route.path) for method, route in routes(house) if names_a_thing(method, route.path)]
    for method, path in asked:
        answer = ask(program, method, path, theirs)
        assert (answer.status_code, answer.json()["type"]) == (404, COMITY + "NOT_FOUND"), (method, path)
    assert house.contents() == before
    assert len(asked) >= 13


def test_lists_and_searches_show_one_s_own_alone(house: House, theirs: Theirs) -> None:
    program = house.program(CENTRE)
    assert [record["id"] for record in program.get(f"{API}/programmes").json()] == [COURSE]
    assert program.get(f"{API}/cohorts").json() == []
    assert program.post(f"{API}/people/search", json={"name": "akter"}).json() == []
    assert len(program.get(f"{API}/tokens").json()) == 1
    things = {act["thing"] for act in program.get(f"{API}/history").json()}
    assert things.isdisjoint(theirs.ids.values())


def test_j2_a_program_cannot_issue_as_another(house: House, theirs: Theirs) -> None:
    did, _ = organisation(house.issuer, OTHER)
    mine, _ = organisation(house.issuer, CENTRE)
    program = house.program(CENTRE)
    refused = program.post("/credentials/issue", json={"credential": {**CREDENTIAL, "issuer": did}})
    assert (refused.status_code, refused.json()["pointer"]) == (422, "/issuer")
    issued = program.post("/credentials/issue", json={"credential": CREDENTIAL}).json()["verifiableCredential"]
    assert issued["issuer"]["id"] == mine
    assert {proof["verificationMethod"] for proof in issued["proof"]} == {f"{mine}#k1"}
    assert house.program(CENTRE).post(f"{API}/work", **body_for(f"{API}/work", theirs)).status_code == 404
    assert organisation(house.issuer, EMPLOYER)[0] not in str(issued)


def test_a_printed_code_belongs_to_its_credential_alone(house: House, theirs: Theirs) -> None:
    mine = house.issue()[0]
    _, subject = find_issued(house.issuer, CENTRE, mine)
    with pytest.raises(SealBrokenError):
        link_of(house.issuer, theirs.ids["credential"], subject)


def test_every_operation_wants_a_token_for_its_action(house: House, theirs: Theirs) -> None:
    programs = [house.program(CENTRE, action) for action in ACTIONS]
    stranger = house.program(CENTRE)
    stranger.headers["Authorization"] = "Bearer comity_guessed"
    asked = list(routes(house))
    for method, route in asked:
        unknown = ask(stranger, method, route.path, theirs)
        assert (unknown.status_code, unknown.json()["type"]) == (401, COMITY + "TOKEN"), (method, route.path)
        answers = [ask(program, method, route.path, theirs).status_code for program in programs]
        assert answers.count(403) == len(ACTIONS) - 1, (method, route.path, answers)
    assert len(asked) >= 20
