"""Every certificate of the demonstration fits a small code, written with the rows of the lists that were published."""

from __future__ import annotations

import json

from comity.cli.trust_commands import files_of
from comity.demo import EXAMPLES
from credentials.data_integrity import verify_proofs
from credentials.qr import from_digits, to_digits
from registry.codes import CODES_FILE
from tests.conftest import Demonstrated


def test_every_certificate_comes_back_from_its_code_with_a_proof_that_holds(demonstrated: Demonstrated) -> None:
    bundle = demonstrated.composition.verifier.bundle()
    assert bundle.codec is not None
    sizes = []
    for path in sorted(demonstrated.files.glob("*.json")):
        document = json.loads(path.read_bytes())
        digits = to_digits(bundle.codec.encode(document))
        rebuilt = bundle.codec.decode(from_digits(digits))
        assert rebuilt["proof"] in document["proof"]
        assert {**rebuilt, "proof": document["proof"]} == document
        verify_proofs(rebuilt, lambda method, _: bundle.listed_keys()[method], now=demonstrated.composition.verifier.clock())
        sizes.append(len(from_digits(digits)))
    assert len(sizes) > 20
    assert max(sizes) <= 187


def test_the_rows_grow_with_the_deployment_and_name_nobody(demonstrated: Demonstrated) -> None:
    files, again = (files_of(demonstrated.composition, EXAMPLES / "partnership") for _ in range(2))
    timed = {name for name in files if name.endswith("/log-heads.json")}  # these say when they were looked at
    assert {**files, **dict.fromkeys(timed, b"")} == {**again, **dict.fromkeys(timed, b"")}
    spelt = files[CODES_FILE].decode()
    for path in demonstrated.files.glob("*.json"):
        for name in json.loads(path.read_bytes())["credentialSubject"]["name"]:
            assert name["@value"] not in spelt
