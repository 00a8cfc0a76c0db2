"""The issuance log: what a credential's signature is followed by, so that the day of issue can be proven later.

One append-only Merkle tree for the whole deployment, of salted hashes that say nothing (`trust.anchoring.leaf`). Leaves, tiles, the
signed checkpoint and the credentials are stored in one transaction: what left the house is in the log, and there is one
checkpoint of a size, ever. A group of credentials is one growth of the log. The salt is sealed under the person's key: once that is
destroyed, nobody can tell which leaf was whose.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import insert
from sqlmodel import Session, col, func, select

from credentials.data_integrity import proofs_of
from credentials.encoding import b64url_encode
from credentials.errors import CryptographicSecurityError
from issuer_api.errors import LogSetBackError, UnknownThingError
from issuer_api.service import Issuer
from issuer_api.subjects import wrapped_key
from issuer_api.tables import LogCheckpoint, LogLeaf, LogTile, Subject
from trust.anchoring import LogHead, leaf, short_hash
from trust.checkpoints import Checkpoint, LogKey, sign_checkpoint, verify_checkpoint
from trust.merkle import HASH_BYTES, TILE_HEIGHT, TILE_WIDTH, Tile, TileNodes, grown, inclusion_proof, tree_hash
from web.db import take_turn

SALT_BYTES: Final = 16
_TURN: Final = "the issuance log"  # no issuer has a name with spaces
_LENGTH: Final = b"\x00\x20"  # of an entry, in a bundle of entries: two bytes


def origin(issuer: Issuer) -> str:
    """Return the log's name: its address without the scheme."""
    return f"{issuer.base_url.partition('://')[2]}/log"


def log_key(issuer: Issuer) -> LogKey:
    """Return the key that signs checkpoints; it is made when it is first asked for."""
    name = origin(issuer)
    return LogKey(name, issuer.keys.create(_method(name)))


