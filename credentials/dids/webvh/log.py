"""The log of a did:webvh: each entry hashes, signs and follows the one before it (did:webvh 1.0, "Read (Resolve)")."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from credentials import jcs
from credentials.data_integrity import proofs_of, verify_proofs
from credentials.data_integrity.options import parse_datetime
from credentials.dids.webvh.identifier import parse_webvh_did
from credentials.dids.webvh.parameters import (
    Parameters,
    WitnessRule,
    first_parameters,
    following_parameters,
    multihash,
)
from credentials.errors import (
    ComplexityLimitError,
    CryptographicSecurityError,
    InvalidDIDLogError,
    InvalidVerificationMethodError,
    MalformedValueError,
    ProofVerificationError,
    TooLargeError,
    VCError,
)
from credentials.keys import parse_multikey
from credentials.parsing import Limits, parse_json

if TYPE_CHECKING:
    from credentials.keys import PublicKey

CRYPTOSUITE: Final = "eddsa-jcs-2022"
"""The one suite of version 1.0, for entries and for witnesses."""
MAX_LOG: Final = 1024 * 1024
MAX_ENTRIES: Final = 512
MAX_PROOFS: Final = 4  # of one entry: one is enough
_LINE: Final = Limits(size=64 * 1024)
_MEMBERS: Final[Mapping[str, tuple[type, ...]]] = {
    "versionId": (str,),
    "versionTime": (str,),
    "parameters": (dict,),
    "state": (dict,),
    "proof": (list, dict),
}
_PLACEHOLDER: Final = "{SCID}"
_CLOCK_SKEW: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Version:
    """An entry that holds.

    Attributes:
        number: its place in the log, from 1.
        version_id: number and hash.
        time: from when it stands, as its controller says.
        parameters: what is in force after it.
        witness: whose approval it needs itself.
        document: the DID document.
    """

    number: int
    version_id: str
    time: datetime
    parameters: Parameters
    witness: WitnessRule | None
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Log:
    """A log as far as it holds.

    Attributes:
        versions: the entries before the first that does not hold.
        problem: what is wrong with that one; None when all hold.
    """

    versions: tuple[Version, ...]
    problem: InvalidDIDLogError | None = None

    def cut(self, count: int, problem: InvalidDIDLogError) -> Log:
        """Return the log with only its first `count` versions."""
        return replace(self, versions=self.versions[:count], problem=problem)


def read_log(content: bytes, now: datetime) -> Log:
    """Return a log as far as it holds; witnesses are not asked.

    Raises:
        TooLargeError: more than 1 MiB.
        ComplexityLimitError: more than 512 entries.
    """
    if len(content) > MAX_LOG:
        raise TooLargeError(f"did.jsonl has more than {MAX_LOG // 1024} KiB")
    if content.count(b"\n") > MAX_ENTRIES:
        raise ComplexityLimitError(f"did.jsonl has more than {MAX_ENTRIES} entries")
    return _followed(content.removesuffix(b"\n").split(b"\n"), now)


def _followed(lines: Iterable[bytes], now: datetime) -> Log:
    versions: list[Version] = []
    for line in lines:
        try:
            versions.append(_version(line, versions[-1] if versions else None, now))
        except VCError as error:
            return Log(tuple(versions), InvalidDIDLogError(f"did.jsonl, entry {len(versions) + 1}: {error.detail}"))
    return Log(tuple(versions))


def _version(line: bytes, before: Version | None, now: datetime) -> Version:
    entry = parse_json(line, limits=_LINE)
    _check_members(entry)
    given = entry["parameters"]
    parameters = first_parameters(given) if before is None else following_parameters(given, before.parameters)
    number = 1 if before is None else before.number + 1
    _check_version_id(entry, number, parameters.scid if before is None else before.version_id)
    if before is None:
        _check_scid(entry, parameters.scid)
    time = _time(entry["versionTime"], before, now)
    _check_identifier(entry["state"], parameters.scid, before)
    _check_proofs(entry, _active_keys(parameters, before), now)
    witness = parameters.witness if before is None or before.parameters.witness is None else before.parameters.witness
    return Version(number, entry["versionId"], time, parameters, witness, entry["state"])


def _check_members(entry: Mapping[str, Any]) -> None:
    if entry.keys() != _MEMBERS.keys():
        raise MalformedValueError(f"an entry has {', '.join(_MEMBERS)} and nothing else")
    for name, kind in _MEMBERS.items():
        if not isinstance(entry[name], kind):
            raise MalformedValueError(f"{name} is of another kind than it should be")


def _check_version_id(entry: Mapping[str, Any], number: int, predecessor: str) -> None:
    found, dash, entry_hash = entry["versionId"].partition("-")
    if not dash or found != str(number):
        raise MalformedValueError(f"versionId does not begin with {number}-")
    if entry_hash != multihash(_hashed(entry, predecessor)):
        raise ProofVerificationError("versionId has not the hash of the entry and of the one before it")


def _hashed(entry: Mapping[str, Any], version_id: str) -> bytes:
    return jcs.canonicalize({name: value for name, value in entry.items() if name != "proof"} | {"versionId": version_id})


def _check_scid(entry: Mapping[str, Any], scid: str) -> None:
    without_proof = {name: value for name, value in entry.items() if name != "proof"} | {"versionId": _PLACEHOLDER}
    before: dict[str, Any] = json.loads(json.dumps(without_proof).replace(scid, _PLACEHOLDER))
    if multihash(jcs.canonicalize(before)) != scid:
        raise ProofVerificationError("scid is not the hash of the first entry")


def _time(text: str, before: Version | None, now: datetime) -> datetime:
    time = parse_datetime(text)
    if time is None or time.utcoffset() != timedelta(0):
        raise MalformedValueError("versionTime is no date and time in UTC")
    if before is not None and time <= before.time:
        raise MalformedValueError("versionTime is not after that of the entry before it")
    if time > now + _CLOCK_SKEW:
        raise MalformedValueError("versionTime lies in the future")
    return time


def _check_identifier(document: Mapping[str, Any], scid: str, before: Version | None) -> None:
    did = document.get("id")
    if not isinstance(did, str) or parse_webvh_did(did).scid != scid:
        raise MalformedValueError("the id of the DID document is not one with this scid")
    if before is None:
        return
    if before.parameters.deactivated:
        raise MalformedValueError("the DID was deactivated before it")
    if did != before.document["id"]:
        _check_move(document, before)


def _check_move(document: Mapping[str, Any], before: Version) -> None:
    if not before.parameters.portable:
        raise MalformedValueError("the DID has moved, and is not portable")
    names = document.get("alsoKnownAs")
    if not isinstance(names, list) or before.document["id"] not in names:
        raise MalformedValueError("the DID has moved, and alsoKnownAs does not have its former name")


def _active_keys(parameters: Parameters, before: Version | None) -> tuple[str, ...]:
    """Return who may sign: the keys of the entry before, or those that it had committed to."""
    if before is None or before.parameters.next_key_hashes:
        return parameters.update_keys
    return before.parameters.update_keys


def _check_proofs(entry: Mapping[str, Any], update_keys: tuple[str, ...], now: datetime) -> None:
    proofs = proofs_of(entry)
    if len(proofs) > MAX_PROOFS:
        raise ComplexityLimitError(f"there are more than {MAX_PROOFS} proofs")
    if any(proof.get("cryptosuite") != CRYPTOSUITE for proof in proofs):
        raise CryptographicSecurityError(f"a proof is not of {CRYPTOSUITE}")
    verify_proofs(entry, lambda method, _purpose: did_key_of(method, update_keys), now=now)


_DID_KEY: Final = re.compile(r"did:key:([A-Za-z0-9]+)#([A-Za-z0-9]+)")


def did_key_of(method: str, allowed: Iterable[str]) -> PublicKey:
    """Return the key of a verification method such as `did:key:z6Mk…#z6Mk…`, if its multikey is allowed.

    Raises:
        InvalidVerificationMethodError: it is not of this form, or another key.
        VCError: the multikey is none.
    """
    match = _DID_KEY.fullmatch(method)
    if match is None or match[1] != match[2] or match[1] not in allowed:
        raise InvalidVerificationMethodError("the key that signed is not one that may")
    return parse_multikey(match[1])
