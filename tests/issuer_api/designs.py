"""A design as far as it may go: a logo, a colour, a heading and a sentence in two languages, three lines to sign on."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any, Final

from PIL import Image

from issuer_api.logos import as_svg, read_logo
from issuer_api.paper import CertificatePaper, PaperDesign, native

ACCENT: Final = "#7a1f5c"
DESIGN: Final[dict[str, Any]] = {
    "accent": ACCENT,
    "heading": {"en": "Diploma of Caring Work", "ar": "دبلوم العمل في الرعاية"},
    "sentence": {
        "en": "Awarded with the warm regards of the whole school at Sunder Bay, where caring is learnt by doing.",
        "ar": "يمنح مع أطيب تحيات المدرسة في خليج ساندر حيث نتعلم الرعاية بالممارسة.",
    },
    "signatures": [
        {"name": "Salma Nasser", "function": "Registrar"},
        {"name": "Dr Omar Haddad", "function": "Head of the school"},
        {"name": "ليلى حسن", "function": "Aravel National Skills Council"},
    ],
}


def picture(kind: str = "PNG", size: tuple[int, int] = (1200, 500), mode: str = "RGB", **how: Any) -> bytes:  # noqa: ANN401
    """Return a picture of one colour; half of it is clear where the mode has an alpha."""
    drawn = Image.new(mode, size, ACCENT)
    if mode == "RGBA":
        drawn.paste((0, 0, 0, 0), (0, 0, size[0] // 2, size[1]))
    saved = io.BytesIO()
    drawn.save(saved, kind, **how)
    return saved.getvalue()


def with_design(paper: CertificatePaper) -> CertificatePaper:
    """Return a page that was not designed as if it had been, with everything that a design can ask for."""
    design = PaperDesign(
        ACCENT,
        as_svg(read_logo(picture())),
        tuple(native(text, language) for language, text in DESIGN["sentence"].items()),
        tuple({part: native(text, "en") for part, text in line.items()} for line in DESIGN["signatures"]),
    )
    return replace(paper, heading=(DESIGN["heading"]["en"], native(DESIGN["heading"]["ar"], "ar")), design=design)
