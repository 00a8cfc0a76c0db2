"""What is fuzzed: every reader of bytes from outside, as a function of bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from credentials import bls, cbor, jcs, rdf
from credentials.bbs import core
from credentials.bbs.blind import interface, parse_blind_proof
from credentials.bbs.keys import parse_public_key
from credentials.data_integrity import bbs_proof_value, ecdsa_sd_proof_value, selective_disclosure
from credentials.data_url import parse_data_url
from credentials.dcql.query import parse_query
from credentials.dids import verification_key
from credentials.dids.webvh.identifier import parse_webvh_did
from credentials.dids.webvh.log import read_log
from credentials.errors import VCError
from credentials.fetching import Fetched
from credentials.jose import parse_jws
from credentials.keys import parse_jwk, parse_multikey
from credentials.mdoc import open_mdoc, parse_device_response, parse_mdoc
from credentials.model import StatusEntry, parse_credential
from credentials.model_1_1 import parse_credential_1_1
from credentials.parsing import parse_json, parse_json_array
from credentials.passports import parse_number
from credentials.presentation import parse_presentation
from credentials.presentation_envelopes import open_presentation
from credentials.qr import Codec, from_digits, parse_codec
from credentials.rdf.canonical import canonical_n_quads
from credentials.rdf.dataset import read_n_quads
from credentials.sd_jwt import compact_form, parse_sd_jwt, verify_key_binding
from credentials.sd_jwt_vc import open_sd_jwt_vc
from credentials.securing import open_secured
from credentials.status.bitstring import StatusList
from credentials.status.entry import read_entry
from credentials.status.token import TokenStatusList, open_status_list_cwt, open_status_list_jwt, parse_status_list
from credentials.vc_cose import open_cose
from credentials.vc_jwt import open_jwt
from credentials.vc_jwt_1_1 import open_jwt_1_1
from credentials.vc_sd_jwt import open_sd_jwt
from credentials.verify import VerificationOptions, verify_credential
from credentials.x509 import Anchors, parse_x5c
from issuer_api.cohort_file import read_list
from registry.working_copy import DraftFiles
from tests.credentials.world import NOW, Outside
from tests.fuzz import seeds
from trust.anchoring import anchored_at
from trust.bundle import open_bundle, read_lists
from trust.checkpoints import parse_vkey, verify_checkpoint
from trust.merkle import parse_tile
from trust.periods import parse_moment
from verifier import archives
from verifier.presentations import verify_presentation
from web.links import parse_link

_LIST_ERRORS: Final = (KeyError, TypeError, AttributeError, ValueError)


@dataclass(frozen=True, slots=True)
class Target:
    """Something that reads what others wrote.

    Attributes:
        read: reads bytes; whatever it returns is thrown away.
        seeds: gives good inputs to begin from.
        also: what it may raise beside `VCError`, as its own docstring says.
    """

    read: Callable[[bytes], object]
    seeds: Callable[[], Iterable[bytes]]
    also: tuple[type[Exception], ...] = ()

    def __call__(self, content: bytes) -> None:
        """Read bytes; let through only what must not be raised."""
        allowed: tuple[type[Exception], ...] = (VCError, *self.also)
        try:
            self.read(content)
        except allowed:
            return


def _each(*readers: Callable[[bytes], object]) -> Callable[[bytes], None]:
    """Return what has each reader read the same bytes."""

    def read(content: bytes) -> None:
        for reader in readers:
            try:
                reader(content)
            except VCError:
                continue

    return read


def _text(reader: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda content: reader(content.decode("utf-8", "replace"))


def _object(reader: Callable[[dict[str, Any]], object]) -> Callable[[bytes], object]:
    return lambda content: reader(parse_json(content))


def _signed_text(content: bytes) -> None:
    """Read a signed token and check who signed it."""
    jws = parse_jws(content.decode("utf-8", "replace"), typ={"vc+jwt", "jwt"})
    jws.claims()
    jws.verify(seeds.SIGNER.public_key)


def _verified(content: bytes) -> None:
    """Read a credential as a verifier does: nothing is raised for what it is."""
    result = verify_credential(content, VerificationOptions(now=NOW, fetcher=Outside(), accepts_1_1=True))
    json.dumps(result.to_json())


def _presented(content: bytes) -> None:
    json.dumps(verify_presentation(content, VerificationOptions(now=NOW, fetcher=Outside())))


class _Says:
    """An outside that answers the same to everything."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def fetch(self, url: str) -> Fetched:
        return Fetched(url, self.content, "application/json")


def _resolved(content: bytes) -> None:
    for method in ("did:web:centre.example#k1", f"{seeds.webvh_did()}#key-1"):
        try:
            verification_key(method, "assertionMethod", _Says(content), now=NOW)
        except VCError:
            continue


def _listed_status(content: bytes) -> object:
    claims = parse_json(content)
    return TokenStatusList.parse(claims.get("bits"), claims.get("lst"))


def _status_entry(document: dict[str, Any]) -> object:
    return read_entry(StatusEntry((), document, "/credentialStatus"))


def _mobile(content: bytes) -> None:
    envelope = open_mdoc(content)
    parse_mdoc(envelope)
    envelope.verify(lambda *_: seeds.SIGNER.public_key)


def _key_bound(content: bytes) -> object:
    read = parse_sd_jwt(content.decode("ascii", "replace"), typ={"vc+sd-jwt", "dc+sd-jwt"})
    return verify_key_binding(read, audience="a", nonce="n", now=NOW)


def _blind_proof(content: bytes) -> object:
    key = seeds.bbs_key()
    return parse_blind_proof(interface(), key, content, b"", signed=1, disclosed=[0], committed=1)


@cache
def _codec() -> Codec:
    return parse_codec(seeds.code_tables())


