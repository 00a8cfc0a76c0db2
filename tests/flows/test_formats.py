"""One record, secured in every format on demand: the verifier's five answers are the same."""

from __future__ import annotations

import json
import secrets
from typing import Any

import pytest

from credentials.securing import SECURING_MECHANISMS, SecuringOptions, secure
from tests.conftest import Demonstrated
from verifier.assessing import assess
from verifier.links import credential_in

W3C = [name for name, row in SECURING_MECHANISMS.items() if row.secure is not None and row.is_json_ld]


def records(demonstrated: Demonstrated) -> list[dict[str, Any]]:
    found = [json.loads(path.read_bytes()) for path in sorted(demonstrated.files.glob("*.json"))]
    assert found
    return found


@pytest.mark.parametrize("media_type", W3C)
def test_the_answers_do_not_depend_on_the_format(demonstrated: Demonstrated, media_type: str) -> None:
    composition = demonstrated.composition
    for document in records(demonstrated):
        [method] = {proof["verificationMethod"] for proof in document["proof"]}
        unsecured = {name: value for name, value in document.items() if name != "proof"}
        options = SecuringOptions(created=composition.issuer.clock(), entropy=secrets.token_bytes)
        content = secure(unsecured, composition.issuer.keys.signer(method), media_type, options)
        reading, found = credential_in(composition.verifier, content)
        assert (reading.source, found) == ("json" if media_type == "application/vc" else "token", content)
        expected = assess(composition.verifier, json.dumps(document).encode(), "XB").to_json()
        assert expected["questions"][0]["answer"] == "yes"
        assert assess(composition.verifier, content, "XB").to_json() == expected


def test_an_sd_jwt_vc_of_the_record_is_genuine_and_promises_no_more(demonstrated: Demonstrated) -> None:
    composition = demonstrated.composition
    document = records(demonstrated)[0]
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    options = SecuringOptions(created=composition.issuer.clock(), entropy=secrets.token_bytes, vct="urn:comity:record:1")
    signer = composition.issuer.keys.signer(document["proof"][0]["verificationMethod"])
    content = secure(unsecured, signer, "application/dc+sd-jwt", options)
    answers = assess(composition.verifier, content, "XB").to_json()
    assert answers["questions"][0]["answer"] == "yes"
    assert answers["verification"]["verified"]
