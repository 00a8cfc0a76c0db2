"""The project's own vectors of codes on paper, which the codec in the browser reads too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from comity.conformance.cases import Case, expect, read
from credentials.data_integrity import verify_proofs
from credentials.errors import VCError
from credentials.keys import PublicKey, parse_multikey
from credentials.qr import Codec, UpdateNeededError, from_digits, parse_codec, to_digits

_NOW: Final = datetime(2026, 11, 24, tzinfo=UTC)


def codes(file: Path) -> Iterator[Case]:
    """Give every credential with its payload, decoded and encoded, and every payload that must be refused with its reason."""
    found = read(file)
    codecs = {name: parse_codec({"profiles": found["profiles"], "tables": rows}) for name, rows in found["tables"].items()}
    keys = {method: parse_multikey(multibase) for method, multibase in found["keys"].items()}
    for case in found["credentials"]:
        yield case["name"], partial(_credential, case, codecs[case["tables"]], keys)
    for number, case in enumerate(found["refused"]):
        yield f"refused {number}: {case['problem']}", partial(_refused, case, codecs[case["tables"]], keys)


def _verify(document: Mapping[str, Any], keys: Mapping[str, PublicKey]) -> None:
    verify_proofs(document, lambda method, _: keys[method], now=_NOW)


def _credential(case: Mapping[str, Any], codec: Codec, keys: Mapping[str, PublicKey]) -> None:
    payload = bytes.fromhex(case["payload"])
    expect(from_digits(case["digits"]), payload)
    expect(to_digits(payload), case["digits"])
    document = codec.decode(payload)
    expect(document, case["document"])
    _verify(document, keys)
    if not case["deflated"]:  # how deflate packs is not ours
        expect(codec.encode(document), payload)


def _refused(case: Mapping[str, str], codec: Codec, keys: Mapping[str, PublicKey]) -> None:
    expect(_problem(bytes.fromhex(case["payload"]), codec, keys), case["problem"])


def _problem(payload: bytes, codec: Codec, keys: Mapping[str, PublicKey]) -> str:
    try:
        document = codec.decode(payload)
    except UpdateNeededError:
        return "update needed"
    except VCError:
        return "malformed"
    try:
        _verify(document, keys)
    except VCError:
        return "signature"
    return "nothing"
