"""A state's desk with something on it: applications, changes, cases, made as people make them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from sqlmodel import col, select
from starlette.testclient import TestClient

from comity.officers import officer_links
from issuer_api.issuing import credential_json
from issuer_api.tables import Issued
from registry.applications import applications
from registry.awards import awards
from registry.cases import ask
from tests.conftest import Served

STATE: Final = "XA"
DESK: Final = f"/registry/states/{STATE}"
CENTRE: Final = f"{DESK}/centres/tarimba-welding"
APPROVAL: Final = "urn:comity:XA:accreditation:101"


def officer_path(served: Served, role: str) -> str:
    """Return a fresh sign-in link of an officer."""
    return officer_links(served.demonstrated.composition, "")[role]


def officer(served: Served, role: str) -> TestClient:
    """Return the browser of an officer who has signed in."""
    client = TestClient(served.demonstrated.composition.app, base_url=served.base_url)
    client.post(officer_path(served, role))
    return client


def send(client: TestClient, page: str, **form: str) -> str:
    """Send the form of a page; return the path of the page that comes next."""
    token = re.search(r'name="form" value="([0-9a-f]+)"', client.get(page).text)
    assert token is not None
    answer = client.post(page, data={**form, "form": token.group(1)}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


_MADE: Final[dict[tuple[str, str], str]] = {}
"""What was made on a deployment already: (its address, what) to the path."""


def once(what: str, make: Callable[[Served], str]) -> Callable[[Served], str]:
    """Return what makes something on a deployment the first time, and finds it again later."""

    def found(served: Served) -> str:
        key = served.base_url, what
        if key not in _MADE:
            _MADE[key] = make(served)
        return _MADE[key]

    return found


def _application(served: Served) -> str:
    every = applications(served.demonstrated.composition.registry.database, STATE)
    [waiting] = [one for one in every if one.asked["name"] == "Highland Care School"]
    send(officer(served, "assessor"), f"{DESK}/applications/{waiting.id}", act="ask", reason="Who teaches first aid?")
    return waiting.id


def _change(served: Served) -> str:
    form = {"step": "propose", "day": "2099-12-31", "reason": "The workshop is being inspected."}
    return send(officer(served, "assessor"), f"{CENTRE}/suspend", **form)


def _case(served: Served, slug: str) -> str:
    composition = served.demonstrated.composition
    with composition.issuer.database.session() as session:
        credential = session.exec(select(Issued.id).where(Issued.organisation == slug).order_by(col(Issued.row_number))).first()
    assert credential is not None
    content = credential_json(composition.issuer, slug, credential)
    return ask(composition.registry, STATE, content, "+000 111 222", "I worked at the yard for three years.")


def _decided(served: Served) -> str:
    name = _case(served, "harborline-shipyard")
    writer, approver = officer(served, "assessor"), officer(served, "approver")
    ruling = {"outcome": "partly", "title-en": "Welder", "more-en": "a test of skill", "basis": "Article 9(2)", "nqf": "2"}
    address = send(writer, f"{DESK}/cases/{name}", **ruling)
    digest = re.search(r'name="digest" value="([^"]+)"', approver.get(address).text)
    assert digest is not None
    send(approver, address, act="approve", digest=digest.group(1))
    return name


application: Final = once("application", _application)
"""The id of the application that waits in the demonstration, to which the authority has asked something."""
change: Final = once("change", _change)
"""The address of a suspension that waits for a second person."""


def award(served: Served) -> str:
    """Return the address of the award that waits in the demonstration for other states."""
    [found, *_] = awards(served.demonstrated.composition.registry, STATE)
    return f"{DESK}/endorsements/{found.id}"


case: Final = once("case", lambda served: _case(served, "sunder-bay-care"))
"""The id of a case that waits for a decision."""
decided_case: Final = once("decided", _decided)
"""The id of a case on which two officers have decided."""
