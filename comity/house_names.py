"""What an organisation is called, wherever its people are shown: a house by its record, a state by the signed lists."""

from __future__ import annotations

from collections.abc import Callable

from issuer_api.errors import UnknownThingError
from issuer_api.organisations import organisation
from issuer_api.service import Issuer
from trust.bundle import Bundle, BundleError
from web.roles import state_code


def house_names(issuer: Issuer, bundle: Callable[[], Bundle]) -> Callable[[str, str], str]:
    """Return what tells an organisation's name in a language; its short name where nothing better is known."""

    def name_of(slug: str, language: str) -> str:
        code = state_code(slug)
        try:
            if not code:
                return str(organisation(issuer, slug)[1]["name"])
            names = bundle().states[code].names
            return names.get(language) or names.get("en") or code
        except (UnknownThingError, BundleError, KeyError):
            return code or slug

    return name_of
