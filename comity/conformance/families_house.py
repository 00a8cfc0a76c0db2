"""The project's own vectors of every table that can grow: suites, formats, algorithms, DID methods, status mechanisms, checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from comity.conformance.cases import Case, SkippedCase, expect, read
from comity.conformance.families_dids import Files
from credentials.bbs import basic
from credentials.data_integrity import verify_proofs
from credentials.dids import verification_key
from credentials.encoding import b64url_decode
from credentials.errors import VCError
from credentials.keys import PublicKey, parse_multikey, verify_signature
from credentials.securing import unsecure
from credentials.verify import VerificationOptions, verify_credential

NOW: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
Given = Mapping[str, Any]
Try = Callable[[str, Given], None]
"""(row, what is given): returns, or raises the problem that the vector names."""


def house(folder: Path) -> Iterator[Case]:
    """Give every vector of the house: what each row of each table takes, and what it refuses as what problem."""
    for file in sorted(folder.glob("*.json")):
        for vector in read(file):
            yield f"{vector['table']}, {vector['row']}: {vector['case']}", partial(_case, vector)


def _case(vector: Mapping[str, Any]) -> None:
    attempt = TRY.get(vector["table"])
    if attempt is None:
        raise SkippedCase("a key store wants a folder of its own: `make test` tries these")
    expect(_outcome(attempt, vector), vector["expect"])


def _outcome(attempt: Try, vector: Mapping[str, Any]) -> str:
    try:
        attempt(vector["row"], vector["given"])
    except VCError as error:
        return error.type
    return "ok"


def _outside(given: Given) -> Files:
    return Files({url: b64url_decode(content) for url, content in given["answers"].items()})


def _resolve_key(method: str, purpose: str) -> PublicKey:
    return verification_key(method, purpose, Files({}), now=NOW)


def _algorithm(row: str, given: Given) -> None:
    key, signature = parse_multikey(given["key"]), b64url_decode(given["signature"])
    expect(key.algorithm, row)
    if "messages" in given:
        messages = [b64url_decode(message) for message in given["messages"]]
        basic.verify(key.raw, signature, b64url_decode(given["header"]), messages)
    else:
        verify_signature(key, signature, b64url_decode(given["data"]))


def _cryptosuite(_row: str, given: Given) -> None:
    verify_proofs(given["document"], _resolve_key, now=NOW)


def _securing(_row: str, given: Given) -> None:
    unsecure(b64url_decode(given["content"]), _resolve_key, now=NOW, media_type=given["mediaType"])


def _did_method(row: str, given: Given) -> None:
    expect(given["method"].startswith(f"did:{row}:"), expected=True)
    key = verification_key(given["method"], given["purpose"], _outside(given), now=NOW)
    expect(key.multibase, given["key"])


def _check(row: str, given: Given) -> None:
    options = VerificationOptions(now=NOW, fetcher=_outside(given))
    check = verify_credential(b64url_decode(given["content"]), options).check(row)
    if check.problem is not None:
        raise check.problem
    expect(check.outcome.value, "passed")


TRY: Final[Mapping[str, Try]] = MappingProxyType(
    {
        "signature algorithm": _algorithm,
        "cryptosuite": _cryptosuite,
        "securing mechanism": _securing,
        "DID method": _did_method,
        "status mechanism": lambda _row, given: _check("status", given),
        "check": _check,
    }
)
"""Table to what a vector of it means."""
