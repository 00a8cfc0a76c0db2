"""Every vector of the CFRG's BBS signatures, both ciphersuites, with what is traced on the way."""

from __future__ import annotations

from typing import Any

import pytest

from credentials import bls
from credentials.bbs import basic, keys
from credentials.bbs.ciphersuites import SHA_256, SHAKE_256, Ciphersuite, seeded_scalars
from credentials.bbs.core import Prover, Statement, parse_proof, parse_signature
from credentials.errors import VCError
from tests.credentials.bbs.vectors import CIPHERSUITES, ciphersuite, fixture, octets

pytestmark = pytest.mark.parametrize("name", CIPHERSUITES)


def statement_of(case: dict[str, Any], public_key: str, suite: Ciphersuite) -> Statement:
    interface = basic.interface(suite)
    generators = interface.generators(len(case["messages"]) + 1)
    return Statement(interface, bytes.fromhex(public_key), generators, bytes.fromhex(case["header"]))


def test_the_fixed_point_is_derived(name: str) -> None:
    suite = ciphersuite(name)
    api_id = basic.interface(suite).api_id
    seed_dst, generator_dst = api_id + b"SIG_GENERATOR_SEED_", api_id + b"SIG_GENERATOR_DST_"
    value = suite.expand_message(api_id + b"BP_MESSAGE_GENERATOR_SEED", seed_dst, 48)
    value = suite.expand_message(value + (1).to_bytes(8, "big"), seed_dst, 48)
    assert suite.hash_to_curve(value, generator_dst) == suite.p1


def test_generators(name: str) -> None:
    case, suite = fixture(name, "generators.json"), ciphersuite(name)
    made = basic.interface(suite).generators(len(case["MsgGenerators"]) + 1)
    assert suite.p1.to_compressed_bytes().hex() == case["P1"]
    assert [point.hex() for point in made.octets] == [case["Q1"], *case["MsgGenerators"]]
    assert [point.to_compressed_bytes() for point in made.points] == list(made.octets)


def test_key_pair(name: str) -> None:
    case, interface = fixture(name, "keypair.json"), basic.interface(ciphersuite(name))
    secret_key = keys.key_gen(interface, bytes.fromhex(case["keyMaterial"]), bytes.fromhex(case["keyInfo"]))
    assert secret_key.to_be_bytes().hex() == case["keyPair"]["secretKey"]
    assert keys.sk_to_pk(secret_key).hex() == case["keyPair"]["publicKey"]
    assert interface.api_id + b"KEYGEN_DST_" == bytes.fromhex(case["keyDst"])


def test_hash_to_scalar(name: str) -> None:
    case, interface = fixture(name, "h2s.json"), basic.interface(ciphersuite(name))
    assert interface.api_id + b"H2S_" == bytes.fromhex(case["dst"])
    assert interface.hash_to_scalar(bytes.fromhex(case["message"])).to_be_bytes().hex() == case["scalar"]


def test_messages_to_scalars(name: str) -> None:
    cases = fixture(name, "MapMessageToScalarAsHash.json")["cases"]
    scalars = basic.interface(ciphersuite(name)).messages_to_scalars(octets([case["message"] for case in cases]))
    assert [scalar.to_be_bytes().hex() for scalar in scalars] == [case["scalar"] for case in cases]


def test_seeded_scalars(name: str) -> None:
    case, interface = fixture(name, "mockedRng.json"), basic.interface(ciphersuite(name))
    scalars = seeded_scalars(interface, bytes.fromhex(case["seed"]))(case["count"])
    assert interface.api_id + b"MOCK_RANDOM_SCALARS_DST_" == bytes.fromhex(case["dst"])
    assert [scalar.to_be_bytes().hex() for scalar in scalars] == case["mockedScalars"]


