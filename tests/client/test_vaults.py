"""The vault's cryptography, as the browser does it: what opens, and above all what does not."""

from __future__ import annotations

import json

from joserfc import jwe
from joserfc.jwk import OctKey

from tests.client.node import run_node

MALFORMED = "MalformedValue"
SEALED = "DOMException"  # an OperationError: another key, or changed bytes


def test_what_was_sealed_opens_with_its_own_key_alone() -> None:
    said = run_node("vault.mjs")
    assert (said["words"], said["shape"], said["read"]) == (9, True, True)
    assert {said["slip"], said["short"], said["foreign"]} == {MALFORMED}
    assert said["record"] == "নাজমা"
    assert said["length"] == 28  # nonce and tag: the content is padded
    assert said["elsewhere"] == [SEALED] * 5
    assert said["access"]
    assert said["opened"]
    assert said["rewrapped"]
    assert said["strangers"] == [SEALED] * 2
    assert said["pin"]
    assert said["withoutPepper"] == SEALED
    assert said["devices"]
    registry = jwe.JWERegistry(algorithms=["PBES2-HS512+A256KW", "A256GCM"])
    opened = jwe.decrypt_compact(said["export"], OctKey.import_key(b"correct horse battery"), registry=registry)
    assert json.loads(opened.plaintext or b"") == {"hello": "نجمة"}
