"""Authorization requests, pushed before the browser comes (RFC 9126, RFC 7636; OpenID4VCI 1.0 §5)."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from sqlmodel import select

from credentials.encoding import b64url_encode
from issuer_api.openid.attestations import SLACK, attested_client
from issuer_api.openid.configurations import configurations
from issuer_api.openid.details import parse_asking
from issuer_api.openid.dpop import Asked
from issuer_api.openid.nonces import spend
from issuer_api.openid.offers import GRANTS
from issuer_api.openid.service import OpenID, hash_of, turn_of
from issuer_api.openid.tables import OpenIDOffer, OpenIDRequest
from web.oauth_errors import OAuthError
from web.statements import Writing

LASTS: Final = timedelta(minutes=10)
"""For signing in and agreeing, which people do slowly."""
REQUEST_URI: Final = "urn:ietf:params:oauth:request_uri:"
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*")
_FORBIDDEN: Final = frozenset(
    {"javascript", "data", "vbscript", "file", "blob", "about", "filesystem", "view-source", "ws", "wss", "ftp"}
)
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_MAX_TEXT: Final = 1000


@dataclass(frozen=True, slots=True)
class Pushed:
    """An authorization request that can be answered.

    Attributes:
        client_id: as the client names itself; nobody registers.
        redirect_uri: where the answer goes.
        state: given back; empty where none came.
        code_challenge: SHA-256 of the verifier that the token request must bring.
        configurations: asked for.
        by_details: whether by `authorization_details`.
        credential: id of the certificate that an offer holds out; empty where none does.
        dpop_jkt: thumbprint of the key that the token request must show; empty where none is named.
        attested: whether a maker of wallets vouches for the client, as it must for the token request then.
    """

    client_id: str
    redirect_uri: str
    state: str
    code_challenge: str
    configurations: tuple[str, ...]
    by_details: bool
    credential: str
    dpop_jkt: str
    attested: bool = False

    def to_json(self) -> str:
        """Return what is stored."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Pushed:
        """Return what was stored."""
        members: dict[str, Any] = json.loads(text)
        return cls(**{**members, "configurations": tuple(members["configurations"])})


def push(openid: OpenID, slug: str, form: Mapping[str, str], asked: Asked | None = None) -> dict[str, Any]:
    """Store a request and return the answer to it (RFC 9126 §2.2).

    Args:
        openid: the service.
        slug: the issuer.
        form: the parameters.
        asked: the request that they came with; None where a browser brings them, which attests nothing.

    Raises:
        OAuthError: it is not one that can be answered.
        UnknownThingError: there is no such issuer.
    """
    name, issuer = openid.new_secret(), openid.issuer
    client = attested_client(openid, slug, asked, form.get("client_id")) if asked is not None else None
    pushed = replace(_read(openid, slug, form), attested=client is not None)
    row = OpenIDRequest(id_hash=hash_of(name), organisation=slug, asked=pushed.to_json(), expires_at=issuer.clock() + LASTS)
    with issuer.database.write(turn_of(slug)) as session:
        writing = Writing.within(session)
        openid.sweep(writing)
        if client is not None and not spend(writing, client.proof_name, issuer.clock() + 2 * SLACK):
            raise OAuthError("invalid_client_attestation", "this proof of possession came before")
        session.add(row)
    return {"request_uri": REQUEST_URI + name, "expires_in": int(LASTS.total_seconds())}


