from __future__ import annotations

from dataclasses import replace
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import bls
from credentials.data_integrity.bbs_proof_value import (
    BaseProofValue,
    DerivedProofValue,
    Feature,
    parse_base,
    parse_derived,
)
from credentials.encoding import multibase_decode, multibase_encode
from credentials.errors import ProofVerificationError

BASE = BaseProofValue(Feature.BASELINE, b"\1" * 80, b"\2" * 64, b"\3" * 96, b"\4" * 32, ("/issuer",))
NYM_BASE = replace(BASE, feature=Feature.PSEUDONYM, signer_nym_entropy=bls.scalar(bls.ORDER - 1))
DERIVED = DerivedProofValue(Feature.BASELINE, b"\5" * 272, {0: 1, 1: 0}, [0, 2], [1, 300], b"ph")
BLIND_DERIVED = replace(DERIVED, feature=Feature.ANONYMOUS_HOLDER_BINDING, length_bbs_messages=23)
NYM_DERIVED = replace(DERIVED, feature=Feature.PSEUDONYM, pseudonym=b"\6" * 48, length_bbs_messages=23)


def spelled(header: bytes, parts: object) -> str:
    return multibase_encode(header + cbor2.dumps(parts), "u")


def base_parts(**changes: Any) -> list[Any]:  # noqa: ANN401  # any CBOR
    names = ("bbs_signature", "bbs_header", "public_key", "hmac_key", "mandatory_pointers")
    return [changes.get(name, getattr(BASE, name)) for name in names]


def derived_parts(**changes: Any) -> list[Any]:  # noqa: ANN401  # any CBOR
    names = ("bbs_proof", "label_map", "mandatory_indexes", "selective_indexes", "presentation_header")
    return [changes.get(name, getattr(DERIVED, name)) for name in names]


@pytest.mark.parametrize("value", [BASE, replace(BASE, feature=Feature.ANONYMOUS_HOLDER_BINDING, mandatory_pointers=()), NYM_BASE])
def test_base_proofs_are_read_as_they_are_written(value: BaseProofValue) -> None:
    assert parse_base(value.serialize()) == value


@given(st.integers(1, bls.ORDER - 1) | st.integers(1, 2**66))
def test_any_entropy_is_read_as_it_is_written(entropy: int) -> None:
    value = replace(NYM_BASE, signer_nym_entropy=bls.scalar(entropy))
    assert parse_base(value.serialize()) == value
    assert cbor2.loads(multibase_decode(value.serialize())[3:])[5] == entropy


