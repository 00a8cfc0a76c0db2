"""The last step: the printed code's ciphertext and the worker's claim code.

Both can be printed again; neither can be read from the tables alone.
"""

from __future__ import annotations

import hashlib
import secrets

from sqlmodel import select

from issuer_api.cohorts import wrapped_key
from issuer_api.errors import UnknownThingError
from issuer_api.service import Issuer
from issuer_api.tables import Claim, Issued, Link, Subject
from web.links import LinkCode, new_link_id
from web.sealing import encrypt_link


def deliver(issuer: Issuer, credential: str, subject: Subject, content: bytes) -> None:
    """Store link and claim, and mark the credential delivered, in one transaction."""
    link_id, code = new_link_id(), secrets.token_urlsafe(16)
    ciphertext, key = encrypt_link(content, link_id)
    wrapped = wrapped_key(subject)
    with issuer.database.write() as session:
        row = session.get_one(Issued, credential)
        if row.state != "signed":
            return
        row.state, row.delivered_at = "delivered", issuer.clock()
        sealed_key = issuer.sealer.seal(wrapped, key, f"link {link_id}".encode())
        session.add(Link(id=link_id, credential=credential, ciphertext=ciphertext, sealed_key=sealed_key))
        sealed_code = issuer.sealer.seal(wrapped, code.encode(), f"claim {credential}".encode())
        session.add(Claim(code_hash=_hash(code), credential=credential, sealed_code=sealed_code))


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def link_of(issuer: Issuer, credential: str, subject: Subject) -> LinkCode:
    """Return the printed code of a delivered credential.

    Raises:
        UnknownThingError: it is not delivered.
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
    """
    with issuer.database.session() as session:
        row = session.exec(select(Claim).where(Claim.credential == credential)).first()
    if row is None:
        raise UnknownThingError("this certificate has no claim link yet")
    code = issuer.sealer.open(wrapped_key(subject), row.sealed_code, f"claim {credential}".encode())
    return f"{issuer.base_url}/claim/{code.decode()}"


def ciphertext_of(issuer: Issuer, link_id: str) -> bytes:
    """Return what the server holds for a printed code; anybody may have it, nobody can read it without the code.

    Raises:
        UnknownThingError: no code has this id.
    """
    with issuer.database.session() as session:
        row = session.get(Link, link_id.upper())
    if row is None:
        raise UnknownThingError("no certificate has this code")
    return row.ciphertext


def claimed_credential(issuer: Issuer, code: str) -> tuple[str, str]:
    """Return (issuer's slug, credential id) of a claim code.

    Raises:
        UnknownThingError: no certificate has this code.
    """
    query = select(Issued).where(Issued.id == Claim.credential, Claim.code_hash == _hash(code))
    with issuer.database.session() as session:
        row = session.exec(query).first()
    if row is None:
        raise UnknownThingError("no certificate has this claim link")
    return row.organisation, row.id
