"""Good inputs to begin from: what our own writers make, from fixed keys; nothing of it comes from elsewhere."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from credentials import cbor
from credentials.data_integrity import add_base_proof
from credentials.data_url import data_url
from credentials.dids import did_document
from credentials.encoding import b64url_encode, multibase_encode
from credentials.jose import encode_json
from credentials.keys import InMemorySigner
from credentials.mdoc import present_mdoc
from credentials.qr import to_digits
from credentials.rdf import canonicalize
from credentials.sd_jwt import bind
from credentials.securing import SECURING_MECHANISMS, SecuringOptions, secure
from credentials.status.entry import BitstringEntry
from credentials.status.token import TokenStatusList, status_list_cwt, status_list_jwt
from credentials.vc_cose import VP_COSE, secure_cose
from credentials.vc_jwt import VP_JWT, secure_jwt
from credentials.vc_sd_jwt import VC_SD_JWT, open_sd_jwt
from tests.credentials.mdoc.making import DEVICE, NAMESPACE, made
from tests.credentials.qr import world as codes_world
from tests.credentials.sd_jwt.making import Counted
from tests.credentials.test_vc_jwt_1_1 import CLAIMS, token
from tests.credentials.world import LIST_URL, NOW, V2, WEB_DID, credential, entry, key_signer, secured
from tests.trust import world as trust_world
from tests.vectors.material import bbs_signer, signer_of
from trust.checkpoints import Checkpoint, LogKey, sign_checkpoint

SIGNER: Final = key_signer()
_TESTS: Final = Path(__file__).parents[1]
_EXAMPLES: Final = _TESTS.parent / "examples"


def documents() -> list[bytes]:
    """Return credentials and a presentation in JSON."""
    shown = {"@context": [V2], "type": ["VerifiablePresentation"], "verifiableCredential": [secured(credential())]}
    worded = credential(
        name=[{"@value": "Welder", "@language": "en", "@direction": "ltr"}],
        credentialStatus=[entry()],
        credentialSchema={"id": "urn:schema", "type": "JsonSchema"},
        relatedResource={"id": V2, "digestSRI": "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="},
        validUntil="2036-11-20T00:00:00Z",
    )
    inline = credential() | {"@context": [V2, {"@protected": True, "skill": "https://terms.example/skill"}]}
    return [encode_json(document) for document in (credential(), secured(credential()), worded, inline, shown)]


def _of_each_format() -> list[bytes]:
    def options(name: str) -> SecuringOptions:
        selective = (("credentialSubject",),) if name == VC_SD_JWT else ()
        return SecuringOptions(created=NOW, entropy=Counted(), vct="urn:course:1", holder=SIGNER.public_key, selective=selective)

    names = [name for name, mechanism in SECURING_MECHANISMS.items() if mechanism.secure]
    return [secure(credential(), SIGNER, name, options(name)) for name in names]


def secured_credentials() -> list[bytes]:
    """Return secured credentials of every format and suite."""
    suites = [encode_json(secured(credential(), suites=[name])) for name in ("eddsa-rdfc-2022", "eddsa-jcs-2022")]
    first = _of_each_format()[1]
    enveloped = {"@context": V2, "type": "EnvelopedVerifiableCredential", "id": data_url("application/vc+jwt", first)}
    return [*suites, *_of_each_format(), token(CLAIMS), encode_json(enveloped), *(encode_json(proof) for proof in _base_proofs())]


def tokens() -> list[bytes]:
    """Return credentials in tokens, of both data models."""
    return [secure_jwt(credential(), SIGNER), token(CLAIMS)]


def sd_jwts() -> list[bytes]:
    """Return SD-JWTs, one with the holder's signature."""
    made = [content for content in _of_each_format() if b"~" in content]
    whole = open_sd_jwt(made[0]).sd_jwt
    return [*made, bind(whole, SIGNER, audience="a", nonce="n", now=NOW).encode()]


def sd_jwts_in_json() -> list[bytes]:
    """Return an SD-JWT in flattened and general JSON."""
    signed, *disclosures = sd_jwts()[0].decode().rstrip("~").split("~")
    protected, payload, signature = signed.split(".")
    one = {"protected": protected, "signature": signature, "header": {"disclosures": disclosures}}
    return [encode_json({"payload": payload, **one}), encode_json({"payload": payload, "signatures": [one]})]


def cose_objects() -> list[bytes]:
    """Return a credential in COSE_Sign1."""
    return [secure_cose(credential(), SIGNER)]