@pytest.mark.parametrize("number", range(1, 11))
def test_signatures(name: str, number: int) -> None:
    case, suite = fixture(name, "signature", f"signature{number:03}.json"), ciphersuite(name)
    public_key, signature, header = octets([case["signerKeyPair"]["publicKey"], case["signature"], case["header"]])
    messages = octets(case["messages"])
    statement = statement_of(case, case["signerKeyPair"]["publicKey"], suite)
    if not case["result"]["valid"]:
        with pytest.raises(VCError):
            basic.verify(public_key, signature, header, messages, ciphersuite=suite)
        return
    basic.verify(public_key, signature, header, messages, ciphersuite=suite)
    secret_key = bls.parse_scalar(bytes.fromhex(case["signerKeyPair"]["secretKey"]))
    assert basic.sign(secret_key, header, messages, ciphersuite=suite) == signature
    domain = statement.domain()
    point = statement.signed_point(statement.interface.messages_to_scalars(messages), domain)
    assert domain.to_be_bytes().hex() == case["trace"]["domain"]
    assert point.to_compressed_bytes().hex() == case["trace"]["B"]


@pytest.mark.parametrize("number", range(1, 16))
def test_proofs(name: str, number: int) -> None:
    case, suite = fixture(name, "proof", f"proof{number:03}.json"), ciphersuite(name)
    public_key, proof, header, presentation_header = octets(
        [case["signerPublicKey"], case["proof"], case["header"], case["presentationHeader"]]
    )
    messages, disclosed = octets(case["messages"]), case["disclosedIndexes"]
    shown = [messages[position] for position in disclosed if position < len(messages)]
    if not case["result"]["valid"]:
        with pytest.raises(VCError):
            basic.proof_verify(
                public_key, proof, header, shown, disclosed, presentation_header=presentation_header, ciphersuite=suite
            )
        return
    basic.proof_verify(public_key, proof, header, shown, disclosed, presentation_header=presentation_header, ciphersuite=suite)
    seed = bytes.fromhex(fixture(name, "mockedRng.json")["seed"])
    made = basic.proof_gen(
        public_key,
        bytes.fromhex(case["signature"]),
        header,
        messages,
        disclosed,
        presentation_header=presentation_header,
        random_scalars=seeded_scalars(basic.interface(suite), seed),
        ciphersuite=suite,
    )
    assert made == proof


@pytest.mark.parametrize("number", [1, 2, 3, 14, 15])
def test_first_moves(name: str, number: int) -> None:
    case, suite = fixture(name, "proof", f"proof{number:03}.json"), ciphersuite(name)
    statement, trace = statement_of(case, case["signerPublicKey"], suite), case["trace"]
    drawn = trace["random_scalars"]
    names = ("r1", "r2", "e_tilde", "r1_tilde", "r3_tilde")
    scalars = [bls.parse_scalar(data) for data in octets([*(drawn[key] for key in names), *drawn["m_tilde_scalars"]])]
    hidden = [position for position in range(len(case["messages"])) if position not in case["disclosedIndexes"]]
    messages = statement.interface.messages_to_scalars(octets(case["messages"]))
    signature = parse_signature(bytes.fromhex(case["signature"]))
    init = Prover(statement, signature, messages, hidden, lambda wanted: scalars[:wanted]).init
    points = {"A_bar": init.a_bar, "B_bar": init.b_bar, "D": init.d, "T1": init.t1, "T2": init.t2}
    assert {key: point.to_compressed_bytes().hex() for key, point in points.items()} == {key: trace[key] for key in points}
    assert init.domain.to_be_bytes().hex() == trace["domain"]
    disclosed = {position: messages[position] for position in case["disclosedIndexes"]}
    challenge = init.challenge(statement.interface, disclosed, bytes.fromhex(case["presentationHeader"]))
    assert challenge.to_be_bytes().hex() == trace["challenge"]
    assert parse_proof(bytes.fromhex(case["proof"])).octets().hex() == case["proof"]


def test_the_suites_share_nothing(name: str) -> None:
    other = SHAKE_256 if ciphersuite(name) is SHA_256 else SHA_256
    signature = basic.sign(bls.scalar(5), b"", [b"a"], ciphersuite=ciphersuite(name))
    with pytest.raises(VCError):
        basic.verify(keys.sk_to_pk(bls.scalar(5)), signature, b"", [b"a"], ciphersuite=other)
