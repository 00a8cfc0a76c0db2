"""What the form of a certificate's design sends, as it was typed; what of it is a design, and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import UploadFile
from pydantic import BaseModel, Field

from issuer_api.accents import READABLE, contrast_with_white
from issuer_api.names import MAX_NAME, text_problem, tidy
from issuer_api.records import MAX_OWN_TEXT

TEXTS: Final = ("heading", "sentence")
LINES: Final = (1, 2, 3)
PARTS: Final = ("name", "function")
USUAL: Final = "#0b4f60"


class DesignTyped(BaseModel):
    """The fields, and the button that was pressed: `step` is `preview`, `logo-away`, `usual` or `save`."""

    form: str = ""
    step: str = "preview"
    accent: str = Field(default=USUAL, max_length=20)
    logo: str = Field(default="", max_length=64)
    file: UploadFile | None = None
    heading_en: str = ""
    heading_other: str = ""
    sentence_en: str = ""
    sentence_other: str = ""
    name_1: str = ""
    name_2: str = ""
    name_3: str = ""
    function_1: str = ""
    function_2: str = ""
    function_3: str = ""

    @classmethod
    def of(cls, design: Mapping[str, Any], second: str) -> DesignTyped:
        """Return the form of a design that there is; `second` is the certificate's second language, or empty."""
        texts = {
            f"{name}_{field}": design.get(name, {}).get(code, "")
            for name in TEXTS
            for field, code in (("en", "en"), ("other", second))
        }
        lines = {f"{part}_{place}": line[part] for place, line in enumerate(design.get("signatures", ()), 1) for part in PARTS}
        return cls(accent=design.get("accent", USUAL), logo=design.get("logo") or "", **texts, **lines)

    @property
    def sent(self) -> bytes:
        """The picture that came with the form, or nothing."""
        return self.file.file.read() if self.file is not None and self.file.size else b""

    def design(self, second: str) -> tuple[dict[str, Any], dict[str, str]]:
        """Return what of the form is a design, and field to the code of what is wrong, for words of the pages."""
        wrong: dict[str, str] = {}
        accent = self.accent.strip().lower()
        contrast = contrast_with_white(accent)
        if contrast < READABLE:
            wrong["accent"] = "pale" if contrast else "colour"
        texts = {name: self._texts(name, second, wrong) for name in TEXTS}
        signatures = [line for line in (self._line(place, wrong) for place in LINES) if line]
        return {
            "accent": USUAL if "accent" in wrong else accent,
            **({"logo": self.logo} if self.logo else {}),
            **{name: text for name, text in texts.items() if "en" in text},
            **({"signatures": signatures} if signatures else {}),
        }, wrong

    def _texts(self, name: str, second: str, wrong: dict[str, str]) -> dict[str, str]:
        fields = {f"{name}_en": "en"} | ({f"{name}_other": second} if second else {})
        typed = {field: tidy(getattr(self, field)) for field in fields}
        for field, text in typed.items():
            if text and text_problem(text, MAX_OWN_TEXT):
                wrong[field] = "text"
            elif not text and any(typed.values()):
                wrong[field] = "both"
        return {fields[field]: text for field, text in typed.items() if text and field not in wrong}

    def _line(self, place: int, wrong: dict[str, str]) -> dict[str, str]:
        typed = {part: tidy(getattr(self, f"{part}_{place}")) for part in PARTS}
        if not any(typed.values()):
            return {}
        for part, text in typed.items():
            if text_problem(text, MAX_NAME):
                wrong[f"{part}_{place}"] = "text" if text else "whole"
        return {} if any(f"{part}_{place}" in wrong for part in PARTS) else typed
