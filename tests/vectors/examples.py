"""The shipped examples of the product's credentials: what the training centre's engine makes of the shipped programmes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from comity.compose import ROOT
from credentials import rdf
from credentials.data_integrity import add_proof_set
from credentials.dids.did_web import did_web_id
from credentials.fetching import Fetched
from credentials.keys import InMemorySigner, Signer
from credentials.status.bitstring import StatusList, status_list_credential
from issuer_api.documents import Award, Place, build, check
from registry.deciding import Signing, issue_decision, parse_ruling
from registry.endorsing import issue_endorsement
from tests.trust.world import Keys, bundle, did
from trust.bundle import Bundle
from trust.keys import ListedKey

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
    certificate = json.loads(files["training-credential.secured.json"])
    by_authorities = (("recognition-decision-credential", _decision), ("endorsement-credential", _endorsement))
    for name, issued in by_authorities:
        secured = issued(certificate)
        files[f"{name}.json"] = _encoded({key: value for key, value in secured.items() if key != "proof"})
        files[f"{name}.secured.json"] = _encoded(secured)
    return files


def _decision(certificate: dict[str, Any]) -> dict[str, Any]:
    """Return the shipped decision on the shipped certificate, with a key that follows from the authority's DID."""
    ruling = parse_ruling(_shipped("decisions/caregiving-xc.json"))
    return issue_decision(certificate, ruling, _lists(ruling.authority), _signing())


def _endorsement(certificate: dict[str, Any]) -> dict[str, Any]:
    """Return what another party's authority says of the shipped certificate."""
    authority = "urn:comity:XC:authority:labour-skills-board"
    comment = "The course is the one that was agreed, and the centre was visited in 2026."
    return issue_endorsement(certificate, authority, _lists(authority), _signing(), comment)


def _lists(authority_id: str) -> Bundle:
    """Return the shipped lists with the keys of the examples."""
    lists, keys = bundle(), _Keys()
    authority, school = lists.authorities[authority_id], lists.issuers[did("sunder-bay-care")]
    authorities = dict(lists.authorities)
    authorities[authority_id] = replace(authority, keys=(_with_key(authority.keys[0], keys.signer(f"{authority.did}#k1")),))
    issuers = {school.did: replace(school, keys=(_with_key(school.keys[0], keys.signer(f"{school.did}#k1")),))}
    return replace(lists, authorities=authorities, issuers=issuers, hash=sha256(b"lists").hexdigest())


def _with_key(listed: ListedKey, signer: Signer) -> ListedKey:
    return replace(listed, public_key=signer.public_key)


def _signing() -> Signing:
    return Signing(_Keys(), _Status(), _midnight(), lambda: UUID(int=0, version=4))


class _Status:
    """The status lists of the shipped certificate: nothing is withdrawn."""

    def fetch(self, url: str) -> Fetched:
        """Return an empty list of the purpose that the address names."""
        purpose = url.rpartition("-")[2]
        issuer = did("sunder-bay-care")
        bits = StatusList.from_indices(frozenset())
        document = status_list_credential(
            url, issuer=issuer, purpose=purpose, status_list=bits, valid_from=_midnight(), valid_until=_midnight() + timedelta(1)
        )
        signer = signer_of({"issuer": {"id": issuer}})
        return Fetched(url, json.dumps(add_proof_set(document, signer, created=_midnight())).encode(), "application/vc")


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
