"""One presentation, verified in its own format: for us, now, by its holder; then the credential like any other."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from credentials import members, rdf
from credentials.cose import ALG, COSE_ALGORITHMS
from credentials.dcql import Candidate, CredentialQuery
from credentials.dcql.query import LDP_VC, MSO_MDOC, SD_JWT_VC
from credentials.dids import verification_key
from credentials.encoding import b64url_decode, b64url_encode
from credentials.envelope import Envelope
from credentials.errors import KeyBindingError, KeyBindingRequiredError, MalformedValueError, VCError
from credentials.jose import unverified_typ
from credentials.keys import PublicKey
from credentials.mdoc import MSO_MDOC as MDOC_TYPE
from credentials.mdoc import Handover, IssuerSigned, envelope_of, open_mdoc, parse_device_response, session_transcript
from credentials.report import CheckOutcome, VerificationResult
from credentials.sd_jwt import SdJwt, verify_key_binding
from credentials.sd_jwt_vc import DC_SD_JWT, open_sd_jwt_vc
from credentials.securing import open_secured
from credentials.vc_sd_jwt import SdJwtEnvelope
from credentials.verify import VerificationOptions, verify_credential
from credentials.vp_jwt_1_1 import open_vp_jwt_1_1
from verifier.bindings import check_binding
from verifier.openid.errors import ProfileError
from verifier.openid.service import WalletDesk
from verifier.presentations import verify_holder

_DECIDING = ("data-model", "proof", "issuer-key")
_NO_AUTHORITIES: Mapping[str, frozenset[str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Question:
    """What every presentation of one answer must be made for.

    Attributes:
        audience: how the wallet knows us.
        nonce: what it answers.
        handover: both, for mobile documents.
        haip: whether the HAIP profile is kept.
    """

    audience: str
    nonce: str
    handover: Handover
    haip: bool = False


@dataclass(frozen=True, slots=True)
class Presented:
    """A presentation that was looked at.

    Attributes:
        query: id of the credential query that it is for.
        candidate: what it shows; None where it could not be opened.
        report: on the credential.
        problem: why it is no presentation to us; None where nothing is wrong, or could not be checked.
        content: the credential, as it can be checked again.
        sd_jwt: where single claims can be kept back.
        mobile: where single elements can be kept back.
        signed_claims: what the holder signed beside the audience and the nonce.
    """

    query: str
    candidate: Candidate | None
    report: VerificationResult
    problem: VCError | None
    content: bytes
    sd_jwt: SdJwt | None = None
    mobile: IssuerSigned | None = None
    signed_claims: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


def look_at(desk: WalletDesk, query: CredentialQuery, value: str | Mapping[str, Any], question: Question) -> Presented:
    """Return a presentation, verified; nothing is raised for what it is.

    Args:
        desk: the desk.
        query: that it is presented for: its format says how it is read.
        value: an element of `vp_token`.
        question: for whom and for what it must be made.
    """
    try:
        if query.format == SD_JWT_VC:
            return _sd_jwt_vc(desk, query, _text(value), question)
        if query.format == MSO_MDOC:
            return _mobile(desk, query, _text(value), question)
        return _of_w3c(desk, query, value, question)
    except VCError as error:
        return Presented(query.id, None, VerificationResult(None, ()), error, b"")


def _text(value: str | Mapping[str, Any]) -> str:
    if not isinstance(value, str):
        raise MalformedValueError("a presentation of this format is a text")
    return value


def _sd_jwt_vc(desk: WalletDesk, query: CredentialQuery, text: str, question: Question) -> Presented:
    is_bound = query.require_cryptographic_holder_binding or not text.endswith("~")
    options = desk.options(domain=question.audience if is_bound else None, challenge=question.nonce if is_bound else None)
    envelope = open_sd_jwt_vc(text.encode(), by_certificate=True)
    if question.haip:
        _check_haip(envelope, options)
    result = verify_credential(text.encode(), options, media_type=DC_SD_JWT)
    problem, claims = _refusal(result), {}
    if problem is None and is_bound:
        claims = dict(verify_key_binding(envelope.sd_jwt, audience=question.audience, nonce=question.nonce, now=options.now))
    types = frozenset({str(envelope.document["vct"])})
    candidate = Candidate(SD_JWT_VC, envelope.sd_jwt.claims, types, _authorities(envelope, options), is_bound)
    return Presented(query.id, candidate, result, problem, text.encode(), envelope.sd_jwt, signed_claims=claims)


def _authorities(envelope: Envelope, options: VerificationOptions) -> Mapping[str, frozenset[str]]:
    """Return the authorities whose certificates lead from an anchor to the key that signed; one that was only copied in is none."""
    if envelope.chain is None:
        return _NO_AUTHORITIES
    try:
        envelope.verify_by_certificate(options.anchors, options.now)
    except VCError:
        return _NO_AUTHORITIES
    return {"aki": envelope.chain.authority_keys}


def _check_haip(envelope: SdJwtEnvelope, options: VerificationOptions) -> None:
    """Raise unless the SD-JWT VC is as HAIP 1.0 §6.1 has it: by ES256, and its issuer named by certificates under an anchor.

    Raises:
        ProfileError: it is not.
        InvalidVerificationMethodError: the certificates lead to no anchor.
        IssuerKeyMismatchError: they are made out to another.
    """
    if envelope.sd_jwt.jws.header["alg"] != "ES256" or envelope.chain is None:
        raise ProfileError("HAIP has SD-JWT VCs signed with ES256, and the issuer named by x5c")
    if envelope.chain.is_self_signed:
        raise ProfileError("HAIP has no issuer vouch for itself")
    envelope.verify_by_certificate(options.anchors, options.now)
    envelope.check_issuer_key()


def _mobile(desk: WalletDesk, query: CredentialQuery, text: str, question: Question) -> Presented:
    response = parse_device_response(b64url_decode(text))
    issuer_signed, options = response.issuer_signed, desk.options(domain=None, challenge=None)
    if question.haip:
        _check_haip_mobile(issuer_signed, options)
    shown = [(item.namespace, item.identifier) for item in issuer_signed.items]
    content = b64url_encode(issuer_signed.only(shown)).encode()
    result = verify_credential(content, options, media_type=MDOC_TYPE)
    problem = _refusal(result)
    is_bound = query.require_cryptographic_holder_binding or response.device_signature is not None
    if problem is None and is_bound:
        response.verify_device(session_transcript(question.handover))
    authorities = _authorities(envelope_of(issuer_signed, by_certificate=True), options)
    claims = open_mdoc(content).document["nameSpaces"]
    candidate = Candidate(MSO_MDOC, claims, frozenset({issuer_signed.doctype}), authorities, is_bound)
    return Presented(query.id, candidate, result, problem, content, mobile=issuer_signed)


def _check_haip_mobile(issuer_signed: IssuerSigned, options: VerificationOptions) -> None:
    """Raise unless the mobile document is as HAIP 1.0 §6.2 has it: by ES256, and its issuer named by certificates under an anchor.

    Raises:
        ProfileError: it is not.
        InvalidVerificationMethodError: the certificates lead to no anchor.
    """
    chain = issuer_signed.chain
    if issuer_signed.signature.header[ALG] not in COSE_ALGORITHMS["ES256"] or chain is None:
        raise ProfileError("HAIP has mobile documents signed with ES256, and the issuer named by x5chain")
    if chain.is_self_signed:
        raise ProfileError("HAIP has no issuer vouch for itself")
    envelope_of(issuer_signed, by_certificate=True).verify_by_certificate(options.anchors, options.now)


def _refusal(result: VerificationResult) -> VCError | None:
    """Return what shows that this was not issued or not presented as it should be; a withdrawn credential is presented well."""
    failed = (check for check in result.checks if check.name in _DECIDING and check.outcome is CheckOutcome.FAILED)
    return next((check.problem for check in failed), None)


def _of_w3c(desk: WalletDesk, query: CredentialQuery, value: str | Mapping[str, Any], question: Question) -> Presented:
    if isinstance(value, str) is (query.format == LDP_VC):
        raise MalformedValueError("a presentation of this format is " + ("an object" if query.format == LDP_VC else "a token"))
    options = desk.options(domain=question.audience, challenge=question.nonce)
    alone = replace(options, domain=None, challenge=None)
    if not query.require_cryptographic_holder_binding and _is_credential(value):
        content = value.encode() if isinstance(value, str) else dict(value)
        return _carried(query, content, {}, options=alone, asked=None)
    carried, signed = _held(value, options)
    if len(carried) != 1:
        raise MalformedValueError("a presentation holds one credential")
    return _carried(query, carried[0], signed, options=alone, asked=options)


def _is_credential(value: str | Mapping[str, Any]) -> bool:
    if isinstance(value, str):
        return unverified_typ(value) == "vc+jwt"
    return "VerifiableCredential" in members.strings(value.get("type"))


def _held(
    value: str | Mapping[str, Any], options: VerificationOptions
) -> tuple[Sequence[bytes | Mapping[str, Any]], Mapping[str, PublicKey]]:
    """Return (the credentials, the keys that signed by verification method) of a presentation that its holder made for us."""
    if isinstance(value, str) and unverified_typ(value) in {"jwt", ""}:
        envelope, tokens = open_vp_jwt_1_1(value)
        signed: dict[str, PublicKey] = {}

        def resolve_key(method: str, purpose: str) -> PublicKey:
            signed[method] = verification_key(method, purpose, options.fetcher, now=options.now)
            return signed[method]

        envelope.verify(resolve_key, purpose="authentication")
        envelope.check_issuer_key()
        envelope.check_audience(domain=options.domain, challenge=options.challenge, now=options.now, clock_skew=options.clock_skew)
        envelope.check_times(options.now, options.clock_skew)
        return [token.encode() for token in tokens], signed
    presentation, keys = verify_holder(value.encode() if isinstance(value, str) else dict(value), options)
    return presentation.credentials, keys


def _carried(
    query: CredentialQuery,
    credential: bytes | Mapping[str, Any],
    signed: Mapping[str, PublicKey],
    *,
    options: VerificationOptions,
    asked: VerificationOptions | None,
) -> Presented:
    result = verify_credential(credential, options)
    problem = _refusal(result)
    view = result.unverified_credential
    if view is None:
        return Presented(query.id, None, result, problem, b"")
    if problem is None and asked is not None:
        problem = _binding_problem(credential, view.subjects, signed, asked)
    document = view.document
    candidate = Candidate(query.format, document, _types(document), _NO_AUTHORITIES, asked is not None)
    content = credential if isinstance(credential, bytes) else json.dumps(credential, ensure_ascii=False).encode()
    return Presented(query.id, candidate, result, problem, content)


def _binding_problem(
    credential: bytes | Mapping[str, Any],
    subjects: Sequence[Mapping[str, Any]],
    signed: Mapping[str, PublicKey],
    options: VerificationOptions,
) -> VCError | None:
    """Return why whoever signed is not shown to be who the credential is about; None where it is shown."""
    holders = {method.partition("#")[0] for method in signed}
    named = {str(subject["id"]) for subject in subjects if str(subject.get("id", "")).startswith("did:")}
    try:
        confirmed = _has_confirmation(credential)
        if confirmed and not isinstance(credential, bytes):
            check_binding(credential, signed.values(), options)
    except VCError as error:
        return error
    if confirmed:
        return None
    if not named:
        return KeyBindingRequiredError("the credential names no holder, so that nobody can show to be its holder")
    return None if named <= holders else KeyBindingError("the credential is about another than who presents it")


def _has_confirmation(credential: bytes | Mapping[str, Any]) -> bool:
    if isinstance(credential, bytes):
        return False
    envelope = open_secured(credential).envelope
    return envelope is not None and "cnf" in envelope.claims


def _types(document: Mapping[str, Any]) -> frozenset[str]:
    """Return the types as they stand and as the contexts expand them (Appendix B.1.1)."""
    found = set(members.strings(document.get("type")))
    try:
        for node in rdf.expand({name: document[name] for name in ("@context", "type") if name in document}):
            found.update(node.get("@type", ()))
    except VCError:  # a context that is not ours: the types as they stand are all that is known
        return frozenset(found)
    return frozenset(found)


def transaction_hashes(presented: Presented) -> tuple[str, frozenset[str]]:
    """Return (hash algorithm, hashes) of the transactions that the holder signed (OpenID4VP 1.0 Appendix B.3.3).

    Raises:
        MalformedValueError: they are no list of texts.
    """
    hashes = presented.signed_claims.get("transaction_data_hashes", [])
    name = presented.signed_claims.get("transaction_data_hashes_alg", "sha-256")
    if not isinstance(hashes, list) or not all(isinstance(one, str) for one in hashes) or not isinstance(name, str):
        raise MalformedValueError("transaction_data_hashes is no list of hashes")
    return name, frozenset(hashes)
