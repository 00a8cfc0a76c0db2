"""Writes the vectors of codes: credentials, their payloads, and what is refused; for the codecs in Python and in the browser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from credentials.data_integrity import add_proof_set
from credentials.errors import VCError
from credentials.keys import InMemorySigner
from credentials.qr import Codec, UpdateNeededError, parse_codec, to_digits
from tests.credentials.qr.world import DID, HOLDER, P256_HOLDER, SIGNER, profiles, rows, signed

FOLDER: Final = Path(__file__).parent / "qr"
P256: Final = InMemorySigner(f"{DID}#k2", sha256(b"qr p256").digest(), "ES256")
SIGNERS: Final = {signer.verification_method: signer for signer in (SIGNER, P256)}
COMMITTED: Final = {"type": "IdentityObject", "hashed": True, "identityHash": "pbkdf2$AAECAwQFBgcICQoLDA0ODw"}
NATIVE: Final = ("\u09a8\u09be\u099c\u09ae\u09be", "\u064a\u0648\u0633\u0641")
NAMES: Final = ("Najma Akter", *NATIVE, '\U0001f600 \u2028 "\\\u0001', "x" * 120)


def built() -> dict[str, bytes]:
    """Return file name to content."""
    from tests.vectors.making import encoded  # noqa: PLC0415  # it makes the examples that these are made of

    return {"codes.json": encoded({**_lists(), "credentials": list(_credentials()), "refused": list(_refused())})}


def _tables() -> dict[str, list[Any]]:
    return rows([signed("training"), signed("work-experience")])


def _bare() -> dict[str, list[Any]]:
    """Return tables without the issuer and the programme."""
    return _tables() | {"issuers": [], "achievements": [], "stems": []}


def _lists() -> dict[str, Any]:
    return {
        "profiles": profiles(),
        "tables": {"whole": _tables(), "bare": _bare()},
        "keys": {method: signer.public_key.multibase for method, signer in SIGNERS.items()},
    }


def codec(tables: Mapping[str, list[Any]]) -> Codec:
    """Return the codec of tables."""
    return parse_codec({"profiles": profiles(), "tables": dict(tables)})


def _documents() -> Iterator[tuple[str, dict[str, Any]]]:
    for kind in ("training", "work-experience"):
        for name in NAMES:
            yield f"{kind} of {name[:12]!a}", signed(kind, subject={"name": [{"@value": name, "@language": "en"}]})
        yield f"{kind} with a holder", signed(kind, subject={"id": HOLDER})
        yield f"{kind} with a holder on P-256", signed(kind, subject={"id": P256_HOLDER})
        yield f"{kind} on P-256", _on_p256(signed(kind))
        yield f"{kind} on P-256 with a holder on P-256", _on_p256(signed(kind, subject={"id": P256_HOLDER}))
    yield "training with a commitment", _committed()
    yield "training on its last day", signed("training", subject={"activityEndDate": "2179-06-06"})


def _committed() -> dict[str, Any]:
    entry = {**COMMITTED, "identityType": "ext:passportCommitment", "salt": signed("training")["id"]}
    return signed("training", subject={"identifier": [entry]})


def _on_p256(document: dict[str, Any]) -> dict[str, Any]:
    from datetime import datetime  # noqa: PLC0415  # only here

    unsigned = {name: value for name, value in document.items() if name != "proof"}
    created = datetime.fromisoformat(document["validFrom"])
    return add_proof_set(unsigned, P256, created=created, cryptosuites=["ecdsa-jcs-2019"])


def _credentials() -> Iterator[dict[str, Any]]:
    for tables, listed in (("whole", _tables()), ("bare", _bare())):
        for name, document in _documents():
            payload = codec(listed).encode(document)
            yield {
                "name": f"{name}, {tables}",
                "tables": tables,
                "deflated": payload[1] % 10 > 2,  # profiles 3, 4, 13, 14, and 20 more each
                "document": document,
                "payload": payload.hex(),
                "digits": to_digits(payload),
            }


def _refused() -> Iterator[dict[str, str]]:
    for tables, listed in (("whole", _tables()), ("bare", _bare())):
        for kind in ("training", "work-experience"):
            payload = codec(listed).encode(signed(kind))
            for changed in _changed(payload):
                yield {"tables": tables, "payload": changed.hex(), "problem": _problem(codec(listed), changed)}


def _changed(payload: bytes) -> Iterator[bytes]:
    for place in range(0, len(payload) - 64, 3):
        yield payload[:place] + bytes([payload[place] ^ (1 << place % 8)]) + payload[place + 1 :]
    yield from (b"", payload[:40], payload + b"\0", payload[:4] + b"\0" + payload[4:], payload[:1] + b"\x09" + payload[2:])


def _problem(reader: Codec, payload: bytes) -> str:
    try:
        reader.decode(payload)
    except UpdateNeededError:
        return "update needed"
    except VCError:
        return "malformed"
    return "signature"


if __name__ == "__main__":
    from tests.vectors import examples

    examples.write(FOLDER, built())
