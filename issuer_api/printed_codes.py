"""The two codes of a paper: the link to the full record, and the one that holds the whole certificate and needs no internet."""

from __future__ import annotations

from issuer_api.service import Issuer
from web.codes import OfflineCode
from web.printed_codes import code_holding

_GROUP = 4


def offline_code(issuer: Issuer, content: bytes) -> OfflineCode | None:
    """Return the code that holds a secured credential, or None where no code holds it: then the paper has the link alone."""
    return code_holding(issuer.codec(), issuer.base_url, content)


def spoken(link_id: str) -> str:
    """Return a link's id as people read it out: in groups of four."""
    return "-".join(link_id[at : at + _GROUP] for at in range(0, len(link_id), _GROUP))
