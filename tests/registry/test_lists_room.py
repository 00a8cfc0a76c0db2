"""Publishing at a state's desk: only the state's own lists, by the keys that lie here or elsewhere."""

from __future__ import annotations

import dataclasses
import json
from hashlib import sha256

import pytest

from credentials.errors import MalformedValueError
from credentials.keys import InMemorySigner
from registry.drafts import Draft, RoleKeys
from registry.releasing import take_signatures
from registry.working_copy import undone_by
from tests.registry.conftest import House
from tests.registry.office import STATE, approve, put_forward, words
from tests.trust.world import NOW

LISTS = f"{STATE}/lists"
COUNCIL = [InMemorySigner(name, sha256(name.encode()).digest()) for name in ("one", "two", "three")]


def changed(house: House, state: str = "XA") -> None:
    """Have two people suspend a centre of a state."""
    writer, approver = house.desk("Writer", "assessor", state), house.desk("Approver", "approver", state)
    [slug, *_] = [centre.slug for centre in house.registry.bundle().issuers.values() if centre.state == state]
    page = f"/registry/states/{state}/centres/{slug}/suspend"
    approve(approver, put_forward(writer, page, step="propose", day="2027-01-15", reason="An inspection."))


def elsewhere(house: House, threshold: int = 2) -> None:
    """Hand the state's role to keys that do not lie in this house."""
    publisher = house.registry.publisher
    roles = publisher.roles_in_force() | {"state-XA": RoleKeys(tuple(one.public_key for one in COUNCIL), threshold)}
    draft = publisher.draft(publisher.current(), roles, now=NOW)
    draft.sign([*COUNCIL, *(publisher.keys.signer(name) for name in publisher.keys.verification_methods())])
    publisher.release(draft, now=NOW)


def test_a_state_publishes_its_own_changes_and_no_others(house: House) -> None:
    changed(house)
    changed(house, "XC")
    signer = house.desk("Signer", "signer")
    assert signer.post(LISTS, LISTS).status_code == 303
    assert [stop.by for stop in house.registry.bundle().suspensions] == ["XA"]
    assert "An inspection." in house.desk("Signer of XC", "signer", "XC").get("/registry/states/XC/lists")
    again = signer.post(LISTS, LISTS)
    assert (again.status_code, "nothing has changed" in again.text) == (422, True)


def test_only_who_signs_publishes_and_takes_files_along(house: House) -> None:
    changed(house)
    approver = house.desk("Another approver", "approver")
    assert "Sign and publish" not in approver.get(LISTS)
    assert approver.post(LISTS, LISTS).status_code == 403
    assert approver.client.get(f"{LISTS}/draft.json").status_code == 403
    assert house.desk("Signer", "signer").client.get(f"{LISTS}/draft.json").status_code == 404


def test_keys_that_lie_elsewhere_sign_a_file_that_comes_back(house: House) -> None:
    elsewhere(house)
    changed(house)
    signer = house.desk("Signer", "signer")
    assert signer.post(LISTS, LISTS).status_code == 303
    waits = signer.get(LISTS)
    assert "Signatures still missing: 2" in words(waits)
    assert house.registry.bundle().suspensions == ()
    draft = Draft.from_bytes(signer.client.get(f"{LISTS}/draft.json").content)
    assert list(draft.metadata) == ["state-XA"]
    copies = []
    for key in COUNCIL[:2]:
        copy = Draft.from_bytes(draft.to_bytes())
        copy.sign([key])
        copies.append(copy.to_bytes())
    path = f"{LISTS}/signatures"
    token = waits.partition('name="form" value="')[2].partition('"')[0]

    def send(*contents: bytes) -> str:
        files = [("signed", (f"{number}.json", content)) for number, content in enumerate(contents)]
        return words(signer.client.post(path, data={"form": token}, files=files).text)

    assert "This could not be done." in send(b"{}")
    assert "Signatures still missing: 1" in send(copies[0])
    assert "The lists are published." in send(*copies)
    assert [stop.reason for stop in house.registry.bundle().suspensions] == ["An inspection."]
    assert not house.registry.waiting.exists()
    assert "no draft waits" in send(copies[0])
    with pytest.raises(MalformedValueError):
        take_signatures(house.registry, [])


def test_lists_of_another_origin_would_undo_what_the_house_did(house: House) -> None:
    registry, path = house.registry, "states/XA/suspensions.json"
    folder = registry.publisher.current()
    assert undone_by(registry.database, folder, folder).waiting == ()
    changed(house)
    found = undone_by(registry.database, folder, registry.publisher.current())
    assert (found.waiting, found.published) == ((path,), ())
    house.desk("Signer", "signer").post(LISTS, LISTS)
    now = registry.publisher.current()
    found = undone_by(registry.database, folder, now)
    assert (found.waiting, found.published) == ((), (path,))
    assert undone_by(registry.database, now, now).published == ()
    assert json.loads(now[path])["suspensions"]


def test_the_roles_in_force_are_those_of_the_published_lists(house: House) -> None:
    publisher = house.registry.publisher
    assert publisher.roles_in_force() == publisher.own_roles(("XA", "XB", "XC"))
    assert dataclasses.replace(publisher, folder=publisher.folder / "none").roles_in_force() == {}
