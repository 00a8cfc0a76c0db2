"""A page that a device keeps, so that it works without internet: its files, the mark of their version, its worker."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import Response

from web.site import STATIC

_GZIP: Final = re.compile(r"(?:^|,)\s*gzip\s*(?:,|$)", re.IGNORECASE)
APP: Final = "app"
WORKER: Final = "worker.js"
LOOK: Final = ("tokens.css", "components.css", "site.css", "mark.svg")
"""What every page looks like, below `/static`."""
READER: Final = ("vendor/zxing/zxing_reader.wasm",)
"""What reads codes, besides what is built; below `/static`."""


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page that a device keeps.

    Attributes:
        path: where it is.
        scope: the addresses that its worker answers.
        falls_back: the pages in whose place it is shown without internet.
        files: what it needs besides what is built, below `/static`.
        without: how the names begin of what is built for other pages.
        static: the folder of files.
    """

    path: str
    scope: str
    falls_back: tuple[str, ...]
    files: tuple[str, ...]
    without: tuple[str, ...]
    static: Path = STATIC

    def kept_files(self) -> tuple[str, ...]:
        """Return the files that a device keeps, below `/static`."""
        built = sorted(path.name for path in (self.static / APP).glob("*.js") if not path.name.startswith((WORKER, *self.without)))
        return (*self.files, *(f"{APP}/{name}" for name in built))

    def worker(self, page: bytes, languages: Sequence[str] = ()) -> Response:
        """Return the worker; before it stands what it keeps, so that any change is a new worker; none where it is not built.

        Args:
            page: its bytes; those in every language, where it is kept in several.
            languages: in which it is kept, besides that of the first visit.
        """
        if not (self.static / APP / WORKER).is_file():
            return Response(status_code=404)
        files = self.kept_files()
        paths = [f"/static/{name}" for name in files]
        values = {
            "VERSION": self.version_of(files, page),
            "PAGE": self.path,
            "PAGES": [f"{self.path}?lang={code}" for code in languages],
            "FALLS_BACK": self.falls_back,
            "FILES": paths,
        }
        said = ", ".join(f"{name} = {json.dumps(value)}" for name, value in values.items())
        content = f"const {said};\n".encode() + (self.static / APP / WORKER).read_bytes()
        headers = {"Service-Worker-Allowed": self.scope, "Cache-Control": "no-cache"}
        return Response(content, media_type="text/javascript", headers=headers)

    def version_of(self, files: Sequence[str], page: bytes) -> str:
        """Return a mark that changes when the page or any of the files does."""
        digest = hashlib.sha256(page)
        for name in files:
            digest.update(name.encode() + hashlib.sha256((self.static / name).read_bytes()).digest())
        return digest.hexdigest()[:16]


def packed(response: Response, accepted: str) -> Response:
    """Return a page as gzip to whoever unpacks it. The page is the same for everybody: its length tells nothing."""
    response.headers.add_vary_header("Accept-Encoding")
    if not _GZIP.search(accepted):
        return response
    response.body = gzip.compress(response.body, mtime=0)
    response.headers["Content-Length"] = str(len(response.body))
    response.headers["Content-Encoding"] = "gzip"
    return response
