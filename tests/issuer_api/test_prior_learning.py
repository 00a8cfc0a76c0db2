"""Prior learning: credentials of other systems read, checked as far as can be, mapped by a person, named on the certificate."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pytest

from credentials.data_integrity import add_proof_set
from credentials.encoding import b64url_encode
from credentials.errors import FetchError
from credentials.fetching import Fetched
from credentials.keys import InMemorySigner, generate_private_key
from credentials.parsing import parse_json
from credentials.verify import VerificationOptions
from issuer_api.errors import FileUnreadableError
from issuer_api.foreign_badges import MAX_FILE, read_foreign
from issuer_api.issuing import credential_json
from issuer_api.replacing import correct, said_by
from tests.issuer_api.house import CENTRE, COURSE, NOW, House
from tests.issuer_api.registrar import registrar, words
from tests.shared_vectors import shared

SKILL: Final = re.compile(r'name="shows" value="0 ([\w-]+)"')
PLAIN: Final = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
    "id": "urn:uuid:0b9cf4a8-2c3d-4c62-9a67-4e35dbe2c9aa",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "name": "Care basics",
    "validFrom": "2024-05-08T00:00:00Z",
    "credentialSubject": {
        "type": ["AchievementSubject"],
        "name": "Najma Akter",
        "achievement": {
            "id": "urn:school:care",
            "type": ["Achievement"],
            "name": "Care basics",
            "description": "Basics of care.",
            "criteria": {"narrative": "Passed."},
        },
    },
}
ASSERTION: Final = {
    "@context": "https://w3id.org/openbadges/v2",
    "type": "Assertion",
    "id": "https://badges.example/1",
    "recipient": {"type": "email", "hashed": True, "identity": "sha256$00"},
    "badge": {
        "type": "BadgeClass",
        "name": "First aid",
        "issuer": {"name": "Aid School"},
        "alignment": [{"targetName": "bandages"}],
    },
    "verification": {"type": "HostedBadge"},
    "issuedOn": "2023-02-01T10:00:00Z",
}


def badge(**changes: object) -> bytes:
    """Return an Open Badge 3.0 signed by a key that names itself."""
    private = generate_private_key("Ed25519")
    multibase = InMemorySigner("did:key:x#x", private, "Ed25519").public_key.multibase
    did = f"did:key:{multibase}"
    document = PLAIN | {"issuer": {"id": did, "type": ["Profile"], "name": "Elder School"}} | changes
    return json.dumps(add_proof_set(document, InMemorySigner(f"{did}#{multibase}", private, "Ed25519"), created=NOW)).encode()


@dataclass
class Host:
    """What addresses answer."""

    pages: Mapping[str, Any] = field(default_factory=dict)

    def fetch(self, url: str) -> Fetched:
        if url not in self.pages:
            raise FetchError(url)
        return Fetched(url, json.dumps(self.pages[url]).encode(), "application/json")


def looked_at(content: bytes, there: object = None) -> tuple[str, str, str, str]:
    options = VerificationOptions(now=NOW, fetcher=Host({"https://badges.example/1": there} if there else {}))
    found = read_foreign(content, options)
    return found.kind, found.title, found.genuine.value, found.current.value


def test_what_can_be_checked_is_and_what_cannot_is_said() -> None:
    assertion = json.dumps(ASSERTION).encode()
    signed = b".".join([b"e30", b64url_encode(assertion).encode(), b"AA"])
    assert looked_at(badge()) == ("open-badges-3", "Care basics", "yes", "yes")
    assert looked_at(badge().replace(b"Najma", b"Nadia"))[2] == "no"
    assert looked_at(badge(validUntil="2025-01-01T00:00:00Z"))[2:] == ("yes", "no")
    assert looked_at(assertion) == ("open-badges-2", "First aid", "could-not-check", "could-not-check")
    assert looked_at(assertion, there=ASSERTION)[2] == "yes"
    assert looked_at(assertion, there=ASSERTION | {"issuedOn": "2020-01-01"})[2] == "no"
    assert looked_at(json.dumps(ASSERTION | {"revoked": True}).encode(), there=ASSERTION | {"revoked": True})[2] == "no"
    assert looked_at(json.dumps(ASSERTION | {"id": "http://badges.example/1"}).encode())[2] == "could-not-check"
    assert looked_at(signed, there=ASSERTION)[2] == "could-not-check"
    for wrong in (b"", b"[]", b"{}", b"not.a.token", b"{" * 5_000, b"x" * (MAX_FILE + 1), b'{"type": "Assertion"', b"\xff\xfe"):
        with pytest.raises(FileUnreadableError):
            looked_at(wrong)


def test_credentials_of_the_european_learning_model_are_read_and_their_seal_is_not_judged() -> None:
    for name in ("Sample-CertOfPart-signed.jsonld", "Sample-CertOfPart-unsigned.jsonld", "Sample-MC-Annex1-unsigned.jsonld"):
        found = read_foreign(shared("data", "elm", name).read_bytes(), VerificationOptions(now=NOW, fetcher=Host()))
        assert (found.kind, found.genuine.value, found.current.value) == ("elm", "could-not-check", "could-not-check")
        assert found.title
        assert found.issuer
        assert found.person


def test_a_registrar_adds_badges_says_what_they_show_and_signs(house: House) -> None:
    salma = registrar(house)
    page = f"programmes/{COURSE}/prior-learning"
    assert "Recognise prior learning" in words(salma.get(f"programmes/{COURSE}"))
    assert salma.post(page, {"step": "read"}, files={"file": ("x.json", b"nothing")}).status_code == 422
    first = salma.post(page, {"step": "read"}, files={"file": ("badge.json", badge())})
    assert "Is it genuine? Yes" in words(first)
    carried = re.findall(r'name="carried" value="([^"]+)"', first.text)
    second = salma.post(page, {"step": "read", "carried": carried}, files={"file": ("old.json", json.dumps(ASSERTION).encode())})
    assert "This is not a no" in words(second)
    carried = re.findall(r'name="carried" value="([^"]+)"', second.text)
    codes = SKILL.findall(second.text)
    sent = {"step": "sign", "key": "k1", "name": "Najma Akter", "name_native": "নাজমা আক্তার", "awarded": "2026-11-20", "number": "R-1"}
    assert salma.post(page, {**sent, "carried": carried, "shows": [f"0 {codes[0]}"]}).status_code == 422
    assert salma.post(page, {**sent, "carried": carried, "shows": [], "awarded": "2027-01-01", "name": ""}).status_code == 422
    shows = [f"0 {codes[0]}", f"0 {codes[1]}", f"1 {codes[0]}"]
    done = salma.post(page, {**sent, "carried": carried, "shows": shows})
    assert done.status_code == 200, words(done)
    credential = f"urn:uuid:{re.search(r'certificates/([0-9a-f-]{36})', str(done.url))[1]}"  # type: ignore[index]
    document = parse_json(credential_json(house.issuer, CENTRE, credential))
    assert document["credentialSubject"]["assessmentRoute"] == "RPL"
    assert [one["genre"] for one in document["evidence"]] == ["Open Badges 3.0", "Open Badges 2.0"]
    assert [one["description"] for one in document["evidence"]] == [
        "Checked: it is genuine.",
        "Whether it is genuine could not be checked.",
    ]
    assert document["evidence"][0]["narrative"].startswith("Elder School, 2024-05-08. Accepted for: ")
    assert document["evidence"][0]["id"].startswith("ni:///sha-256;")
    said = said_by(house.issuer, CENTRE, credential)
    corrected = correct(house.issuer, CENTRE, credential, replace(said, number="R-2"))
    again = parse_json(credential_json(house.issuer, CENTRE, corrected))
    assert again["evidence"] == document["evidence"]


def test_programs_recognise_prior_learning_once_and_only_by_what_is_genuine(house: House) -> None:
    program, api = house.program(), "/issuer/api/v1/prior-learning"
    good = base64.b64encode(badge()).decode()
    read = program.post(f"{api}/read", json={"content": good})
    assert (read.status_code, read.json()["genuine"], read.json()["person"]) == (200, "yes", "Najma Akter")
    assert program.post(f"{api}/read", json={"content": "?"}).status_code == 422
    course = program.get(f"/issuer/api/v1/programmes/{COURSE}").json()
    code = next(entry["targetCode"] for entry in course["alignment"] if "Skill" in entry["targetType"])
    asked = {
        "programme": COURSE,
        "names": ["Najma Akter"],
        "awardedDate": "2026-11-20",
        "number": "R-7",
        "evidence": [{"content": good, "outcomes": [code]}],
    }
    made = program.post(api, json=asked, headers={"Idempotency-Key": "first-key"})
    assert made.status_code == 201, made.text
    assert program.post(api, json=asked, headers={"Idempotency-Key": "first-key"}).content == made.content
    assert program.post(api, json=asked | {"number": "R-8"}, headers={"Idempotency-Key": "first-key"}).status_code == 409
    forged = base64.b64encode(badge().replace(b"Najma", b"Nadia")).decode()
    for evidence in ([{"content": forged, "outcomes": [code]}], [{"content": good, "outcomes": ["no-such-code"]}], []):
        refused = program.post(api, json=asked | {"evidence": evidence}, headers={"Idempotency-Key": "second-key"})
        assert refused.status_code == 422, refused.text
