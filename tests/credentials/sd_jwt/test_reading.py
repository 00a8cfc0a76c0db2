from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.encoding import b64url_encode
from credentials.errors import (
    ComplexityLimitError,
    CryptographicSecurityError,
    ParsingError,
    ProofVerificationError,
    TooLargeError,
    TypeMismatchError,
    VCError,
)
from credentials.parsing import Limits
from credentials.sd_jwt import parse_sd_jwt
from tests.credentials.sd_jwt.making import SIGNER, TYP, disclosure, hashed, read, sd_jwt
from tests.credentials.world import key_signer

NAME = disclosure("salt-1", "name", "Ana")
ELEMENT = disclosure("salt-2", "welding")
INNER = disclosure("salt-3", "street", "Dock 4")
OUTER = disclosure("salt-4", "address", {"_sd": [hashed(INNER)], "city": "Tarimba"})


def test_what_is_disclosed_stands_in_its_place_and_what_is_not_leaves_no_trace() -> None:
    payload = {
        "iss": "i",
        "_sd": [hashed(NAME), hashed("decoy")],
        "skills": [{"...": hashed(ELEMENT)}, "plain", {"...": hashed("x")}],
    }
    assert read(sd_jwt(payload, [NAME, ELEMENT])).claims == {"iss": "i", "name": "Ana", "skills": ["welding", "plain"]}
    assert read(sd_jwt(payload)).claims == {"iss": "i", "skills": ["plain"]}


def test_a_disclosure_may_hold_digests_of_its_own() -> None:
    found = read(sd_jwt({"_sd": [hashed(OUTER)]}, [INNER, OUTER]))
    assert found.claims == {"address": {"city": "Tarimba", "street": "Dock 4"}}
    assert [placed.path for placed in found.placed] == [("address", "street"), ("address",)]
    assert found.disclosed_names() == {"address"}


@pytest.mark.parametrize("hash_name", ["sha-256", "sha-384", "sha-512"])
def test_the_hashes_that_we_accept(hash_name: str) -> None:
    found = read(sd_jwt({"_sd_alg": hash_name, "_sd": [hashed(NAME, hash_name)]}, [NAME]))
    assert (found.claims, found.hash_name) == ({"name": "Ana"}, hash_name)


@pytest.mark.parametrize("hash_name", ["md5", "sha-1", "SHA-256", "", None, 256, ["sha-256"]])
def test_e7_the_hashes_that_we_refuse(hash_name: object) -> None:
    with pytest.raises(CryptographicSecurityError, match="_sd_alg"):
        read(sd_jwt({"_sd_alg": hash_name}))


@pytest.mark.parametrize(
    ("payload", "disclosures", "says"),
    [
        pytest.param({"_sd": [hashed(NAME), hashed(NAME)]}, [NAME], "twice", id="a digest twice"),
        pytest.param({"_sd": [hashed("x")], "a": {"_sd": [hashed("x")]}}, [], "twice", id="a digest twice, far apart"),
        pytest.param({"_sd": [hashed("x")], "a": [{"...": hashed("x")}]}, [], "twice", id="a digest twice, of either kind"),
        pytest.param({"_sd": [hashed(NAME)]}, [NAME, NAME], "twice", id="a disclosure twice"),
        pytest.param({"_sd": []}, [NAME], "no digest", id="an orphan"),
        pytest.param({"_sd": [hashed(NAME)]}, [NAME, INNER], "no digest", id="an orphan of a hidden parent"),
        pytest.param({"name": "Eva", "_sd": [hashed(NAME)]}, [NAME], "already", id="a claim that stands there"),
        pytest.param(
            {"_sd": [hashed(NAME), hashed(disclosure("s", "name", 1))]},
            [NAME, disclosure("s", "name", 1)],
            "already",
            id="two disclosures of one claim",
        ),
        pytest.param({"_sd": [hashed(ELEMENT)]}, [ELEMENT], "array element", id="an element for a claim"),
        pytest.param({"a": [{"...": hashed(NAME)}]}, [NAME], "array element", id="a claim for an element"),
        pytest.param({"a": [{"...": hashed("x"), "b": 1}]}, [], "something else", id="an element with company"),
        pytest.param({"a": {"...": hashed("x")}}, [], "no place", id="an element outside an array"),
        pytest.param({"a": {"_sd_alg": "sha-256"}}, [], "no place", id="a hash inside the claims"),
    ],
)
def test_e1_e2_e3_and_e8_what_could_be_read_in_two_ways(payload: dict[str, object], disclosures: list[str], says: str) -> None:
    with pytest.raises(CryptographicSecurityError, match=says):
        read(sd_jwt(payload, disclosures))


