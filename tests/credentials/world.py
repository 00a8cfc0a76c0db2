"""What the tests of the pure centre share: a fixed time, fixed keys, an outside in memory, and a plain credential."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from credentials.data_integrity import add_proof_set
from credentials.dids import did_document
from credentials.errors import FetchError, VCError
from credentials.fetching import Fetched
from credentials.keys import InMemorySigner
from credentials.status.bitstring import MINIMUM_ENTRIES, StatusList, status_list_credential
from credentials.verify import VerificationOptions, VerificationResult, verify_credential

NOW: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
V2: Final = "https://www.w3.org/ns/credentials/v2"
WEB_DID: Final = "did:web:centre.example"
WEB_URL: Final = "https://centre.example/.well-known/did.json"
WEB_SEED: Final = sha256(b"web").digest()
LIST_URL: Final = "https://centre.example/status/1"
JSON = Mapping[str, Any]


def key_signer(name: str = "issuer") -> InMemorySigner:
    """Return a signer whose did:key follows from a name."""
    seed = sha256(name.encode()).digest()
    multibase = InMemorySigner("", seed).public_key.multibase
    return InMemorySigner(f"did:key:{multibase}#{multibase}", seed)


def web_signer() -> InMemorySigner:
    return InMemorySigner(f"{WEB_DID}#k1", WEB_SEED)


def did_of(signer: InMemorySigner) -> str:
    return signer.verification_method.partition("#")[0]


@dataclass
class Outside:
    """Answers URLs from memory: bytes, or the error to raise; anything else does not answer."""

    answers: dict[str, bytes | VCError] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def fetch(self, url: str) -> Fetched:
        self.asked.append(url)
        answer = self.answers.get(url, FetchError("no answer"))
        if isinstance(answer, VCError):
            raise answer
        return Fetched(url, answer, "application/json")


def credential(signer: InMemorySigner | None = None, **changes: object) -> dict[str, Any]:
    """Return an unsecured credential; a member given as `...` is left out."""
    document = {
        "@context": [V2],
        "type": ["VerifiableCredential"],
        "issuer": did_of(signer or key_signer()),
        "credentialSubject": {"id": "did:example:worker"},
    }
    return {name: value for name, value in (document | changes).items() if value is not ...}


def secured(document: JSON, signer: InMemorySigner | None = None, suites: Iterable[str] = ("eddsa-rdfc-2022",)) -> dict[str, Any]:
    return add_proof_set(document, signer or key_signer(), created=NOW - timedelta(days=1), cryptosuites=tuple(suites))


def report(content: bytes | JSON, outside: Outside | None = None, **options: Any) -> VerificationResult:  # noqa: ANN401  # any option
    return verify_credential(content, VerificationOptions(now=NOW, fetcher=outside or Outside(), **options))


def outcomes(result: VerificationResult) -> dict[str, str]:
    return {check.name: check.outcome.value for check in result.checks}


def with_web_issuer() -> Outside:
    """Return an outside in which the did:web issuer answers."""
    return Outside({WEB_URL: json.dumps(did_document(WEB_DID, {"k1": web_signer().public_key})).encode()})


def entry(purpose: str = "revocation", index: object = "7", url: str = LIST_URL) -> dict[str, Any]:
    return {
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": index,
        "statusListCredential": url,
    }


def status_list(
    *indices: int,
    signer: InMemorySigner | None = None,
    purpose: str = "revocation",
    length: int = MINIMUM_ENTRIES,
    **changes: object,
) -> bytes:
    """Return a status list credential, secured; a member given as `...` is left out."""
    by = signer or key_signer()
    made = NOW - timedelta(hours=1)
    document = status_list_credential(
        LIST_URL,
        issuer=did_of(by),
        purpose=purpose,
        status_list=StatusList.from_indices(indices, length),
        valid_from=made,
        valid_until=made + timedelta(days=1),
    )
    changed = {name: value for name, value in (document | changes).items() if value is not ...}
    return json.dumps(secured(changed, by)).encode()
