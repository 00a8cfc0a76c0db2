"""The one list of pages: each is walked in Chromium in every language, width and scheme that matters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlmodel import col, select

from issuer_api.delivery import claim_url
from issuer_api.issuing import find_issued
from issuer_api.tables import Issued
from tests.conftest import Served


@dataclass(frozen=True)
class Page:
    """A page: its name, its path in a running deployment, and whether one must sign in."""

    name: str
    path: Callable[[Served], str]
    signed_in: bool = False


def fixed(path: str) -> Callable[[Served], str]:
    return lambda _: path


def first_credential(served: Served, slug: str = "sunder-bay-care") -> str:
    issuer = served.demonstrated.composition.issuer
    query = select(Issued.id).where(Issued.organisation == slug).order_by(col(Issued.row_number))
    with issuer.database.session() as session:
        found = session.exec(query).first()
    assert found is not None
    return found


def claim_path(served: Served) -> str:
    issuer = served.demonstrated.composition.issuer
    credential = first_credential(served)
    _, subject = find_issued(issuer, "sunder-bay-care", credential)
    return claim_url(issuer, credential, subject).removeprefix(served.base_url)


PAGES: Final = (
    Page("front", fixed("/")),
    Page("scan", fixed("/verify")),
    Page("what counts where", fixed("/registry")),
    Page("sign in", fixed("/sign-in")),
    Page("sign in by link", lambda served: served.sign_in_path()),
    Page("nothing here", fixed("/no-such-page")),
    Page("empty wallet", fixed("/wallet")),
    Page("claim", claim_path),
    Page("claim that is unknown", fixed("/claim/AAAAAAAAAAAAAAAAAAAAAA")),
    Page("share link that is unknown", fixed("/s/AAAAAAAAAAAAA")),
)
