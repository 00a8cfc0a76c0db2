"""Codes to tokens, and tokens to what they open (OpenID4VCI 1.0 §6, RFC 6749 §5, RFC 6750).

Codes and refresh tokens are good once: the row is taken by comparing and setting in one statement. A code or a refresh token that
comes again ends everything that came of it, because one of the two who had it was not the wallet.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import bindparam, update
from sqlmodel import col, select

from issuer_api.openid.attestations import Client, attested_client
from issuer_api.openid.configurations import configurations
from issuer_api.openid.details import DETAILS_TYPE, Asking, parse_asking
from issuer_api.openid.dpop import SLACK, Asked, Proof, check_proof
from issuer_api.openid.grants import BY_TOKEN, Grant, add_grant, add_token, end_all_of, granted
from issuer_api.openid.metadata import AUTHORIZATION_CODE, PRE_AUTHORIZED, REFRESH
from issuer_api.openid.nonces import spend
from issuer_api.openid.offers import GRANTS, tx_hash
from issuer_api.openid.pushed import Pushed, check_verifier
from issuer_api.openid.service import ACCESS_LASTS, REFRESH_LASTS, OpenID, hash_of, turn_of
from issuer_api.openid.tables import OpenIDOffer, OpenIDRequest, OpenIDToken
from web.oauth_errors import AccessError, OAuthError
from web.statements import Statement, Writing

MAX_TRIES: Final = 5
ACCESS, REFRESHING = "access", "refresh"
_MAX_CODE: Final = 500
_BY_REQUEST_CODE: Final = Statement(select(OpenIDRequest).where(col(OpenIDRequest.code_hash) == bindparam("code_hash")))
_BY_CODE: Final = Statement(select(OpenIDOffer).where(col(OpenIDOffer.code_hash) == bindparam("code_hash")))
_TRIED: Final = Statement(
    update(OpenIDOffer)
    .where(col(OpenIDOffer.id_hash) == bindparam("which"))
    .values(tries=bindparam("times"), used_at=bindparam("used"))
)


def _taking(table: type[Any], key: Any) -> Statement:  # noqa: ANN401  # a column
    """Return what marks a row as used that was not before: compared and set in one statement."""
    return Statement(update(table).where(key == bindparam("which"), col(table.used_at).is_(None)).values(used_at=bindparam("now")))


_TAKE_OFFER: Final = _taking(OpenIDOffer, OpenIDOffer.id_hash)
_TAKE_REQUEST: Final = _taking(OpenIDRequest, OpenIDRequest.id_hash)
_TAKE_TOKEN: Final = _taking(OpenIDToken, OpenIDToken.token_hash)


@dataclass(frozen=True, slots=True)
class _Tokens:
    """What a client is given."""

    grant: Grant
    access: str
    refresh: str
    bearer: str

    def answer(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "access_token": self.access,
            "token_type": "DPoP" if self.grant.jkt else self.bearer,
            "expires_in": int(ACCESS_LASTS.total_seconds()),
            "refresh_token": self.refresh,
        }
        if self.grant.is_identified:
            found["authorization_details"] = [
                {"type": DETAILS_TYPE, "credential_configuration_id": name, "credential_identifiers": [identifier_of(name)]}
                for name in self.grant.configurations.split()
            ]
        return found


@dataclass(frozen=True, slots=True)
class _Sent:
    """A token request: its parameters, its DPoP proof, and whether a maker of wallets vouches for the client."""

    form: Mapping[str, str]
    proof: Proof | None
    is_attested: bool = False


def identifier_of(configuration_id: str) -> str:
    """Return the credential identifier under which a grant names the one certificate of a configuration."""
    return f"{configuration_id}/certificate"


def exchange(openid: OpenID, slug: str, form: Mapping[str, str], asked: Asked) -> dict[str, Any]:
    """Return the token response to a token request.

    Raises:
        OAuthError: as RFC 6749 §5.2 and OpenID4VCI 1.0 §6.3 name it; a wrong transaction code does not use up the code.
    """
    client = attested_client(openid, slug, asked, form.get("client_id"))
    proof = check_proof(openid, slug, asked)
    if form.get("grant_type") not in _GRANT_TYPES:
        code = "unsupported_grant_type" if "grant_type" in form else "invalid_request"
        raise OAuthError(code, f"grant_type is one of: {AUTHORIZATION_CODE}, {PRE_AUTHORIZED}, {REFRESH}")
    with openid.issuer.database.writing(turn_of(slug)) as writing:
        try:
            outcome: _Tokens | OAuthError = _work(openid, writing, slug, form, proof, client)
        except OAuthError as error:
            outcome = error  # what was counted, taken or ended stays so
    if isinstance(outcome, OAuthError):
        raise outcome
    return outcome.answer()


def _work(
    openid: OpenID, writing: Writing, slug: str, form: Mapping[str, str], proof: Proof | None, client: Client | None
) -> _Tokens:
    if proof is not None and not spend(writing, proof.name, openid.issuer.clock() + 2 * SLACK):
        raise OAuthError("invalid_dpop_proof", "this proof came before")
    if client is None:
        return _GRANT_TYPES[form["grant_type"]](openid, writing, slug, _Sent(form, proof))
    if not spend(writing, client.proof_name, openid.issuer.clock() + 2 * SLACK):
        raise OAuthError("invalid_client_attestation", "this proof of possession came before")
    return _GRANT_TYPES[form["grant_type"]](openid, writing, slug, _Sent({**form, "client_id": client.id}, proof, is_attested=True))


def _pre_authorized(openid: OpenID, writing: Writing, slug: str, sent: _Sent) -> _Tokens:
    form, proof = sent.form, sent.proof
    code, now = form.get("pre-authorized_code", ""), openid.issuer.clock()
    if not 1 <= len(code) <= _MAX_CODE:
        raise OAuthError("invalid_request", "pre-authorized_code is missing")
    offer = next(iter(writing.rows(_BY_CODE, code_hash=hash_of(code))), None)
    if offer is None or (offer.organisation, offer.grant) != (slug, GRANTS[0]) or offer.expires_at <= now:
        raise OAuthError("invalid_grant", "there is no such code, or it has run out")
    if offer.used_at is not None:
        end_all_of(writing, offer.code_hash, now)
        raise OAuthError("invalid_grant", "this code was used before, or was tried too often")
    _check_tx(openid, writing, offer, code, form.get("tx_code"))
    asks = "authorization_details" in form or "scope" in form
    asking = parse_asking(form, configurations(openid, slug) if asks else ())
    if not set(asking.configurations) <= {offer.configuration}:
        raise OAuthError("invalid_scope", "the offer is for another configuration")
    if writing.run(_TAKE_OFFER, which=offer.id_hash, now=now) != 1 or offer.credential is None:
        raise OAuthError("invalid_grant", "this code was used before")
    return _begin(openid, writing, _grant(openid, slug, offer, asking, form.get("client_id"), proof))


def _check_tx(openid: OpenID, writing: Writing, offer: Any, code: str, given: str | None) -> None:  # noqa: ANN401  # a row
    """Raise unless the transaction code is right; a wrong one is counted, and the last one that may be wrong ends the code."""
    if (offer.tx_hash is None) != (given is None):
        raise OAuthError("invalid_request", "tx_code is missing, or came where none belongs to the offer")
    if offer.tx_hash is None or given is None or hmac.compare_digest(offer.tx_hash, tx_hash(openid, code, given)):
        return
    tries = offer.tries + 1
    used_at = openid.issuer.clock() if tries >= MAX_TRIES else None
    writing.run(_TRIED, which=offer.id_hash, times=tries, used=used_at)
    raise OAuthError("invalid_grant", "this is not the transaction code")


def _grant(
    openid: OpenID,
    slug: str,
    offer: Any,  # noqa: ANN401  # a row
    asking: Asking,
    client_id: str | None,
    proof: Proof | None,
) -> Grant:
    return Grant(
        id=openid.issuer.new_id(),
        organisation=slug,
        credential=offer.credential or "",
        configurations=offer.configuration,
        is_identified=asking.by_details,
        client_id=client_id[:500] if client_id else None,
        jkt=proof.jkt if proof else None,
        source_hash=offer.code_hash,
        revoked_at=None,
        created_at=openid.issuer.clock(),
    )


def _authorized(openid: OpenID, writing: Writing, slug: str, sent: _Sent) -> _Tokens:
    form, proof = sent.form, sent.proof
    code, now = form.get("code", ""), openid.issuer.clock()
    if not 1 <= len(code) <= _MAX_CODE:
        raise OAuthError("invalid_request", "code is missing")
    row = next(iter(writing.rows(_BY_REQUEST_CODE, code_hash=hash_of(code))), None)
    if row is None or row.organisation != slug or row.expires_at <= now or row.credential is None:
        raise OAuthError("invalid_grant", "there is no such code, or it has run out")
    if row.used_at is not None:
        end_all_of(writing, hash_of(code), now)
        raise OAuthError("invalid_grant", "this code was used before")
    pushed = Pushed.from_json(row.asked)
    problem = _code_problem(pushed, sent)
    if problem:
        raise OAuthError("invalid_grant", problem)
    if writing.run(_TAKE_REQUEST, which=row.id_hash, now=now) != 1:
        raise OAuthError("invalid_grant", "this code was used before")
    grant = Grant(
        id=openid.issuer.new_id(),
        organisation=slug,
        credential=row.credential,
        configurations=" ".join(pushed.configurations),
        is_identified=pushed.by_details,
        client_id=pushed.client_id,
        jkt=proof.jkt if proof else None,
        source_hash=hash_of(code),
        revoked_at=None,
        created_at=now,
    )
    return _begin(openid, writing, grant)


def _code_problem(pushed: Pushed, sent: _Sent) -> str:
    form, proof = sent.form, sent.proof
    if form.get("client_id", pushed.client_id) != pushed.client_id:
        return "the code was given to another client"
    if pushed.attested and not sent.is_attested:
        return "the request was pushed with a wallet attestation; send one here too"
    if form.get("redirect_uri", pushed.redirect_uri) != pushed.redirect_uri:
        return "redirect_uri is another than before"
    if not check_verifier(pushed.code_challenge, form.get("code_verifier", "")):
        return "code_verifier does not fit"
    if pushed.dpop_jkt and (proof is None or proof.jkt != pushed.dpop_jkt):
        return "the code is bound to another key"
    return ""


def _refreshed(openid: OpenID, writing: Writing, slug: str, sent: _Sent) -> _Tokens:
    form, proof = sent.form, sent.proof
    now, digest = openid.issuer.clock(), hash_of(form.get("refresh_token", "")[:_MAX_CODE])
    row, grant = granted(writing.rows(BY_TOKEN, token_hash=digest))
    if row is None or grant is None or row.kind != REFRESHING or grant.organisation != slug or row.expires_at <= now:
        raise OAuthError("invalid_grant", "there is no such refresh token, or it has run out")
    if grant.revoked_at is not None or (grant.jkt is not None and (proof is None or proof.jkt != grant.jkt)):
        raise OAuthError("invalid_grant", "the refresh token was ended, or is bound to another key")
    if form.get("client_id", grant.client_id) != grant.client_id:
        raise OAuthError("invalid_grant", "the refresh token was given to another client")
    if writing.run(_TAKE_TOKEN, which=digest, now=now) != 1:
        end_all_of(writing, grant.source_hash, now)
        raise OAuthError("invalid_grant", "this refresh token was used before")
    return _open(openid, writing, grant)


_GRANT_TYPES: Final[Mapping[str, Callable[[OpenID, Writing, str, _Sent], _Tokens]]] = MappingProxyType(
    {PRE_AUTHORIZED: _pre_authorized, AUTHORIZATION_CODE: _authorized, REFRESH: _refreshed}
)


def _begin(openid: OpenID, writing: Writing, grant: Grant) -> _Tokens:
    """Add a grant, and fresh tokens for it."""
    add_grant(writing, grant)
    return _open(openid, writing, grant)


def _open(openid: OpenID, writing: Writing, grant: Grant) -> _Tokens:
    """Add fresh tokens for a grant."""
    now, access, refresh = openid.issuer.clock(), openid.new_secret(), openid.new_secret()
    for token, kind, lasts in ((access, ACCESS, ACCESS_LASTS), (refresh, REFRESHING, REFRESH_LASTS)):
        add_token(writing, hash_of(token), grant, kind, now + lasts)
    compat = all(map(openid.is_compat, grant.configurations.split()))
    return _Tokens(grant, access, refresh, "bearer" if compat else "Bearer")  # @digitalbazaar/oid4-client compares the letters


@dataclass(frozen=True, slots=True)
class Access:
    """Who asks for copies: the grant, and the proof to be spent with the request."""

    grant: Grant
    proof: Proof | None

    def spend(self, openid: OpenID, writing: Writing) -> None:
        """Note that the proof came, in the issuer's turn.

        Raises:
            AccessError: it came before.
        """
        if self.proof is not None and not spend(writing, self.proof.name, openid.issuer.clock() + 2 * SLACK):
            raise AccessError("invalid_dpop_proof", "this proof came before", scheme="DPoP")


def access(openid: OpenID, slug: str, asked: Asked) -> Access:
    """Return what an access token opens.

    Raises:
        AccessError: no token, one that is unknown, has run out or was ended, or not shown with the key that it is bound to.
    """
    scheme, _, token = asked.authorization.partition(" ")
    if scheme.lower() not in ("bearer", "dpop") or not token.strip():
        raise AccessError("", "send the access token in the Authorization header")
    row, grant = granted(openid.issuer.database.rows(BY_TOKEN, token_hash=hash_of(token.strip()[:_MAX_CODE])))
    if row is None or grant is None or row.kind != ACCESS or grant.organisation != slug:
        raise AccessError("invalid_token", "there is no such access token")
    if row.expires_at <= openid.issuer.clock() or grant.revoked_at is not None:
        raise AccessError("invalid_token", "the access token has run out or was ended")
    if (grant.jkt is not None) != (scheme.lower() == "dpop"):
        raise AccessError(
            "invalid_token", "the access token is shown in another way than it was given out", scheme=scheme_of(grant)
        )
    proof = check_proof(openid, slug, asked, access_token=token.strip()) if grant.jkt is not None else None
    if grant.jkt is not None and (proof is None or proof.jkt != grant.jkt):
        raise AccessError("invalid_dpop_proof", "the proof is missing, or by another key", scheme="DPoP")
    return Access(grant, proof)


def scheme_of(grant: Grant) -> str:
    """Return how the tokens of a grant are shown."""
    return "DPoP" if grant.jkt is not None else "Bearer"
