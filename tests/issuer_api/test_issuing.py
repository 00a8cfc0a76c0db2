from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from credentials import rdf
from credentials.data_integrity import proofs_of
from credentials.errors import ProofVerificationError
from credentials.keys import InMemorySigner, generate_private_key
from credentials.verify import VerificationOptions, verify_credential
from issuer_api.cohorts import cohort_report
from issuer_api.documents import Award
from issuer_api.errors import ConflictError, InvalidRecordError, KeyReusedError, UnknownThingError
from issuer_api.issuing import (
    GROUP,
    Certificate,
    credential_json,
    erase_subject,
    find_issued,
    issue,
    issue_cohort,
    issue_work,
    request_of,
)
from issuer_api.organisations import public_keys
from issuer_api.planning import Request
from issuer_api.programmes import programme
from issuer_api.subjects import erase_person
from issuer_api.tables import Claim, Issued, Link, Row
from tests.issuer_api.house import CENTRE, COURSE, EMPLOYER, FORM, OTHER, House, Keys, Nowhere, read_example

SARI = Award(("Sari",), date(2026, 11, 13), "XA-1", date(2026, 3, 2))
ATTESTED = {name: value for name, value in read_example("work/yusuf-haddad.json").items() if name not in {"issuer", "form"}}


def states(house: House) -> list[str]:
    with house.issuer.database.session() as session:
        return list(session.exec(select(Issued.state).order_by(col(Issued.id))).all())


def verified(house: House, content: bytes, slug: str = CENTRE) -> dict[str, Any]:
    did, keys = public_keys(house.issuer, slug)
    options = VerificationOptions(
        now=house.now[0],
        fetcher=Nowhere(),
        known_keys={f"{did}#{name}": key for name, key in keys.items()},
        checks=frozenset({"proof", "issuer-key", "schema", "validity-period"}),
    )
    return dict(verify_credential(content, options).require().document)


def test_a_credential_carries_two_proofs_of_one_step(house: House) -> None:
    content = issue(house.issuer, CENTRE, Request(COURSE, SARI, "key-1")).content
    document = verified(house, content)
    proofs = proofs_of(document)
    assert [proof["cryptosuite"] for proof in proofs] == ["eddsa-rdfc-2022", "eddsa-jcs-2022"]
    assert {proof["created"] for proof in proofs} == {document["validFrom"]} == {"2026-11-23T00:00:00Z"}
    assert {proof["verificationMethod"] for proof in proofs} == {f"{document['issuer']['id']}#k1"}


def test_issuing_again_returns_the_stored_bytes(house: House) -> None:
    issued = issue(house.issuer, CENTRE, Request(COURSE, SARI, "key-1"))
    before = house.counts()
    assert issue(house.issuer, CENTRE, Request(COURSE, SARI, "key-1")) == issued
    assert credential_json(house.issuer, CENTRE, issued.id) == issued.content
    assert house.counts() == before


def test_bytes_that_another_process_stored_first_are_the_ones_that_are_returned(house: House) -> None:
    request, quick = Request(COURSE, SARI, "key-1"), house.again()
    stored: list[Certificate] = []

    def overtaken(document: Mapping[str, object], *, hash_name: str = "sha256") -> bytes:
        if not stored:
            stored.append(issue(quick.issuer, CENTRE, request))
        return rdf.canonicalize(document, hash_name=hash_name)

    assert issue(replace(house.issuer, canonicalize=overtaken), CENTRE, request) == stored[0]
    assert states(house) == ["delivered"]
    quick.close()


def test_what_does_not_verify_is_not_stored(house: House) -> None:
    """A key store that signs with another key than it publishes: found before anything leaves the house."""

    class Mixed(Keys):
        def signer(self, verification_method: str) -> InMemorySigner:
            right = house.issuer.keys.signer(verification_method)

            class Wrong(InMemorySigner):
                @property
                def public_key(self) -> Any:  # noqa: ANN401
                    return right.public_key

            return Wrong(verification_method, generate_private_key())

    before = house.counts()
    with pytest.raises(ProofVerificationError):
        issue(replace(house.issuer, keys=Mixed()), CENTRE, Request(COURSE, SARI, "key-1"))
    assert house.counts() == before


def test_a_class_is_issued_in_groups_and_only_once(house: House) -> None:
    people = GROUP + 3
    report = house.bring("".join(f"Graduate {chr(65 + n // 26)}{chr(97 + n % 26)},2026-11-13,,\n" for n in range(people)))
    seen: list[tuple[int, int]] = []
    ids = issue_cohort(house.issuer, CENTRE, report.id, lambda done, total: seen.append((done, total)), by="Salma")
    assert seen == [(done, people) for done in range(1, people + 1)]
    assert len(set(ids)) == people
    assert issue_cohort(house.issuer, CENTRE, report.id) == ids
    rows = cohort_report(house.issuer, CENTRE, report.id).rows
    assert [(row.credential, row.state) for row in rows] == [(one, "delivered") for one in ids]
    with house.issuer.database.session() as session:
        assert len(session.exec(select(Link)).all()) == len(session.exec(select(Claim)).all()) == people
    names = [json.loads(credential_json(house.issuer, CENTRE, one))["credentialSubject"]["name"][0]["@value"] for one in ids]
    assert names == [row.cells["name"] for row in rows]


