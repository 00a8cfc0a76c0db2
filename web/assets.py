"""Copies what the browser and the printer need from node_modules: the QR reader and the fonts. Run once at set-up."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parent.parent
_FAMILIES: Final = ("noto-sans", "noto-serif", "noto-sans-arabic", "noto-naskh-arabic", "noto-sans-bengali", "noto-serif-bengali")


def main() -> None:
    """Copy the files; what is there already is replaced."""
    modules, vendor, fonts = _ROOT / "node_modules", _ROOT / "web/static/vendor", _ROOT / "issuer_api/fonts"
    fonts.mkdir(parents=True, exist_ok=True)
    for family in _FAMILIES:
        for weight in ("400Regular", "700Bold"):
            for file in (modules / "@expo-google-fonts" / family / weight).glob("*.ttf"):
                shutil.copy(file, fonts / file.name)
    reader = modules / "zxing-wasm" / "dist"
    shutil.copytree(reader / "es", vendor / "zxing", dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.d.ts", "full", "writer"))
    shutil.copy(reader / "reader" / "zxing_reader.wasm", vendor / "zxing" / "zxing_reader.wasm")


if __name__ == "__main__":
    main()
