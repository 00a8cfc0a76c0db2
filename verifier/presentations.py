"""Presentations: the holder's proof, if there is one, then every credential."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from credentials.data_integrity import verify_proofs
from credentials.dids import verification_key
from credentials.errors import IssuerKeyMismatchError, VCError
from credentials.presentation import Presentation, parse_presentation
from credentials.verify import VerificationOptions, verify_credential


def verify_presentation(document: Mapping[str, Any], options: VerificationOptions) -> dict[str, Any]:
    """Return the report: `verified`, the holder's problem if any, and a report for each credential.

    An unsigned presentation is verified when no challenge was asked for and every credential in it is.
    """
    try:
        presentation = parse_presentation(document)
        _check_holder(presentation, options)
    except VCError as error:
        problem = {"type": error.type, "title": error.title, "detail": error.detail, "pointer": error.pointer}
        return {"verified": False, "problemDetails": [problem], "credentialResults": []}
    inner = replace(options, domain=None, challenge=None)
    reports = [verify_credential(credential, inner).to_json() for credential in presentation.credentials]
    return {"verified": all(report["verified"] for report in reports), "problemDetails": [], "credentialResults": reports}


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
