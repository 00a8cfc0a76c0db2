from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from comity.deployment import SetupError
from comity.key_stores import FileKeyStore, describe_key_store
from comity.passphrases import COST, Passphrase, parse_lock, read_passphrase
from credentials.keys import verify_signature
from tests.comity.conftest import EXAMPLES, Command
from web.sealing import Sealer, stretch

METHOD = "did:web:centre.example#k1"
SECOND = "did:web:centre.example#k2"
CHEAP = 2**10
MASTER = Sealer(bytes(32))
WORDS = b"correct horse battery staple"


def locked(folder: Path, words: bytes = WORDS, master: Sealer = MASTER) -> FileKeyStore:
    return FileKeyStore(folder, master, Passphrase(words, CHEAP))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_stretching_is_scrypt() -> None:
    """The third vector of RFC 7914 §12, its first 32 bytes."""
    expected = "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
    assert stretch(b"pleaseletmein", b"SodiumChloride", 2**14).hex() == expected


def test_a_locked_key_signs_and_needs_no_master_key(tmp_path: Path) -> None:
    public = locked(tmp_path).create(METHOD)
    [record] = (json.loads(content) for content in contents(tmp_path).values())
    assert set(record["scrypt"]) == {"salt", "n", "r", "p"}
    again = locked(tmp_path, master=Sealer(b"\1" * 32))
    verify_signature(public, again.signer(METHOD).sign(b"message"), b"message")
    assert again.locked() == (METHOD,)


def test_a_stolen_data_folder_opens_no_locked_key(tmp_path: Path) -> None:
    locked(tmp_path).create(METHOD)
    with pytest.raises(SetupError, match=r"locked with a passphrase.*COMITY_KEY_PASSPHRASE_FILE=FILE"):
        FileKeyStore(tmp_path, MASTER).signer(METHOD)


def test_j18_a_wrong_passphrase_is_named_and_nothing_is_lost(tmp_path: Path) -> None:
    public = locked(tmp_path).create(METHOD)
    before, wrong = contents(tmp_path), locked(tmp_path, b"correct horse battery stapler")
    tries: tuple[Callable[[], object], ...] = (
        lambda: wrong.signer(METHOD),
        lambda: wrong.create(METHOD),
        lambda: wrong.create(SECOND),
        lambda: wrong.reseal(None),
        lambda: wrong.reseal(wrong.passphrase),
    )
    for ask in tries:
        with pytest.raises(SetupError, match="does not open with the passphrase of COMITY_KEY_PASSPHRASE_FILE"):
            ask()
    assert contents(tmp_path) == before
    assert locked(tmp_path).signer(METHOD).public_key == public


def test_every_key_of_a_passphrase_has_one_lock(tmp_path: Path) -> None:
    keys = locked(tmp_path)
    keys.create(METHOD)
    locked(tmp_path).create(SECOND)
    locks = {json.dumps(json.loads(content)["scrypt"]) for content in contents(tmp_path).values()}
    assert len(locks) == 1


def test_keys_are_locked_locked_anew_and_unlocked(tmp_path: Path) -> None:
    plain, other = FileKeyStore(tmp_path, MASTER), b"a passphrase of another kind"
    public = {name: plain.create(name) for name in (METHOD, SECOND)}
    assert describe_key_store(plain) == "sealed under the master key"
    assert plain.reseal(Passphrase(WORDS, CHEAP)) == 2
    assert describe_key_store(locked(tmp_path)) == "locked with a passphrase (scrypt)"
    assert locked(tmp_path).reseal(Passphrase(other, CHEAP)) == 2
    with pytest.raises(SetupError, match="does not open"):
        locked(tmp_path).signer(METHOD)
    assert {name: locked(tmp_path, other).signer(name).public_key for name in public} == public
    assert locked(tmp_path, other).reseal(None) == 2
    assert {name: plain.signer(name).public_key for name in public} == public
    assert plain.locked() == ()


def test_stopped_half_way_the_same_goes_on(tmp_path: Path) -> None:
    plain, other = FileKeyStore(tmp_path, MASTER), Passphrase(b"a passphrase of another kind", CHEAP)
    public = {name: plain.create(name) for name in (METHOD, SECOND)}
    plain.reseal(Passphrase(WORDS, CHEAP))
    kept = contents(tmp_path)
    locked(tmp_path).reseal(other)
    first = min(kept)
    (tmp_path / first).write_bytes(kept[first])  # as if the other one alone had been done
    assert locked(tmp_path).reseal(other) == 1
    assert {name: FileKeyStore(tmp_path, MASTER, other).signer(name).public_key for name in public} == public


