"""Presentations: the holder's proof, if there is one, then every credential."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from credentials.data_integrity import verify_proofs
from credentials.dids import verification_key
from credentials.envelope import Envelope
from credentials.errors import IssuerKeyMismatchError, VCError
from credentials.presentation import Presentation, check_self_asserted, is_self_asserted, parse_presentation
from credentials.presentation_envelopes import open_presentation
from credentials.verify import VerificationOptions, verify_credential

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
        document, envelope = open_presentation(content)
        presentation = parse_presentation(document)
        if envelope is None:
            _check_holder(presentation, options)
        else:
            _check_envelope(presentation, envelope, options)
        by_holder = accepts_self_asserted and (envelope is not None or "proof" in document)
        if by_holder:
            check_self_asserted(presentation)
    except VCError as error:
        problem = {"type": error.type, "title": error.title, "detail": error.detail, "pointer": error.pointer}
        return {"verified": False, "problemDetails": [problem], "credentialResults": []}
    inner = replace(options, domain=None, challenge=None)
    reports = [
        _SELF_ASSERTED if by_holder and is_self_asserted(credential) else verify_credential(credential, inner).to_json()
        for credential in presentation.credentials
    ]
    return {"verified": all(report["verified"] for report in reports), "problemDetails": [], "credentialResults": reports}


def _check_envelope(presentation: Presentation, envelope: Envelope, options: VerificationOptions) -> None:
    envelope.verify(partial(verification_key, fetcher=options.fetcher, now=options.now), purpose="authentication")
    envelope.check_audience(domain=options.domain, challenge=options.challenge, now=options.now, clock_skew=options.clock_skew)
    envelope.check_times(options.now, options.clock_skew)
    options.canonicalize(presentation.document)  # a term that no context defines is refused all the same
    if presentation.holder is not None:
        envelope.check_issuer_key()


def _check_holder(presentation: Presentation, options: VerificationOptions) -> None:
    if "proof" not in presentation.document and options.challenge is None and options.domain is None:
        return
    signers = set()

    def resolve_key(method: str, purpose: str) -> Any:  # noqa: ANN401  # a PublicKey, as the caller wants it
        signers.add(method.partition("#")[0])
        return verification_key(method, purpose, options.fetcher, now=options.now)

    verify_proofs(
        presentation.document,
        resolve_key,
        now=options.now,
        purpose="authentication",
        domain=options.domain,
        challenge=options.challenge,
        canonicalize=options.canonicalize,
    )
    if presentation.holder is not None and signers != {presentation.holder}:
        raise IssuerKeyMismatchError("the key that signed is not the holder's", pointer="/holder")