def mobile_documents() -> list[bytes]:
    """Return mobile documents: by certificate, and by DID."""
    return [made(), b64url_encode(made()).encode(), made(SIGNER, x5c=())]


def mobile_responses() -> list[bytes]:
    """Return a mobile document as it is presented."""
    return [present_mdoc(made(), [(NAMESPACE, "name")], [None, None, []], DEVICE)]


def queries() -> list[bytes]:
    """Return what verifiers ask wallets for, one in all its members."""
    claims = [{"id": "a", "path": ["credentialSubject", "name"], "values": ["Ana"]}, {"id": "b", "path": ["list", None, 0]}]
    whole = {
        "id": "course",
        "format": "dc+sd-jwt",
        "multiple": True,
        "meta": {"vct_values": ["urn:course:1"]},
        "trusted_authorities": [{"type": "aki", "values": ["s9tIpPmhxdiuNkHMEWNpYim8S8Y"]}],
        "require_cryptographic_holder_binding": False,
        "claims": claims,
        "claim_sets": [["a", "b"], ["a"]],
    }
    other = {"id": "other", "format": "ldp_vc", "meta": {"type_values": [["VerifiableCredential"]]}}
    sets = [{"options": [["course"], ["other"]], "required": False}]
    return [encode_json({"credentials": [other]}), encode_json({"credentials": [whole, other], "credential_sets": sets})]


def cbor_items() -> list[bytes]:
    """Return items of every kind."""
    return [cbor.encode({1: [b"a", "b", -1, True, None], "x": {2: 2**40}}), *cose_objects()]


def presentations() -> list[bytes]:
    """Return presentations without proof, and in envelopes."""
    document = {"@context": [V2], "type": ["VerifiablePresentation"], "verifiableCredential": [secured(credential())]}
    wrapped = [secure_jwt(document, SIGNER, media_type=VP_JWT), secure_cose(document, SIGNER, media_type=VP_COSE)]
    outer = {"@context": [V2], "type": "EnvelopedVerifiablePresentation", "id": data_url(VP_JWT, wrapped[0])}
    return [encode_json(document), *wrapped, encode_json(outer)]


def n_quads() -> list[bytes]:
    """Return what a credential says."""
    return [canonicalize(credential()), b'_:a <urn:p> _:b .\n_:b <urn:p> _:a .\n_:a <urn:q> "x"@en .\n']


def encoded_lists() -> list[bytes]:
    """Return lists as the two status mechanisms encode them."""
    of_tokens = TokenStatusList.from_statuses({7: 1}, bits=2, size=64)
    claims = {"bits": 2, "lst": multibase_encode(of_tokens.compressed(), "u")[1:]}
    return [multibase_encode(gzip.compress(bytes(16384), mtime=0), "u").encode(), encode_json(claims)]


def status_tokens() -> list[bytes]:
    """Return Token Status Lists in both codings."""
    made = TokenStatusList.from_statuses({7: 1}, bits=2, size=64)
    return [make(LIST_URL, made, SIGNER, issued=NOW, lifetime=NOW - NOW) for make in (status_list_jwt, status_list_cwt)]


def status_entries() -> list[bytes]:
    """Return entries of one bit and of two."""
    words = {0: "a", 1: "b", 2: "c", 3: "d"}
    two = BitstringEntry("message", 7, LIST_URL, 2, words, ("https://a.example/", "urn:a"))
    return [encode_json(entry()), encode_json(two.to_json())]


def _base_proofs() -> list[dict[str, Any]]:
    options: dict[str, Any] = {"mandatory_pointers": ["/issuer"], "created": NOW, "random_bytes": Counted()}
    return [
        add_base_proof(credential(), signer, cryptosuite=name, **options)
        for name, signer in (("ecdsa-sd-2023", signer_of("ES256")), ("bbs-2023", bbs_signer()))
    ]


def proof_values() -> list[bytes]:
    """Return proof values of the suites with selective disclosure."""
    return [document["proof"]["proofValue"].encode() for document in _base_proofs()]


def pointers() -> list[bytes]:
    """Return JSON pointers."""
    return [b"/credentialSubject/a~1b/0", b"/~0"]


def keys() -> list[bytes]:
    """Return keys of every kind in both spellings."""
    public = [signer_of(name).public_key for name in ("Ed25519", "ES256", "ES384", "ES512")]
    return [*(key.multibase.encode() for key in public), *(encode_json(key.jwk()) for key in public), b'["MIIB"]']


