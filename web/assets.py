"""Copies what the browser and the printer need from node_modules: the QR reader and the fonts. Run once at set-up."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parent.parent
_FAMILIES: Final = (
    *("noto-sans", "noto-serif"),
    *("noto-sans-arabic", "noto-naskh-arabic"),
    *("noto-sans-bengali", "noto-serif-bengali"),
    *("noto-sans-devanagari", "noto-serif-devanagari"),
    *("noto-sans-ethiopic", "noto-sans-tamil", "noto-sans-thai"),
)


def copy_assets(modules: Path, vendor: Path, fonts: Path) -> None:
    """Copy the files; what is there already is replaced.

    Args:
        modules: `node_modules`.
        vendor: gets the machine code of the QR reader; its script is built into the pages.
        fonts: gets the fonts.

    Raises:
        FileNotFoundError: something is not in `node_modules`.
    """
    fonts.mkdir(parents=True, exist_ok=True)
    for family in _FAMILIES:
        for weight in ("400Regular", "700Bold"):
            folder = modules / "@expo-google-fonts" / family / weight
            for file in (file for file in folder.iterdir() if file.suffix == ".ttf"):
                shutil.copy(file, fonts / file.name)
    shutil.rmtree(vendor / "zxing", ignore_errors=True)
    (vendor / "zxing").mkdir(parents=True)
    shutil.copy(modules / "zxing-wasm" / "dist" / "reader" / "zxing_reader.wasm", vendor / "zxing" / "zxing_reader.wasm")


if __name__ == "__main__":
    copy_assets(_ROOT / "node_modules", _ROOT / "web/static/vendor", _ROOT / "issuer_api/fonts")
