from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import schemas
from credentials.encoding import multibase_encode
from credentials.errors import VC, CryptographicSecurityError, MalformedValueError
from credentials.model import parse_credential
from credentials.related import check_related_resources, related_resources
from tests.credentials.world import V2, credential, report, secured

URL = "https://files.example/terms.pdf"
HASHES = {"sha256": b"\x12\x20", "sha384": b"\x20\x30", "sha512": b"\x13\x40"}


def sri(name: str, content: bytes) -> str:
    return f"{name}-{base64.b64encode(hashlib.new(name, content).digest()).decode()}"


def multibase(name: str, content: bytes, base: str = "u") -> str:
    return multibase_encode(HASHES[name] + hashlib.new(name, content).digest(), base)


def document(*resources: object) -> dict[str, Any]:
    return {"relatedResource": list(resources)}


@pytest.mark.parametrize("name", sorted(HASHES))
def test_digests_are_read_in_both_forms(name: str) -> None:
    content = b"terms"
    digest = (name, hashlib.new(name, content).digest())
    resource = {
        "id": URL,
        "digestSRI": sri(name, content),
        "digestMultibase": [multibase(name, content), multibase(name, content, "z")],
    }
    assert related_resources({"relatedResource": resource}) == {URL: (digest,) * 3}


def test_there_may_be_no_related_resources() -> None:
    assert related_resources({}) == {}
    check_related_resources({}, schemas.revisions)


GOOD = sri("sha256", b"terms")


@pytest.mark.parametrize(
    ("resource", "pointer"),
    [
        (URL, "/relatedResource/0"),
        ({"digestSRI": GOOD}, "/relatedResource/0/id"),
        ({"id": "no url", "digestSRI": GOOD}, "/relatedResource/0/id"),
        ({"id": URL}, "/relatedResource/0"),
        ({"id": URL, "digestSRI": None}, "/relatedResource/0/digestSRI"),
        ({"id": URL, "digestSRI": []}, "/relatedResource/0/digestSRI"),
        ({"id": URL, "digestSRI": "md5-abcd"}, "/relatedResource/0/digestSRI"),
        ({"id": URL, "digestSRI": "sha256-abcd"}, "/relatedResource/0/digestSRI"),
        ({"id": URL, "digestSRI": "sha256-abcde"}, "/relatedResource/0/digestSRI"),
        ({"id": URL, "digestSRI": [GOOD, "sha999-"]}, "/relatedResource/0/digestSRI"),
        ({"id": URL, "digestMultibase": "mAAAA"}, "/relatedResource/0/digestMultibase"),
        ({"id": URL, "digestMultibase": "uAAAA"}, "/relatedResource/0/digestMultibase"),
        ({"id": URL, "digestMultibase": multibase("sha256", b"")[:-4]}, "/relatedResource/0/digestMultibase"),
        ({"id": URL, "digestSRI": GOOD, "mediaType": 7}, "/relatedResource/0/mediaType"),
    ],
)
def test_a_related_resource_of_another_form_is_refused(resource: object, pointer: str) -> None:
    with pytest.raises(MalformedValueError) as raised:
        parse_credential(credential(**document(resource)))
    assert raised.value.pointer == pointer


def test_a_related_resource_stands_once() -> None:
    with pytest.raises(MalformedValueError) as raised:
        related_resources(document({"id": URL, "digestSRI": GOOD}, {"id": URL, "digestSRI": GOOD}))
    assert raised.value.pointer == "/relatedResource/1/id"


def test_sri_options_are_allowed_and_say_nothing() -> None:
    assert related_resources(document({"id": URL, "digestSRI": GOOD + "?ct=application/pdf", "mediaType": "application/pdf"}))


def test_any_revision_that_we_hold_will_do() -> None:
    held = document({"id": URL, "digestSRI": sri("sha384", b"old")})
    check_related_resources(held, lambda _: (b"new", b"old"))
    with pytest.raises(CryptographicSecurityError) as raised:
        check_related_resources(held, lambda _: (b"new",))
    assert (raised.value.type, raised.value.pointer) == (VC + "CRYPTOGRAPHIC_SECURITY_ERROR", "/relatedResource/0")
    alone = {"relatedResource": held["relatedResource"][0]}
    with pytest.raises(CryptographicSecurityError) as raised:
        check_related_resources(alone, lambda _: (b"new",))
    assert raised.value.pointer == "/relatedResource"


def test_every_digest_must_be_right() -> None:
    both = document({"id": URL, "digestSRI": [sri("sha256", b"terms"), sri("sha384", b"other")]})
    with pytest.raises(CryptographicSecurityError):
        check_related_resources(both, lambda _: (b"terms",))


@pytest.mark.parametrize("digest", [sri("sha384", b"x"), sri("sha256", b"x")])
def test_a_resource_that_we_do_not_hold_is_not_looked_for(digest: str) -> None:
    result = report(secured(credential(**document({"id": URL, "digestSRI": digest}))))
    assert result.verified


def test_a_wrong_digest_of_a_context_that_we_ship_is_a_failed_check() -> None:
    content = schemas.revisions(V2)[0]
    right, wrong = (
        secured(
            credential(**document({"id": V2, "digestSRI": sri("sha384", given), "digestMultibase": multibase("sha256", given)}))
        )
        for given in (content, content + b" ")
    )
    assert report(right).verified
    result = report(wrong)
    assert result.check("data-model").outcome == "failed"
    assert [problem.pointer for problem in result.problems] == ["/relatedResource/0"]


@given(
    content=st.binary(max_size=40), other=st.binary(max_size=40), name=st.sampled_from(sorted(HASHES)), base=st.sampled_from("uz")
)
def test_a_digest_fits_its_own_content_alone(content: bytes, other: bytes, name: str, base: str) -> None:
    pinned = document({"id": URL, "digestSRI": sri(name, content), "digestMultibase": multibase(name, content, base)})
    if content == other:
        check_related_resources(pinned, lambda _: (other,))
    else:
        with pytest.raises(CryptographicSecurityError):
            check_related_resources(pinned, lambda _: (other,))
