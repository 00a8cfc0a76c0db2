"""What a wallet posts, opened (OpenID4VP 1.0 §8): nothing in it is verified yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from credentials.errors import VCError
from credentials.jwe import decrypt
from credentials.parsing import parse_json
from verifier.openid.errors import InvalidResponseError
from verifier.openid.requests import Request

MAX_PRESENTATIONS: Final = 20
"""In one answer: each may need addresses of others."""
MAX_QUERIES: Final = 20
Presentation = str | Mapping[str, Any]
VPToken = Mapping[str, tuple[Presentation, ...]]
"""Id of a credential query to what was presented for it (§8.1)."""


@dataclass(frozen=True, slots=True)
class Posted:
    """The parameters of a response, as they came; None for those that did not."""

    vp_token: str | Mapping[str, Any] | None = None
    response: str | None = None
    state: str | None = None
    error: str | None = None


def is_declined(request: Request, posted: Posted) -> bool:
    """Return whether the wallet says that there will be no answer; such a word may come in the open (§8.5).

    Raises:
        InvalidResponseError: it is about another request.
    """
    if posted.error is None:
        return False
    if not request.ask.response_mode.is_by_browser:
        _check_state(request, posted.state)
    return True


def open_response(request: Request, posted: Posted) -> VPToken:
    """Return what was presented, by credential query.

    Raises:
        InvalidResponseError: another way of answering than was asked for, another request, or no presentations.
        DecryptionError, ParsingError, TooLargeError, HeaderNotAllowedError: it does not open.
    """
    if request.key is None:
        if posted.response is not None or posted.vp_token is None:
            raise InvalidResponseError("the answer is vp_token, not encrypted")
        found: Mapping[str, Any] = {"vp_token": posted.vp_token, "state": posted.state}
    else:
        if posted.vp_token is not None or posted.response is None:
            raise InvalidResponseError("the answer is response, encrypted to the key of this request")
        found = parse_json(decrypt(posted.response, request.key).plaintext)
    if not request.ask.response_mode.is_by_browser:
        _check_state(request, found.get("state"))
    return _vp_token(found.get("vp_token"))


def _check_state(request: Request, state: object) -> None:
    if state != request.reference:
        raise InvalidResponseError("state is not that of this request")


def _vp_token(value: object) -> VPToken:
    try:
        token = parse_json(value.encode()) if isinstance(value, str) else value
    except VCError as error:
        raise InvalidResponseError(f"vp_token: {error.detail}") from error
    if not isinstance(token, Mapping) or not 0 < len(token) <= MAX_QUERIES:
        raise InvalidResponseError("vp_token is an object from ids of credential queries to presentations")
    found = {str(name): _presentations(given) for name, given in token.items()}
    if sum(map(len, found.values())) > MAX_PRESENTATIONS:
        raise InvalidResponseError(f"at most {MAX_PRESENTATIONS} presentations are looked at")
    return found


def _presentations(given: object) -> tuple[Presentation, ...]:
    if not isinstance(given, list) or not 0 < len(given) <= MAX_PRESENTATIONS:
        raise InvalidResponseError(f"for each id stands an array of 1 to {MAX_PRESENTATIONS} presentations")
    if not all(isinstance(one, str | dict) for one in given):
        raise InvalidResponseError("a presentation is a text or an object")
    return tuple(given)
