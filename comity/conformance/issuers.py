"""The issuers of the conformance profile: one for each cryptosuite and kind of key, with keys that last as long as the process."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from comity.conformance.contexts import revisions
from comity.conformance.status_lists import StatusLists
from comity.conformance.token_lists import TokenLists
from credentials import members, rdf
from credentials.bbs.signer import BBSSigner, InMemoryBBSSigner
from credentials.bbs.signer import generate_private_key as generate_bbs_key
from credentials.data_integrity import CRYPTOSUITES, SelectiveDisclosureSuite, add_base_proof, add_proof
from credentials.data_url import data_url
from credentials.errors import MalformedValueError, ProofGenerationError
from credentials.keys import InMemorySigner, PublicKey, Signer, generate_private_key
from credentials.model import CREDENTIALS_V2, parse_credential
from credentials.model_1_1 import is_1_1, parse_credential_1_1
from credentials.related import check_related_resources
from credentials.securing import ENVELOPED
from credentials.status.entry import read_entry
from credentials.status.token import ENTRY_TYPE
from credentials.vc_jwt import VC_JWT, secure_jwt

CURVES: Final[Mapping[str, str]] = MappingProxyType({"ES256": "P-256", "ES384": "P-384"})
ENVELOPING: Final = "EnvelopingProof"
BITSTRING: Final = "BitstringStatusList"
OF_TOKENS: Final = {"type": ENTRY_TYPE}
"""What is asked for where a token shall have a status."""


@dataclass(frozen=True, slots=True)
class Row:
    """An issuer of the profile, before it has a key.

    Attributes:
        name: part of its address.
        cryptosuite: of its proofs; empty where it makes envelopes.
        algorithm: of its key.
        tag: what suites look it up by.
    """

    name: str
    cryptosuite: str
    algorithm: str
    tag: str


ROWS: Final = (
    Row("eddsa-rdfc-2022", "eddsa-rdfc-2022", "Ed25519", "eddsa-rdfc-2022"),
    Row("eddsa-jcs-2022", "eddsa-jcs-2022", "Ed25519", "eddsa-jcs-2022"),
    Row("ecdsa-rdfc-2019-p256", "ecdsa-rdfc-2019", "ES256", "ecdsa-rdfc-2019"),
    Row("ecdsa-rdfc-2019-p384", "ecdsa-rdfc-2019", "ES384", "ecdsa-rdfc-2019"),
    Row("ecdsa-jcs-2019-p256", "ecdsa-jcs-2019", "ES256", "ecdsa-jcs-2019"),
    Row("ecdsa-jcs-2019-p384", "ecdsa-jcs-2019", "ES384", "ecdsa-jcs-2019"),
    Row("ecdsa-sd-2023-p256", "ecdsa-sd-2023", "ES256", "ecdsa-sd-2023"),
    Row("bbs-2023", "bbs-2023", "BBS", "bbs-2023"),
    Row("vc2.0", "eddsa-rdfc-2022", "Ed25519", "vc2.0"),
    Row("enveloping-proof", "", "ES256", ENVELOPING),
    Row("bitstring-status-list", "eddsa-rdfc-2022", "Ed25519", BITSTRING),
)


@dataclass(frozen=True, slots=True)
class SuiteIssuer:
    """An issuer of the profile.

    Attributes:
        row: what it is.
        signer: its key, as a did:key.
        clock: gives the present moment in UTC.
        lists: its status lists, of the kind that its format has; None where it gives no status.
    """

    row: Row
    signer: Signer | BBSSigner
    clock: Callable[[], datetime]
    lists: StatusLists | TokenLists | None = None

    @property
    def did(self) -> str:
        """Its identifier."""
        return self.signer.verification_method.partition("#")[0]

    def issue(
        self, credential: Mapping[str, Any], mandatory_pointers: Sequence[str], statuses: Sequence[Mapping[str, Any]] = ()
    ) -> dict[str, Any]:
        """Return a credential, secured.

        Args:
            credential: of VCDM 2.0 or 1.1; its issuer is taken as given, for suites name others.
            mandatory_pointers: what every derived document shows, where the suite has selective disclosure.
            statuses: purposes, sizes and words of the statuses that it shall have, where the issuer has lists.

        Raises:
            VCError: it does not conform, or cannot be secured as it stands.
        """
        document = self._prepared(credential, statuses)
        if not self.row.cryptosuite:
            return self._enveloped(document, statuses)
        suite = CRYPTOSUITES[self.row.cryptosuite]
        if isinstance(suite, SelectiveDisclosureSuite):
            return add_base_proof(
                document,
                self.signer,
                cryptosuite=suite.name,
                mandatory_pointers=mandatory_pointers,
                created=self.clock(),
                random_bytes=secrets.token_bytes,
            )
        return add_proof(document, self._bytes_signer(), cryptosuite=suite.name, created=self.clock())

    def _prepared(self, credential: Mapping[str, Any], statuses: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Return what is signed, once it conforms and JSON-LD drops nothing of it."""
        document = dict(credential)
        if is_1_1(document) and self.row.tag == self.row.cryptosuite:
            document.setdefault("issuanceDate", self.clock().strftime("%Y-%m-%dT%H:%M:%SZ"))
            view = parse_credential_1_1(document)
        else:
            view = parse_credential(document)
            check_related_resources(document, revisions)
        if isinstance(self.lists, StatusLists):
            for entry in view.status_entries:
                read_entry(entry)
            if not view.status_entries:
                document["credentialStatus"] = self.lists.allocate(view.id, statuses)
        elif statuses and (self.lists is None or list(statuses) != [OF_TOKENS]):
            raise MalformedValueError("this issuer has no status lists", pointer="/options/credentialStatus")
        rdf.canonicalize({name: value for name, value in document.items() if name != "proof"})
        return document

    def _enveloped(self, document: Mapping[str, Any], statuses: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        claims = {}
        if statuses and isinstance(self.lists, TokenLists):
            claims["status"] = self.lists.allocate(members.identifier(document))
        content = secure_jwt(document, self._bytes_signer(), claims=claims)
        return {"@context": [CREDENTIALS_V2], "id": data_url(VC_JWT, content), "type": ENVELOPED}

    def _bytes_signer(self) -> Signer:
        if isinstance(self.signer, BBSSigner):
            raise ProofGenerationError("a BBS key signs no bytes")
        return self.signer

    def status_list(self, name: str) -> dict[str, Any]:
        """Return one of the issuer's lists as it is now, secured.

        Raises:
            MalformedValueError: it has none of this name.
        """
        if not isinstance(self.lists, StatusLists):
            raise MalformedValueError("this issuer has no such status lists")
        document = self.lists.document(name, self.did, self.clock())
        return add_proof(document, self._bytes_signer(), cryptosuite=self.row.cryptosuite, created=self.clock())

    def status_tokens(self, media_type: str) -> bytes:
        """Return the issuer's Token Status List as it is now, in a coding.

        Raises:
            MalformedValueError: it has none.
        """
        if not isinstance(self.lists, TokenLists):
            raise MalformedValueError("this issuer has no status list of tokens")
        return self.lists.token(self._bytes_signer(), media_type, self.clock())

    def change_status(self, credential_id: str, purpose: str, *, value: int) -> None:
        """Set or clear a status of a credential that was issued with an id.

        Raises:
            MalformedValueError: no such purpose, credential or status, or no lists.
        """
        if self.lists is None:
            raise MalformedValueError("this issuer has no status lists")
        self.lists.change(credential_id, purpose, value=value)


def new_signer(algorithm: str) -> Signer | BBSSigner:
    """Return a signer with a new key, named as a did:key."""
    if algorithm == "BBS":
        secret = generate_bbs_key(secrets.token_bytes)
        return InMemoryBBSSigner(_method(InMemoryBBSSigner("", secret).public_key), secret)
    secret = generate_private_key(algorithm)
    return InMemorySigner(_method(InMemorySigner("", secret, algorithm).public_key), secret, algorithm)


def _method(key: PublicKey) -> str:
    return f"did:key:{key.multibase}#{key.multibase}"
