"""Where a kept certificate stands in its centre's issuance log: it proves the day of issue when the centre is long closed.

The place is asked for until the partnership's lists have recorded a head that holds it; from then on the kept one is good for ever,
and nobody has to be asked again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from credentials.errors import FetchError, MalformedValueError, ParsingError
from credentials.parsing import parse_json
from trust.anchoring import parse_anchor
from wallet import holding

if TYPE_CHECKING:
    from wallet.holding import Held
    from wallet.service import Wallet
    from wallet.unlocking import Vault


def anchored(wallet: Wallet, vault: Vault, held: Held) -> Held:
    """Return the certificate with its place in the log, the best that can be had now; a better one is kept."""
    if held.anchor is not None and held.anchor.get("recorded") is True:
        return held
    found = _fetched(wallet, held.claim)
    return held if found in (None, held.anchor) else holding.keep_anchor(wallet, vault, held, found)


def _fetched(wallet: Wallet, claim: str) -> dict[str, Any] | None:
    """Return the centre's answer when it is a place in a log; its silence changes nothing."""
    try:
        anchor = parse_json(wallet.fetcher.fetch(f"{wallet.base_url}/issuer/api/v1/claims/{claim}/anchor").content)
        parse_anchor(anchor)
    except (FetchError, ParsingError, MalformedValueError):
        return None
    return anchor


def archive(held: Held) -> bytes:
    """Return `{"credential", "anchor"}`, with the certificate byte for byte; `anchor` is null where there is none."""
    return b'{"credential":%b,"anchor":%b}' % (held.content, holding.spelled(held.anchor))
