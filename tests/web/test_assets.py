from __future__ import annotations

from pathlib import Path

import pytest

from comity.compose import ROOT
from web.assets import copy_assets

MODULES = ROOT / "node_modules"


@pytest.mark.skipif(not MODULES.is_dir(), reason="node_modules is not there: make setup")
def test_the_fonts_and_the_reader_are_copied_and_copied_again(tmp_path: Path) -> None:
    for _ in range(2):
        copy_assets(MODULES, tmp_path / "vendor", tmp_path / "fonts")
    fonts = {path.name for path in (tmp_path / "fonts").iterdir()}
    assert {"NotoSans_400Regular.ttf", "NotoNaskhArabic_700Bold.ttf", "NotoSansBengali_400Regular.ttf"} <= fonts
    assert len(fonts) == 22
    reader = tmp_path / "vendor" / "zxing"
    assert (reader / "zxing_reader.wasm").read_bytes()[:4] == b"\0asm"
    assert [path.name for path in reader.iterdir()] == ["zxing_reader.wasm"]


def test_what_is_not_installed_is_missed_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="noto-sans"):
        copy_assets(tmp_path / "node_modules", tmp_path / "vendor", tmp_path / "fonts")
