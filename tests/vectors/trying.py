"""What a case of the house's vectors means: one function for each table, which raises what the case expects, or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest

from comity.conformance import families_house
from comity.deployment import Deployment
from comity.key_stores import close_key_store, open_key_store
from comity.settings import Settings
from credentials.encoding import b64url_decode
from credentials.keys import parse_multikey, verify_signature
from tests.comity.softhsm import needed, new_token
from tests.credentials.world import web_signer

Given = Mapping[str, Any]
Try = Callable[[str, Given, Path], None]
"""(row, what is given, an empty folder)."""


def _without_folder(attempt: Callable[[str, Given], None]) -> Try:
    return lambda row, given, _folder: attempt(row, given)


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
    **{table: _without_folder(attempt) for table, attempt in families_house.TRY.items()},
    "key store": _try_key_store,
}
