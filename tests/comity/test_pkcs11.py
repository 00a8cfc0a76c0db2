"""Keys in a token, by a real SoftHSM2: made there, used there, and nothing that goes wrong there goes wrong here."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.deployment import SetupError
from comity.pkcs11_store import Pkcs11KeyStore
from comity.pkcs11_uri import parse_token
from comity.pkcs11_wire import receive, send
from credentials.data_integrity import add_proof_set, verify_proofs
from credentials.keys import KeyStoreError, PublicKey, verify_signature
from tests.comity.conftest import EXAMPLES, Command
from tests.comity.softhsm import LABEL, PIN, SoftToken, needed, new_token
from tests.credentials.world import NOW, credential

METHOD = "did:web:centre.example#k1"


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SoftToken:
    needed()
    made = new_token(tmp_path / "token")
    monkeypatch.setenv("SOFTHSM2_CONF", str(made.configuration))
    return made


def store_of(token: SoftToken, timeout: float = 10) -> Pkcs11KeyStore:
    return Pkcs11KeyStore(parse_token(token.uri().removeprefix("pkcs11:")), token.folder / "lock", timeout)


@pytest.fixture
def keys(token: SoftToken) -> Iterator[Pkcs11KeyStore]:
    store = store_of(token)
    yield store
    store.close()


@pytest.mark.parametrize("algorithm", ["Ed25519", "ES256"])
def test_a_key_is_made_once_and_signs(keys: Pkcs11KeyStore, token: SoftToken, algorithm: str) -> None:
    public = keys.create(METHOD, algorithm)
    assert (public.algorithm, keys.create(METHOD, algorithm), keys.verification_methods()) == (algorithm, public, (METHOD,))
    for data in (b"message", bytes(100_000)):
        verify_signature(public, keys.signer(METHOD).sign(data), data)
    again = store_of(token)
    assert again.signer(METHOD).public_key == public
    again.close()


def test_a_credential_is_secured_by_a_key_in_the_token(keys: Pkcs11KeyStore) -> None:
    public = keys.create(METHOD)
    secured = add_proof_set(credential(), keys.signer(METHOD), created=NOW)
    verify_proofs(secured, lambda _method, _purpose: public, now=NOW)


def test_a_private_key_cannot_be_taken_out(keys: Pkcs11KeyStore, token: SoftToken) -> None:
    keys.create(METHOD)
    looking = (
        "import sys, PyKCS11 as p; lib = p.PyKCS11Lib(); lib.load(sys.argv[1]);"
        "slot = [s for s in lib.getSlotList(tokenPresent=True) if lib.getTokenInfo(s).label.strip() == 'Comity'][0];"
        "s = lib.openSession(slot); s.login(open(sys.argv[2]).readline().strip());"
        "[key] = s.findObjects([(p.CKA_CLASS, p.CKO_PRIVATE_KEY)]);"
        "print(s.getAttributeValue(key, [p.CKA_EXTRACTABLE, p.CKA_SENSITIVE, p.CKA_NEVER_EXTRACTABLE, p.CKA_VALUE]))"
    )
    found = subprocess.run(
        [sys.executable, "-c", looking, str(token.module), str(token.pin_file)], check=True, capture_output=True, text=True
    )
    assert found.stdout.strip() == "[False, True, True, None]"


def test_j17_the_pin_is_on_no_command_line_and_in_no_environment(keys: Pkcs11KeyStore) -> None:
    keys.create(METHOD)
    process = Path("/proc", str(keys.process_id()))
    for name in ("cmdline", "environ"):
        assert PIN.encode() not in (process / name).read_bytes()
    assert b"comity.pkcs11_process" in (process / "cmdline").read_bytes()
    assert re.search(r"^Max core file size +0 +0 ", (process / "limits").read_text(), re.MULTILINE)


@pytest.mark.parametrize("algorithm", ["Ed25519", "ES256"])
def test_the_desk_of_the_process_by_itself(token: SoftToken, algorithm: str) -> None:
    """What the process does, without the process: one side of a pair of sockets asks, a thread at the other answers."""
    from comity.pkcs11_process import serve  # noqa: PLC0415  # needs PyKCS11

    ours, theirs = socket.socketpair()
    desk = threading.Thread(target=serve, args=(theirs,))
    desk.start()
    opening = {"module": str(token.module), "label": LABEL, "serial": "", "pin_file": str(token.pin_file)}

    def ask(**request: str) -> dict[str, Any]:
        send(ours, request)
        return receive(ours)

    with ours, theirs:
        assert ask(**opening) == {"ok": {}}
        assert ask(do="find", name=METHOD) == {"error": "no-key", "detail": f"the token holds no keys called {METHOD}"}
        made = ask(do="create", name=METHOD, algorithm=algorithm)
        assert made == ask(do="create", name=METHOD, algorithm=algorithm) == ask(do="find", name=METHOD)
        assert ask(do="names") == {"ok": {"names": [METHOD]}}
        signature = bytes.fromhex(ask(do="sign", name=METHOD, data=b"message".hex())["ok"]["signature"])
        public = PublicKey(made["ok"]["algorithm"], bytes.fromhex(made["ok"]["public"]))
        verify_signature(public, signature, b"message")
        ours.shutdown(socket.SHUT_WR)
        desk.join(20)
    assert not desk.is_alive()


def test_a_process_that_was_killed_starts_again(keys: Pkcs11KeyStore) -> None:
    public = keys.create(METHOD)
    signer, first = keys.signer(METHOD), keys.process_id()
    assert first is not None
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)  # it is left for its store to collect
    verify_signature(public, signer.sign(b"message"), b"message")
    assert keys.process_id() not in (None, first)


def test_killed_while_it_signs_it_is_named_and_starts_again(keys: Pkcs11KeyStore) -> None:
    public = keys.create(METHOD)
    signer, first = keys.signer(METHOD), keys.process_id()
    assert first is not None
    os.kill(first, signal.SIGSTOP)
    threading.Timer(0.3, os.kill, (first, signal.SIGKILL)).start()
    with pytest.raises(KeyStoreError, match="the signer process of Comity ended; it starts again when asked"):
        signer.sign(b"message")
    verify_signature(public, signer.sign(b"message"), b"message")


def test_one_that_does_not_answer_is_ended_in_time(token: SoftToken) -> None:
    keys = store_of(token, timeout=3)
    public = keys.create(METHOD)
    signer, first = keys.signer(METHOD), keys.process_id()
    assert first is not None
    os.kill(first, signal.SIGSTOP)
    with pytest.raises(KeyStoreError, match="did not answer within 3 seconds"):
        signer.sign(b"message")
    assert not Path("/proc", str(first)).exists()
    verify_signature(public, signer.sign(b"message"), b"message")
    keys.close()


def test_many_at_once_wait_for_one_another(keys: Pkcs11KeyStore) -> None:
    public, signer = keys.create(METHOD), keys.signer(METHOD)
    signatures: dict[bytes, bytes] = {}

    def work(number: int) -> None:
        for step in range(20):
            data = f"{number} {step}".encode()
            signatures[data] = signer.sign(data)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(signatures) == 80
    for data, signature in signatures.items():
        verify_signature(public, signature, data)


def test_of_two_that_make_the_same_key_both_get_one(token: SoftToken) -> None:
    stores = [store_of(token) for _ in range(2)]
    found = []
    threads = [threading.Thread(target=lambda store=store: found.append(store.create(METHOD))) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (len(found), len(set(found)), stores[0].verification_methods()) == (2, 1, (METHOD,))
    for store in stores:
        store.close()


def test_j19_a_wrong_pin_is_tried_once(token: SoftToken) -> None:
    token.write_pin("000000")
    keys = store_of(token)
    for _ in range(5):
        with pytest.raises(KeyStoreError, match=r"the PIN in .*pin is not the token's; it was tried once"):
            keys.create(METHOD)
    keys.close()
    token.write_pin(PIN)
    store = store_of(token)
    assert store.create(METHOD).algorithm == "Ed25519"
    store.close()


def test_j19_a_token_that_is_gone_is_named(keys: Pkcs11KeyStore, token: SoftToken) -> None:
    keys.create(METHOD)
    signer = keys.signer(METHOD)
    shutil.rmtree(token.folder / "tokens")
    (token.folder / "tokens").mkdir()
    keys.close()
    with pytest.raises(KeyStoreError, match="no token Comity is plugged in"):
        signer.sign(b"message")


def test_a_key_that_is_not_there_is_named(keys: Pkcs11KeyStore) -> None:
    assert keys.verification_methods() == ()
    with pytest.raises(SetupError, match=f"the token holds no keys called {METHOD}"):
        keys.signer(METHOD)


def test_a_library_that_is_none_is_named(token: SoftToken, tmp_path: Path) -> None:
    library = tmp_path / "library.so"
    library.write_bytes(b"this is no library")
    uri = token.uri().replace(str(token.module), str(library))
    keys = Pkcs11KeyStore(parse_token(uri.removeprefix("pkcs11:")), tmp_path / "lock")
    with pytest.raises(KeyStoreError, match=r"Comity: the token says .*library\.so"):
        keys.create(METHOD)
    keys.close()


def test_a_centre_works_with_its_keys_in_a_token(
    token: SoftToken, deployed: Command, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMITY_KEY_STORE", token.uri())
    deployed("issuer", "add", EXAMPLES / "issuers" / "sunder-bay-care.json")
    assert not (data / "keys").exists()
    rotated = deployed("keys", "rotate", "sunder-bay-care")
    assert (rotated.status, rotated.out.partition("\n")[0]) == (0, "k2 signs for sunder-bay-care from now on.")
    assert [key["verificationMethod"][-2:] for key in deployed("keys", "list", "--json").json] == ["k1", "k2"]
    assert "2, and each opens; in the token Comity (PKCS#11)" in deployed("doctor").out
    locked = deployed("keys", "lock", "--passphrase-file", token.pin_file)
    assert (locked.status, locked.out) == (2, "")
    token.write_pin("000000")
    doctor = deployed("doctor")
    assert (doctor.status, "the PIN in" in doctor.out) == (1, True)
    refused = deployed("keys", "list")
    assert (refused.status, "it was tried once" in refused.err) == (3, True)