def test_keys_from_before_the_passphrase_open_and_are_counted(tmp_path: Path) -> None:
    FileKeyStore(tmp_path, MASTER).create(METHOD)
    both = locked(tmp_path)
    both.create(SECOND)
    assert both.signer(METHOD).verification_method == METHOD
    assert describe_key_store(both).startswith("1 locked with a passphrase (scrypt), 1 under the master key alone")


@pytest.mark.parametrize(
    "lock",
    [
        {"salt": "AAAA", "n": CHEAP, "r": 8, "p": 1},
        {"salt": "A" * 22 + "==", "n": 2**30, "r": 8, "p": 1},
        {"salt": "A" * 22 + "==", "n": 1000, "r": 8, "p": 1},
        {"salt": "A" * 22 + "==", "n": "1024", "r": 8, "p": 1},
        {"salt": "A" * 22 + "==", "n": CHEAP, "r": 1, "p": 1},
        {"salt": "!", "n": CHEAP, "r": 8, "p": 1},
    ],
)
def test_a_lock_that_is_none_or_would_take_for_ever_is_refused(tmp_path: Path, lock: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_lock(lock)
    keys = locked(tmp_path)
    keys.create(METHOD)
    [path] = tmp_path.iterdir()
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"scrypt": lock}))
    with pytest.raises(SetupError, match="damaged"):
        keys.signer(METHOD)


def secret_file(folder: Path, words: bytes = WORDS + b"\n") -> Path:
    path = folder / "passphrase"
    path.write_bytes(words)
    path.chmod(0o600)
    return path


def test_j18_a_passphrase_is_the_first_line_of_a_closed_file(tmp_path: Path) -> None:
    path = secret_file(tmp_path, WORDS + b"\r\nwhat else stands there\n")
    lock = Passphrase(WORDS, CHEAP).new_lock()
    wrapped = Passphrase(WORDS).sealer(lock).new_subject_key()
    sealed = read_passphrase(path).sealer(lock).seal(wrapped, b"key", b"name")
    assert Passphrase(WORDS).sealer(lock).open(wrapped, sealed, b"name") == b"key"
    assert read_passphrase(path).new_lock().cost == COST
    path.chmod(0o640)
    with pytest.raises(SetupError, match=r"can be read by others.*chmod 600"):
        read_passphrase(path)


@pytest.mark.parametrize("words", [b"", b"\n", b"too short", b"x" * 1025])
def test_a_passphrase_that_will_not_do_is_named(tmp_path: Path, words: bytes) -> None:
    with pytest.raises(SetupError, match="passphrase: A passphrase has 12 to 1024 bytes"):
        read_passphrase(secret_file(tmp_path, words))
    with pytest.raises(SetupError, match="No such file"):
        read_passphrase(tmp_path / "nothing")


def test_one_setting_locks_the_keys_of_issuers_and_of_the_lists(
    demo: Command, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "sealed under the master key" in demo("doctor").out
    assert "Name the file" in demo("keys", "lock").err
    path = secret_file(tmp_path)
    every = len(list(data.glob("*keys/*.json")))
    ran = demo("keys", "lock", "--passphrase-file", path)
    assert (ran.status, ran.out.splitlines()[0].partition(" ")[0]) == (0, str(every))
    assert f"From now on: COMITY_KEY_PASSPHRASE_FILE={path}" in ran.out
    doctor = demo("doctor")
    assert (doctor.status, "is locked with a passphrase" in doctor.out) == (1, True)
    refused = demo("bundle", "publish", EXAMPLES / "partnership")
    assert (refused.status, "is locked with a passphrase" in refused.err) == (2, True)
    monkeypatch.setenv("COMITY_KEY_PASSPHRASE_FILE", str(path))
    assert "locked with a passphrase (scrypt)" in demo("doctor").out
    assert demo("bundle", "publish", EXAMPLES / "partnership").status == 0
    assert demo("keys", "lock").out.startswith("0 keys were locked")
    assert demo("keys", "unlock").out.startswith(f"{every} keys were unlocked")
    monkeypatch.delenv("COMITY_KEY_PASSPHRASE_FILE")
    assert demo("doctor").status == 0
