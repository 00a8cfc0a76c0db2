"""Builds the lists of a partnership from a folder of plain files, one for each state and subject.

In the folder an issuer is named by its slug; its DID and keys are filled in from the deployment where it lives. Every file is
read and checked before anything is signed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from credentials.errors import MalformedValueError
from trust import anchoring, records, rules
from trust.bundle import STATE_FILES

KeysOf = Callable[[str], tuple[str, Mapping[str, str]]]
"""Slug to (DID, key fragment such as `#k1` to publicKeyMultibase)."""

Ends = Mapping[str, dict[str, Any]]
"""Verification method to `from`, `until` or `compromisedSince` of a key that was made later, has ended or was stolen."""

_PARSERS: Mapping[str, Callable[[Mapping[str, Any], str], object]] = {
    "authorities": records.parse_authority,
    "issuers": records.parse_issuer,
    "qualifications": records.parse_qualification,
    "rules": rules.parse_rule,
    "suspensions": records.parse_suspension,
    "log-heads": anchoring.parse_log_head,
    "closing-rolls": anchoring.parse_roll,
}


def state_codes(folder: Path) -> tuple[str, ...]:
    """Return the codes of the parties.

    Raises:
        MalformedValueError: the file is missing or not of its form.
    """
    path = folder / "parties.json"
    with _naming(path):
        return tuple(records.parse_state(party).code for party in _read(path)["parties"])


def build_files(
    folder: Path, keys_of: KeysOf, authority_keys_of: KeysOf | None = None, ends: Ends = MappingProxyType({})
) -> dict[str, bytes]:
    """Return target path to content.

    Args:
        folder: the plain files.
        keys_of: of issuers.
        authority_keys_of: of authorities that sign decisions; as of issuers where it is left out.
        ends: of keys; one that is not named goes on, and is as old as the first accreditation.

    Raises:
        MalformedValueError: a file is missing or not of its form; names the file.
    """
    parties = _read(folder / "parties.json")
    with _naming(folder / "parties.json"):
        if "coCertification" in parties:
            records.parse_co_certification(parties["coCertification"])
        for share in parties.get("costSharing", ()):
            records.parse_cost_share(share)
    files = {"partnership/parties.json": _spell(parties)}
    joint = folder / "qualifications.json"
    if joint.exists():
        document = _read(joint)
        _check(document, "qualifications", "", joint)
        files["partnership/qualifications.json"] = _spell(document)
    deciding = authority_keys_of or keys_of
    for code in state_codes(folder):
        for name in STATE_FILES:
            path = folder / "states" / code / f"{name}.json"
            document = _read(path) if path.exists() else {name: []}
            with _naming(path):
                if name == "issuers":
                    document = {"issuers": [_with_keys(record, keys_of, ends) for record in document["issuers"]]}
                if name == "authorities":
                    document = {"authorities": [_with_authority_keys(record, deciding) for record in document["authorities"]]}
            _check(document, name, code, path)
            files[f"states/{code}/{name}.json"] = _spell(document)
    return files


def _with_keys(record: Mapping[str, Any], keys_of: KeysOf, ends: Ends) -> dict[str, Any]:
    return _filled(record, keys_of, since=record["accreditations"][0]["periods"][0]["from"], ends=ends)


def _with_authority_keys(record: Mapping[str, Any], keys_of: KeysOf) -> dict[str, Any]:
    """Return the record with DID and keys when it names a slug: an authority that decides on single cases signs its decisions."""
    return _filled(record, keys_of, since=record["mandates"][0]["periods"][0]["from"]) if "slug" in record else dict(record)


def _filled(record: Mapping[str, Any], keys_of: KeysOf, *, since: str, ends: Ends = MappingProxyType({})) -> dict[str, Any]:
    did, keys = keys_of(record["slug"])
    listed = [
        {"id": fragment, "publicKeyMultibase": key, "from": since, "until": None, "compromisedSince": None}
        | ends.get(did + fragment, {})
        for fragment, key in keys.items()
    ]
    return {**record, "did": did, "keys": listed}


def _check(document: Mapping[str, Any], name: str, code: str, path: Path) -> None:
    with _naming(path):
        for record in document[name]:
            _PARSERS[name](record, code)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Name the file in which something is not of its form."""
    try:
        yield
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise MalformedValueError(f"{path}: {type(error).__name__} {error}") from error


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise MalformedValueError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise MalformedValueError(f"{path}: {error}") from error
    if not isinstance(document, dict):
        raise MalformedValueError(f"{path} holds no JSON object")
    return document


def _spell(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
