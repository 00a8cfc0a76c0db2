"""How often a model of a camera reads a print: with a plain reader, and as this product reads a photo."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any, Final

from PIL import Image

from bench.peers import ROOT
from bench.rows import Row, at_least
from verifier.decoding import texts_in_photo
from web.codes import MAX_VERSION, OfflineCode
from web.qr import png

SYMBOLS: Final = 5
_SHOTS: Final = 200
_CAMERA: Final = ROOT.parent / "shared" / "tools" / "qr_camera.py"
_PRINTED_MM: Final = 35.0
_PERCENT: Final = 100
Scene = tuple[str, int, int]
"""Scenario of the camera model, creases, and the least share of shots in per cent."""
SCENES: Final[tuple[Scene, ...]] = (("vga-good", 0, 99), ("vga-poor", 0, 93), ("720p-15cm", 0, 97), ("1080p", 4, 73))
STRETCH: Final[tuple[Scene, ...]] = (("vga-poor", 0, 97),)
"""For codes of version 9."""


def camera_rows(codes: Sequence[OfflineCode], scenes: Sequence[Scene] = SCENES, *, of: str = "") -> Iterator[Row]:
    """Yield how often a single frame is read, pooled over several symbols; of folded paper also with this product's own reader.

    Args:
        codes: the symbols.
        scenes: in which they are read, and how often they should be.
        of: what is said of the symbols.
    """
    if not _CAMERA.exists() or importlib.util.find_spec("cv2") is None:
        sys.stderr.write("left out: the camera model is not here, or opencv-python-headless is not installed\n")
        return
    with TemporaryDirectory() as name:
        files = [Path(name) / f"{place}.png" for place in range(len(codes))]
        for file, code in zip(files, codes, strict=True):
            file.write_bytes(png(code, most=MAX_VERSION))
        for scenario, creases, least in scenes:
            said = [_photographed(file, code, scenario, creases) for file, code in zip(files, codes, strict=True)]
            yield _row(scenario, creases, least, sum(said) / len(said), "a plain reader" if creases else of)
            if creases:
                model = _model()
                said = [_read_here(model, file, code, scenario, creases) for file, code in zip(files, codes, strict=True)]
                yield _row(scenario, creases, least, sum(said) / len(said), "this product's reader")


def _row(scenario: str, creases: int, least: int, share: float, how: str) -> Row:
    told = ", ".join(part for part in (scenario, f"{creases} creases" if creases else "", how) if part)
    name = f"read in one frame, {told}, {SYMBOLS * _SHOTS:,} shots of {_PRINTED_MM:.0f} mm"
    return Row("qr", name, _PERCENT * share, "%", at_least(least, "%"))


def _photographed(file: Path, code: OfflineCode, scenario: str, creases: int) -> float:
    """Return the share of frames that the model's own reader reads."""
    options = {
        "scenario": scenario,
        "creases": creases,
        "shots": _SHOTS,
        "mm": _PRINTED_MM,
        "seed": file.stem,
        "expect": code,
    }
    command = [
        sys.executable,
        str(_CAMERA),
        str(file),
        *(part for name, value in options.items() for part in (f"--{name}", str(value))),
    ]
    said: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)  # noqa: S603
    return float(said["decoded"])


def _model() -> ModuleType:
    spec = importlib.util.spec_from_file_location("qr_camera", _CAMERA)
    if spec is None or spec.loader is None:
        raise ImportError(str(_CAMERA))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclass looks itself up there
    spec.loader.exec_module(module)
    return module


def _read_here(model: ModuleType, file: Path, code: OfflineCode, scenario: str, creases: int) -> float:
    """Return the share of the same frames that this product's reader reads."""
    symbol = model.cv2.imread(str(file), model.cv2.IMREAD_GRAYSCALE)
    read = 0
    for shot in range(_SHOTS):
        rng = model.random.Random(f"{file.stem}|{scenario}|{_PRINTED_MM}|{shot}")  # as the model does
        paper = model.print_symbol(symbol, _PRINTED_MM, creases, rng)
        frame, _ = model.photograph(paper, _PRINTED_MM, model.SCENARIOS[scenario], rng)
        read += str(code) in texts_in_photo(Image.fromarray(frame))
    return read / _SHOTS
