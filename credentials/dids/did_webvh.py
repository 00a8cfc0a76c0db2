"""did:webvh: did:web with a history that can be verified, from the hash in the identifier on (did:webvh 1.0).

The document is the one of the last entry. An older one is had by asking for it: `?versionId=`, `?versionTime=`, `?versionNumber=`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from credentials.data_integrity.options import parse_datetime
from credentials.dids.webvh.identifier import WebvhDID, parse_webvh_did
from credentials.dids.webvh.log import Log, Version, read_log
from credentials.dids.webvh.witnesses import witnessed
from credentials.errors import (
    DeactivatedDIDError,
    ForeignDIDDocumentError,
    InvalidVerificationMethodURLError,
    NotThereError,
)

if TYPE_CHECKING:
    from credentials.fetching import Fetcher

Choose = Callable[[Log], Version]


def resolve(did_url: str, fetcher: Fetcher, now: datetime | None = None) -> dict[str, Any]:
    """Return the document that the DID's log ends with, or an older one that is asked for.

    Args:
        did_url: the DID, with a query for an older version.
        fetcher: brings the log, and the witnesses' proofs where it has witnesses.
        now: no entry may be of the future; needed.

    Raises:
        FetchError: no answer.
        InvalidVerificationMethodURLError: no identifier or query that we accept, or no time to judge by.
        InvalidDIDLogError: the log does not hold.
        ForeignDIDDocumentError: it is another DID's.
        DeactivatedDIDError: the DID has ended, and no older version is asked for.
        TooLargeError, ComplexityLimitError: the log is larger than we read.
        NotThereError: there is no such version.
    """
    did, _, query = did_url.partition("?")
    choose = _choice(query)
    name = parse_webvh_did(did)
    if now is None:
        raise InvalidVerificationMethodURLError("a did:webvh is not resolved without knowing the time")
    version = choose(_log(name, fetcher, now))
    if version.parameters.deactivated and not query:
        raise DeactivatedDIDError(f"the DID was deactivated with version {version.number} of its log")
    return version.document


def _log(name: WebvhDID, fetcher: Fetcher, now: datetime) -> Log:
    log = read_log(fetcher.fetch(name.log_url).content, now)
    if log.versions and log.versions[0].parameters.scid != name.scid:
        raise ForeignDIDDocumentError("did.jsonl: the log is that of another DID")
    if any(version.witness for version in log.versions):
        log = witnessed(log, fetcher.fetch(name.witness_url).content, now)
    if all(version.document["id"] != name.did for version in log.versions):
        raise log.problem or ForeignDIDDocumentError("did.jsonl: no entry is of this DID")
    return log


def _choice(query: str) -> Choose:
    if not query:
        return _latest
    try:
        [(name, value)] = parse_qsl(query, strict_parsing=True, max_num_fields=1)
    except ValueError as error:
        raise InvalidVerificationMethodURLError("a query of a did:webvh names one version") from error
    if name == "versionId":
        return _one(lambda version: version.version_id == value)
    if name == "versionNumber":
        return _one(lambda version: str(version.number) == value)
    moment = parse_datetime(value) if name == "versionTime" else None
    if moment is None:
        raise InvalidVerificationMethodURLError("a query of a did:webvh is for versionId, versionNumber or versionTime")
    return lambda log: _at(log, moment)


_NOT_THERE: Final = "the log has no such version"


def _latest(log: Log) -> Version:
    if log.problem is not None:
        raise log.problem
    return log.versions[-1]


def _one(is_wanted: Callable[[Version], bool]) -> Choose:
    """Return what finds one version; entries after it that do not hold take nothing from it."""

    def choose(log: Log) -> Version:
        for version in log.versions:
            if is_wanted(version):
                return version
        raise log.problem or NotThereError(_NOT_THERE)

    return choose


def _at(log: Log, moment: datetime) -> Version:
    """Return the version that stood at a moment: where the next one does not hold, nobody can say until when."""
    found = [version for version in log.versions if version.time <= moment]
    if log.problem is not None and len(found) == len(log.versions):
        raise log.problem
    if not found:
        raise NotThereError(_NOT_THERE)
    return found[-1]
