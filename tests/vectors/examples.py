"""The shipped examples of the product's credentials: what the training centre's engine makes of the shipped programmes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from comity.compose import ROOT
from credentials import rdf
from credentials.data_integrity import add_proof_set
from credentials.dids.did_web import did_web_id
from credentials.keys import InMemorySigner
from issuer_api.documents import Award, Place, build, check
from registry.deciding import Signing, issue_decision, parse_ruling
from tests.credentials.world import Outside
from tests.trust.world import Keys, bundle

FOLDER: Final = ROOT / "schemas" / "examples"
_BASE: Final = "http://localhost:8000"
_ISSUED: Final = date(2026, 11, 20)


def built() -> dict[str, bytes]:
    """Return file name to content: each credential unsecured, and with the proofs of a fixed key."""
    files = {}
    for name, document in (("training-credential", _training()), ("work-experience-credential", _work())):
        check(document, rdf.canonicalize)
        files[f"{name}.json"] = _encoded(document)
        files[f"{name}.secured.json"] = _encoded(add_proof_set(document, signer_of(document), created=_midnight()))
    decision = _decision(json.loads(files["training-credential.secured.json"]))
    unsecured = {name: value for name, value in decision.items() if name != "proof"}
    files["recognition-decision-credential.json"] = _encoded(unsecured)
    files["recognition-decision-credential.secured.json"] = _encoded(decision)
    return files


def _decision(certificate: dict[str, Any]) -> dict[str, Any]:
    """Return the shipped decision on the shipped certificate, with a key that follows from the authority's DID."""
    ruling = parse_ruling(_shipped("decisions/caregiving-xc.json"))
    lists = bundle()
    authority = lists.authorities[ruling.authority]
    keys = _Keys()
    key = replace(authority.keys[0], public_key=keys.signer(f"{authority.did}#k1").public_key)
    authorities = {authority.id: replace(authority, keys=(key,))}
    lists = replace(lists, authorities=authorities, hash=sha256(b"lists").hexdigest())
    return issue_decision(certificate, ruling, lists, Signing(keys, Outside(), _midnight(), lambda: UUID(int=0, version=4)))


class _Keys(Keys):
    """The keys of the examples' issuers."""

    def signer(self, verification_method: str) -> InMemorySigner:
        return signer_of({"issuer": {"id": verification_method.partition("#")[0]}})


def signer_of(document: dict[str, Any]) -> InMemorySigner:
    """Return the signer of an example's issuer."""
    did = document["issuer"]["id"]
    return InMemorySigner(f"{did}#k1", sha256(did.encode()).digest())


def _midnight() -> datetime:
    return datetime(_ISSUED.year, _ISSUED.month, _ISSUED.day, tzinfo=UTC)


def _training() -> dict[str, Any]:
    programme = _shipped("programmes/caregiving-nc2.json")
    names = ("Najma Akter", "নাজমা আক্তার")
    started = date.fromisoformat(programme["started"])
    return _document(programme, Award(names, date(2026, 11, 6), "XA-SBC-2026-0001", started), 48213)


def _work() -> dict[str, Any]:
    given = _shipped("work/yusuf-haddad.json")
    names = tuple(given.pop("names"))
    form = _shipped(f"forms/{given.pop('form')}.json")
    work = {name: value for name, value in given.items() if name != "issuer"}
    return _document(form, Award(names, _ISSUED, "", work=work), 9)


def _document(programme: dict[str, Any], award: Award, index: int) -> dict[str, Any]:
    slug = programme["issuer"]
    place = Place(f"{_BASE}/status/{slug}-1", index)
    issuer_name = _shipped(f"issuers/{slug}.json")["name"]
    return build(did_web_id(_BASE, slug), issuer_name, programme, award, place, _ISSUED)


def _shipped(path: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((ROOT / "examples" / path).read_bytes())
    return document


def _encoded(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"


def write(folder: Path, files: dict[str, bytes]) -> None:
    """Write generated files."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
