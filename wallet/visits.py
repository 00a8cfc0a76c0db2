"""The browser's cookie, and the token that its forms carry."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from wallet.errors import FormRefusedError
from wallet.unlocking import BrowserSecret, parse_secret

if TYPE_CHECKING:
    from fastapi import Request, Response

    from wallet.service import Wallet

DAYS_KEPT: Final = 400  # the longest that browsers keep a cookie (RFC 6265bis §5.5); counted anew with every visit


def _cookie(wallet: Wallet) -> str:
    return "__Host-comity-wallet" if wallet.base_url.startswith("https:") else "comity-wallet"


def secret_of(wallet: Wallet, request: Request) -> BrowserSecret | None:
    """Return the secret that this browser holds, or nothing."""
    return parse_secret(request.cookies.get(_cookie(wallet)))


def hand_out(wallet: Wallet, response: Response, secret: BrowserSecret) -> None:
    """Give the browser its secret, for 400 days from now."""
    response.set_cookie(
        _cookie(wallet),
        secret.text,
        max_age=DAYS_KEPT * 24 * 60 * 60,
        path="/",
        secure=wallet.base_url.startswith("https:"),
        httponly=True,
        samesite="lax",
    )


def check_form(secret: BrowserSecret | None, token: str) -> BrowserSecret:
    """Return the secret when the form carries its token.

    Raises:
        FormRefusedError: the browser has no secret, or the form is not its own.
    """
    if secret is None or not hmac.compare_digest(secret.form_token.encode(), token.encode()):
        raise FormRefusedError("this form does not belong to the wallet of this browser")
    return secret
