"""The codec in the browser and the one in Python, on the same vectors."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from datetime import UTC, datetime

import pytest

from credentials.data_integrity import verify_proofs
from credentials.errors import VCError
from credentials.qr import UpdateNeededError, from_digits
from tests.client.node import CLIENT, NODE, ROOT, run_node
from tests.vectors import qr_codes

FILE = qr_codes.FOLDER / "codes.json"


def test_the_vectors_are_what_the_generator_makes() -> None:
    assert {path.name: path.read_bytes() for path in qr_codes.FOLDER.iterdir()} == qr_codes.built()


def test_python_reads_every_vector_and_its_signature_holds() -> None:
    vectors = json.loads(FILE.read_bytes())
    for case in vectors["credentials"]:
        document = qr_codes.codec(vectors["tables"][case["tables"]]).decode(from_digits(case["digits"]))
        assert document == case["document"]
        verify_proofs(document, lambda method, _: qr_codes.SIGNERS[method].public_key, now=datetime(2026, 11, 24, tzinfo=UTC))


def test_profiles_on_both_curves_are_among_the_vectors() -> None:
    documents = [case["document"] for case in json.loads(FILE.read_bytes())["credentials"]]
    suites = Counter(document["proof"]["cryptosuite"] for document in documents)
    assert suites == {"eddsa-jcs-2022": 34, "ecdsa-jcs-2019": 8}
    holders = Counter(str(document["credentialSubject"].get("id"))[:12] for document in documents)
    assert holders == {"None": 30, "did:key:z6Mk": 4, "did:key:zDna": 8}


def test_qr_rule_4_forged_rows_and_profiles_pass_with_no_signature_even_where_their_check_fits() -> None:
    forged = json.loads(FILE.read_bytes())["forged"]
    assert {case["problem"] for case in forged} == {"update needed", "signature"}
    for case in forged:
        reader = qr_codes.edited(case["edit"])
        if case["problem"] == "update needed":
            with pytest.raises(UpdateNeededError):
                reader.decode(bytes.fromhex(case["payload"]))
            continue
        document = reader.decode(bytes.fromhex(case["payload"]))
        with pytest.raises(VCError):
            verify_proofs(document, lambda method, _: qr_codes.SIGNERS[method].public_key, now=datetime(2026, 11, 24, tzinfo=UTC))


def test_the_browsers_codec_gives_the_same_bytes_and_the_same_refusals() -> None:
    vectors = json.loads(FILE.read_bytes())
    said = run_node("codes.mjs", FILE)
    assert said["wrong"] == []
    deflated = sum(case["deflated"] for case in vectors["credentials"])
    assert (said["decoded"], said["verified"]) == (42, 42)
    assert (said["packed"], said["encoded"]) == (deflated, 42 - deflated)
    assert said["refused"] == len(vectors["refused"]) > 200
    assert said["forged"] == len(vectors["forged"]) == 12


def test_the_browsers_modules_are_typed() -> None:
    compiler = ROOT / "node_modules" / "typescript" / "bin" / "tsc"
    if not compiler.exists():
        pytest.skip("node_modules is not installed: make setup")
    done = subprocess.run([NODE, compiler, "-p", CLIENT], capture_output=True, encoding="utf-8", check=False)  # from the lock
    assert done.returncode == 0, done.stdout
