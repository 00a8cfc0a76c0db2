from __future__ import annotations

import json
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from comity.deployment import SetupError, create_deployment
from comity.key_stores import KEY_STORES, FileKeyStore, open_key_store
from comity.settings import Settings
from credentials.keys import KeyStore, PublicKey, verify_signature
from web.sealing import Sealer

METHOD = "did:web:localhost%3A8000:issuers:x#k1"


@pytest.fixture
def keys(tmp_path: Path) -> FileKeyStore:
    return FileKeyStore(tmp_path / "keys", Sealer(bytes(32)))


def test_a_key_that_was_made_signs_and_is_never_replaced(keys: FileKeyStore) -> None:
    public = keys.create(METHOD)
    signature = keys.signer(METHOD).sign(b"message")
    verify_signature(public, signature, b"message")
    assert keys.create(METHOD) == public
    assert keys.signer(METHOD).sign(b"message") == signature
    assert keys.signer(METHOD).verification_method == METHOD
    assert keys.verification_methods() == (METHOD,)
    assert keys.public_keys() == {METHOD: public}


def test_j17_on_disk_a_key_is_sealed_and_closed(keys: FileKeyStore) -> None:
    keys.create(METHOD)
    [path] = keys.folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(keys.folder.stat().st_mode) == 0o700
    assert set(json.loads(path.read_bytes())) == {
        "verification_method",
        "public_key_multibase",
        "wrapped_key",
        "sealed_private_key",
    }


def test_another_master_key_opens_nothing(keys: FileKeyStore) -> None:
    keys.create(METHOD)
    other = FileKeyStore(keys.folder, Sealer(b"\1" * 32))
    with pytest.raises(SetupError, match="does not open with this master key"):
        other.signer(METHOD)


def test_a_key_moved_under_another_name_does_not_open(keys: FileKeyStore) -> None:
    keys.create(METHOD)
    keys.create("did:web:evil.example#k1")
    mine, other = (keys._path(name) for name in (METHOD, "did:web:evil.example#k1"))  # noqa: SLF001  # whoever can write the folder
    mine.write_bytes(other.read_bytes())
    with pytest.raises(SetupError, match="does not open"):
        keys.signer(METHOD)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"{}", b'"x"', b'{"verification_method": "a", "public_key_multibase": "b", "wrapped_key": "c"}']
)
def test_j18_a_damaged_key_is_named(keys: FileKeyStore, content: bytes) -> None:
    keys.create(METHOD)
    [path] = keys.folder.iterdir()
    path.write_bytes(content)
    for ask in (lambda: keys.signer(METHOD), keys.verification_methods, keys.public_keys):
        with pytest.raises(SetupError, match=path.name):
            ask()


def test_sealed_bytes_that_are_no_base64_are_named(keys: FileKeyStore) -> None:
    keys.create(METHOD)
    [path] = keys.folder.iterdir()
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"wrapped_key": "a"}))
    with pytest.raises(SetupError, match="is damaged"):
        keys.signer(METHOD)


def test_a_key_that_is_not_there_is_named(keys: FileKeyStore) -> None:
    with pytest.raises(SetupError, match="There is no signing key did:web:x#k1"):
        keys.signer("did:web:x#k1")
    assert keys.verification_methods() == ()


def test_of_many_that_make_the_same_key_all_get_one(keys: FileKeyStore) -> None:
    found: set[PublicKey] = set()
    start = threading.Barrier(6)

    def make() -> None:
        start.wait(10)
        found.add(keys.create(METHOD))

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(found) == 1
    assert keys.signer(METHOD).public_key in found


def test_the_setting_names_a_store_of_the_table(tmp_path: Path) -> None:
    deployment = create_deployment(tmp_path / "data", "https://skills.example", datetime(2026, 1, 1, tzinfo=UTC))

    def opened(uri: str) -> KeyStore:
        return open_key_store(Settings(data=deployment.folder, key_store=uri, key_passphrase_file=None), deployment)

    usual, named = opened("file:"), opened(f"file:{tmp_path / 'elsewhere'}")
    usual.create(METHOD)
    assert named.verification_methods() == ()
    assert usual.verification_methods() == (METHOD,)
    for wrong in ("file", "", "s3:bucket", "pkcs12:x"):
        with pytest.raises(SetupError, match=f"begins with one of: {', '.join(KEY_STORES)}"):
            opened(wrong)


@pytest.mark.parametrize("algorithm", ["Ed25519", "ES256", "ES384", "ES512"])
def test_a_key_keeps_its_algorithm(keys: FileKeyStore, algorithm: str) -> None:
    public = keys.create(METHOD, algorithm)
    assert public.algorithm == algorithm
    verify_signature(public, keys.signer(METHOD).sign(b"message"), b"message")
