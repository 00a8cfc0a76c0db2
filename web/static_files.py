"""Static files, handed out as Brotli where the browser takes it and the build has packed a copy."""

from __future__ import annotations

import mimetypes
import stat
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_PACKED: Final = "app/packed"
_PACKED_STATUS: Final = frozenset({200, 206, 304})


class CachedFiles(StaticFiles):
    """Static files that a browser may keep for an hour."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, or its packed copy, with its caching headers."""
        packed = self._packed(path) if takes_brotli(Headers(scope=scope)) else None
        response = await super().get_response(packed or path, scope)
        response.headers["Cache-Control"] = "public, max-age=3600"
        response.headers.add_vary_header("Accept-Encoding")
        if packed is not None and response.status_code in _PACKED_STATUS:
            response.headers["Content-Encoding"] = "br"
            response.headers["Content-Type"] = media_type(path)
        return response

    def _packed(self, path: str) -> str | None:
        """Return the path of the packed copy, unless the file was changed since."""
        copy = f"{_PACKED}/{path}.br"
        _, found = self.lookup_path(copy)
        _, source = self.lookup_path(path)
        if found is None or source is None or not stat.S_ISREG(found.st_mode):
            return None
        return copy if found.st_mtime >= source.st_mtime else None


def takes_brotli(headers: Headers) -> bool:
    """Tell whether a request's browser unpacks Brotli."""
    for entry in headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = entry.partition(";")
        if name.strip() == "br":
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def media_type(path: str) -> str:
    """Return what kind of file it is, by its name."""
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