def _method(name: str) -> str:
    return f"log:{name}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A credential that is to be logged.

    Attributes:
        credential: its id.
        key: its person's wrapped key.
        document: as it was signed.
    """

    credential: str
    key: bytes
    document: Mapping[str, Any]


def append(issuer: Issuer, session: Session, signed: Sequence[Entry]) -> None:
    """Add signed credentials to the log, in the session that stores them, and sign how far it is now.

    Raises:
        LogSetBackError: the lists have seen a longer log than this one.
    """
    take_turn(session, _TURN)
    size = size_now(session)
    _check_not_set_back(issuer, size)
    leaves = [_leaf(issuer, position, entry) for position, entry in enumerate(signed, size)]
    session.execute(insert(LogLeaf), leaves)
    _write_tiles(session, size, [row["entry"] for row in leaves])
    _sign(issuer, session, size + len(leaves))


def _leaf(issuer: Issuer, position: int, entry: Entry) -> dict[str, Any]:
    salt = issuer.randomness(SALT_BYTES)
    return {
        "position": position,
        "credential": entry.credential,
        "entry": leaf(entry.document, salt),
        "short_hash": short_hash(_printed_proof(entry.document)),
        "sealed_salt": issuer.sealer.seal(entry.key, salt, _binding(entry.credential)),
        "logged_at": issuer.clock(),
    }


def _printed_proof(document: Mapping[str, Any]) -> str:
    """Return the value of the proof that paper carries, which is the one over JCS."""
    proofs = proofs_of(document)
    over_jcs = [proof for proof in proofs if "-jcs-" in str(proof.get("cryptosuite"))]
    return str((over_jcs or proofs)[0].get("proofValue"))


def _check_not_set_back(issuer: Issuer, size: int) -> None:
    seen = max((head.tree_size for head in _recorded(issuer)), default=0)
    if size < seen:
        raise LogSetBackError(f"the lists have seen {seen} entries of the issuance log, and it has {size} here")


def _write_tiles(session: Session, size: int, entries: Sequence[bytes]) -> None:
    def last(level: int, index: int) -> bytes:
        return session.get_one(LogTile, (level, index)).hashes

    for (level, index), hashes in grown(size, entries, last).items():
        session.merge(LogTile(level=level, number=index, hashes=hashes))
    session.flush()


def _sign(issuer: Issuer, session: Session, size: int) -> None:
    key = log_key(issuer)
    checkpoint = Checkpoint(key.name, size, tree_hash(_nodes(session, size), size))
    note = sign_checkpoint(checkpoint, issuer.keys.signer(_method(key.name)))
    verify_checkpoint(note, key)
    session.add(LogCheckpoint(size=size, note=note, signed_at=issuer.clock()))


def size_now(session: Session) -> int:
    """Return how many leaves the log has."""
    return session.exec(select(func.max(LogCheckpoint.size))).one() or 0


def _nodes(session: Session, size: int) -> TileNodes:
    return TileNodes(size, lambda tile: session.get_one(LogTile, (tile.level, tile.index)).hashes[: tile.width * HASH_BYTES])


def _binding(credential: str) -> bytes:
    return f"salt {credential}".encode()


def check_log(issuer: Issuer) -> int:
    """Return how many entries the log has, once it is sure that what is stored is the log that was signed and recorded.

    Raises:
        LogSetBackError: the lists have seen a longer log than this one.
        CryptographicSecurityError: tiles, leaves and checkpoint do not fit together, or not what the lists have recorded.
    """
    with issuer.database.session() as session:
        size = size_now(session)
        leaves = session.exec(select(func.count()).select_from(LogLeaf)).one()
        roots = {head.tree_size: head.root for head in _recorded(issuer) if head.tree_size <= size}
        if size:
            roots[size] = verify_checkpoint(session.get_one(LogCheckpoint, size).note, log_key(issuer)).root
        if leaves != size or any(tree_hash(_nodes(session, at), at) != root for at, root in roots.items()):
            raise CryptographicSecurityError("what is stored of the issuance log is not what was signed and recorded of it")
    _check_not_set_back(issuer, size)
    return size


def checkpoint_note(issuer: Issuer, size: int | None = None) -> str:
    """Return the signed checkpoint of a size, or the newest.

    Raises:
        UnknownThingError: there is none.
    """
    query = select(LogCheckpoint).order_by(col(LogCheckpoint.size).desc())
    if size is not None:
        query = query.where(LogCheckpoint.size == size)
    with issuer.database.session() as session:
        found = session.exec(query.limit(1)).first()
    if found is None:
        raise UnknownThingError("the issuance log has no such checkpoint; nothing was issued yet")
    return found.note


def tile_content(issuer: Issuer, tile: Tile) -> bytes:
    """Return a tile of hashes, or a bundle of entries, as wide as it is asked for.

    Raises:
        UnknownThingError: the log does not reach it.
    """
    level, first = 0 if tile.holds_entries else tile.level, tile.index * TILE_WIDTH
    with issuer.database.session() as session:
        size = size_now(session)
        if first + tile.width > size >> (TILE_HEIGHT * level):
            raise UnknownThingError(f"the issuance log has {size} entries and no {tile.path}")
        if not tile.holds_entries:
            return session.get_one(LogTile, (level, tile.index)).hashes[: tile.width * HASH_BYTES]
        query = select(LogLeaf.entry).where(col(LogLeaf.position).between(first, first + tile.width - 1))
        return b"".join(_LENGTH + entry for entry in session.exec(query.order_by(col(LogLeaf.position))).all())


def anchor_json(issuer: Issuer, did: str, credential: str, subject: Subject) -> dict[str, Any]:
    """Return a credential's place in the log as `trust.anchoring.parse_anchor` reads it.

    The path leads to the first head that the issuer's home state has recorded with it, which proves the earliest day; until there
    is one, to the newest. `recorded` says which of the two.

    Args:
        issuer: the house.
        did: who issued it.
        credential: its id.
        subject: the person.

    Raises:
        UnknownThingError: it is not in the log.
        ErasedError: the person's data was erased.
    """
    with issuer.database.session() as session:
        row = session.exec(select(LogLeaf).where(LogLeaf.credential == credential)).first()
        if row is None:
            raise UnknownThingError("this certificate is not in the issuance log yet")
        salt = issuer.sealer.open(wrapped_key(subject), row.sealed_salt, _binding(credential))
        recorded = [head.tree_size for head in _recorded(issuer, did) if head.tree_size > row.position]
        size = min(recorded, default=size_now(session))
        path = inclusion_proof(_nodes(session, size), row.position, size)
    return {
        "log": origin(issuer),
        "leafSalt": b64url_encode(salt),
        "treeSize": size,
        "index": row.position,
        "path": [b64url_encode(step) for step in path],
        "recorded": bool(recorded),
    }


def _recorded(issuer: Issuer, did: str = "") -> Iterator[LogHead]:
    """Yield what an issuer's home state has recorded of this log, or any state."""
    return (head for head in issuer.log_heads(did) if head.log == origin(issuer))
