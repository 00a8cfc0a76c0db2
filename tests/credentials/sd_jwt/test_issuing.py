from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.encoding import b64url_decode
from credentials.errors import CryptographicSecurityError, MalformedValueError
from credentials.sd_jwt import Path, issue_sd_jwt, parse_sd_jwt, present
from credentials.sd_jwt.presenting import Selection
from tests.credentials.sd_jwt.making import SIGNER, TYP, Counted, read
from tests.credentials.world import key_signer

NAMES = st.text("abcdefgh", min_size=1, max_size=3)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=10,
)
CLAIMS = st.dictionaries(NAMES, VALUES, max_size=4)
WORKER: dict[str, Any] = {
    "iss": "did:example:centre",
    "name": "Ana",
    "address": {"street": "Dock 4", "city": "Tarimba"},
    "skills": ["welding", {"level": 3, "tested": True}],
}


def paths(value: object, above: Path = ()) -> list[Path]:
    """Return every path in some claims."""
    below: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        below = list(value.items())
    elif isinstance(value, list):
        below = list(enumerate(value))
    return [path for step, inner in below for path in [(*above, step), *paths(inner, (*above, step))]]


def issue(claims: dict[str, Any], *selective: Path, decoys: int = 0, **options: Any) -> str:  # noqa: ANN401  # any option
    return issue_sd_jwt(claims, SIGNER, typ=TYP, entropy=Counted(), selective=selective, decoys=decoys, **options)


def shown(text: str, *selections: Selection) -> Any:  # noqa: ANN401  # claims
    return read(present(read(text), selections)).claims


@given(CLAIMS, st.data())
def test_all_disclosures_give_back_the_claims_and_none_give_what_is_not_selective(
    claims: dict[str, Any], data: st.DataObject
) -> None:
    every = paths(claims)
    selective = data.draw(st.lists(st.sampled_from(every), unique=True)) if every else []
    text = issue(claims, *selective, decoys=data.draw(st.integers(0, 2)))
    assert read(text).claims == claims
    hidden = json.dumps(read(text.partition("~")[0] + "~").claims)
    assert paths(json.loads(hidden)) == paths(without(claims, selective))


def without(value: Any, selective: list[Path]) -> Any:  # noqa: ANN401  # claims
    """Return claims without what is at some paths."""
    steps = {path[0]: [other[1:] for other in selective if other[:1] == path[:1]] for path in selective}
    if isinstance(value, dict):
        return {name: without(inner, steps.get(name, [])) for name, inner in value.items() if () not in steps.get(name, [])}
    if isinstance(value, list):
        return [without(inner, steps.get(number, [])) for number, inner in enumerate(value) if () not in steps.get(number, [])]
    return value


def test_claims_elements_and_parts_of_what_is_selective() -> None:
    text = issue(WORKER, ("name",), ("address",), ("address", "street"), ("skills", 1), ("skills", 1, "level"))
    assert shown(text) == {"iss": "did:example:centre", "skills": ["welding"]}
    assert shown(text, ("name",))["name"] == "Ana"
    assert shown(text, ("address", "city"))["address"] == {"city": "Tarimba"}
    assert shown(text, ("address",))["address"] == WORKER["address"]
    assert shown(text, ("skills", 1, "tested"))["skills"] == ["welding", {"tested": True}]
    assert shown(text, ("skills", None)) == {"iss": "did:example:centre", "skills": WORKER["skills"]}
    assert shown(text, ("skills", None, "level"))["skills"] == WORKER["skills"]


@pytest.mark.parametrize("selection", [("nothing",), ("name", "first"), ("skills", 2), ("skills", -1), ("skills", "a"), (None,)])
def test_a_choice_that_is_not_there(selection: Selection) -> None:
    with pytest.raises(MalformedValueError):
        present(read(issue(WORKER, ("name",))), [selection])


def test_the_order_of_digests_says_nothing_and_decoys_hide_their_number() -> None:
    payload = read(issue(WORKER, ("name",), ("address",), ("skills", 0), decoys=5)).jws.claims()
    assert payload["_sd"] == sorted(payload["_sd"])
    assert len(payload["_sd"]) == 7
    assert [set(element) == {"..."} for element in payload["skills"]].count(True) == 6
    assert payload["_sd_alg"] == "sha-256"


def test_another_hash_a_header_and_the_key_of_the_holder() -> None:
    holder = key_signer("holder").public_key
    found = read(issue(WORKER, ("name",), hash_name="sha-512", header={"kid": "#k1"}, holder=holder))
    assert (found.hash_name, found.jws.kid, found.claims["cnf"]) == ("sha-512", "#k1", {"jwk": holder.jwk()})


def test_nothing_selective_needs_no_hash_and_no_disclosure() -> None:
    text = issue(WORKER, decoys=3)
    assert text.count("~") == 1
    assert read(text).jws.claims() == WORKER


def test_e9_salts_have_128_bits_and_are_never_the_same() -> None:
    texts = issue(WORKER, ("name",), ("address",), ("iss",)).split("~")[1:-1]
    salts = [json.loads(b64url_decode(text))[0] for text in texts]
    assert {len(b64url_decode(salt)) for salt in salts} == {16}
    assert len(set(salts)) == 3
    with pytest.raises(CryptographicSecurityError, match="128"):
        issue_sd_jwt(WORKER, SIGNER, typ=TYP, entropy=lambda _: b"short", selective=[("name",)])


@pytest.mark.parametrize("path", [(), ("nothing",), ("name", "first"), ("skills", 9), ("skills", -1), ("skills", "0")])
def test_a_path_that_leads_nowhere(path: Path) -> None:
    with pytest.raises(MalformedValueError):
        issue(WORKER, path)


@pytest.mark.parametrize("claims", [{"_sd": []}, {"a": {"...": 1}}, {"a": [{"_sd_alg": 1}]}])
def test_claims_with_reserved_names(claims: dict[str, Any]) -> None:
    with pytest.raises(MalformedValueError, match="named"):
        issue(claims)


def test_presenting_keeps_the_issuers_object_as_it_came() -> None:
    text = issue(WORKER, ("name",), ("address",))
    assert present(parse_sd_jwt(text, typ={TYP}), []) == text.partition("~")[0] + "~"
