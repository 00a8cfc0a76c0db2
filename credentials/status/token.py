"""Token Status List: a list of statuses of 1, 2, 4 or 8 bits, signed as a JWT or a CWT (draft-ietf-oauth-status-list-20).

A list off the wire becomes the view of a credential, whose id is its address and whose issuer owns its key: so it is verified as
every other credential is, and compared with the entry that led to it.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from credentials import cbor
from credentials.cose import KID, parse_cose, sign_cose
from credentials.encoding import b64url_decode, b64url_encode
from credentials.envelope import Envelope, numeric_date
from credentials.errors import (
    MalformedValueError,
    ParsingError,
    RangeError,
    StatusListLengthError,
    StatusVerificationError,
)
from credentials.jose import encode_json, parse_jws, sign_jws
from credentials.model import Credential, StatusEntry
from credentials.parsing import Limits
from credentials.status.lists import StatusFinding

if TYPE_CHECKING:
    from credentials.keys import Signer
    from credentials.status.lists import ListSource

STATUS_LIST_JWT: Final = "application/statuslist+jwt"
STATUS_LIST_CWT: Final = "application/statuslist+cwt"
ENTRY_TYPE: Final = "status_list"
VALID, INVALID, SUSPENDED = range(3)
MAX_BYTES: Final = 2 * 1024 * 1024
MAX_INDEX: Final = MAX_BYTES * 8
_LIMITS: Final = Limits(size=4 * 1024 * 1024)
_BITS: Final = (1, 2, 4, 8)
_CLAIMS: Final = {2: "sub", 4: "exp", 6: "iat", 65533: ENTRY_TYPE, 65534: "ttl"}
"""Labels in a CWT to names in a JWT (§5.2)."""
_LABELS: Final = {name: label for label, name in _CLAIMS.items()}
_PURPOSES: Final = {INVALID: "revocation", SUSPENDED: "suspension"}


@dataclass(frozen=True, slots=True)
class TokenStatusList:
    """Statuses by index; the first is in the lowest bits of the first byte (§4.1).

    Attributes:
        bits: how many bits a status has.
        packed: the bytes.
    """

    bits: int
    packed: bytes

    @classmethod
    def from_statuses(cls, statuses: Mapping[int, int], *, bits: int, size: int) -> TokenStatusList:
        """Return a list of `size` statuses in which these are set and all others valid.

        Raises:
            RangeError: a status or an index has no place in it.
        """
        packed = bytearray(size * bits // 8)
        for index, status in statuses.items():
            if not 0 <= index < len(packed) * 8 // bits or not 0 <= status < 1 << bits:
                raise RangeError("the status list has no place for this")
            packed[index * bits // 8] |= status << index * bits % 8
        return cls(bits, bytes(packed))

    def __len__(self) -> int:
        return len(self.packed) * 8 // self.bits

    def __getitem__(self, index: int) -> int:
        """Return the status.

        Raises:
            RangeError: the list has no such index.
        """
        if not 0 <= index < len(self):
            raise RangeError("the status list has no such index")
        return self.packed[index * self.bits // 8] >> index * self.bits % 8 & (1 << self.bits) - 1

    def compressed(self) -> bytes:
        """Return the bytes in ZLIB; equal lists give equal bytes."""
        return zlib.compress(self.packed, 9)

    @classmethod
    def parse(cls, bits: object, compressed: object) -> TokenStatusList:
        """Return the list of `bits` and of `lst` in bytes, or in base64url text.

        Raises:
            StatusVerificationError: not of this form.
            StatusListLengthError: longer than we read.
        """
        if bits not in _BITS or isinstance(bits, bool) or not isinstance(bits, int):
            raise StatusVerificationError("a status has 1, 2, 4 or 8 bits")
        try:
            data = b64url_decode(compressed) if isinstance(compressed, str) else compressed
            decoder = zlib.decompressobj()
            packed = decoder.decompress(data, MAX_BYTES + 1) if isinstance(data, bytes) else b""
        except (MalformedValueError, zlib.error) as error:
            raise StatusVerificationError("lst is not compressed") from error
        if len(packed) > MAX_BYTES:
            raise StatusListLengthError("the status list is longer than we read")
        if not decoder.eof or decoder.unused_data:
            raise StatusVerificationError("lst ends too early or too late")
        return cls(bits, packed)


def status_list_jwt(
    url: str,
    status_list: TokenStatusList,
    signer: Signer,
    *,
    issued: datetime,
    lifetime: timedelta,
    x5c: Sequence[str] = (),
) -> bytes:
    """Return a list signed as a JWT (§5.1).

    Args:
        url: where it is published; also its `sub`.
        status_list: the statuses.
        signer: named by its full URL in `kid`.
        issued: when the list was true.
        lifetime: for how long verifiers may rely on this copy.
        x5c: the certificates of the signer's key, without the anchor, for those who know it by them (HAIP 1.0 §6.1).
    """
    claims = _token(url, issued, lifetime) | {ENTRY_TYPE: _list(status_list, b64url_encode(status_list.compressed()))}
    header = {"kid": signer.verification_method} | ({"x5c": list(x5c)} if x5c else {})
    return sign_jws(encode_json(claims), signer, typ=_subtype(STATUS_LIST_JWT), header=header).encode()


def status_list_cwt(url: str, status_list: TokenStatusList, signer: Signer, *, issued: datetime, lifetime: timedelta) -> bytes:
    """Return a list signed as a CWT (§5.2); see `status_list_jwt`."""
    claims = _token(url, issued, lifetime) | {ENTRY_TYPE: _list(status_list, status_list.compressed())}
    payload = cbor.encode({_LABELS[name]: value for name, value in claims.items()})
    return sign_cose(payload, signer, typ=STATUS_LIST_CWT, header={KID: signer.verification_method.encode()})


def _token(url: str, issued: datetime, lifetime: timedelta) -> dict[str, Any]:
    seconds, made = int(lifetime.total_seconds()), int(issued.timestamp())
    return {"sub": url, "iat": made, "exp": made + seconds, "ttl": seconds}


def _list(status_list: TokenStatusList, compressed: object) -> dict[str, object]:
    return {"bits": status_list.bits, "lst": compressed}


def _subtype(media_type: str) -> str:
    return media_type.removeprefix("application/")


def open_status_list_jwt(content: bytes) -> Envelope:
    """Return what a status list JWT says, not verified; its `kid` names the key, and certificates beside it are passed over.

    Raises:
        ParsingError, TooLargeError, TypeMismatchError, HeaderNotAllowedError: see `parse_jws`.
    """
    text = content.strip().decode("ascii", "replace")
    jws = parse_jws(text, typ={_subtype(STATUS_LIST_JWT)}, allow=("x5c",), limits=_LIMITS)
    return _envelope(STATUS_LIST_JWT, jws.claims(_LIMITS), jws, jws.kid)


def open_status_list_cwt(content: bytes) -> Envelope:
    """Return what a status list CWT says, not verified.

    Raises:
        ParsingError, TooLargeError, TypeMismatchError, HeaderNotAllowedError: see `parse_cose`.
    """
    signed = parse_cose(content, typ={STATUS_LIST_CWT})
    claims = cbor.decode(signed.payload)
    if not isinstance(claims, dict):
        raise ParsingError("the claims of the status list are no map")
    return _envelope(STATUS_LIST_CWT, {_CLAIMS.get(label, str(label)): claims[label] for label in claims}, signed, signed.kid)


def _envelope(media_type: str, document: dict[str, Any], signed: Any, kid: str | None) -> Envelope:  # noqa: ANN401  # either form
    return Envelope(media_type, document, document, signed, kid, kid.partition("#")[0] if kid else None)


def parse_status_list(envelope: Envelope) -> Credential:
    """Return the view of a list: `sub` is its id, whoever owns its key its issuer, the list itself its subject.

    Raises:
        MalformedValueError: a claim that must be there is not, or is of another type.
        RangeError: a time that we do not know.
    """
    document, issuer = envelope.document, envelope.issuer
    url, made, subject = document.get("sub"), numeric_date(document, "iat"), document.get(ENTRY_TYPE)
    if not isinstance(url, str) or made is None or not isinstance(subject, dict) or issuer is None:
        raise MalformedValueError("a status list needs sub, iat, status_list, and a kid that names its key")
    return Credential(
        document=document,
        id=url,
        issuer=issuer,
        issuer_name=None,
        types=(ENTRY_TYPE,),
        valid_from=made,
        valid_until=numeric_date(document, "exp"),
        subjects=(subject,),
        status_entries=(),
        schemas=(),
    )


def token_status_entries(claims: Mapping[str, Any]) -> tuple[StatusEntry, ...]:
    """Return the entries of a `status` claim: one for each mechanism that it names (§6.1).

    Raises:
        MalformedValueError: it is no object.
    """
    status = claims.get("status", {})
    if not isinstance(status, dict):
        raise MalformedValueError("status is no object", pointer="/status")
    return tuple(StatusEntry((name,), {name: entry}, "/status") for name, entry in status.items())


def check_token_status(entry: StatusEntry, source: ListSource) -> StatusFinding:
    """Return what the entry's list says of it (§8.3).

    Raises:
        MalformedValueError, RangeError: the entry is malformed, or the list has no such index.
        StatusRetrievalError: the list could not be had.
        StatusVerificationError, StatusListLengthError: the list cannot be relied on, or has a status that we do not know.
        StatusRollbackError: the list is older than one that was seen.
    """
    index, url = _read(entry)
    credential = source.take(url, entry.pointer)
    made = _check_list(credential, url, source, entry.pointer)
    source.check_newest(credential.issuer, url, made, entry.pointer)
    subject = credential.subjects[0]
    status = TokenStatusList.parse(subject.get("bits"), subject.get("lst"))[index]
    if status not in (VALID, INVALID, SUSPENDED):
        raise StatusVerificationError(f"status {status} is none that we know", pointer=entry.pointer)
    return StatusFinding(_PURPOSES.get(status, "revocation"), status, made)


def _read(entry: StatusEntry) -> tuple[int, str]:
    reference, pointer = entry.document.get(ENTRY_TYPE), f"{entry.pointer}/{ENTRY_TYPE}"
    if not isinstance(reference, dict):
        raise MalformedValueError("status_list is no object", pointer=pointer)
    index, url = reference.get("idx"), reference.get("uri")
    if not isinstance(index, int) or isinstance(index, bool):
        raise MalformedValueError("idx must be a number", pointer=f"{pointer}/idx")
    if not 0 <= index < MAX_INDEX:
        raise RangeError("idx is no index", pointer=f"{pointer}/idx")
    if not isinstance(url, str):
        raise MalformedValueError("uri must be a URL", pointer=f"{pointer}/uri")
    return index, url


def _check_list(credential: Credential, url: str, source: ListSource, pointer: str) -> datetime:
    """Return when the list was made."""
    problem = ""
    if credential.types != (ENTRY_TYPE,) or credential.valid_from is None:
        problem = "is of another type"
    elif credential.id != url:
        problem = "has another sub than its address"
    elif credential.issuer not in source.signers:
        problem = "is signed by somebody else than the credential's issuer, or who signs lists for it"
    else:
        return credential.valid_from
    raise StatusVerificationError(f"the status list {problem}", pointer=pointer)
