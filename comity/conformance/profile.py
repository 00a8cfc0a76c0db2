"""The conformance profile: issuers, verifiers, a holder and a resolver of DIDs for suites and interop events, without accounts."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from comity.conformance.contexts import revisions
from comity.conformance.issuers import BITSTRING, ENVELOPING, ROWS, SuiteIssuer, new_signer
from comity.conformance.status_lists import StatusLists
from comity.conformance.token_lists import TokenLists
from credentials import rdf
from credentials.data_integrity import CRYPTOSUITES, derive, verify_base_proof
from credentials.dids import DID_METHODS, resolve, verification_key
from credentials.errors import (
    CryptographicSecurityError,
    DeactivatedDIDError,
    FetchError,
    InvalidVerificationMethodError,
    InvalidVerificationMethodURLError,
    NotThereError,
    VCError,
)
from credentials.fetching import Fetcher
from credentials.keys import PublicKey
from credentials.model import parse_credential
from credentials.model_1_1 import is_1_1, parse_credential_1_1
from credentials.presentation_envelopes import open_presentation
from credentials.verify import CHECKS, VerificationOptions, verify_credential
from verifier.presentations import verify_presentation
from web.pages import Pages

VERIFIERS: Final = (*CRYPTOSUITES, "vc2.0", "enveloping-proof", "bitstring-status-list")
"""Names of the verifiers: each verifies proofs of every suite; those of suites read VCDM 1.1 too, the last reads status lists."""
_CHECKS: Final[Mapping[str, frozenset[str]]] = MappingProxyType({"bitstring-status-list": frozenset({"proof", "status"})})
_LISTS: Final[Mapping[str, Callable[[str], StatusLists | TokenLists]]] = MappingProxyType(
    {BITSTRING: StatusLists, ENVELOPING: TokenLists}
)
_PROOF: Final = frozenset({"proof"})


@dataclass(frozen=True, slots=True)
class ConformanceProfile:
    """The profile, wired.

    Attributes:
        base_url: where it is served, without a trailing slash.
        clock: gives the present moment in UTC.
        pages: for the words of problems.
        fetcher: brings status lists and DID documents, its own among them.
        issuers: by name.
    """

    base_url: str
    clock: Callable[[], datetime]
    pages: Pages
    fetcher: Fetcher
    issuers: Mapping[str, SuiteIssuer]

    @classmethod
    def with_new_keys(cls, base_url: str, clock: Callable[[], datetime], pages: Pages, fetcher: Fetcher) -> ConformanceProfile:
        """Return a profile whose issuers all have new keys."""
        issuers = {}
        for row in ROWS:
            kind = _LISTS.get(row.tag)
            lists = kind(f"{base_url}/issuers/{row.name}/status") if kind else None
            issuers[row.name] = SuiteIssuer(row, new_signer(row.algorithm), clock, lists)
        return cls(base_url, clock, pages, fetcher, MappingProxyType(issuers))

    def verify(
        self, name: str, document: Mapping[str, Any], checks: Sequence[str], domain: str | None, challenge: str | None
    ) -> dict[str, Any]:
        """Return the report of a verifier on a credential.

        Whose key signed is judged only where that is asked for: the vectors of the specifications have issuers that do not control
        the key.
        """
        asked = _CHECKS.get(name, _PROOF) | (frozenset(checks) & CHECKS.keys())
        options = self._options(asked, domain, challenge)
        return verify_credential(document, replace(options, accepts_1_1=name in CRYPTOSUITES)).to_json()

    def verify_presentation(
        self, document: Mapping[str, Any], checks: Sequence[str], domain: str | None, challenge: str | None
    ) -> dict[str, Any]:
        """Return the report on a presentation and every credential in it.

        Raises:
            VCError: it is none, or JSON-LD would drop a part of it.
        """
        presented, _ = open_presentation(document)
        rdf.canonicalize({name: value for name, value in presented.items() if name != "proof"})
        options = self._options(_PROOF | (frozenset(checks) & CHECKS.keys()), domain, challenge)
        return verify_presentation(document, options, accepts_self_asserted=True)

    def _options(self, checks: frozenset[str], domain: str | None, challenge: str | None) -> VerificationOptions:
        return VerificationOptions(
            now=self.clock(),
            fetcher=self.fetcher,
            resources=revisions,
            checks=checks,
            domain=domain,
            challenge=challenge,
        )

    def derive(self, document: Mapping[str, Any], selective_pointers: Sequence[str]) -> dict[str, Any]:
        """Return the part of a credential that pointers select, once its base proof holds.

        Raises:
            VCError: it does not conform, the proof does not hold, or a pointer matches nothing.
        """
        (parse_credential_1_1 if is_1_1(document) else parse_credential)(document)
        verify_base_proof(document, self._key, now=self.clock())
        return derive(document, selective_pointers=selective_pointers, random_bytes=secrets.token_bytes)

    def _key(self, method: str, purpose: str) -> PublicKey:
        return verification_key(method, purpose, self.fetcher, now=self.clock())

    def resolve(self, did: str) -> dict[str, Any]:
        """Return the result of resolving a DID, or a version of one (DID Resolution §4): a document, or why there is none."""
        try:
            document = resolve(did, self.fetcher, now=self.clock())
        except DeactivatedDIDError:
            return _resolution(None, {}, {"deactivated": True})
        except VCError as error:
            problem = {"type": error.type, "detail": error.detail}
            return _resolution(None, {"error": _resolution_error(did, error), "problemDetails": problem}, {})
        return _resolution(document, {"contentType": "application/did+ld+json"}, {})


def _resolution(document: object, resolution: Mapping[str, object], metadata: Mapping[str, object]) -> dict[str, Any]:
    return {"didDocument": document, "didResolutionMetadata": dict(resolution), "didDocumentMetadata": dict(metadata)}


def _resolution_error(did: str, error: VCError) -> str:
    scheme, _, rest = did.partition(":")
    method, _, identifier = rest.partition(":")
    if scheme != "did" or not method.isalnum() or not identifier:
        return "invalidDid"
    if method not in DID_METHODS:
        return "methodNotSupported"
    if isinstance(error, FetchError):
        return "notFound" if isinstance(error, NotThereError) else "internalError"
    if isinstance(error, InvalidVerificationMethodError) and not isinstance(error, InvalidVerificationMethodURLError):
        return "unsupportedPublicKeyType"
    return "invalidPublicKey" if type(error) is CryptographicSecurityError else "invalidDid"