def bbs_key() -> bytes:
    """Return a BBS key."""
    return bbs_signer().public_key.raw


def points() -> list[bytes]:
    """Return a BBS key, and bytes of the lengths of points."""
    return [bbs_key(), bytes([0xC0, *[0] * 47]), bytes(80), bytes(272)]


def data_urls() -> list[bytes]:
    """Return `data:` URLs."""
    return [data_url("application/vc+jwt", content).encode() for content in (tokens()[0], cose_objects()[0])]


def did_documents() -> list[bytes]:
    """Return a DID document, and a log of one."""
    return [encode_json(did_document(WEB_DID, {"k1": SIGNER.public_key})), *did_logs()[:1]]


@cache
def _histories() -> list[dict[str, Any]]:
    vectors = json.loads((_TESTS / "vectors" / "did-webvh.json").read_bytes())["vectors"]
    return [vector for vector in vectors if isinstance(vector["expect"], int)][:4]


def webvh_did() -> str:
    """Return a DID with a history."""
    return str(_histories()[0]["did"])


def did_logs() -> list[bytes]:
    """Return logs of DIDs with a history."""
    return [text.encode() for vector in _histories() for text in list(vector["files"].values())[:1]]


def code_tables() -> dict[str, Any]:
    """Return profiles and tables of codes."""
    return {
        "profiles": codes_world.profiles(),
        "tables": codes_world.rows([codes_world.signed("training"), codes_world.signed("work-experience")]),
    }


def codec_tables() -> list[bytes]:
    """Return them in JSON."""
    return [encode_json(code_tables())]


def codes() -> list[bytes]:
    """Return payloads, in bytes and in digits, and a link."""
    codec = codes_world.codec(code_tables()["tables"])
    payloads = [codec.encode(codes_world.signed(kind)) for kind in ("training", "work-experience")]
    link = b"HTTPS://A.EXAMPLE/L/ABCDEFGHIJKLM#" + b"1" * 39
    return [*payloads, *(to_digits(payload).encode() for payload in payloads), link]


@cache
def list_files() -> Mapping[str, bytes]:
    """Return the shipped lists by path."""
    return trust_world.encoded(trust_world.shipped())


def changed_lists() -> list[bytes]:
    """Return each list after the byte that chooses it."""
    files = list_files()
    return [bytes([place]) + files[name] for place, name in enumerate(sorted(files)) if len(files[name]) < 16384]


@dataclass(frozen=True, slots=True)
class Folder:
    """Signed files in memory."""

    files: Mapping[str, bytes]

    def read(self, path: str) -> bytes | None:
        """Return a file."""
        return self.files.get(path)


@cache
def signed_lists() -> tuple[Mapping[str, bytes], bytes]:
    """Return the signed files and the root to pin."""
    memory, root = trust_world.published(trust_world.shipped())
    return dict(memory.files), root


def changed_metadata() -> list[bytes]:
    """Return each file of metadata after the byte that chooses it, and the root at last."""
    memory, root = signed_lists()
    names = sorted(name for name in memory if name.startswith("metadata/"))
    return [bytes([place]) + content for place, content in enumerate([*(memory[name] for name in names), root])]


def _log_signer() -> InMemorySigner:
    return InMemorySigner("did:example:log#k1", bytes(range(32)))


def log_key() -> LogKey:
    """Return the key of a log."""
    return LogKey("log.example", _log_signer().public_key)


def log_texts() -> list[bytes]:
    """Return a log's key, a checkpoint, a tile's path, a moment."""
    note = sign_checkpoint(Checkpoint("log.example", 5, bytes(32)), _log_signer())
    return [log_key().vkey.encode(), note.encode(), b"tile/0/x001/067.p/3", b"2026-11-24", b"2026-11-24T12:00:00Z"]


def archives() -> list[bytes]:
    """Return a certificate with its place in a log."""
    place = {"log": "log.example", "leafSalt": "A" * 43, "treeSize": 2, "index": 1, "path": ["A" * 43]}
    return [encode_json({"credential": secured(credential()), "anchor": place})]


def cohort_files() -> list[bytes]:
    """Return the shipped lists of cohorts."""
    return [path.read_bytes()[:600].rpartition(b"\n")[0] for path in sorted((_EXAMPLES / "cohorts").glob("*.csv"))]
