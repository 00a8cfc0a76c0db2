"""An issuer's certified keys: the newest of each purpose signs, unless it is known to be stolen; the others stay known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam
from sqlmodel import col, select

from credentials.keys import PublicKey
from issuer_api.errors import CertificateEndedError, KeyCompromisedError
from issuer_api.service import CertifiedSigner, Issuer, Purpose
from issuer_api.tables import CertifiedTheft
from web.statements import Statement

_THEFTS: Final = Statement(select(CertifiedTheft).where(col(CertifiedTheft.organisation) == bindparam("slug")))
WARNED: Final = timedelta(days=30)
"""So long before a certificate ends it is told of."""


@dataclass(frozen=True, slots=True)
class CertifiedKey:
    """A key that is or was certified for a purpose.

    Attributes:
        by: who signs with it.
        stolen_since: since when it is known to be stolen, or None.
    """

    by: CertifiedSigner
    stolen_since: datetime | None

    @property
    def fragment(self) -> str:
        """Such as `mdoc`, and `mdoc2` for the next one."""
        return self.by.fragment

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        return self.by.signer.public_key


def certified_keys(issuer: Issuer, slug: str) -> tuple[CertifiedKey, ...]:
    """Return every key of an issuer that is certified, the older ones of a purpose first."""
    signers = issuer.certified(slug)
    if not signers:
        return ()
    thefts = {row.fragment: row.since for row in issuer.database.rows(_THEFTS, slug=slug)}
    return tuple(CertifiedKey(one, thefts.get(one.fragment)) for one in signers)


def certified_signer(issuer: Issuer, slug: str, purpose: Purpose) -> CertifiedSigner | None:
    """Return who signs for an issuer for a purpose; None where no key is certified for it that may sign.

    That is the newest whose certificates are in force; where none are, the newest, which `check_in_force` refuses.
    """
    able = [key.by for key in certified_keys(issuer, slug) if key.by.purpose is purpose and key.stolen_since is None]
    now = issuer.clock()
    return next((one for one in reversed(able) if one.is_in_force(now)), able[-1] if able else None)


def check_in_force(signer: CertifiedSigner, now: datetime) -> None:
    """Raise where the certificates of a key are not in force: nobody who asks for certificates would take what it signs.

    Raises:
        CertificateEndedError: they are not.
    """
    if not signer.is_in_force(now):
        ends = f"{signer.ends:%Y-%m-%d}"
        raise CertificateEndedError(
            f"the certificate of {signer.fragment}, to {ends}, is not in force: have the key certified anew"
        )


def near_their_end(issuer: Issuer, slug: str, *, within: timedelta = WARNED) -> tuple[CertifiedSigner, ...]:
    """Return who signs for an issuer by certificates that end soon, or have ended."""
    until = issuer.clock() + within
    signers = (certified_signer(issuer, slug, purpose) for purpose in Purpose)
    return tuple(one for one in signers if one is not None and not one.is_in_force(until))


def check_not_stolen(issuer: Issuer, slug: str, fragment: str) -> None:
    """Raise where a certified key is known to be stolen: asked once more before what it signed leaves.

    Raises:
        KeyCompromisedError: it is.
    """
    since = next((row.since for row in issuer.database.rows(_THEFTS, slug=slug) if row.fragment == fragment), None)
    if since is not None:
        raise KeyCompromisedError(f"{fragment} of {slug} is known to be stolen since {since:%Y-%m-%d}")
