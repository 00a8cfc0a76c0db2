"""Get the certificate behind a claim link, from the centre that made it, over the wire."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from credentials.errors import FetchError
from wallet.errors import ClaimEndedError, ClaimUnknownError, NotCheckedError, NotGenuineError
from wallet.holding import Held, keep
from wallet.standing import Standing, State, standing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credentials.errors import VCError
    from credentials.model import Credential
    from wallet.service import Wallet
    from wallet.unlocking import BrowserSecret

_CODE: Final = re.compile(r"[A-Za-z0-9_-]{8,128}")

_CLOSED: Final[Mapping[int, type[VCError]]] = MappingProxyType({404: ClaimUnknownError, 410: ClaimEndedError})


@dataclass(frozen=True, slots=True)
class Offered:
    """What a claim link gave: genuine, and how it stands."""

    code: str
    content: bytes = field(repr=False)
    standing: Standing
    credential: Credential


def offered(wallet: Wallet, code: str, *, look: bool = False) -> Offered:
    """Fetch and check the certificate behind a claim link, to keep it or only to look at it.

    Raises:
        ClaimUnknownError: no certificate has this link.
        ClaimEndedError: the link does not work any more.
        FetchError: the centre could not be reached; nothing is known.
        NotGenuineError: what came is not genuine.
        NotCheckedError: whether it is genuine could not be checked.
    """
    if not _CODE.fullmatch(code):
        raise ClaimUnknownError("no certificate has this claim link")
    try:
        fetched = wallet.fetcher.fetch(f"{wallet.base_url}/issuer/api/v1/claims/{code}{'?look=true' if look else ''}")
    except FetchError as error:
        raise _claim_problem(error) from error
    found = standing(wallet, fetched.content)
    if found.credential is None and found.state is State.NOT_GENUINE:
        raise NotGenuineError("the certificate behind this link is not genuine")
    if found.credential is None:
        raise NotCheckedError("whether the certificate behind this link is genuine could not be checked")
    return Offered(code, fetched.content, found, found.credential)


def _claim_problem(error: FetchError) -> VCError:
    """Return what an answer without a certificate means; the fetcher's message ends with the status."""
    for status, problem in _CLOSED.items():
        if error.detail.endswith(f" status {status}"):
            return problem("the centre gives nothing for this claim link")
    return error


def accept(wallet: Wallet, secret: BrowserSecret, offer: Offered) -> tuple[Held, bool]:
    """Keep what a claim link gave. Returns the certificate and whether it was there before."""
    return keep(
        wallet,
        secret,
        offer.content,
        name=offer.credential.id or hashlib.sha256(offer.content).hexdigest(),
        claim=offer.code,
    )
