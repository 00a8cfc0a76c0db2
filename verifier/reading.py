"""From what a person hands over (JSON, a photo, a PDF, a pasted code) to a credential, or to what leads to one.

A PDF's pages are drawn and the code is read from the picture, as a camera would; only where no page shows a code is the attached
credential taken. Pictures and PDFs are opened in a process of its own (`verifier.decoding`), which is stopped when it takes too
long or too much.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from credentials.errors import VCError
from credentials.mdoc import looks_like_mdoc
from credentials.securing import looks_like_cbor
from verifier.errors import CodeUnreadableError, FileTooLargeError
from web.codes import digits_in
from web.links import ForeignCodeError, LinkCode, parse_link

MAX_FILE: Final = 10 * 1024 * 1024
_PDF: Final = b"%PDF-"
_TOKEN: Final = re.compile(rb"\s*[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_~.-]+\s*")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}:")
_MAX_CODE: Final = 4096
_DECODER: Final = Path(__file__).with_name("decoding.py")
_SECONDS: Final = 30.0
_DECODING: Final = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found.

    Attributes:
        source: json, token, picture, pdf, pdf-attachment, link or code.
        credential: its bytes, where they were handed over.
        link: leads to a credential.
        code: the digits of a code that holds a credential.
    """

    source: str
    credential: bytes | None = None
    link: LinkCode | None = None
    code: str | None = None


def read_input(content: bytes) -> Reading:
    """Return what a file holds.

    Raises:
        FileTooLargeError: over 10 MB, or a picture over 50 megapixels.
        CodeUnreadableError: no code that can be read, or no file that we know.
        ForeignCodeError: a code of somebody else; it is not opened.
    """
    if len(content) > MAX_FILE:
        raise FileTooLargeError(f"the file has {len(content) // 1024 // 1024} MB; at most 10 can be read")
    if content.lstrip()[:1] == b"{":
        return Reading("json", credential=content)
    if looks_like_cbor(content) or looks_like_mdoc(content) or _TOKEN.fullmatch(content):
        return Reading("token", credential=content)
    text = _text_of(content)
    if digits := digits_in(text):
        return Reading("code", code=digits)
    if _SCHEME.match(text):
        return Reading("link", link=parse_link(text))
    return _read_file(content)


def _text_of(content: bytes) -> str:
    """Return what a person pasted; empty for a file."""
    try:
        return content.decode().strip() if len(content) <= _MAX_CODE else ""
    except UnicodeDecodeError:
        return ""


def _read_file(content: bytes) -> Reading:
    kind, found = "pdf" if _PDF in content[:1024] else "picture", decoded(content)
    if found["problem"] == "too-large":
        raise FileTooLargeError("the picture has more than 50 megapixels")
    if found["problem"] is not None:
        raise CodeUnreadableError("this is no picture, PDF or certificate that we can read")
    try:
        return _read_codes(kind, found["texts"])
    except (CodeUnreadableError, ForeignCodeError):
        if found["attachment"] is None:
            raise
    return Reading("pdf-attachment", credential=base64.b64decode(found["attachment"]))


def _read_codes(kind: str, texts: Sequence[str]) -> Reading:
    """Return the codes of a picture: a paper has one that holds everything and one that leads to the full record."""
    code = next((digits for digits in map(digits_in, texts) if digits), None)
    try:
        return Reading(kind, link=_first_link(texts), code=code)
    except (CodeUnreadableError, ForeignCodeError):
        if code is None:
            raise
    return Reading(kind, code=code)


def _first_link(texts: Iterable[str]) -> LinkCode:
    problem: VCError = CodeUnreadableError("no code can be read in this picture")
    for text in texts:
        try:
            return parse_link(text)
        except ForeignCodeError as error:
            problem = error
    raise problem


def decoded(content: bytes, command: Sequence[str] = (sys.executable, "-I", str(_DECODER)), seconds: float = _SECONDS) -> Any:  # noqa: ANN401  # what `verifier.decoding` writes
    """Return what the decoder found.

    Raises:
        CodeUnreadableError: it did not end well, or in time.
    """
    with _DECODING:
        try:
            done = subprocess.run(command, input=content, capture_output=True, timeout=seconds, check=True, env={})  # noqa: S603  # our own program
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
            raise CodeUnreadableError(
                "this file takes too long or too much memory to read; take a photo of the code alone"
            ) from error
    return json.loads(done.stdout)
