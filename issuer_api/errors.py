"""What can go wrong in the training centre's house.

::

    VCError
    ├── UnknownThingError      no such programme, class, certificate; or it is another issuer's
    │   └── ErasedError        it was there; the person's data was erased
    ├── FileUnreadableError    the list cannot be read at all: which line, what was expected
    │   └── HeadingsUnknownError  its first line names other columns than ours
    ├── InvalidRecordError     a programme or a form is not as it must be
    ├── ConflictError          it was done already in another way
    │   ├── RowChangedError    somebody else changed this row meanwhile
    │   ├── KeyRetiredError    this key has ended and signs nothing more
    │   └── KeyCompromisedError  this key is known to be stolen and signs nothing more
    ├── NoSigningKeyError      the issuer has no key that may sign
    ├── TokenError             no API token, or one that is unknown, revoked or run out
    │   └── ScopeError         the token is good, and not for this action
    ├── NotHolderError         nothing shows that whoever asks holds the certificate
    ├── KeyReusedError         (a ConflictError) the idempotency key came with another request
    └── LogSetBackError        the issuance log is shorter than it was seen to be
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from credentials.errors import COMITY, VCError


class UnknownThingError(VCError):
    """No such thing here, or it belongs to another issuer: the same answer for both."""

    type = COMITY + "NOT_FOUND"
    title = "problem.not-found"


class ErasedError(UnknownThingError):
    """It was there; what was sealed for the person was erased."""

    type = COMITY + "ERASED"


class FileUnreadableError(VCError):
    """The file cannot be read as a list.

    Args:
        detail: in English, for programs.
        code: of the words `issuer.file.{code}`, for people.
        params: values for these words.
    """

    type = COMITY + "FILE_UNREADABLE"
    title = "issuer.file-unreadable"

    def __init__(self, detail: str, code: str, **params: object) -> None:
        super().__init__(detail)
        self.code = code
        self.params = params


class PictureError(VCError):
    """A picture cannot be a logo; `code` is of the words `issuer.design.wrong.logo.{code}`, for people."""

    type = COMITY + "PICTURE_UNUSABLE"
    title = "issuer.picture-unusable"

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class HeadingsUnknownError(FileUnreadableError):
    """The first line names other columns than ours, and nobody has said yet which they are.

    Args:
        detail: in English, for programs.
        code: as of every file.
        sample: the headings, and the first lines below them that are not empty.
        params: as of every file.
    """

    def __init__(self, detail: str, code: str, sample: tuple[tuple[str, ...], ...], **params: object) -> None:
        super().__init__(detail, code, **params)
        self.sample = sample


class InvalidRecordError(VCError):
    """A programme, an organisation or a form is not as it must be."""

    type = COMITY + "INVALID_RECORD"
    title = "issuer.invalid-record"


class ConflictError(VCError):
    """What is asked does not go together with what was done before."""

    type = COMITY + "CONFLICT"
    title = "issuer.conflict"


class RowChangedError(ConflictError):
    """Somebody else changed the row after it was read; nothing was overwritten."""

    type = COMITY + "ROW_CHANGED"


class ClassroomClosedError(VCError):
    """The code that was scanned in a classroom has ended."""

    type = COMITY + "CLASSROOM_CLOSED"
    title = "issuer.classroom-closed"


class KeyRetiredError(ConflictError):
    """The key has ended: what it signed stays good, and it signs nothing more."""

    type = COMITY + "KEY_RETIRED"


class KeyCompromisedError(ConflictError):
    """The key is known to be stolen and signs nothing more."""

    type = COMITY + "KEY_COMPROMISED"


class NoSigningKeyError(VCError):
    """The issuer has no key that may sign: every one has ended or is known to be stolen."""

    type = COMITY + "NO_SIGNING_KEY"
    title = "issuer.no-signing-key"


class CertificateEndedError(VCError):
    """The certificate of the key that would sign is not in force; nothing is signed until the key is certified anew."""

    type = COMITY + "CERTIFICATE_NOT_IN_FORCE"
    title = "issuer.certificate-ended"
    could_not_check = True  # nothing is wrong with what was asked


class TokenError(VCError):
    """There is no API token, or it is unknown, revoked or run out."""

    type = COMITY + "TOKEN"
    title = "issuer.token"


class ScopeError(TokenError):
    """The API token is not for this action."""

    type = COMITY + "TOKEN_SCOPE"


class NotHolderError(VCError):
    """Nothing shows that whoever asks holds the certificate: no claim code of it, no signature of the key that it is bound to."""

    type = COMITY + "NOT_HOLDER"
    title = "issuer.not-holder"


class KeyReusedError(ConflictError):
    """The idempotency key came before with another request."""

    type = COMITY + "IDEMPOTENCY_KEY_REUSED"


class LogSetBackError(VCError):
    """The issuance log is shorter than the lists have seen it: an old copy of the database was put back."""

    type = COMITY + "LOG_SET_BACK"
    title = "issuer.log-set-back"


STATUS: Final[Mapping[type[VCError], HTTPStatus]] = MappingProxyType(
    {
        UnknownThingError: HTTPStatus.NOT_FOUND,
        ErasedError: HTTPStatus.GONE,
        ClassroomClosedError: HTTPStatus.GONE,
        FileUnreadableError: HTTPStatus.UNPROCESSABLE_ENTITY,
        PictureError: HTTPStatus.UNPROCESSABLE_ENTITY,
        InvalidRecordError: HTTPStatus.UNPROCESSABLE_ENTITY,
        ConflictError: HTTPStatus.CONFLICT,
        NoSigningKeyError: HTTPStatus.SERVICE_UNAVAILABLE,
        CertificateEndedError: HTTPStatus.SERVICE_UNAVAILABLE,
        TokenError: HTTPStatus.UNAUTHORIZED,
        ScopeError: HTTPStatus.FORBIDDEN,
        NotHolderError: HTTPStatus.FORBIDDEN,
        LogSetBackError: HTTPStatus.SERVICE_UNAVAILABLE,
    }
)