def _read(openid: OpenID, slug: str, form: Mapping[str, str]) -> Pushed:
    if "request_uri" in form or "request" in form:
        raise OAuthError("invalid_request", "send the parameters themselves")
    if form.get("response_type") != "code":
        raise OAuthError("unsupported_response_type", "response_type is code")
    texts = {name: form.get(name, "") for name in ("client_id", "redirect_uri", "state", "dpop_jkt")}
    too_long = [name for name, text in texts.items() if len(text) > _MAX_TEXT]
    if too_long or not texts["client_id"]:
        raise OAuthError("invalid_request", f"{too_long[0] if too_long else 'client_id'} is missing or too long")
    check_redirect(texts["redirect_uri"])
    challenge = form.get("code_challenge", "")
    if form.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
        raise OAuthError("invalid_request", "send a code_challenge with the method S256")
    credential, offered = _offered(openid, slug, form.get("issuer_state"))
    asking = parse_asking(form, configurations(openid, slug))
    asked = asking.configurations or offered
    if not asked or (offered and not set(asked) <= set(offered)):
        raise OAuthError("invalid_scope", "nothing is asked for that this issuer, or this offer, hands out")
    return Pushed(
        client_id=texts["client_id"],
        redirect_uri=texts["redirect_uri"],
        state=texts["state"],
        code_challenge=challenge,
        configurations=asked,
        by_details=asking.by_details,
        credential=credential,
        dpop_jkt=texts["dpop_jkt"],
    )


def _offered(openid: OpenID, slug: str, issuer_state: str | None) -> tuple[str, tuple[str, ...]]:
    """Return (certificate, configurations) of the offer that a request came from."""
    if issuer_state is None:
        return "", ()
    with openid.issuer.database.session() as session:
        row = session.exec(select(OpenIDOffer).where(OpenIDOffer.code_hash == hash_of(issuer_state))).first()
    if row is None or (row.organisation, row.grant) != (slug, GRANTS[1]) or row.expires_at <= openid.issuer.clock():
        raise OAuthError("invalid_request", "issuer_state is of no offer, or of one that has run out")
    return row.credential or "", (row.configuration,)


def check_redirect(uri: str) -> None:
    """Raise unless an answer may be sent there: https, this machine over http on any port, or an app's own scheme.

    Raises:
        OAuthError: it may not.
    """
    try:
        parts = urlsplit(uri)
        host = parts.hostname
    except ValueError as error:
        raise OAuthError("invalid_request", "redirect_uri is no address") from error
    plain = uri.isascii() and uri.isprintable() and not set(uri) & set(' "<>\\^`{|}') and "#" not in uri
    if not plain or not _SCHEME.fullmatch(parts.scheme) or parts.scheme in _FORBIDDEN or parts.username is not None:
        raise OAuthError("invalid_request", "redirect_uri is no address that an answer is sent to")
    if (parts.scheme == "http" and host not in _LOOPBACK) or (parts.scheme in ("http", "https") and not host):
        raise OAuthError("invalid_request", "redirect_uri must begin with https")


def check_verifier(challenge: str, verifier: str) -> bool:
    """Return whether a verifier is that of a challenge (RFC 7636 §4.6)."""
    if not _VERIFIER.fullmatch(verifier):
        return False
    return hmac.compare_digest(challenge, b64url_encode(hashlib.sha256(verifier.encode()).digest()))


def open_request(openid: OpenID, slug: str, client_id: str, request_uri: str) -> tuple[str, Pushed]:
    """Return (name, request) of a request that waits for an answer.

    Raises:
        OAuthError: there is none, it was answered, or it is another client's.
    """
    name = request_uri.removeprefix(REQUEST_URI)
    pushed = waiting(openid, slug, name)
    if not request_uri.startswith(REQUEST_URI) or pushed.client_id != client_id:
        raise OAuthError("invalid_request", "the request is another client's")
    return name, pushed


def waiting(openid: OpenID, slug: str, name: str) -> Pushed:
    """Return the request of a name, as long as nobody has answered it.

    Raises:
        OAuthError: there is none.
    """
    with openid.issuer.database.session() as session:
        row = session.get(OpenIDRequest, hash_of(name))
    if row is None or row.organisation != slug or row.code_hash is not None or row.used_at is not None:
        raise OAuthError("invalid_request", "there is no such request, or it was answered")
    if row.expires_at <= openid.issuer.clock():
        raise OAuthError("invalid_request", "the request has run out; begin again in the wallet")
    return Pushed.from_json(row.asked)
