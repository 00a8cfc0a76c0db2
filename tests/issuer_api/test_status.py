from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from credentials.data_integrity import verify_proofs
from credentials.status.bitstring import StatusList
from issuer_api.errors import ConflictError, InvalidRecordError, UnknownThingError
from issuer_api.history import history
from issuer_api.issuing import erase_subject, find_issued
from issuer_api.organisations import public_keys
from issuer_api.signed_lists import LIST_LASTS
from issuer_api.status import StatusLists, set_indices, set_status, status_changes, status_of
from tests.databases import stored_bytes
from tests.issuer_api.house import CENTRE, OTHER, House


def change(house: House, credential: str, purpose: str, *, value: bool, reason: str = "checked", slug: str = CENTRE) -> None:
    set_status(house.issuer, slug, credential, purpose, value=value, reason=reason, by="Salma")


def bits(house: House, lists: StatusLists, purpose: str) -> StatusList:
    document: dict[str, Any] = json.loads(lists.get(f"{CENTRE}-1-{purpose}").content)
    did, keys = public_keys(house.issuer, CENTRE)
    verify_proofs(document, lambda method, _: keys[method.removeprefix(f"{did}#")], now=house.now[0])
    assert document["credentialSubject"]["statusPurpose"] == purpose
    return StatusList.decode(document["credentialSubject"]["encodedList"])


def test_both_lists_are_whole_signed_and_of_one_index(house: House) -> None:
    first, second, _ = house.issue()
    lists = StatusLists(house.issuer)
    assert not any(bits(house, lists, "revocation").bits)
    change(house, first, "revocation", value=True)
    change(house, second, "suspension", value=True)
    revoked, suspended = bits(house, lists, "revocation"), bits(house, lists, "suspension")
    at = {one: find_issued(house.issuer, CENTRE, one)[0].list_index for one in (first, second)}
    assert len(revoked) == len(suspended) == 131_072
    assert (revoked[at[first]], revoked[at[second]]) == (True, False)
    assert (suspended[at[first]], suspended[at[second]]) == (False, True)
    assert set_indices(house.issuer, CENTRE, 1, "revocation") == {at[first]}


def test_a_suspension_is_taken_back_and_a_revocation_is_not(house: House) -> None:
    credential = house.issue()[0]
    change(house, credential, "suspension", value=True, reason="under review")
    change(house, credential, "suspension", value=False, reason="all is well")
    assert status_of(house.issuer, CENTRE, credential) == {}
    change(house, credential, "revocation", value=True, reason="issued in error")
    with pytest.raises(ConflictError, match="stays withdrawn"):
        change(house, credential, "revocation", value=False)
    assert status_of(house.issuer, CENTRE, credential)["revocation"].reason == "issued in error"
    assert [(one.purpose, one.is_set, one.reason, one.by) for one in status_changes(house.issuer, CENTRE, credential)] == [
        ("suspension", True, "under review", "Salma"),
        ("suspension", False, "all is well", "Salma"),
        ("revocation", True, "issued in error", "Salma"),
    ]
    acts = [act.action for act in history(house.issuer, CENTRE) if act.thing == credential]
    assert acts == ["revocation-set", "suspension-ended", "suspension-set", "credential-issued"]


@pytest.mark.parametrize("purpose", ["revocation", "suspension"])
def test_the_same_again_changes_nothing(house: House, purpose: str) -> None:
    credential = house.issue()[0]
    before = house.counts()
    change(house, credential, purpose, value=False)
    assert house.counts() == before
    change(house, credential, purpose, value=True, reason="first")
    before = house.counts()
    change(house, credential, purpose, value=True, reason="second")
    assert house.counts() == before
    assert status_of(house.issuer, CENTRE, credential)[purpose].reason == "first"


def test_a_reason_may_name_the_person_so_it_is_sealed_and_erased(house: House) -> None:
    credential = house.issue()[1]
    change(house, credential, "suspension", value=True, reason="Sari did not pass")
    assert b"did not pass" not in stored_bytes(house.issuer.database.engine)
    erase_subject(house.issuer, CENTRE, credential)
    [found] = status_changes(house.issuer, CENTRE, credential)
    assert (found.is_set, found.reason, found.by) == (True, "", "Salma")


def test_a_certificate_can_be_withdrawn_after_erasure(house: House) -> None:
    credential = house.issue()[1]
    erase_subject(house.issuer, CENTRE, credential)
    change(house, credential, "revocation", value=True, reason="issued in error")
    assert status_of(house.issuer, CENTRE, credential)["revocation"].reason == ""
    assert bits(house, StatusLists(house.issuer), "revocation")[find_issued(house.issuer, CENTRE, credential)[0].list_index]


@pytest.mark.parametrize(
    ("purpose", "reason", "pointer"),
    [
        ("refresh", "checked", "/statusPurpose"),
        ("revocation", "", "/reason"),
        ("revocation", "  ", "/reason"),
        ("revocation", "a\nb", "/reason"),
        ("revocation", "r" * 201, "/reason"),
    ],
)
def test_a_change_needs_a_purpose_and_a_reason(house: House, purpose: str, reason: str, pointer: str) -> None:
    credential = house.issue()[0]
    before = house.counts()
    with pytest.raises(InvalidRecordError) as raised:
        change(house, credential, purpose, value=True, reason=reason)
    assert raised.value.pointer == pointer
    assert house.counts() == before


def test_another_issuer_s_credential_is_unknown(house: House) -> None:
    credential = house.issue()[0]
    before = house.counts()
    for ask in (
        lambda: change(house, credential, "revocation", value=True, slug=OTHER),
        lambda: status_of(house.issuer, OTHER, credential),
        lambda: status_changes(house.issuer, OTHER, credential),
    ):
        with pytest.raises(UnknownThingError):
            ask()
    assert house.counts() == before


@pytest.mark.parametrize(
    "name",
    [
        "nonsense",
        f"{CENTRE}-1",
        f"{CENTRE}-0-revocation",
        f"{CENTRE}-2-revocation",
        f"{OTHER}-1-revocation",
        f"{CENTRE}-1-message",
        f"{CENTRE}-9999999999-revocation",
    ],
)
def test_a_list_that_is_none_is_unknown(house: House, name: str) -> None:
    house.issue()
    with pytest.raises(UnknownThingError):
        StatusLists(house.issuer).get(name)


def test_a_list_is_signed_again_when_it_changes_or_nears_its_end(house: House) -> None:
    credential = house.issue()[0]
    lists = StatusLists(house.issuer)
    name = f"{CENTRE}-1-revocation"
    first, morning = lists.get(name), house.now[0].replace(hour=0, minute=0)
    assert first.valid_until == morning + LIST_LASTS
    house.now[0] += timedelta(hours=2)
    assert lists.get(name) is first
    house.now[0] += timedelta(hours=2)
    second = lists.get(name)
    assert (second.content != first.content, second.valid_until) == (True, morning + timedelta(hours=12) + LIST_LASTS)
    change(house, credential, "suspension", value=True)
    assert lists.get(name) is second
    change(house, credential, "revocation", value=True)
    third = lists.get(name)
    assert third.valid_until == house.now[0] + LIST_LASTS
    house.now[0] += timedelta(hours=1)
    another_process = StatusLists(house.issuer).get(name)
    assert (lists.get(name) is third, another_process.valid_until) == (True, third.valid_until)
    assert third.etag not in {first.etag, second.etag}
