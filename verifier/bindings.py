"""Whether a credential that its issuer bound to a key (`cnf`, RFC 7800) is presented by who has that key."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from credentials.errors import KeyBindingError, VCError
from credentials.keys import PublicKey, parse_jwk
from credentials.securing import open_secured
from credentials.vc_sd_jwt import SdJwtEnvelope
from credentials.verify import VerificationOptions


def check_binding(credential: Mapping[str, Any], keys: Collection[PublicKey], options: VerificationOptions) -> None:
    """Raise unless the key that a credential is bound to signed the presentation, or the credential alone, for this question.

    A credential that names no key is bound to none.

    Args:
        credential: as it stands in the presentation, and verified.
        keys: those that signed the presentation.
        options: who asks, and what was asked.

    Raises:
        KeyBindingError, KeyBindingRequiredError: somebody else presents it, or the key is none that we know.
    """
    envelope = open_secured(credential).envelope
    if envelope is None or "cnf" not in envelope.claims:
        return
    if isinstance(envelope, SdJwtEnvelope) and envelope.sd_jwt.key_binding is not None:
        envelope.check_audience(domain=options.domain, challenge=options.challenge, now=options.now, clock_skew=options.clock_skew)
    elif _confirmed_key(envelope.claims["cnf"]) not in keys:
        raise KeyBindingError("the credential is bound to another key than the one that presents it", pointer="/cnf")


def _confirmed_key(confirmation: object) -> PublicKey:
    jwk = confirmation.get("jwk") if isinstance(confirmation, dict) else None
    if not isinstance(jwk, dict):
        raise KeyBindingError("the credential names no key of its holder", pointer="/cnf")
    try:
        return parse_jwk(jwk)
    except VCError as error:
        raise KeyBindingError(f"the holder's key: {error.detail}", pointer="/cnf/jwk") from error