def _archive(content: bytes) -> None:
    """Read a certificate with its place in a log, and look for the place."""
    paper = archives.opened(content)
    if paper.anchor is not None and isinstance(paper.content, Mapping):
        anchored_at(paper.content, paper.anchor, "XA", [])


def _lists(content: bytes) -> object:
    """Read a draft of the lists in which the first byte says which file is another."""
    files = dict(seeds.list_files())
    names = sorted(files)
    files[names[content[0] % len(names)] if content else names[0]] = content[1:]
    return read_lists(DraftFiles(files, NOW))


def _signed_lists(content: bytes) -> object:
    """Open the signed lists in which the first byte says which file of metadata is another; the root may be, too."""
    memory, root = seeds.signed_lists()
    names = sorted(name for name in memory if name.startswith("metadata/"))
    chosen = content[0] % (len(names) + 1) if content else 0
    if chosen == len(names):
        return open_bundle(seeds.Folder(memory), root=content[1:], now=NOW)
    return open_bundle(seeds.Folder({**memory, names[chosen]: content[1:]}), root=root, now=NOW)


TARGETS: Final[Mapping[str, Target]] = MappingProxyType(
    {
        "json": Target(_each(parse_json, parse_json_array), seeds.documents),
        "cbor": Target(
            _each(cbor.decode, lambda content: cbor.decode(content, tag=18), lambda content: cbor.decode(content, bignums=True)),
            seeds.cbor_items,
        ),
        "jcs": Target(_object(jcs.canonicalize), seeds.documents),
        "json-ld": Target(_object(rdf.canonicalize), seeds.documents),
        "n-quads": Target(lambda content: canonical_n_quads(read_n_quads(content)), seeds.n_quads),
        "jws": Target(_signed_text, seeds.tokens),
        "jwt": Target(_each(open_jwt, open_jwt_1_1), seeds.tokens),
        "sd-jwt": Target(
            _each(open_sd_jwt, open_sd_jwt_vc, lambda content: open_sd_jwt_vc(content, with_certificates=True), _key_bound),
            seeds.sd_jwts,
        ),
        "sd-jwt-json": Target(_object(compact_form), seeds.sd_jwts_in_json),
        "cose": Target(lambda content: open_cose(content).verify(lambda *_: seeds.SIGNER.public_key), seeds.cose_objects),
        "mdoc": Target(_mobile, seeds.mobile_documents),
        "mdoc-response": Target(
            lambda content: parse_device_response(content).verify_device([None, None, []]), seeds.mobile_responses
        ),
        "passport": Target(_text(parse_number), lambda: [b"L898902C3", b"ab 12-34<<"]),
        "dcql": Target(_object(parse_query), seeds.queries),
        "secured": Target(lambda content: open_secured(content).view(), seeds.secured_credentials),
        "credential": Target(
            _each(_object(parse_credential), _object(parse_credential_1_1), _object(parse_presentation)), seeds.documents
        ),
        "presentation": Target(lambda content: parse_presentation(open_presentation(content)[0]), seeds.presentations),
        "verify": Target(_verified, seeds.secured_credentials),
        "present": Target(_presented, seeds.presentations),
        "status-list": Target(
            _each(_text(StatusList.decode), _text(lambda text: StatusList.decode(text, 3)), _listed_status), seeds.encoded_lists
        ),
        "status-token": Target(
            _each(
                lambda content: parse_status_list(open_status_list_jwt(content)),
                lambda content: parse_status_list(open_status_list_cwt(content)),
            ),
            seeds.status_tokens,
        ),
        "status-entry": Target(_object(_status_entry), seeds.status_entries),
        "proof-value": Target(
            _each(
                _text(ecdsa_sd_proof_value.BaseProofValue.parse),
                _text(ecdsa_sd_proof_value.DerivedProofValue.parse),
                _text(bbs_proof_value.parse_base),
                _text(bbs_proof_value.parse_derived),
            ),
            seeds.proof_values,
        ),
        "pointer": Target(_text(selective_disclosure.parse_pointer), seeds.pointers),
        "key": Target(
            _each(_text(parse_multikey), _object(parse_jwk), lambda content: parse_x5c(parse_json_array(content)), Anchors.parse),
            seeds.keys,
        ),
        "points": Target(
            _each(
                bls.parse_g1,
                bls.parse_g2,
                bls.parse_scalar,
                parse_public_key,
                core.parse_signature,
                core.parse_proof,
                _blind_proof,
            ),
            seeds.points,
        ),
        "data-url": Target(_text(parse_data_url), seeds.data_urls),
        "did-document": Target(_resolved, seeds.did_documents),
        "did-log": Target(_each(lambda content: read_log(content, NOW), _text(parse_webvh_did)), seeds.did_logs),
        "code": Target(
            _each(
                lambda content: _codec().decode(content), _text(lambda text: _codec().decode(from_digits(text))), _text(parse_link)
            ),
            seeds.codes,
        ),
        "codec-tables": Target(_object(parse_codec), seeds.codec_tables),
        "lists": Target(_lists, seeds.changed_lists, _LIST_ERRORS),
        "signed-lists": Target(_signed_lists, seeds.changed_metadata),
        "archive": Target(_archive, seeds.archives),
        "log": Target(
            _each(
                _text(parse_vkey),
                _text(parse_tile),
                _text(parse_moment),
                _text(lambda text: verify_checkpoint(text, seeds.log_key())),
            ),
            seeds.log_texts,
        ),
        "cohort-file": Target(
            lambda content: read_list(content, started=date(2026, 1, 1), today=date(2026, 11, 24)), seeds.cohort_files
        ),
    }
)
CORPUS: Final = Path(__file__).parents[1] / "corpus"
