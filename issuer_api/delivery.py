"""How a certificate leaves the house: the printed code's ciphertext and the worker's claim code.

Both can be printed again; neither can be read from the tables alone.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable

from sqlalchemy import insert
from sqlmodel import Session, select

from issuer_api.errors import ErasedError, UnknownThingError
from issuer_api.service import Issuer
from issuer_api.subjects import ERASED, wrapped_key
from issuer_api.tables import Claim, Issued, Link, Subject
from web.links import LinkCode, new_link_id
from web.sealing import encrypt_link

DELIVERED = "delivered"


def deliver(issuer: Issuer, session: Session, signed: Iterable[tuple[str, Subject, bytes]]) -> None:
    """Store link and claim of signed credentials, each given by id, person and bytes, in the session that stores these.

    Raises:
        ErasedError: a person's data was erased.
    """
    links, claims = [], []
    for credential, subject, content in signed:
        link_id, code, wrapped = new_link_id(), secrets.token_urlsafe(16), wrapped_key(subject)
        ciphertext, key = encrypt_link(content, link_id)
        sealed_key = issuer.sealer.seal(wrapped, key, f"link {link_id}".encode())
        sealed_code = issuer.sealer.seal(wrapped, code.encode(), f"claim {credential}".encode())
        links.append({"id": link_id, "credential": credential, "ciphertext": ciphertext, "sealed_key": sealed_key})
        claims.append({"code_hash": _hash(code), "credential": credential, "sealed_code": sealed_code})
    session.execute(insert(Link), links)
    session.execute(insert(Claim), claims)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def link_of(issuer: Issuer, credential: str, subject: Subject) -> LinkCode:
    """Return the printed code of a delivered credential.

    Raises:
        UnknownThingError: it is not delivered.
        ErasedError: the person's data was erased.
    """
    with issuer.database.session() as session:
        row = session.exec(select(Link).where(Link.credential == credential)).first()
    if row is None:
        raise UnknownThingError("this certificate has no printed code yet")
    key = issuer.sealer.open(wrapped_key(subject), row.sealed_key, f"link {row.id}".encode())
    return LinkCode(issuer.base_url, "L", row.id, key)


def claim_url(issuer: Issuer, credential: str, subject: Subject) -> str:
    """Return the worker's claim link of a delivered credential.

    Raises:
        UnknownThingError: it is not delivered.
        ErasedError: the person's data was erased.
    """
    with issuer.database.session() as session:
        row = session.exec(select(Claim).where(Claim.credential == credential)).first()
    if row is None:
        raise UnknownThingError("this certificate has no claim link yet")
    code = issuer.sealer.open(wrapped_key(subject), row.sealed_code, f"claim {credential}".encode())
    return f"{issuer.base_url}/claim/{code.decode()}"


def ciphertext_of(issuer: Issuer, link_id: str) -> bytes:
    """Return what the server holds for a printed code; anybody may have it, nobody can read it without the code.

    It stays when the person's data was erased here: the paper is the holder's, and the server has no key to it.

    Raises:
        UnknownThingError: no code has this id.
    """
    with issuer.database.session() as session:
        row = session.get(Link, link_id.upper())
    if row is None:
        raise UnknownThingError("no certificate has this code")
    return row.ciphertext


def claimed_credential(issuer: Issuer, code: str) -> tuple[str, str]:
    """Return (issuer's slug, credential id) of a claim code: of what it was made for, or of what took its place since.

    Raises:
        UnknownThingError: no certificate has this code.
        ErasedError: the person's data was erased.
    """
    query = select(Issued).where(Issued.id == Claim.credential, Claim.code_hash == _hash(code))
    with issuer.database.session() as session:
        row = session.exec(query).first()
        if row is None:
            raise UnknownThingError("no certificate has this claim link")
        if row.state == ERASED:
            raise ErasedError("this person's data was erased")
        return row.organisation, _newest(session, row.id)


def _newest(session: Session, credential: str) -> str:
    """Return the last certificate that took the place of one, or itself."""
    query = select(Issued.id).where(Issued.state == DELIVERED)
    while (newer := session.exec(query.where(Issued.replaces == credential)).first()) is not None:
        credential = newer
    return credential
