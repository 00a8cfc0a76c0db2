"""Section `qr`: how large the code is that holds a whole certificate, and how well cameras read it."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench.certificates import DID, HOLDER, HOST, INLINE, KINDS, SIGNER, lists, shared_texts, signed
from bench.mutations import accepted
from bench.peers import ROOT, Node, is_installed, node_peer, npm
from bench.rows import NO_WORSE, Goal, Row, at_least, at_most
from bench.timing import side_by_side
from credentials.qr import parse_codec, to_digits
from verifier.offline import WORKER, kept_files
from web.codes import MAX_VERSION, OfflineCode
from web.qr import QUIET, matrix, png

_CAMERA: Final = ROOT.parent / "shared" / "tools" / "qr_camera.py"
_PIXELPASS, _CBORLD = "@mosip/pixelpass", "@digitalbazaar/cborld"
_SYMBOLS, _SHOTS = 5, 200
_PRINTED_MM: Final = 35
_PERCENT: Final = 100
_MILLI: Final = 1e3
_KILO: Final = 1e3
_MUTATIONS: Final = 101_000
_SCENES: Final = (("vga-good", 0, 99), ("vga-poor", 0, 93), ("720p-15cm", 0, 97), ("1080p", 4, 73))
"""Scenario of the camera model, creases, and the least share of shots in per cent."""
_BYTES: Final = {"training": 187, "work-experience": 172}
_PAGE: Final = ROOT / "web" / "static" / "app" / "packed"


@dataclass(frozen=True)
class Code:
    """A printed code.

    Attributes:
        kind: of the credential.
        payload: its bytes.
    """

    kind: str
    payload: bytes

    @cached_property
    def printed(self) -> OfflineCode:
        """What the symbol says."""
        return OfflineCode(HOST, to_digits(self.payload))

    @property
    def version(self) -> int:
        """The symbol's version at EC M."""
        return (len(matrix(self.printed, most=40)) - 2 * QUIET - 17) // 4


def rows() -> Iterator[Row]:
    """Yield the section's rows."""
    whole, bare = lists(), lists(without=INLINE)
    codec, inline = parse_codec(whole), parse_codec(bare)
    codes = [Code(kind, codec.encode(signed(kind))) for kind in KINDS]
    for code in codes:
        yield _row(f"{code.kind} credential", len(code.payload), "bytes", at_most(_BYTES[code.kind], "bytes"))
        yield _row(f"{code.kind} credential, behind a host of 20 letters", code.version, "version", at_most(10, "(V10-M)"))
    held = Code("training", codec.encode(signed("training", subject=HOLDER)))
    yield _row("training credential, one name, with the holder's key", len(held.payload), "bytes", at_most(187, "bytes"))
    yield _row("training credential, the same, as a symbol", held.version, "version", at_most(10, "(V10-M)"))
    for code in (Code(kind, inline.encode(signed(kind))) for kind in KINDS):
        yield _row(f"{code.kind}, issuer and programme not in the lists", len(code.payload), "bytes", at_most(423, "bytes"))
        yield _row(f"{code.kind}, the same, as a symbol", code.version, "version", at_most(16, "(V16-M)"))
    with node_peer("codes.mjs") as node:
        yield from _peers(node, codes)
        yield _page_time(node, whole, codes[0])
    yield _row("all that offline use needs, packed", _page_size() / _KILO, "KB", at_most(400, "KB"))
    count, wrong = accepted(_MUTATIONS)
    yield _row(f"accepted of {count:,} changed payloads and rows", wrong, "accepted", at_most(0, ""))
    yield from _read_by_cameras([Code("training", codec.encode(signed("training", number=number))) for number in range(_SYMBOLS)])


def _row(name: str, value: float, unit: str, goal: Goal, peer: str = "", peer_value: float | None = None) -> Row:
    return Row("qr", name, value, unit, goal, peer, peer_value)


def _peers(node: Node, codes: list[Code]) -> Iterator[Row]:
    """Yield our bytes beside those of the peers that keep the credential as it is."""
    missing = [package for package in (_PIXELPASS, _CBORLD) if not is_installed(package)]
    if missing:
        sys.stderr.write(f"left out, not installed: {', '.join(missing)}\n")
    for code in codes:
        document = signed(code.kind)
        if _PIXELPASS not in missing:
            text = str(node.ask("pixelpass", document=document))
            yield _row(f"{code.kind} credential", len(code.payload), "bytes", NO_WORSE, npm(_PIXELPASS), _carried(text))
        if _CBORLD not in missing:
            said = node.ask("cborld", document=document, texts=shared_texts(document))
            peer = f"{npm(_CBORLD)}, a table of every shared text" + ("" if said["same"] else " (does not come back whole)")
            yield _row(f"{code.kind} credential", len(code.payload), "bytes", NO_WORSE, peer, said["bytes"])


def _carried(text: str) -> int:
    """Return the bytes that base45 text carries: three letters for two bytes."""
    return len(text) // 3 * 2 + len(text) % 3 // 2


def _page_time(node: Node, whole: dict[str, Any], code: Code) -> Row:
    with TemporaryDirectory() as name:
        file = Path(name) / "codes.json"
        file.write_text(json.dumps(whole), "utf-8")
        asked = {"codec": str(file), "digits": to_digits(code.payload), "key": SIGNER.public_key.multibase}
        seconds = side_by_side({DID: node.contender("page", **asked)})[DID]
    return _row("rebuild and verify, the page's modules on Node", seconds * _MILLI, "ms", at_most(10, "ms"))


def _page_size() -> int:
    """Return the bytes of every file that a device keeps, and of the worker, as they are sent."""
    return sum((_PAGE / f"{name}.br").stat().st_size for name in (*kept_files(), f"app/{WORKER}"))


def _read_by_cameras(codes: list[Code]) -> Iterator[Row]:
    """Yield how often a model of a camera reads a print, pooled over several symbols."""
    if not _CAMERA.exists() or importlib.util.find_spec("cv2") is None:
        sys.stderr.write("left out: the camera model is not here, or opencv-python-headless is not installed\n")
        return
    with TemporaryDirectory() as name:
        files = [Path(name) / f"{place}.png" for place in range(len(codes))]
        for file, code in zip(files, codes, strict=True):
            file.write_bytes(png(code.printed, most=MAX_VERSION))
        for scenario, creases, least in _SCENES:
            said = [_photographed(file, code, scenario, creases) for file, code in zip(files, codes, strict=True)]
            share = _PERCENT * sum(one["decoded"] for one in said) / len(said)
            folded = f", {creases} creases" if creases else ""
            yield _row(
                f"read in one frame, {scenario}{folded}, {_SYMBOLS * _SHOTS:,} shots of {_PRINTED_MM} mm",
                share,
                "%",
                at_least(least, "%"),
            )


def _photographed(file: Path, code: Code, scenario: str, creases: int) -> dict[str, Any]:
    options = {
        "scenario": scenario,
        "creases": creases,
        "shots": _SHOTS,
        "mm": _PRINTED_MM,
        "seed": file.stem,
        "expect": code.printed,
    }
    command = [
        sys.executable,
        str(_CAMERA),
        str(file),
        *(part for name, value in options.items() for part in (f"--{name}", str(value))),
    ]
    said: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)  # noqa: S603
    return said
