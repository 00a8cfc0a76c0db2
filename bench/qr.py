"""Section `qr`: how large the code is that holds a whole certificate, and how well cameras read it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench.cameras import STRETCH, SYMBOLS, camera_rows
from bench.certificates import DID, HOLDER, HOST, INLINE, KINDS, SIGNER, lists, shared_texts, signed
from bench.mutations import accepted
from bench.pages import page_rows
from bench.passports import passport_rows
from bench.peers import ROOT, Node, is_installed, node_peer, npm
from bench.rows import NO_WORSE, Goal, Row, at_most
from bench.timing import side_by_side
from credentials.passports import Passport, identity_of
from credentials.qr import parse_codec, to_digits
from verifier.offline import kept_page
from web.codes import OfflineCode
from web.kept_pages import APP, WORKER
from web.qr import QUIET, matrix

_PIXELPASS, _CBORLD = "@mosip/pixelpass", "@digitalbazaar/cborld"
_MILLI: Final = 1e3
_KILO: Final = 1e3
_MUTATIONS: Final = 101_000
_BYTES: Final = {"training": 187, "work-experience": 172}
_SHORT_HOST: Final = "https://v.example.org"
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

    @cached_property
    def short(self) -> OfflineCode:
        """The same behind a host of 13 letters."""
        return OfflineCode(_SHORT_HOST, to_digits(self.payload))

    @property
    def version(self) -> int:
        """The symbol's version at EC M."""
        return _version(self.printed)


def _version(printed: OfflineCode) -> int:
    return (len(matrix(printed, most=40)) - 2 * QUIET - 17) // 4


def rows() -> Iterator[Row]:
    """Yield the section's rows."""
    whole, bare = lists(), lists(without=INLINE)
    codec, inline = parse_codec(whole), parse_codec(bare)
    codes = [Code(kind, codec.encode(signed(kind))) for kind in KINDS]
    for code in codes:
        yield _row(f"{code.kind} credential", len(code.payload), "bytes", at_most(_BYTES[code.kind], "bytes"))
        yield _row(f"{code.kind} credential, behind a host of 20 letters", code.version, "version", at_most(10, "(V10-M)"))
    yield _row(
        "training credential, behind a host of 13 letters (stretch)", _version(codes[0].short), "version", at_most(9, "(V9-M)")
    )
    held = Code("training", codec.encode(signed("training", subject=HOLDER)))
    yield _row("training credential, one name, with the holder's key", len(held.payload), "bytes", at_most(187, "bytes"))
    yield _row("training credential, the same, as a symbol", held.version, "version", at_most(10, "(V10-M)"))
    seen = signed("training")
    identity = identity_of(Passport("P1234567A", date(1998, 3, 14), date(2031, 5, 8)), seen["id"])
    tied = Code("training", codec.encode(signed("training", subject={"identifier": [identity]})))
    yield _row("training credential, with a commitment to the passport", tied.version, "version", at_most(10, "(V10-M)"))
    for code in (Code(kind, inline.encode(signed(kind))) for kind in KINDS):
        yield _row(f"{code.kind}, issuer and programme not in the lists", len(code.payload), "bytes", at_most(423, "bytes"))
        yield _row(f"{code.kind}, the same, as a symbol", code.version, "version", at_most(16, "(V16-M)"))
    with node_peer("codes.mjs") as node:
        yield from _peers(node, codes)
        yield _page_time(node, whole, codes[0])
        yield from passport_rows(node)
    yield _row("all that offline use needs, packed", _page_size() / _KILO, "KB", at_most(400, "KB"))
    count, wrong = accepted(_MUTATIONS)
    yield _row(f"accepted of {count:,} changed payloads and rows", wrong, "accepted", at_most(0, ""))
    yield from page_rows()
    people = [Code("training", codec.encode(signed("training", number=number))) for number in range(SYMBOLS)]
    yield from camera_rows([one.printed for one in people])
    yield from camera_rows([one.short for one in people], STRETCH, of="V9-M behind a host of 13 letters (stretch)")


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
    return sum((_PAGE / f"{name}.br").stat().st_size for name in (*kept_page().kept_files(), f"{APP}/{WORKER}"))
