"""The browser's cookie, and the token that its forms carry."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from wallet.errors import FormRefusedError, NotInWalletError
from wallet.holding import open_vault
from wallet.unlocking import BrowserSecret, parse_secret

if TYPE_CHECKING:
    from fastapi import Request, Response

    from wallet.service import Wallet
    from wallet.unlocking import Vault

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


def visitor(wallet: Wallet, request: Request) -> tuple[Vault, str]:
    """Return the wallet of this browser and the token for its forms.

    Raises:
        NotInWalletError: the browser has no wallet, so nothing is in it.
    """
    secret = secret_of(wallet, request)
    vault = open_vault(wallet, secret)
    if secret is None or vault is None:
        raise NotInWalletError("this browser has no wallet")
    return vault, secret.form_token


def own_vault(wallet: Wallet, request: Request, token: str) -> Vault:
    """Return the wallet that a form acts on.

    Raises:
        FormRefusedError: the form is not this browser's, or the browser has no wallet.
    """
    vault = open_vault(wallet, check_form(secret_of(wallet, request), token))
    if vault is None:
        raise FormRefusedError("this browser has no wallet")
    return vault
