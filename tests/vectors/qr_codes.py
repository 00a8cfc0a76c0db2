"""Writes the vectors of codes: credentials, their payloads, and what is refused; for the codecs in Python and in the browser."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from credentials import jcs
from credentials.data_integrity import add_proof_set
from credentials.encoding import base58btc_encode
from credentials.errors import VCError
from credentials.keys import InMemorySigner
from credentials.qr import Codec, UpdateNeededError, parse_codec, to_digits
from credentials.qr.octets import Reader, varint
from credentials.qr.slots import read_slots
from credentials.qr.template import expand
from tests.credentials.qr.world import DID, HOLDER, P256_HOLDER, SIGNER, STEM, profiles, rows, signed

FOLDER: Final = Path(__file__).parent / "qr"
P256: Final = InMemorySigner(f"{DID}#k2", sha256(b"qr p256").digest(), "ES256")
SIGNERS: Final = {signer.verification_method: signer for signer in (SIGNER, P256)}
COMMITTED: Final = {"type": "IdentityObject", "hashed": True, "identityHash": "pbkdf2$AAECAwQFBgcICQoLDA0ODw"}
NATIVE: Final = ("\u09a8\u09be\u099c\u09ae\u09be", "\u064a\u0648\u0633\u0641")
NAMES: Final = ("Najma Akter", *NATIVE, '\U0001f600 \u2028 "\\\u0001', "x" * 120)


def built() -> dict[str, bytes]:
    """Return file name to content."""
    from tests.vectors.making import encoded  # noqa: PLC0415  # it makes the examples that these are made of

    told = {"credentials": list(_credentials()), "refused": list(_refused()), "forged": list(_forged())}
    return {"codes.json": encoded({**_lists(), **told})}


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
    yield "training awarded on another day", signed("training", {"awardedDate": "2026-11-07T00:00:00Z"})
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
    for payload in (*_out_of_bounds(codec(_tables()).encode(signed("training"))), *_bombs()):
        yield {"tables": "whole", "payload": payload.hex(), "problem": _problem(codec(_tables()), payload)}


def _changed(payload: bytes) -> Iterator[bytes]:
    for place in range(0, len(payload) - 64, 3):
        yield payload[:place] + bytes([payload[place] ^ (1 << place % 8)]) + payload[place + 1 :]
    yield from (b"", payload[:40], payload + b"\0", payload[:4] + b"\0" + payload[4:], payload[:1] + b"\x09" + payload[2:])


def _out_of_bounds(payload: bytes) -> Iterator[bytes]:
    """Yield a payload whose list is too long, whose text is too long or no UTF-8, whose numbers are spelt in other ways."""
    name = NAMES[0].encode()
    place = payload.index(name)
    before, count, after = payload[: place - 2], payload[place - 2 : place - 1], payload[place + len(name) :]
    yield before + b"\x41" + payload[place - 1 :]
    yield before + count + varint(513) + b"x" * 513 + after
    yield before + count + bytes([len(name)]) + b"\xff" * len(name) + after
    for spelt in (bytes([count[0] | 0x80, 0]), b"\xff\xff\xff\xff\xff\x01"):
        yield before + spelt + payload[place - 1 :]


def _bombs() -> Iterator[bytes]:
    """Yield what would open to a megabyte, the same unfinished, and with something behind it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = packer.compress(bytes(1 << 20)) + packer.flush()
    for slots in (bomb, bomb[:-3], bomb + b"x"):
        yield b"\xc1\x03\0\0" + slots + bytes(64)


def _forged() -> Iterator[dict[str, Any]]:
    """Yield rows and profiles that say something else than was signed, a payload as it was and with a check that fits."""
    document = signed("training")
    payload = codec(_tables()).encode(document)
    for edit in _edits(document, payload[1]):
        reader = edited(edit)
        for found in (payload, fitted(reader, payload)):
            yield {"edit": edit, "payload": found.hex(), "problem": _problem(reader, found)}


def _edits(document: dict[str, Any], profile: int) -> Iterator[dict[str, Any]]:
    achievement = document["credentialSubject"]["achievement"]
    forged = {
        "issuers": {**document["issuer"], "name": "Forged"},
        "achievements": {**achievement, "name": "Brain surgery"},
        "stems": f"{STEM}9",
        "contexts": [*document["@context"][:-1], "https://evil.example/context"],
    }
    for table, value in forged.items():
        yield {"table": table, "row": _tables()[table].index(_row_of(table, document)), "value": value}
    record = next(one for one in profiles() if one["number"] == profile)
    for constant, other in (("revocation", "refresh"), ("AchievementSubject", "Person")):
        template = json.loads(json.dumps(record["template"]).replace(f'"{constant}"', f'"{other}"'))
        yield {"profile": {**record, "template": template}}


def _row_of(table: str, document: dict[str, Any]) -> object:
    subject = document["credentialSubject"]
    rows_ = {"issuers": document["issuer"], "achievements": subject["achievement"], "stems": STEM, "contexts": document["@context"]}
    return rows_[table]


def edited(edit: Mapping[str, Any]) -> Codec:
    """Return the codec of the whole lists after one edit."""
    tables, listed = _tables(), profiles()
    if "profile" in edit:
        listed = [edit["profile"] if one["number"] == edit["profile"]["number"] else one for one in listed]
    else:
        tables[edit["table"]] = [*tables[edit["table"]]]
        tables[edit["table"]][edit["row"]] = edit["value"]
    return parse_codec({"profiles": listed, "tables": tables})


def fitted(reader: Codec, payload: bytes) -> bytes:
    """Return a payload with the check of what lists make of it, as whoever forges lists and code together would write it."""
    profile, slots, signature = reader.profiles[payload[1]], payload[4:-64], payload[-64:]
    values = read_slots(profile, Reader(slots), reader.tables)
    rebuilt = expand(profile.template, {**values, "signature": "z" + base58btc_encode(signature)})
    assert isinstance(rebuilt, dict)
    return payload[:2] + sha256(jcs.canonicalize(rebuilt)).digest()[:2] + payload[4:]


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
