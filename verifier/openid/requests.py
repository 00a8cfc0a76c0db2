"""The row of a request: made, fetched as often as a wallet likes, answered once, gone within the hour."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import bindparam, func, or_
from sqlmodel import col, delete, select, update

from credentials.encoding import b64url_encode
from credentials.jwe import new_decryption_key, thumbprint
from credentials.mdoc import Handover, dc_api_handover, openid4vp_handover
from verifier.openid.asking import Ask, parse_ask
from verifier.openid.errors import SessionEndedError, SessionUsedError, TooManyOpenError
from verifier.openid.service import WalletDesk
from verifier.tables import WalletRequest
from web.people import NotFoundError
from web.statements import Statement, inserted

LIFETIME: Final = timedelta(minutes=10)
"""For how long a wallet may answer."""
KEPT_FOR: Final = timedelta(hours=1)
"""For how long who asked may read the answer."""
_BYTES: Final = 32
_REFERENCE_BYTES: Final = 16
"""Nobody guesses it, and a code that holds it stays small."""


class Standing(StrEnum):
    """How far a request is."""

    WAITING = "waiting"
    FETCHED = "fetched"
    CHECKING = "checking"
    ANSWERED = "answered"
    REFUSED = "refused"
    UNCHECKED = "unchecked"
    DECLINED = "declined"
    EXPIRED = "expired"


_OPEN: Final = (Standing.WAITING, Standing.FETCHED)
_BY_REFERENCE: Final = Statement(select(WalletRequest).where(col(WalletRequest.reference) == bindparam("reference")))
_BY_ID: Final = Statement(select(WalletRequest).where(col(WalletRequest.id_hash) == bindparam("id_hash")))
_ADD: Final = inserted(WalletRequest)
_IS_OPEN: Final = or_(*(col(WalletRequest.standing) == str(one) for one in _OPEN))
_COUNT_OPEN: Final = Statement(
    select(func.count()).select_from(WalletRequest).where(_IS_OPEN, col(WalletRequest.ends_at) > bindparam("now"))
)
_FORGET: Final = Statement(delete(WalletRequest).where(col(WalletRequest.created_at) < bindparam("before")))
_THERE: Final = update(WalletRequest).where(col(WalletRequest.reference) == bindparam("which"))
_FETCHED: Final = Statement(
    _THERE.where(col(WalletRequest.standing) == str(Standing.WAITING)).values(standing=str(Standing.FETCHED))
)
_TAKE: Final = Statement(_THERE.where(_IS_OPEN).values(standing=str(Standing.CHECKING)))
_SETTLE: Final = Statement(
    _THERE.where(col(WalletRequest.standing) == str(Standing.CHECKING)).values(
        standing=bindparam("reached"), sealed_key=None, sealed_answer=bindparam("answer"), code_hash=bindparam("code")
    )
)


@dataclass(frozen=True, slots=True)
class Request:
    """A request that is kept.

    Attributes:
        reference: by which wallets know it: in its addresses, and as `state`.
        nonce: what the holder must answer.
        ask: what is asked.
        key: the private key for an encrypted answer, a JSON Web Key; None where the answer comes in the open.
        standing: how far it is.
        ends_at: until when it may be answered.
        wrapped_key: what the answer is sealed with, itself sealed.
        id: the secret of who asks; only just after it was made.
    """

    reference: str
    nonce: str
    ask: Ask
    key: Mapping[str, Any] | None = field(repr=False)
    standing: Standing
    ends_at: datetime
    wrapped_key: bytes = field(repr=False)
    id: str | None = field(default=None, repr=False)

    def response_uri(self, base_url: str) -> str:
        """Return where the wallet posts its answer."""
        return f"{base_url}/verifier/wallet/responses/{self.reference}"

    def handover(self, audience: str, base_url: str) -> Handover:
        """Return what binds the holder of a mobile document to this request (OpenID4VP 1.0 Appendix B.2.6).

        Args:
            audience: how the wallet knows us.
            base_url: the public URL.
        """
        encrypted_to = thumbprint(self.key) if self.key else None
        if self.ask.response_mode.is_by_browser:
            return dc_api_handover(audience.removeprefix("origin:"), self.nonce, encrypted_to)
        return openid4vp_handover(audience, self.nonce, self.response_uri(base_url), encrypted_to)

    def request_uri(self, base_url: str) -> str:
        """Return where the wallet fetches the request."""
        return f"{base_url}/verifier/wallet/requests/{self.reference}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What who asked reads.

    Attributes:
        standing: how far it is.
        content: `report`, `recognition` and what a page shows again; empty unless there is an answer.
    """

    standing: Standing
    content: Mapping[str, Any] = field(default_factory=dict)


