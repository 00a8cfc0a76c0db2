"""Presentations: the holder's proof, if there is one, then every credential."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from credentials.data_integrity import verify_proofs
from credentials.dids import verification_key
from credentials.envelope import Envelope
from credentials.errors import IssuerKeyMismatchError, VCError
from credentials.keys import PublicKey
from credentials.presentation import Presentation, check_self_asserted, is_self_asserted, parse_presentation
from credentials.presentation_envelopes import open_presentation
from credentials.report import problem_details
from credentials.verify import VerificationOptions, verify_credential
from verifier.bindings import check_binding

_SELF_ASSERTED: Final = {
    "verified": True,
    "selfAsserted": True,
    "checks": [],
    "problemDetails": [],
    "statusAsOf": None,
    "statuses": [],
}


def verify_presentation(
    content: bytes | Mapping[str, Any], options: VerificationOptions, *, accepts_self_asserted: bool = False
) -> dict[str, Any]:
    """Return the report: `verified`, the holder's problem if any, and a report for each credential.

    The presentation may be a document, or come in an envelope. An unsigned one is verified when no challenge was asked for and
    every credential in it is.

    Args:
        content: the presentation.
        options: time, fetcher and what to check.
        accepts_self_asserted: whether credentials that the holder issued, and only the presentation's own proof secures, are good.
    """
    try:
        presentation, signed = verify_holder(content, options)
        by_holder = accepts_self_asserted and bool(signed)
        if by_holder:
            check_self_asserted(presentation)
    except VCError as error:
        return {"verified": False, "problemDetails": [problem_details(error)], "credentialResults": []}
    reports = [
        _SELF_ASSERTED if by_holder and is_self_asserted(credential) else _carried(credential, signed, options)
        for credential in presentation.credentials
    ]
    return {"verified": all(report["verified"] for report in reports), "problemDetails": [], "credentialResults": reports}


def verify_holder(content: bytes | Mapping[str, Any], options: VerificationOptions) -> tuple[Presentation, Mapping[str, PublicKey]]:
    """Return the presentation, and the keys that signed it by verification method: none where nobody did, and nobody asked for it.

    Raises:
        VCError: it is none, or it was not made by its holder for this question.
    """
    document, envelope = open_presentation(content)
    presentation = parse_presentation(document)
    if envelope is None:
        return presentation, _check_proofs(presentation, options)
    return presentation, _check_envelope(presentation, envelope, options)


def _carried(credential: Mapping[str, Any], signed: Mapping[str, PublicKey], options: VerificationOptions) -> dict[str, Any]:
    """Return the report on a credential; whose key it is bound to matters where an answer was asked for."""
    report = verify_credential(credential, replace(options, domain=None, challenge=None)).to_json()
    if not report["verified"] or (options.domain is None and options.challenge is None):
        return report
    try:
        check_binding(credential, signed.values(), options)
    except VCError as error:
        return report | {"verified": False, "problemDetails": [problem_details(error)]}
    return report


def _check_envelope(presentation: Presentation, envelope: Envelope, options: VerificationOptions) -> dict[str, PublicKey]:
    signed: dict[str, PublicKey] = {}

    def resolve_key(method: str, purpose: str) -> PublicKey:
        signed[method] = verification_key(method, purpose, options.fetcher, now=options.now)
        return signed[method]

    envelope.verify(resolve_key, purpose="authentication")
    envelope.check_audience(domain=options.domain, challenge=options.challenge, now=options.now, clock_skew=options.clock_skew)
    envelope.check_times(options.now, options.clock_skew)
    options.canonicalize(presentation.document)  # a term that no context defines is refused all the same
    if presentation.holder is not None:
        envelope.check_issuer_key()
    return signed


def _check_proofs(presentation: Presentation, options: VerificationOptions) -> dict[str, PublicKey]:
    presented = presentation.document
    if "proof" not in presented and options.challenge is None and options.domain is None:
        return {}
    signed: dict[str, PublicKey] = {}

    def resolve_key(method: str, purpose: str) -> PublicKey:
        signed[method] = verification_key(method, purpose, options.fetcher, now=options.now)
        return signed[method]

    json_ld: list[str] = []

    def canonicalize(document: Mapping[str, object], *, hash_name: str = "sha256") -> bytes:
        json_ld.append(hash_name)
        return options.canonicalize(document, hash_name=hash_name)

    verify_proofs(
        presented,
        resolve_key,
        now=options.now,
        purpose="authentication",
        domain=options.domain,
        challenge=options.challenge,
        canonicalize=canonicalize,
    )
    if not json_ld:  # plain JSON was signed: undefined terms are refused all the same
        options.canonicalize({name: value for name, value in presented.items() if name != "proof"})
    if presentation.holder is not None and {method.partition("#")[0] for method in signed} != {presentation.holder}:
        raise IssuerKeyMismatchError("the key that signed is not the holder's", pointer="/holder")
    return signed