@pytest.mark.parametrize("value", [DERIVED, BLIND_DERIVED, NYM_DERIVED])
def test_derived_proofs_are_read_as_they_are_written(value: DerivedProofValue) -> None:
    assert parse_derived(value.serialize()) == value


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("u", id="no header"),
        pytest.param("u2V0C", id="nothing after the header"),
        pytest.param(BASE.serialize()[1:], id="no multibase header"),
        pytest.param("z" + BASE.serialize()[1:], id="another base"),
        pytest.param(BASE.serialize() + "=", id="padding"),
        pytest.param(DERIVED.serialize(), id="a derived proof"),
        pytest.param(multibase_encode(b"\xd9\x5d\x06" + multibase_decode(BASE.serialize())[3:], "u"), id="unknown header"),
        pytest.param(
            multibase_encode(b"\xd9\x5d\x00" + multibase_decode(BASE.serialize())[3:], "u"), id="the header of ecdsa-sd-2023"
        ),
        pytest.param(multibase_encode(multibase_decode(BASE.serialize())[3:], "u"), id="header left out"),
        pytest.param(multibase_encode(multibase_decode(BASE.serialize()) + b"\0", "u"), id="bytes left over"),
        pytest.param(multibase_encode(multibase_decode(BASE.serialize())[:-1], "u"), id="cut short"),
        pytest.param(spelled(b"\xd9\x5d\x02", base_parts()[:4]), id="a part less"),
        pytest.param(spelled(b"\xd9\x5d\x02", [*base_parts(), 1]), id="a part more"),
        pytest.param(spelled(b"\xd9\x5d\x08", base_parts()), id="no entropy"),
        pytest.param(spelled(b"\xd9\x5d\x08", [*base_parts(), 0]), id="an entropy of zero"),
        pytest.param(spelled(b"\xd9\x5d\x08", [*base_parts(), bls.ORDER]), id="an entropy that is not reduced"),
        pytest.param(spelled(b"\xd9\x5d\x08", [*base_parts(), -1]), id="a negative entropy"),
        pytest.param(spelled(b"\xd9\x5d\x08", [*base_parts(), True]), id="an entropy of true"),
        pytest.param(spelled(b"\xd9\x5d\x08", [*base_parts(), b"\1" * 32]), id="an entropy of bytes"),
        pytest.param(spelled(b"\xd9\x5d\x02", dict(enumerate(base_parts()))), id="a map"),
        pytest.param(spelled(b"\xd9\x5d\x02", base_parts(bbs_signature=b"\1" * 79)), id="short signature"),
        pytest.param(spelled(b"\xd9\x5d\x02", base_parts(bbs_signature="1" * 80)), id="signature of text"),
        pytest.param(spelled(b"\xd9\x5d\x02", base_parts(bbs_signature=cbor2.CBORTag(64, b"\1" * 80))), id="a tag"),
        pytest.param(spelled(b"\xd9\x5d\x02", base_parts(bbs_header=b"\1" * 32)), id="short header"),
        pytest.param(spelled(b"\xd9\x5d\x02", base_parts(public_key=b"\1" * 48)), id="short key"),
        pytest.param(spelled(b"\xd9\x5d\x02", base_parts(hmac_key=b"")), id="no HMAC key"),
        pytest.param(spelled(b"\xd9\x5d\x02", base_parts(mandatory_pointers="/issuer")), id="pointers of text"),
        pytest.param(spelled(b"\xd9\x5d\x02", base_parts(mandatory_pointers=[b"/issuer"])), id="pointers of bytes"),
        pytest.param(spelled(b"\xd9\x5d\x02", base_parts(mandatory_pointers=[1])), id="pointers of numbers"),
    ],
)
def test_base_proofs_that_are_refused(text: str) -> None:
    with pytest.raises(ProofVerificationError, match="proofValue"):
        parse_base(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(BASE.serialize(), id="a base proof"),
        pytest.param(multibase_encode(b"\xd9\x5d\x07" + multibase_decode(NYM_DERIVED.serialize())[3:], "u"), id="unknown header"),
        pytest.param(multibase_encode(b"\xd9\x5d\x05" + multibase_decode(DERIVED.serialize())[3:], "u"), id="another feature"),
        pytest.param(multibase_encode(b"\xd9\x5d\x03" + multibase_decode(NYM_DERIVED.serialize())[3:], "u"), id="too many parts"),
        pytest.param(spelled(b"\xd9\x5d\x03", derived_parts(bbs_proof="5")), id="proof of text"),
        pytest.param(spelled(b"\xd9\x5d\x03", derived_parts(bbs_proof=cbor2.CBORTag(64, b"\5" * 272))), id="a tag"),
        pytest.param(spelled(b"\xd9\x5d\x03", derived_parts(presentation_header="ph")), id="presentation header of text"),
        pytest.param(spelled(b"\xd9\x5d\x03", derived_parts(presentation_header=None)), id="no presentation header"),
        pytest.param(spelled(b"\xd9\x5d\x03", derived_parts(label_map=[0, 1])), id="labels in a list"),
        pytest.param(spelled(b"\xd9\x5d\x03", derived_parts(label_map={0: 1, 1: 1})), id="one label for two"),
        pytest.param(spelled(b"\xd9\x5d\x03", derived_parts(label_map={"c14n0": "b0"})), id="labels of text"),
        pytest.param(spelled(b"\xd9\x5d\x03", derived_parts(label_map={0: -1})), id="a negative label"),
        pytest.param(spelled(b"\xd9\x5d\x03", derived_parts(label_map={0: True})), id="a label of true"),
        pytest.param(spelled(b"\xd9\x5d\x03", derived_parts(mandatory_indexes=[1, 0])), id="positions descending"),
        pytest.param(spelled(b"\xd9\x5d\x03", derived_parts(mandatory_indexes=[1, 1])), id="a position twice"),
        pytest.param(spelled(b"\xd9\x5d\x03", derived_parts(mandatory_indexes={})), id="positions in a map"),
        pytest.param(spelled(b"\xd9\x5d\x03", derived_parts(selective_indexes=[0.5])), id="a fraction"),
        pytest.param(spelled(b"\xd9\x5d\x03", derived_parts(selective_indexes=["0"])), id="a position of text"),
        pytest.param(spelled(b"\xd9\x5d\x03", derived_parts(selective_indexes=[-1])), id="a negative position"),
        pytest.param(spelled(b"\xd9\x5d\x03", derived_parts(selective_indexes=[False])), id="a position of false"),
        pytest.param(spelled(b"\xd9\x5d\x03", derived_parts(label_map={0: 2**64})), id="a label of more than 64 bits"),
        pytest.param(spelled(b"\xd9\x5d\x05", [*derived_parts(), "23"]), id="a number of text"),
        pytest.param(spelled(b"\xd9\x5d\x05", [*derived_parts(), -1]), id="a negative number"),
        pytest.param(spelled(b"\xd9\x5d\x05", [*derived_parts(), None]), id="no number"),
        pytest.param(spelled(b"\xd9\x5d\x09", [*derived_parts(), b"\6" * 47, 23]), id="short pseudonym"),
        pytest.param(spelled(b"\xd9\x5d\x09", [*derived_parts(), None, 23]), id="no pseudonym"),
        pytest.param(spelled(b"\xd9\x5d\x09", [*derived_parts(), 23, b"\6" * 48]), id="exchanged"),
    ],
)
def test_derived_proofs_that_are_refused(text: str) -> None:
    with pytest.raises(ProofVerificationError, match="proofValue"):
        parse_derived(text)
