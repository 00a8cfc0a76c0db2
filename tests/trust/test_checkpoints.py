from __future__ import annotations

import base64
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import CryptographicSecurityError, MalformedValueError, ProofVerificationError, VCError
from credentials.keys import InMemorySigner
from trust.checkpoints import Checkpoint, LogKey, parse_vkey, sign_checkpoint, verify_checkpoint
from trust.merkle import Head

ORIGIN = "skills.example/log"
SIGNER = InMemorySigner("log", sha256(b"log").digest())
KEY = LogKey(ORIGIN, SIGNER.public_key)
CHECKPOINT = Checkpoint(ORIGIN, 28, sha256(b"root").digest())
NOTE = sign_checkpoint(CHECKPOINT, SIGNER)
KNOWN_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
"""The key of the signed notes in the documentation of Go's `sumdb/note`, with one of its notes below."""
KNOWN_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_a_checkpoint_is_read_as_it_was_signed() -> None:
    assert verify_checkpoint(NOTE, KEY) == CHECKPOINT
    assert CHECKPOINT.head == Head(28, CHECKPOINT.root)
    assert sign_checkpoint(CHECKPOINT, SIGNER) == NOTE
    assert NOTE.splitlines()[:2] == [ORIGIN, "28"]


def test_keys_are_spelled_as_elsewhere() -> None:
    assert parse_vkey(KEY.vkey) == KEY
    known = parse_vkey(KNOWN_VKEY)
    assert known.vkey == KNOWN_VKEY
    assert known.name == "PeterNeumann"


def test_a_note_of_another_implementation_verifies_and_is_no_checkpoint() -> None:
    """The signature is good; what it signs says nothing of a log."""
    key = parse_vkey(KNOWN_VKEY)
    body, _, line = KNOWN_NOTE.rpartition("\n\n")
    signature = base64.b64decode(line.split(" ")[2])
    assert signature[:4] == key.hash
    with pytest.raises(MalformedValueError, match="no checkpoint"):
        verify_checkpoint(KNOWN_NOTE, key)
    from credentials.keys import verify_signature  # noqa: PLC0415

    verify_signature(key.key, signature[4:], f"{body}\n".encode())


def test_signatures_of_others_and_further_lines_are_let_be() -> None:
    other = InMemorySigner("other", sha256(b"other").digest())
    line = sign_checkpoint(Checkpoint("other.example/witness", 28, CHECKPOINT.root), other).splitlines()[-1]
    assert verify_checkpoint(f"{NOTE}{line}\n", KEY) == CHECKPOINT
    same_name = sign_checkpoint(CHECKPOINT, other).splitlines()[-1]
    assert verify_checkpoint(f"{NOTE}{same_name}\n", KEY) == CHECKPOINT
    with pytest.raises(CryptographicSecurityError, match="not signed"):
        verify_checkpoint(f"{CHECKPOINT.body}\n{line}\n", KEY)
    extended = CHECKPOINT.body + "an extension\n"
    signature = base64.b64encode(KEY.hash + SIGNER.sign(extended.encode())).decode()
    assert verify_checkpoint(f"{extended}\n— {ORIGIN} {signature}\n", KEY) == CHECKPOINT


def test_every_signature_of_the_key_must_hold() -> None:
    broken = base64.b64encode(KEY.hash + bytes(range(32)) + bytes(32)).decode()
    with pytest.raises(VCError):
        verify_checkpoint(f"{NOTE}— {ORIGIN} {broken}\n", KEY)
    with pytest.raises(ProofVerificationError):
        verify_checkpoint(NOTE.replace("\n28\n", "\n29\n"), KEY)


def test_the_checkpoint_of_another_log_is_refused() -> None:
    with pytest.raises(MalformedValueError, match="another log"):
        verify_checkpoint(NOTE, LogKey("other.example/log", SIGNER.public_key))


@given(st.integers(0, len(NOTE) - 1), st.characters())
def test_any_changed_letter_is_refused(at: int, letter: str) -> None:
    if NOTE[at] != letter:
        with pytest.raises(VCError):
            verify_checkpoint(NOTE[:at] + letter + NOTE[at + 1 :], KEY)


def signed(body: str) -> str:
    return f"{body}\n— {ORIGIN} {base64.b64encode(KEY.hash + SIGNER.sign(body.encode())).decode()}\n"


@pytest.mark.parametrize(
    "bad",
    [
        *("", "\n", "\n\n", NOTE[:-1], NOTE + "\n", CHECKPOINT.body, NOTE.replace("— ", "- ")),
        NOTE + f"— {ORIGIN} AAAA\n" * 101,
        NOTE + f"— {ORIGIN} AAAA\n",
        NOTE + f"— two words {NOTE.split(' ')[-1]}",
        "x" * 70_000,
        *map(signed, (f"{ORIGIN}\n28\n", f"{ORIGIN}\n028\n{'A' * 43}=\n", f"{ORIGIN}\n-1\n{'A' * 43}=\n", f"{ORIGIN}\n28\nAAAA\n")),
        *map(signed, (f"{ORIGIN}\n{2**63}\n{'A' * 43}=\n", f"two words\n28\n{'A' * 43}=\n", f"{ORIGIN}\n\n28\n{'A' * 43}=\n")),
        signed(f"{ORIGIN}\n28\n{'A' * 42}B=\n"),
    ],
)
def test_what_is_no_checkpoint_is_refused(bad: str) -> None:
    with pytest.raises(MalformedValueError):
        verify_checkpoint(bad, KEY)


@pytest.mark.parametrize(
    "bad",
    [
        *("", "name", KEY.vkey.replace("skills", "others"), f"two words{KEY.vkey}", KEY.vkey[:-4], KEY.vkey + "AAAA"),
        f"{ORIGIN}+{KEY.hash.hex()}+{base64.b64encode(bytes([2]) + KEY.key.raw).decode()}",
    ],
)
def test_what_is_no_key_of_a_log_is_refused(bad: str) -> None:
    with pytest.raises(MalformedValueError):
        parse_vkey(bad)
