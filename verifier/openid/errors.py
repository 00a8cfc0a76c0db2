"""What can go wrong between us and a wallet."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from credentials.dcql import AnswerError
from credentials.errors import COMITY, VCError
from credentials.jwe import DecryptionError


class NoIdentityError(VCError):
    """This deployment cannot ask in the name that is wanted: it has no such certificate."""

    type = COMITY + "NO_SUCH_IDENTITY"
    title = "verifier.no-identity"


class NotAllowedByHaipError(VCError):
    """The HAIP profile forbids what is asked for."""

    type = COMITY + "NOT_ALLOWED_BY_HAIP"
    title = "verifier.not-haip"


class TooManyOpenError(VCError):
    """More requests wait for an answer than are kept."""

    type = COMITY + "TOO_MANY_OPEN"
    title = "verifier.too-many-open"


class InvalidResponseError(VCError):
    """What a wallet posted is no answer to the request."""

    type = COMITY + "INVALID_RESPONSE"
    title = "verifier.invalid-response"


class SessionUsedError(InvalidResponseError):
    """The request was answered already."""

    type = COMITY + "SESSION_USED"


class SessionEndedError(InvalidResponseError):
    """The time for an answer is over."""

    type = COMITY + "SESSION_ENDED"


class TransactionDataError(VCError):
    """What the holder signed is not the transaction that was shown."""

    type = COMITY + "TRANSACTION_DATA_ERROR"
    title = "verifier.transaction-data"


class ProfileError(VCError):
    """What was presented is not as the HAIP profile has it."""

    type = COMITY + "NOT_HAIP"
    title = "verifier.not-haip"


STATUS: Final[Mapping[type[VCError], HTTPStatus]] = MappingProxyType(
    {
        NoIdentityError: HTTPStatus.UNPROCESSABLE_ENTITY,
        NotAllowedByHaipError: HTTPStatus.UNPROCESSABLE_ENTITY,
        TooManyOpenError: HTTPStatus.SERVICE_UNAVAILABLE,
        AnswerError: HTTPStatus.BAD_REQUEST,
        DecryptionError: HTTPStatus.BAD_REQUEST,
        SessionUsedError: HTTPStatus.CONFLICT,
        SessionEndedError: HTTPStatus.GONE,
    }
)