def test_a_certificate_s_number_is_the_list_s_or_one_of_its_own(house: House) -> None:
    report = house.bring("Sari,2026-11-13,,\nRana,2026-11-13,,SB-77\n")
    documents = [json.loads(credential_json(house.issuer, CENTRE, one)) for one in issue_cohort(house.issuer, CENTRE, report.id)]
    numbers = [document["credentialSubject"]["licenseNumber"] for document in documents]
    assert numbers == [f"XA-SBC-2026-{report.id[:8].upper()}0002", "SB-77"]


def test_i6_rows_that_are_wrong_wait_while_the_others_are_issued(house: House) -> None:
    report = house.bring("Sari,2026-11-13,,\n,2026-11-13,,\nRana,2026-12-24,,\n")
    assert len(issue_cohort(house.issuer, CENTRE, report.id)) == 1
    assert [row.state for row in cohort_report(house.issuer, CENTRE, report.id).rows] == ["delivered", None, None]


def test_a_class_of_another_issuer_is_unknown(house: House) -> None:
    report = house.bring()
    with pytest.raises(UnknownThingError):
        issue_cohort(house.issuer, OTHER, report.id)
    assert states(house) == []


class PowerCut(BaseException):
    """The process ends here."""


def test_a_crash_while_signing_leaves_nothing_and_the_class_goes_on(house: House) -> None:
    class Dying(Keys):
        def signer(self, verification_method: str) -> InMemorySigner:
            raise PowerCut(verification_method)

    report = house.bring()
    before = house.contents()
    with pytest.raises(PowerCut):
        issue_cohort(replace(house.issuer, keys=Dying()), CENTRE, report.id)
    assert house.contents() == before
    house.now[0] += timedelta(days=2)
    ids = issue_cohort(house.issuer, CENTRE, report.id)
    document = verified(house, credential_json(house.issuer, CENTRE, ids[0]))
    assert document["validFrom"] == "2026-11-25T00:00:00Z" == proofs_of(document)[0]["created"]


def test_a_person_who_was_erased_while_signing_gets_no_certificate(house: House) -> None:
    report = house.bring("Sari,2026-11-13,,\n")
    course = programme(house.issuer, CENTRE, COURSE)
    [row] = report.rows
    request = request_of(course, report.id, row)

    def erasing(document: Mapping[str, object], *, hash_name: str = "sha256") -> bytes:
        with house.issuer.database.session() as session:
            person = session.get_one(Row, (report.id, row.number)).subject
        erase_person(house.issuer, CENTRE, person)
        return rdf.canonicalize(document, hash_name=hash_name)

    with pytest.raises(ConflictError):
        issue(replace(house.issuer, canonicalize=erasing), CENTRE, request)
    assert states(house) == []


def test_a_credential_of_another_issuer_is_unknown(house: House) -> None:
    credential = house.issue()[0]
    for ask in (credential_json, find_issued, erase_subject):
        with pytest.raises(UnknownThingError, match="has issued no certificate"):
            ask(house.issuer, OTHER, credential)


def test_work_is_attested_and_a_repetition_gives_the_same_bytes(house: House) -> None:
    content = issue_work(house.issuer, EMPLOYER, FORM, ATTESTED, "yusuf-1")
    document = verified(house, content, EMPLOYER)
    assert document["credentialSubject"]["workExperience"]["endDate"] == "2026-09-30"
    before = house.counts()
    assert issue_work(house.issuer, EMPLOYER, FORM, ATTESTED, "yusuf-1") == content
    with pytest.raises(KeyReusedError):
        issue_work(house.issuer, EMPLOYER, FORM, ATTESTED | {"roleName": "Foreman"}, "yusuf-1")
    assert house.counts() == before


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"names": "Yusuf"}, "/names"),
        ({"startDate": "2026-10-01"}, "/endDate"),
        ({"endDate": "2026-11-24"}, "/endDate"),
        ({"alignment": [{"targetType": "ext:ISCO08"}]}, "/alignment/0/targetFramework"),
        ({"favouriteColour": "blue"}, "/favouriteColour"),
    ],
)
def test_an_attestation_that_will_not_do_leaves_nothing(unchanged: House, changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidRecordError) as raised:
        issue_work(unchanged.issuer, EMPLOYER, FORM, ATTESTED | changes, "yusuf-1")
    assert raised.value.pointer == pointer


def test_work_is_attested_with_a_form_and_not_with_a_programme(house: House) -> None:
    with pytest.raises(InvalidRecordError) as raised:
        issue_work(house.issuer, CENTRE, COURSE, ATTESTED, "yusuf-1")
    assert raised.value.pointer == "/programme"


def test_the_exact_moment_stays_in_the_register(house: House) -> None:
    row, _ = find_issued(house.issuer, CENTRE, house.issue()[0])
    assert row.reserved_at == datetime(2026, 11, 23, 9, 30, tzinfo=UTC) == row.delivered_at
    assert row.valid_from == date(2026, 11, 23)