def make(desk: WalletDesk, ask: Ask) -> Request:
    """Keep a request and return it with its id.

    Raises:
        TooManyOpenError: too many wait already.
    """
    now = desk.clock()
    identifier, reference, nonce = (b64url_encode(desk.randomness(size)) for size in (_BYTES, _REFERENCE_BYTES, _BYTES))
    key = new_decryption_key(reference[:16]) if ask.response_mode.is_encrypted else None
    wrapped = desk.sealer.new_subject_key()
    sealed = desk.sealer.seal(wrapped, json.dumps(key).encode(), reference.encode()) if key else None
    with desk.database.writing("verifier requests") as writing:
        writing.run(_FORGET, before=now - KEPT_FOR)
        if writing.rows(_COUNT_OPEN, now=now)[0][0] >= desk.most_open:
            raise TooManyOpenError("more questions wait for an answer than are kept; try again in ten minutes")
        writing.run(
            _ADD,
            id_hash=_hash(identifier),
            reference=reference,
            nonce=nonce,
            asked=ask.to_text(),
            standing=str(Standing.WAITING),
            wrapped_key=wrapped,
            sealed_key=sealed,
            sealed_answer=None,
            code_hash=None,
            created_at=now,
            ends_at=now + LIFETIME,
        )
    return Request(reference, nonce, ask, key, Standing.WAITING, now + LIFETIME, wrapped, identifier)


def find(desk: WalletDesk, reference: str) -> Request:
    """Return the request that a wallet knows by its reference.

    Raises:
        NotFoundError: there is none.
        SessionEndedError: its time is over.
    """
    return _open(desk, _by_reference(desk, reference))


def _by_reference(desk: WalletDesk, reference: str) -> Any:  # noqa: ANN401  # a row
    found = desk.database.rows(_BY_REFERENCE, reference=reference)
    if not found:
        raise NotFoundError("there is no such request")
    return found[0]


def _open(desk: WalletDesk, row: Any) -> Request:  # noqa: ANN401  # a row
    if row.ends_at <= desk.clock():
        raise SessionEndedError("the time for an answer is over")
    key = desk.sealer.open(row.wrapped_key, row.sealed_key, row.reference.encode()) if row.sealed_key else None
    return Request(
        row.reference,
        row.nonce,
        parse_ask(row.asked),
        json.loads(key) if key else None,
        Standing(row.standing),
        row.ends_at,
        row.wrapped_key,
    )


def find_by_id(desk: WalletDesk, identifier: str) -> Request:
    """Return the request of who asks.

    Raises:
        NotFoundError: there is none.
        SessionEndedError: its time is over.
    """
    return _open(desk, _row(desk, identifier))


def _row(desk: WalletDesk, identifier: str) -> Any:  # noqa: ANN401  # a row
    found = desk.database.rows(_BY_ID, id_hash=_hash(identifier))
    if not found or found[0].created_at < desk.clock() - KEPT_FOR:
        raise NotFoundError("there is no such request")
    return found[0]


def mark_fetched(desk: WalletDesk, request: Request) -> None:
    """Note that a wallet has the request; again changes nothing."""
    _move(desk, request, _FETCHED)


def take(desk: WalletDesk, request: Request) -> None:
    """Take the one answer: whoever comes second is refused.

    Raises:
        SessionUsedError: it was answered already.
    """
    if not _move(desk, request, _TAKE):
        raise SessionUsedError("this request was answered already")


def settle(desk: WalletDesk, request: Request, standing: Standing, content: Mapping[str, Any]) -> str | None:
    """Keep what came of the answer; return the response code, for a browser that waits on the same device."""
    text = json.dumps(content, ensure_ascii=False).encode()
    sealed = desk.sealer.seal(request.wrapped_key, text, f"answer {request.reference}".encode())
    code = b64url_encode(desk.randomness(_BYTES)) if request.ask.same_device else None
    hashed = _hash(code) if code else None
    _move(desk, request, _SETTLE, reached=str(standing), answer=sealed, code=hashed)
    return code


def answer_of(desk: WalletDesk, identifier: str, code: str | None = None) -> Answer:
    """Return what who asked may read.

    Args:
        desk: the desk.
        identifier: the secret of who asks.
        code: the response code that the wallet opened the browser with; an answer on the same device is read with it alone.

    Raises:
        NotFoundError: there is no such request.
    """
    row = _row(desk, identifier)
    standing, ask = Standing(row.standing), parse_ask(row.asked)
    if standing in _OPEN and row.ends_at <= desk.clock():
        return Answer(Standing.EXPIRED)
    if row.sealed_answer is None:
        return Answer(standing)
    if ask.same_device and not (code and row.code_hash and secrets.compare_digest(_hash(code), row.code_hash)):
        return Answer(Standing.CHECKING)
    text = desk.sealer.open(row.wrapped_key, row.sealed_answer, f"answer {row.reference}".encode())
    return Answer(standing, json.loads(text))


def state_of(desk: WalletDesk, reference: str) -> str | None:
    """Return the state that is asked what it recognises, or None.

    Raises:
        NotFoundError: there is no such request.
    """
    return parse_ask(_by_reference(desk, reference).asked).state


def reference_of(desk: WalletDesk, identifier: str) -> str:
    """Return by which reference wallets know the request of who asks.

    Raises:
        NotFoundError: there is no such request.
    """
    return str(_row(desk, identifier).reference)


def _move(desk: WalletDesk, request: Request, change: Statement, **values: object) -> bool:
    """Change a row that stands as it should; return whether it did."""
    with desk.database.writing(f"verifier request {request.reference}") as writing:
        return writing.run(change, which=request.reference, **values) == 1


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
