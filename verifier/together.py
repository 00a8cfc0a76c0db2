"""Certificates shown beside one: what stands on them, and whether only whoever looks can say that they are of one person."""

from __future__ import annotations

from collections.abc import Iterator

from credentials.model import Credential
from trust.claims import read_claim
from verifier.assessing import Assessment
from verifier.cards import Card, card_of


def certificates_beside(assessment: Assessment) -> tuple[Card, ...]:
    """Return what stands on the good certificates beside it; decisions and endorsements name it themselves, and are left out."""
    return tuple(card_of(credential, assessment.bundle) for credential in _certificates(assessment))


def needs_eyes(assessment: Assessment) -> bool:
    """Return whether one of them, or the certificate itself, names no key of its holder: then papers alone do not tell."""
    if assessment.credential is None:
        return False
    own = read_claim(assessment.credential).holder
    return any(not own or not read_claim(credential).holder for credential in _certificates(assessment))


def _certificates(assessment: Assessment) -> Iterator[Credential]:
    for result in assessment.beside:
        if result.verified and read_claim(result.require()).actions:
            yield result.require()