@pytest.mark.parametrize("name", ["_sd", "...", "_sd_alg"])
def test_e4_a_disclosure_with_a_reserved_name(name: str) -> None:
    text = disclosure("salt", name, [])
    with pytest.raises(CryptographicSecurityError, match="named"):
        read(sd_jwt({"_sd": [hashed(text)]}, [text]))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "e30",
        "=",
        "WyJz",
        "WyJzYWx0Il0=",
        disclosure("salt"),
        disclosure("salt", "name", 1, 2),
        disclosure(1, "name", 1),
        disclosure("salt", 1, 1),
        b64url_encode(b'["salt","name",{"a":1,"a":2}]'),
    ],
)
def test_what_is_no_disclosure(text: str) -> None:
    with pytest.raises(ParsingError):
        read(sd_jwt({"_sd": []}, [text, NAME]))


@pytest.mark.parametrize("digests", [{}, "text", [1], None])
def test_what_is_no_list_of_digests(digests: object) -> None:
    with pytest.raises(ParsingError):
        read(sd_jwt({"_sd": digests}))


@pytest.mark.parametrize("digest", [{}, [], 1, None])
def test_what_is_no_digest_of_an_element(digest: object) -> None:
    with pytest.raises(ParsingError):
        read(sd_jwt({"a": [{"...": digest}]}))


def test_the_parts_of_the_text() -> None:
    bound = parse_sd_jwt(sd_jwt({"_sd": [hashed(NAME)]}, [NAME], "a.b.c"), typ={TYP})
    assert bound.key_binding == "a.b.c"
    assert bound.presented.endswith(f"~{NAME}~")
    assert read(sd_jwt({})).key_binding is None
    for wrong in (sd_jwt({}).rstrip("~"), "", "~", sd_jwt({}, [""])):
        with pytest.raises(ParsingError):
            read(wrong)


def test_e15_too_much() -> None:
    with pytest.raises(TooLargeError):
        parse_sd_jwt(sd_jwt({}) + "x" * 100, typ={TYP}, limits=Limits(size=100))
    with pytest.raises(ComplexityLimitError, match="disclosures"):
        read(sd_jwt({}, [disclosure(str(number), "name", 1) for number in range(1001)]))
    texts = [disclosure("0", "claim", 1)]
    for number in range(1, 100):
        texts.append(disclosure(str(number), "claim", {"_sd": [hashed(texts[-1])]}))
    with pytest.raises(ComplexityLimitError, match="deeper"):
        read(sd_jwt({"_sd": [hashed(texts[-1])]}, texts))
    assert read(sd_jwt({"_sd": [hashed(texts[9])]}, texts[:10])).claims["claim"]


def test_another_type_and_another_key() -> None:
    with pytest.raises(TypeMismatchError):
        read(sd_jwt({}, typ="JWT"))
    with pytest.raises(ProofVerificationError):
        parse_sd_jwt(sd_jwt({}), typ={TYP}).verify(key_signer("another").public_key)


@given(st.data())
def test_any_changed_letter_is_refused_or_only_keeps_something_back(data: st.DataObject) -> None:
    text = sd_jwt({"_sd": [hashed(NAME), hashed(OUTER)], "skills": [{"...": hashed(ELEMENT)}]}, [NAME, OUTER, INNER, ELEMENT])
    position = data.draw(st.integers(0, len(text) - 2))
    letter = data.draw(st.sampled_from("ABCDabcd0189-_.~= \n"))
    changed = text[:position] + letter + text[position + 1 :]
    if changed == text:
        return
    with pytest.raises(VCError):
        read(changed)


@given(st.binary(max_size=200))
def test_any_bytes_raise_nothing_else(content: bytes) -> None:
    with pytest.raises(VCError):
        parse_sd_jwt(content.decode("latin-1"), typ={TYP})


def test_the_signer_of_these_tests_is_the_one_that_verifies() -> None:
    assert read(sd_jwt({"a": 1})).jws.header["alg"] == "EdDSA"
    assert SIGNER.public_key.algorithm == "Ed25519"
