"""Cards for a wallet: four to an A4 sheet, two faces side by side, to be cut and folded. Each holds the whole certificate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from issuer_api.paper import TEMPLATES, CertificatePaper, compiled, native, paper_of
from issuer_api.service import Issuer
from web.pages import Pages

_TEMPLATE: Final = TEMPLATES / "cards.typ"


def cards_pdf(issuer: Issuer, slug: str, credentials: Sequence[str]) -> bytes:
    """Return the cards of delivered certificates; each credential is attached.

    Raises:
        UnknownThingError: one is none of this issuer, or not delivered.
    """
    papers = [paper_of(issuer, slug, credential) for credential in credentials]
    return compiled(_TEMPLATE, [card(issuer.pages, paper) for paper in papers], issuer.fonts)


def card(pages: Pages, paper: CertificatePaper) -> dict[str, Any]:
    """Return what stands on a card: the texts of the page, and the card's own words in both languages."""
    lines = [value for _, value in paper.facts if value != paper.number and not value.isdigit()]
    languages = ["en", *([paper.other_lang] if paper.heading[1] else [])]
    note = [native(pages.text(language, "issuer.paper.card.note"), language) for language in languages]
    return asdict(paper) | {"lines": lines, "note": note, "sheet": pages.text("en", "issuer.paper.card.sheet")}
