"""Passkeys: register one while signed in, sign in with it afterwards. The door to the `webauthn` package.

A challenge is good once and for five minutes, and only for the browser that asked: the browser holds it in a cookie of its
own. Every passkey is discoverable, so that nobody types a name, and verifies its user by PIN, finger or face.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import webauthn
from fastapi import Request, Response
from sqlmodel import Session, col, delete, select
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from credentials.errors import COMITY, VCError
from web.acts import note_in_all
from web.people import NotFoundError, People, SignedIn, hash_of
from web.tables import Passkey, PasskeyChallenge

CHALLENGE_LASTS: Final = timedelta(minutes=5)
MAX_LABEL: Final = 80
MOST: Final = 20
Found = TypeVar("Found")
_MILLISECONDS: Final = 1000
_MALFORMED: Final = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, IndexError)
"""What the package raises on an answer that no authenticator gives."""


class PasskeyRefusedError(VCError):
    """The passkey's answer is not good here."""

    type = COMITY + "PASSKEY_REFUSED"
    title = "problem.passkey-refused"


class TooManyPasskeysError(VCError):
    """The person has as many passkeys as anybody may have."""

    type = COMITY + "TOO_MANY_PASSKEYS"
    title = "problem.too-many-passkeys"


@dataclass(frozen=True, slots=True)
class Kept:
    """A passkey as its owner sees it."""

    id: str
    label: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Passkeys:
    """Passkeys, wired.

    Attributes:
        people: who they sign in.
        origin: the deployment's public address, the only one that they are good for.
    """

    people: People
    origin: str

    @property
    def host(self) -> str:
        """The host that passkeys are bound to."""
        return urlsplit(self.origin).hostname or ""

    @property
    def cookie(self) -> str:
        """The name of the cookie that holds a challenge."""
        return "__Host-passkey" if self.people.secure else "passkey"

    def begin_registration(self, person: SignedIn) -> tuple[dict[str, Any], str]:
        """Return (what the browser gives to `navigator.credentials.create`, the challenge).

        Raises:
            TooManyPasskeysError: there are enough.
        """
        with self.people.database.write() as session:
            kept = session.exec(select(Passkey).where(Passkey.person_id == person.id)).all()
            if len(kept) >= MOST:
                raise TooManyPasskeysError(f"{MOST} passkeys are enough; remove one first")
            handle = kept[0].user_handle if kept else secrets.token_bytes(32)
            challenge = self._challenge(session, person.id, handle)
        options = webauthn.generate_registration_options(
            rp_id=self.host,
            rp_name="Comity",
            user_id=handle,
            user_name=person.name,
            challenge=webauthn.base64url_to_bytes(challenge),
            timeout=int(CHALLENGE_LASTS.total_seconds()) * _MILLISECONDS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=webauthn.base64url_to_bytes(row.credential_id)) for row in kept],
        )
        return json.loads(webauthn.options_to_json(options)), challenge

    def register(self, person: SignedIn, request: Request, label: str, credential: Mapping[str, Any]) -> str:
        """Keep a new passkey; return the cookie of the session that begins with it.

        Raises:
            PasskeyRefusedError: the answer is not good, or the passkey is known.
        """
        challenge = request.cookies.get(self.cookie, "")
        with self.people.database.write() as session:
            asked = self._use(session, challenge, person.id)
        found = _checked(
            lambda: webauthn.verify_registration_response(
                credential=dict(credential),
                expected_challenge=webauthn.base64url_to_bytes(challenge),
                expected_rp_id=self.host,
                expected_origin=self.origin,
                require_user_verification=True,
            )
        )
        now, name = self.people.clock(), webauthn.helpers.bytes_to_base64url(found.credential_id)
        with self.people.database.write() as session:
            if session.get(Passkey, name) is not None:
                raise PasskeyRefusedError("this passkey belongs to somebody already")
            session.add(
                Passkey(
                    credential_id=name,
                    person_id=person.id,
                    user_handle=asked.user_handle or b"",
                    public_key=found.credential_public_key,
                    sign_count=found.sign_count,
                    label=label.strip()[:MAX_LABEL],
                    added_at=now,
                )
            )
            note_in_all(session, person.roles, person.name, "passkey-added", f"person {person.id}", now)
            return self.people.open_session(session, request, person.id, "passkey")

    def begin_sign_in(self) -> tuple[dict[str, Any], str]:
        """Return (what the browser gives to `navigator.credentials.get`, the challenge)."""
        with self.people.database.write() as session:
            challenge = self._challenge(session, None, None)
        options = webauthn.generate_authentication_options(
            rp_id=self.host,
            challenge=webauthn.base64url_to_bytes(challenge),
            timeout=int(CHALLENGE_LASTS.total_seconds()) * _MILLISECONDS,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return json.loads(webauthn.options_to_json(options)), challenge

    def sign_in(self, request: Request, credential: Mapping[str, Any]) -> str:
        """Return the cookie of the session that a passkey's answer opens.

        Raises:
            PasskeyRefusedError: it opens none.
        """
        challenge = request.cookies.get(self.cookie, "")
        with self.people.database.write() as session:
            self._use(session, challenge, None)
        with self.people.database.write() as session:
            row = session.get(Passkey, str(credential.get("id", "")))
            if row is None:
                raise PasskeyRefusedError("this passkey is not known here")
            if not hmac.compare_digest(row.user_handle, _checked(lambda: _handle_of(credential))):
                raise PasskeyRefusedError("this passkey names somebody else")
            found = _checked(
                lambda: webauthn.verify_authentication_response(
                    credential=dict(credential),
                    expected_challenge=webauthn.base64url_to_bytes(challenge),
                    expected_rp_id=self.host,
                    expected_origin=self.origin,
                    credential_public_key=row.public_key,
                    credential_current_sign_count=row.sign_count,
                    require_user_verification=True,
                )
            )
            row.sign_count, row.used_at = found.new_sign_count, self.people.clock()
            session.add(row)
            return self.people.open_session(session, request, row.person_id, "passkey")

    def kept(self, person: SignedIn) -> tuple[Kept, ...]:
        """Return a person's passkeys, the oldest first."""
        query = select(Passkey).where(Passkey.person_id == person.id).order_by(col(Passkey.added_at), col(Passkey.credential_id))
        with self.people.database.session() as session:
            return tuple(Kept(row.credential_id, row.label, row.added_at, row.used_at) for row in session.exec(query).all())

    def remove(self, person: SignedIn, name: str) -> None:
        """Forget a passkey.

        Raises:
            NotFoundError: the person has no such passkey.
        """
        with self.people.database.write() as session:
            row = session.get(Passkey, name)
            if row is None or row.person_id != person.id:
                raise NotFoundError("you have no such passkey")
            session.delete(row)
            note_in_all(session, person.roles, person.name, "passkey-removed", f"person {person.id}", self.people.clock())

    def keep_challenge(self, response: Response, challenge: str) -> Response:
        """Give a challenge to the browser with a response."""
        lasts = int(CHALLENGE_LASTS.total_seconds())
        response.set_cookie(self.cookie, challenge, max_age=lasts, httponly=True, samesite="strict", secure=self.people.secure)
        return response

    def _challenge(self, session: Session, person_id: int | None, handle: bytes | None) -> str:
        now, challenge = self.people.clock(), secrets.token_urlsafe(32)
        session.exec(delete(PasskeyChallenge).where(col(PasskeyChallenge.expires_at) <= now))
        session.add(
            PasskeyChallenge(
                challenge_hash=hash_of(challenge), person_id=person_id, user_handle=handle, expires_at=now + CHALLENGE_LASTS
            )
        )
        return challenge

    def _use(self, session: Session, challenge: str, person_id: int | None) -> PasskeyChallenge:
        """Return what a challenge was asked for, and forget it: even a wrong answer uses it up."""
        row = session.get(PasskeyChallenge, hash_of(challenge))
        if row is None or row.person_id != person_id or row.expires_at <= self.people.clock():
            raise PasskeyRefusedError("that took too long, or began in another browser; try again")
        session.delete(row)
        return row


def _handle_of(credential: Mapping[str, Any]) -> bytes:
    return webauthn.base64url_to_bytes(credential["response"]["userHandle"])


def _checked(read: Callable[[], Found]) -> Found:
    try:
        return read()
    except _MALFORMED as error:
        raise PasskeyRefusedError(f"the passkey's answer is not good here: {error}"[:300]) from error
