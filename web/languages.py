"""Message catalogs: `.po` files compiled in memory; message ids are keys, the words are in the catalogs."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from gettext import GNUTranslations
from pathlib import Path
from types import MappingProxyType
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {"en": ("English", "ltr"), "fr": ("Français", "ltr"), "ar": ("العربية", "rtl")}
)
"""Language to (its name in itself, direction)."""
DEFAULT: Final = "en"
_MAX_RANGES: Final = 50
_WEIGHT: Final = re.compile(r"q\s*=\s*([01](?:\.[0-9]{0,3})?)")


class MissingMessageError(KeyError):
    """A key that no catalog of the language has: a mistake of ours."""


def load_catalogs(folders: Iterable[Path]) -> dict[str, dict[str, str]]:
    """Return language to (key to words), merged over `{folder}/{language}.po`.

    Raises:
        ValueError: two catalogs of one language have the same key.
    """
    catalogs: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for folder in folders:
        for language, messages in catalogs.items():
            path = folder / f"{language}.po"
            found = _read(path, path.stat().st_mtime_ns)
            double = messages.keys() & found.keys()
            if double:
                raise ValueError(f"{folder}: {min(double)} stands in another catalog too")
            messages.update(found)
    return catalogs


@lru_cache(maxsize=256)
def _read(path: Path, _changed: int) -> Mapping[str, str]:
    with path.open("rb") as file:
        catalog = read_po(file)
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    buffer.seek(0)
    translations = GNUTranslations(buffer)
    keys = [str(message.id) for message in catalog if message.id]
    return MappingProxyType({key: translations.gettext(key) for key in keys})


def negotiate(accepted: str) -> str:
    """Return the language of ours that an `Accept-Language` header likes best (RFC 9110 §12.5.4); English when it likes none."""
    named: dict[str, float] = {}
    others = 0.0
    for item in accepted.split(",")[:_MAX_RANGES]:
        tag, _, parameter = item.partition(";")
        language = tag.strip().lower().partition("-")[0]
        if language == "*":
            others = _weight(parameter)
        elif language in LANGUAGES:
            named[language] = max(_weight(parameter), named.get(language, 0.0))
    wanted = named | {language: others for language in LANGUAGES if language not in named}
    best = max(wanted, key=lambda language: wanted[language])
    return best if wanted[best] > 0 else DEFAULT


def _weight(parameter: str) -> float:
    match = _WEIGHT.fullmatch(parameter.strip().lower())
    return float(match.group(1)) if match else 0.0 if parameter.strip() else 1.0
