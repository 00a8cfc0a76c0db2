"""What can go wrong before anything can be checked."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from credentials.errors import COMITY, VCError
from credentials.qr import UpdateNeededError


class CodeUnreadableError(VCError):
    """The picture or file holds no code that can be read."""

    type = COMITY + "CODE_UNREADABLE"
    title = "verifier.code-unreadable"


class FileTooLargeError(VCError):
    """The file is larger than is read."""

    type = COMITY + "FILE_TOO_LARGE"
    title = "verifier.file-too-large"


class TooManyPapersError(VCError):
    """More is shown beside a certificate than is looked at."""

    type = COMITY + "TOO_MANY_PAPERS"
    title = "verifier.too-many-papers"


class TooManyError(VCError):
    """More certificates at once than are checked."""

    type = COMITY + "TOO_MANY"
    title = "verifier.too-many"


class NoReceiptKeyError(VCError):
    """This deployment signs no receipts."""

    type = COMITY + "NO_RECEIPT_KEY"
    title = "verifier.no-receipt-key"


class UnknownStateError(VCError):
    """The lists know no such state."""

    type = COMITY + "UNKNOWN_STATE"
    title = "verifier.unknown-state"


STATUS: Final[Mapping[type[VCError], HTTPStatus]] = MappingProxyType(
    {
        CodeUnreadableError: HTTPStatus.UNPROCESSABLE_ENTITY,
        TooManyPapersError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        FileTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        UpdateNeededError: HTTPStatus.CONFLICT,
        NoReceiptKeyError: HTTPStatus.NOT_FOUND,
        TooManyError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        UnknownStateError: HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)
