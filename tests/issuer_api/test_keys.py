from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import delete

from credentials import rdf
from credentials.data_integrity import proofs_of, verify_proofs
from issuer_api.errors import InvalidRecordError, KeyCompromisedError, KeyRetiredError, NoSigningKeyError, UnknownThingError
from issuer_api.history import history
from issuer_api.issuing import issue
from issuer_api.key_records import KeyState, adopt_first_keys
from issuer_api.keys import (
    check_may_sign,
    check_still_signs,
    dated_from,
    key_records,
    key_signer,
    mark_compromised,
    retire_key,
    rotate_key,
    signing_key,
)
from issuer_api.organisations import organisation, public_keys, published_document
from issuer_api.planning import Request
from issuer_api.status import StatusLists
from issuer_api.tables import SigningKey
from tests.issuer_api.house import BASE, CENTRE, COURSE, OTHER, House
from tests.issuer_api.test_issuing import SARI, states

DAY = timedelta(days=1)
THEFT = datetime(2026, 11, 20, tzinfo=UTC)


def method(house: House, fragment: str, slug: str = CENTRE) -> str:
    return f"{organisation(house.issuer, slug)[0]}#{fragment}"


def states_of(house: House, slug: str = CENTRE) -> list[str]:
    return [record.state(house.now[0]) for record in key_records(house.issuer, slug)]


def test_an_overlap_ends_by_itself(house: House) -> None:
    made = rotate_key(house.issuer, CENTRE, 3 * DAY)
    assert (made.fragment, made.state(house.now[0])) == ("k2", KeyState.ACTIVE)
    assert states_of(house) == ["retiring", "active"]
    assert signing_key(house.issuer, CENTRE).verification_method == method(house, "k2")
    assert key_signer(house.issuer, CENTRE, "k1").verification_method == method(house, "k1")
    house.now[0] += 3 * DAY
    assert states_of(house) == ["retired", "active"]
    with pytest.raises(KeyRetiredError, match="k1 of sunder-bay-care signs nothing more since 2026-11-26"):
        key_signer(house.issuer, CENTRE, "k1")
    assert states_of(house, OTHER) == ["active"]


@pytest.mark.parametrize("overlap", [-DAY, 367 * DAY])
def test_an_overlap_that_is_none_changes_nothing(unchanged: House, overlap: timedelta) -> None:
    with pytest.raises(InvalidRecordError, match="the overlap is 0 to 366 days"):
        rotate_key(unchanged.issuer, CENTRE, overlap)


def test_every_act_on_a_key_is_in_the_history(house: House) -> None:
    rotate_key(house.issuer, CENTRE, DAY, by="Salma")
    retire_key(house.issuer, CENTRE, "k1", by="Salma")
    mark_compromised(house.issuer, CENTRE, "k1", THEFT, by="Salma")
    mark_compromised(house.issuer, CENTRE, "k1", THEFT, by="Salma")
    acts = [(act.action, act.thing, act.by) for act in history(house.issuer, CENTRE) if act.action.startswith("key-")]
    assert acts == [("key-compromised", "k1", "Salma"), ("key-retired", "k1", "Salma"), ("key-made", "k2", "Salma")]


def test_the_did_document_keeps_an_ended_key_and_trusts_no_stolen_one(house: House) -> None:
    rotate_key(house.issuer, CENTRE)
    both = [method(house, name) for name in ("k1", "k2")]
    assert published_document(house.issuer, CENTRE)["assertionMethod"] == both
    mark_compromised(house.issuer, CENTRE, "k1", THEFT)
    document = published_document(house.issuer, CENTRE)
    assert [entry["id"] for entry in document["verificationMethod"]] == both
    assert [entry.get("revoked") for entry in document["verificationMethod"]] == ["2026-11-20T00:00:00Z", None]
    assert document["assertionMethod"] == document["authentication"] == both[1:]


@dataclass
class Interrupting:
    """Canonicalizes, and ends the key that signs in the middle of it, so many times, as another process would."""

    house: House
    times: int

    def __call__(self, document: Mapping[str, object], *, hash_name: str = "sha256") -> bytes:
        if self.times:
            self.times -= 1
            rotate_key(self.house.issuer, CENTRE)
        return rdf.canonicalize(document, hash_name=hash_name)


def test_j11_what_a_key_signed_that_ended_meanwhile_is_not_stored(house: House) -> None:
    """It is signed anew by the next key, once; where that ends too, nothing is issued."""
    request = Request(COURSE, SARI, "key-1")
    with pytest.raises(KeyRetiredError):
        issue(replace(house.issuer, canonicalize=Interrupting(house, 100)), CENTRE, request)
    assert states(house) == []
    document = json.loads(issue(replace(house.issuer, canonicalize=Interrupting(house, 1)), CENTRE, request).content)
    last = key_records(house.issuer, CENTRE)[-1].fragment
    assert {proof["verificationMethod"] for proof in proofs_of(document)} == {method(house, last)}
    assert states(house) == ["delivered"]


