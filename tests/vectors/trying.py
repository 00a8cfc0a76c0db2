"""What a case of the house's vectors means: one function for each table, which raises what the case expects, or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest

from comity.deployment import Deployment
from comity.key_stores import close_key_store, open_key_store
from comity.settings import Settings
from credentials.bbs import basic
from credentials.data_integrity import verify_proofs
from credentials.dids import verification_key
from credentials.encoding import b64url_decode
from credentials.keys import PublicKey, parse_multikey, verify_signature
from credentials.securing import unsecure
from credentials.verify import VerificationOptions, verify_credential
from tests.comity.softhsm import needed, new_token
from tests.credentials.world import NOW, Outside, web_signer

Given = Mapping[str, Any]
Try = Callable[[str, Given, Path], None]
"""(row, what is given, an empty folder)."""


def _outside(given: Given) -> Outside:
    return Outside({url: b64url_decode(content) for url, content in given["answers"].items()})


def _resolve_key(method: str, purpose: str) -> PublicKey:
    return verification_key(method, purpose, Outside(), now=NOW)


def _try_algorithm(row: str, given: Given, _folder: Path) -> None:
    key, signature = parse_multikey(given["key"]), b64url_decode(given["signature"])
    assert key.algorithm == row
    if "messages" in given:
        messages = [b64url_decode(message) for message in given["messages"]]
        basic.verify(key.raw, signature, b64url_decode(given["header"]), messages)
    else:
        verify_signature(key, signature, b64url_decode(given["data"]))


def _try_cryptosuite(_row: str, given: Given, _folder: Path) -> None:
    verify_proofs(given["document"], _resolve_key, now=NOW)


def _try_securing(_row: str, given: Given, _folder: Path) -> None:
    unsecure(b64url_decode(given["content"]), _resolve_key, now=NOW, media_type=given["mediaType"])


def _try_did_method(row: str, given: Given, _folder: Path) -> None:
    assert given["method"].startswith(f"did:{row}:")
    key = verification_key(given["method"], given["purpose"], _outside(given), now=NOW)
    assert key.multibase == given["key"]


def _try_check(row: str, given: Given, _folder: Path) -> None:
    options = VerificationOptions(now=NOW, fetcher=_outside(given))
    check = verify_credential(b64url_decode(given["content"]), options).check(row)
    if check.problem is not None:
        raise check.problem
    assert check.outcome == "passed"


def _try_status(_row: str, given: Given, folder: Path) -> None:
    _try_check("status", given, folder)


def _try_key_store(row: str, given: Given, folder: Path) -> None:
    if row == "pkcs11":
        _try_token(given, folder)
        return
    record = given["record"]
    name = sha256(str(record["verification_method"]).encode()).hexdigest()[:32]
    (folder / f"{name}.json").write_text(json.dumps(record))
    deployment = Deployment(folder, "https://centre.example", b64url_decode(given["masterKey"]))
    settings = Settings(data=folder, key_store=f"{row}:{folder}", key_passphrase_file=None)
    signer = open_key_store(settings, deployment).signer(given["method"])
    verify_signature(parse_multikey(given["key"]), signer.sign(b"data"), b"data")


def _try_token(given: Given, folder: Path) -> None:
    needed()
    token = new_token(folder / "token")
    token.bring(b64url_decode(given["privateKey"]), web_signer().verification_method)
    token.write_pin(given["pin"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(token.configuration))
        keys = open_key_store(Settings(data=folder, key_store=token.uri()), Deployment(folder, "https://centre.example", bytes(32)))
        try:
            verify_signature(parse_multikey(given["key"]), keys.signer(given["method"]).sign(b"data"), b"data")
        finally:
            close_key_store(keys)


TRY: Final[Mapping[str, Try]] = {
    "signature algorithm": _try_algorithm,
    "cryptosuite": _try_cryptosuite,
    "securing mechanism": _try_securing,
    "DID method": _try_did_method,
    "status mechanism": _try_status,
    "key store": _try_key_store,
    "check": _try_check,
}
