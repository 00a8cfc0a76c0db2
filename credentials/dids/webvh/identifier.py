"""did:webvh identifiers, and the https addresses that they name (did:webvh 1.0, "Method-Specific Identifier")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from credentials.errors import InvalidVerificationMethodURLError

_SCID: Final = r"Qm[1-9A-HJ-NP-Za-km-z]{44}"  # base58btc of the multihash of SHA-256
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_TOP_LABEL: Final = r"[a-z][a-z0-9-]*[a-z0-9]"  # no digits alone: an address of a machine is no name
_SEGMENT: Final = r"(?:[A-Za-z0-9_-]|%[89A-F][0-9A-F])(?:[A-Za-z0-9._-]|%[89A-F][0-9A-F])*"
_DID_WEBVH: Final = re.compile(rf"did:webvh:({_SCID}):((?:{_LABEL}\.)+{_TOP_LABEL})(?:%3A([1-9][0-9]{{1,4}}))?((?::{_SEGMENT})*)")
_MAX_HOST: Final = 253
_MAX_PORT: Final = 65535


def is_scid(text: object) -> bool:
    """Return whether this is the multihash of SHA-256 in base58btc."""
    return isinstance(text, str) and re.fullmatch(_SCID, text) is not None


@dataclass(frozen=True, slots=True)
class WebvhDID:
    """A did:webvh.

    Attributes:
        did: the whole identifier.
        scid: what its first entry hashes to.
        folder: the https address that the log and the witnesses' proofs lie in.
    """

    did: str
    scid: str
    folder: str

    @property
    def log_url(self) -> str:
        """The address of the log."""
        return f"{self.folder}/did.jsonl"

    @property
    def witness_url(self) -> str:
        """The address of the witnesses' proofs."""
        return f"{self.folder}/did-witness.json"


def parse_webvh_did(did: str) -> WebvhDID:
    """Return the parts of a did:webvh.

    Raises:
        InvalidVerificationMethodURLError: not of the form we accept (lower-case ASCII host name, plain segments; other letters
            percent-encoded, as DID 1.0 §3.1 has them).
    """
    match = _DID_WEBVH.fullmatch(did)
    if match is None:
        raise InvalidVerificationMethodURLError(f"{did[:100]!r} is no did:webvh that we accept")
    scid, host, port, path = match.groups()
    if len(host) > _MAX_HOST or (port is not None and int(port) > _MAX_PORT):
        raise InvalidVerificationMethodURLError("the did:webvh names a host or a port that there cannot be")
    origin = f"https://{host}:{port}" if port else f"https://{host}"
    return WebvhDID(did, scid, origin + (path.replace(":", "/") or "/.well-known"))
