"""What a client asks for: `scope` or `authorization_details` (RFC 9396; OpenID4VCI 1.0 §5.1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from credentials.errors import VCError
from credentials.parsing import parse_json_array
from issuer_api.openid.metadata import DETAILS_TYPE
from web.oauth_errors import OAuthError

MAX_ASKED: Final = 10

__all__ = ["DETAILS_TYPE", "Asking", "parse_asking"]


@dataclass(frozen=True, slots=True)
class Asking:
    """The configurations that are asked for, and whether by `authorization_details`, which then decides how they are named."""

    configurations: tuple[str, ...]
    by_details: bool


def parse_asking(form: Mapping[str, str], known: Collection[str]) -> Asking:
    """Return what is asked for; unknown scopes are left alone (RFC 6749 §3.3).

    Args:
        form: the parameters.
        known: the configurations of this issuer.

    Raises:
        OAuthError: `invalid_authorization_details`.
    """
    if "authorization_details" not in form:
        named = dict.fromkeys(name for name in form.get("scope", "").split() if name in known)
        return Asking(tuple(named), by_details=False)
    try:
        entries = parse_json_array(form["authorization_details"].encode())
    except VCError as error:
        raise OAuthError("invalid_authorization_details", error.detail) from error
    if not 1 <= len(entries) <= MAX_ASKED:
        raise OAuthError("invalid_authorization_details", f"ask for one to {MAX_ASKED}")
    found: dict[str, None] = {}
    for entry in entries:
        name = _configuration(entry)
        if name is None or name not in known:
            raise OAuthError(
                "invalid_authorization_details", "an entry is of another type, or names no configuration of this issuer"
            )
        found[name] = None
    return Asking(tuple(found), by_details=True)


def _configuration(entry: Any) -> str | None:  # noqa: ANN401  # off the wire
    if not isinstance(entry, dict) or entry.get("type") != DETAILS_TYPE:
        return None
    name = entry.get("credential_configuration_id")
    return name if isinstance(name, str) else None
