"""Who the worker is, asked on the authorization page: by the claim link, or by user and password where wallets are tried out."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from sqlalchemy import update
from sqlmodel import col

from issuer_api.delivery import claimed_credential
from issuer_api.errors import UnknownThingError
from issuer_api.issuing import find_issued
from issuer_api.openid.configurations import configurations
from issuer_api.openid.offers import issue_claims
from issuer_api.openid.pushed import Pushed
from issuer_api.openid.service import OpenID, Trial, hash_of, turn_of
from issuer_api.openid.tables import OpenIDRequest
from web.oauth_errors import OAuthError

MAX_TRIES: Final = 5
CODE_LASTS: Final = timedelta(minutes=2)
_ENDED: Final = {"error": "access_denied"}
_CLAIM: Final = re.compile(r"(?:https?://\S+/claim/)?([A-Za-z0-9_-]{8,128})/?")


def approve(openid: OpenID, slug: str, name: str, pushed: Pushed, answers: Mapping[str, str]) -> str:
    """Return the address that leads back to the wallet with a code, once the worker is known and has agreed.

    Args:
        openid: the service.
        slug: the issuer.
        name: of the request.
        pushed: the request.
        answers: what was typed: `claim`, or `user` and `password`.

    Raises:
        OAuthError: `access_denied` where the worker is not known, `invalid_request` once that was tried too often.
    """
    if not _may_try(openid, slug, name):
        raise OAuthError("invalid_request", "this was tried too often; begin again in the wallet")
    trial = openid.trial
    if trial is None:
        credential = _claimed(openid, slug, pushed, answers.get("claim", ""))
    else:
        credential = _signed_in(openid, slug, pushed, trial, answers, name)
    if credential is None:
        raise OAuthError("access_denied", "this certificate, or this user, is not known here")
    code = openid.new_secret()
    return back(openid, slug, pushed, {"code": code} if _answered(openid, slug, name, code, credential) else _ENDED)


def deny(openid: OpenID, slug: str, name: str, pushed: Pushed) -> str:
    """Return the address that leads back to the wallet without anything; the request is over."""
    _answered(openid, slug, name, openid.new_secret(), None)
    return back(openid, slug, pushed, {"error": "access_denied"})


def back(openid: OpenID, slug: str, pushed: Pushed, answer: Mapping[str, str]) -> str:
    """Return the address of the wallet with an answer (RFC 6749 §4.1.2, RFC 9207)."""
    told = {**answer, **({"state": pushed.state} if pushed.state else {}), "iss": openid.url(slug)}
    mark = "&" if urlsplit(pushed.redirect_uri).query else "?"
    return f"{pushed.redirect_uri}{mark}{urlencode(told)}"


def _may_try(openid: OpenID, slug: str, name: str) -> bool:
    statement = update(OpenIDRequest).where(col(OpenIDRequest.id_hash) == hash_of(name), col(OpenIDRequest.tries) < MAX_TRIES)
    with openid.issuer.database.write(turn_of(slug)) as session:
        counted: Any = session.execute(statement.values(tries=col(OpenIDRequest.tries) + 1))
        return bool(counted.rowcount == 1)


def _answered(openid: OpenID, slug: str, name: str, code: str, credential: str | None) -> bool:
    """Store the code that a request came to, unless it came to one before."""
    statement = update(OpenIDRequest).where(col(OpenIDRequest.id_hash) == hash_of(name), col(OpenIDRequest.code_hash).is_(None))
    values = {"code_hash": hash_of(code), "credential": credential, "expires_at": openid.issuer.clock() + CODE_LASTS}
    with openid.issuer.database.write(turn_of(slug)) as session:
        taken: Any = session.execute(statement.values(**values))
        return bool(taken.rowcount == 1)


def _claimed(openid: OpenID, slug: str, pushed: Pushed, text: str) -> str | None:
    """Return the certificate behind a claim link, if it is what the wallet asks for."""
    match = _CLAIM.fullmatch(text.strip())
    if match is None:
        return None
    try:
        centre, credential = claimed_credential(openid.issuer, match.group(1))
    except UnknownThingError:
        return None
    if centre != slug or pushed.credential not in ("", credential):
        return None
    row, _ = find_issued(openid.issuer, slug, credential)
    known = configurations(openid, slug)
    return credential if all(known[name].programme == row.programme for name in pushed.configurations) else None


def _signed_in(openid: OpenID, slug: str, pushed: Pushed, trial: Trial, answers: Mapping[str, str], name: str) -> str | None:
    """Return the certificate of somebody who can sign in; where no offer holds one out, it is made on the spot."""
    account = trial.accounts.get(answers.get("user", ""))
    if account is None or not hmac.compare_digest(account.password.encode(), answers.get("password", "").encode()):
        return None
    if pushed.credential:
        return pushed.credential
    programmes = {configurations(openid, slug)[one].programme for one in pushed.configurations}
    if len(programmes) != 1:
        return None
    return issue_claims(
        openid, slug, pushed.configurations[0], {"name": list(account.names)}, f"sign-in {hash_of(name)}", by="trial"
    )
