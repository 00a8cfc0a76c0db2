"""Words that stand for what a person trusts to a deployment, and how whoever takes its disk would look for them."""

from __future__ import annotations

import base64
import hashlib
import re
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final
from urllib.parse import quote

_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]{16,}")
_HEX: Final = re.compile(rb"(?:[0-9a-fA-F]{2}){8,}")
_ZLIB: Final = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
_LARGEST: Final = 8 * 1024 * 1024


def found_in(content: bytes, canaries: Iterable[str], *, hashed: bool = False) -> set[str]:
    """Return the canaries that stand in some bytes, plainly or as anybody unpacks them: base64, hex, zlib.

    Args:
        content: of a file, a row or a line.
        canaries: what is looked for, in lower or upper case.
        hashed: look for plain hashes of them too, which tell a word that can be guessed.
    """
    views = list(_views(content))
    spelt = {canary: [*_spellings(canary), *(_hashes(canary) if hashed else ())] for canary in canaries}
    return {canary for canary, forms in spelt.items() if any(form in view for form in forms for view in views)}


def _views(content: bytes) -> Iterator[bytes]:
    yield content.lower()
    yield from (part.lower() for part in chain(_unpacked(content), _decoded(content)))


def _decoded(content: bytes) -> Iterator[bytes]:
    """Yield what stands in base64 or hex, and what is packed in that."""
    for text in _BASE64.findall(content):
        standard = text.translate(bytes.maketrans(b"-_", b"+/"))
        for start in range(4):
            whole = standard[start:] if (len(standard) - start) % 4 != 1 else standard[start:-1]
            decoded = base64.b64decode(whole + b"=" * (-len(whole) % 4))
            yield decoded
            yield from _unpacked(decoded)
    for text in _HEX.findall(content):
        yield bytes.fromhex(text[: len(text) // 2 * 2].decode())


def _unpacked(content: bytes) -> Iterator[bytes]:
    for start in (match.start() for match in _ZLIB.finditer(content)):
        try:
            yield zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(content[start:], _LARGEST)
        except zlib.error:
            continue


def _spellings(canary: str) -> Iterator[bytes]:
    for spelt in (canary.encode(), canary.encode("utf-16-le"), quote(canary).encode(), canary.encode("ascii", "backslashreplace")):
        yield spelt.lower()


def _hashes(canary: str) -> Iterator[bytes]:
    for name in ("sha256", "sha1", "md5"):
        digest = hashlib.new(name, canary.encode(), usedforsecurity=False)
        yield digest.digest().lower()
        yield digest.hexdigest().encode()


def database_rows(file: Path) -> Iterator[tuple[str, bytes]]:
    """Yield (table, values) of every row of every table that the file has, whoever made it."""
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in database.execute(f'SELECT * FROM "{table}"'):  # noqa: S608  # a name that the file itself gives
                yield table, b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
    database.close()