def test_j14_rotations_while_others_sign_fail_nobody(house: House) -> None:
    def work(number: int) -> list[bytes]:
        requests = [Request(COURSE, replace(SARI, number=f"XA-{number}-{step}"), f"key-{number}-{step}") for step in range(4)]
        return [issue(house.issuer, CENTRE, request).content for request in requests]

    with ThreadPoolExecutor(4) as workers:
        working = [workers.submit(work, number) for number in range(4)]
        for _ in range(3):
            rotate_key(house.issuer, CENTRE, timedelta(hours=1))
        contents = [content for job in working for content in job.result()]
    assert len(contents) == 16
    did, keys = public_keys(house.issuer, CENTRE)
    for content in contents:
        verify_proofs(json.loads(content), lambda name, _: keys[name.removeprefix(f"{did}#")], now=house.now[0])


def test_rotations_side_by_side_make_a_key_each(house: House) -> None:
    with ThreadPoolExecutor(4) as workers:
        made = list(workers.map(lambda _: rotate_key(house.issuer, CENTRE), range(4)))
    assert sorted(record.fragment for record in made) == ["k2", "k3", "k4", "k5"]
    [signing] = [record for record in key_records(house.issuer, CENTRE) if record.state(house.now[0]) is KeyState.ACTIVE]
    assert signing.fragment == "k5"


def test_status_lists_are_signed_anew_by_the_next_key(house: House) -> None:
    house.issue()
    lists = StatusLists(house.issuer)

    def signers() -> set[str]:
        return {proof["verificationMethod"] for proof in proofs_of(json.loads(lists.get(f"{CENTRE}-1-revocation").content))}

    first = lists.get(f"{CENTRE}-1-revocation")
    assert (signers(), lists.get(f"{CENTRE}-1-revocation")) == ({method(house, "k1")}, first)
    rotate_key(house.issuer, CENTRE)
    assert signers() == {method(house, "k2")}
    mark_compromised(house.issuer, CENTRE, "k2", house.now[0])
    with pytest.raises(NoSigningKeyError):
        signers()
    answer = house.program().get(f"{BASE}/status/{CENTRE}-1-revocation")
    assert (answer.status_code, answer.json()["type"].partition("#")[2]) == (503, "NO_SIGNING_KEY")
    rotate_key(house.issuer, CENTRE)
    assert signers() == {method(house, "k3")}


def test_j11_a_stolen_key_is_refused_where_things_are_stored(house: House) -> None:
    mark_compromised(house.issuer, CENTRE, "k1", THEFT)
    with (
        house.issuer.database.session() as session,
        pytest.raises(KeyCompromisedError, match="k1 of sunder-bay-care is known to be stolen since 2026-11-20"),
    ):
        check_may_sign(session, CENTRE, "k1", house.now[0])
    with pytest.raises(KeyCompromisedError, match="k1 of sunder-bay-care is known to be stolen since 2026-11-20"):
        check_still_signs(house.issuer, CENTRE, "k1")
    with pytest.raises(UnknownThingError):
        check_still_signs(house.issuer, CENTRE, "k7")


def test_a_theft_that_is_learnt_after_the_end_closes_the_key_at_the_theft(house: House) -> None:
    rotate_key(house.issuer, CENTRE)
    record = mark_compromised(house.issuer, CENTRE, "k1", THEFT)
    assert (record.until, record.compromised_since) == (THEFT, THEFT)
    with pytest.raises(InvalidRecordError, match="in the future"):
        mark_compromised(house.issuer, CENTRE, "k2", house.now[0] + DAY)


def test_a_key_s_number_is_never_given_again(house: House) -> None:
    house.issuer.keys.create(method(house, "k4"))  # as a crash or a restored backup would leave it
    assert rotate_key(house.issuer, CENTRE).fragment == "k5"
    assert list(public_keys(house.issuer, CENTRE)[1]) == ["k1", "k5"]


def test_certificates_are_counted_by_their_day(house: House) -> None:
    house.issue()
    assert dated_from(house.issuer, CENTRE, date(2026, 11, 23)) == (0, 3)
    assert dated_from(house.issuer, CENTRE, date(2026, 11, 24)) == (3, 0)


def test_the_keys_of_issuers_from_before_are_recorded_once(house: House) -> None:
    before = key_records(house.issuer, CENTRE)
    with house.issuer.database.write() as session:
        session.exec(delete(SigningKey))
    with pytest.raises(NoSigningKeyError):
        signing_key(house.issuer, CENTRE)
    for _ in range(2):
        adopt_first_keys(house.issuer.database, house.issuer.keys)
    assert key_records(house.issuer, CENTRE) == before
