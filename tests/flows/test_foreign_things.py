"""Case J1 over the whole deployment: every address of a house or a state, for every role of somewhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest
from fastapi.routing import APIRoute
from sqlmodel import select
from starlette.testclient import TestClient

from issuer_api.organisations import create_issuer
from issuer_api.programmes import define_programme
from issuer_api.tables import ApiToken, Row
from issuer_api.tokens import ACTIONS, create_token
from tests.flows.test_openapi import example_of
from tests.flows.world import BASE, GOOD_LIST, PROGRAMME, SLUG, World, build
from web.people import add_member, create_person, create_sign_in_link
from web.roles import roles_of, state_organisation

STRANGER: Final = "stranger-school"
PAGES: Final = {STRANGER: ("/issuer/{slug}", "/organisations/{slug}"), state_organisation("XB"): ("/registry/states/{code}",)}
"""An organisation, and the addresses of its kind: every role there asks at those of another."""
SENT: Final = {
    "person": "1",
    "role": "auditor",
    "name": "Somebody",
    "reason": "x",
    "digest": "x",
    "act": "approve",
    "heading": "a",
    "column": "name",
}
_FORM: Final = re.compile(r'name="form" value="([^"]+)"')
ACT: Final = {"act": "revoke", "name": "0" * 32, "part": "award"}
SAYS_NO: Final = 404
NOBODY_S: Final = "0" * 26
"""For things that these tests do not make: whoever asks for them is told the same."""


@dataclass(frozen=True)
class Theirs:
    """Ids of a centre's things, by the names of path parameters."""

    ids: dict[str, str]

    def address(self, path: str) -> str:
        return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: self.ids.get(found[1], NOBODY_S), path)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A deployment of its own, on one kind of database: `tests/issuer_api/test_isolation.py` asks on both."""
    built = build(tmp_path_factory.mktemp("foreign") / "data")
    yield built
    built.close()


@pytest.fixture(scope="module")
def theirs(world: World) -> Theirs:
    create_issuer(world.composition.issuer, STRANGER, {"name": "Stranger School"})
    define_programme(world.composition.issuer, STRANGER, PROGRAMME)
    _, report = world.bring(GOOD_LIST)
    issued = world.browser.post(f"/issuer/api/v1/cohorts/{report['id']}/issue", headers=world.authorization)
    credential = issued.json()["credentials"][0]
    hook = world.browser.post(
        "/issuer/api/v1/webhooks", json={"url": "https://hooks.example/comity"}, headers=world.authorization
    ).json()
    with world.composition.issuer.database.session() as session:
        token = session.exec(select(ApiToken.id).where(ApiToken.organisation == SLUG)).first() or ""
        person = session.exec(select(Row.subject).where(Row.cohort == report["id"])).first() or ""
    return Theirs(
        {
            "slug": SLUG,
            "code": "XA",
            "cohort": report["id"],
            "row": "2",
            "line": "2",
            "credential": credential,
            "uuid": credential.rpartition(":")[2],
            "person": person,
            "token": token,
            "webhook": hook["id"],
            "programme": PROGRAMME["id"],
            "programme_id": PROGRAMME["id"],
            "form_id": "work-experience",
            **ACT,
        }
    )


def routes(world: World, *starts: str) -> Iterator[tuple[str, str]]:
    """Yield (method, path) of what stands below some addresses."""
    for route in world.composition.app.routes:
        if isinstance(route, APIRoute) and route.path.startswith(starts):
            yield from ((method, route.path) for method in sorted(route.methods or ()))


def entered(world: World, organisation: str, role: str) -> TestClient:
    """Return the browser of somebody who has a role there."""
    people, now = world.composition.people, world.composition.issuer.clock()
    with people.database.write() as session:
        person = create_person(session, f"Somebody, {role}", now)
        assert person.id is not None
        add_member(session, person.id, organisation, role)
        link = create_sign_in_link(session, person.id, now)
    browser = TestClient(world.composition.app, base_url=BASE, follow_redirects=False)
    assert browser.post(f"/sign-in/{link}").status_code == 303
    return browser


def test_j1_no_role_of_another_house_or_state_sees_or_changes_anything(world: World, theirs: Theirs) -> None:
    before = world.rows()
    answered: dict[str, set[int]] = {}
    for organisation, starts in PAGES.items():
        for role in roles_of(organisation):
            browser = entered(world, organisation, role)
            found = _FORM.search(browser.get("/account", headers={"Accept": "text/html"}).text)
            assert found is not None, role
            for method, path in routes(world, *starts):
                body: dict[str, Any] = {"data": SENT | {"form": found[1]}} if method == "POST" else {}
                answer = browser.request(method, theirs.address(path), headers={"Accept": "application/json"}, **body)
                answered.setdefault(f"{method} {path}", set()).add(answer.status_code)
    assert len(answered) > 70
    assert {place: codes for place, codes in answered.items() if codes != {SAYS_NO}} == {}
    signed_in = {"web_people", "web_members", "web_sign_in_links", "web_sessions", "web_memberships"}
    assert {name: count for name, count in world.rows().items() if count != before[name]}.keys() <= signed_in


def test_j1_no_token_of_another_centre_reads_or_changes_anything(world: World, theirs: Theirs) -> None:
    token = create_token(world.composition.issuer, STRANGER, "tests", ACTIONS)
    own = Theirs({**theirs.ids, "programme": "theirs-alone", "programme_id": "theirs-alone"})
    document = world.composition.app.openapi()
    named = [
        (method.upper(), path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if operation.get("security") and "{" in path
    ]
    assert len(named) > 15
    before, answered = world.rows(), {}
    for method, path, operation in named:
        sent = _sent(operation, document["components"]["schemas"])
        sent["headers"]["Authorization"] = f"Bearer {token}"
        answer = world.browser.request(method, own.address(path), **sent)
        answered[f"{method} {path}"] = answer.status_code
    assert {place: code for place, code in answered.items() if code != SAYS_NO} == {}
    assert world.rows() == before


def _sent(operation: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """Return a request as the documentation shows it."""
    needed = [one for one in operation.get("parameters", ()) if one["in"] == "header" and one["required"]]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    headers = {one["name"]: one["schema"]["examples"][0] for one in needed}
    return {"headers": headers, **({"json": example_of(body["schema"], components)} if body else {})}
