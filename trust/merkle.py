"""The tree of an issuance log: RFC 6962 hashes, proofs, and the tiles in which it is served (C2SP tlog-tiles).

A node is named by (level, index): it covers the leaves from `index << level` to `(index + 1) << level`. A tile holds 256 nodes of
every eighth level, and a partial tile the first of them; a tile of a width never changes. Whoever can read nodes can make every
proof, so that a log and those who watch it use the same functions.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from credentials.errors import CryptographicSecurityError, MalformedValueError

HASH_BYTES: Final = 32
TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 1 << TILE_HEIGHT
MAX_LEVEL: Final = 63
MAX_SIZE: Final = 1 << MAX_LEVEL
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
_ENTRIES: Final = -1
_TILE_PATH: Final = re.compile(r"tile/(entries|0|[1-9]\d?)/((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)
NodeReader = Callable[[int, int], bytes]
"""(level, index) to the node's hash."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf (RFC 6962 §2.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two nodes (RFC 6962 §2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_hash(read: NodeReader, size: int) -> bytes:
    """Return the root of the first `size` leaves (RFC 6962 §2.1)."""
    return _range_hash(read, 0, size) if size else EMPTY_ROOT


def _range_hash(read: NodeReader, start: int, end: int) -> bytes:
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return read(level, start >> level)
    split = _split(size)
    return node_hash(_range_hash(read, start, start + split), _range_hash(read, start + split, end))


def _split(size: int) -> int:
    """Return the largest power of two below a size of two or more."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(read: NodeReader, index: int, size: int) -> tuple[bytes, ...]:
    """Return the path from a leaf to the root of a tree (RFC 6962 §2.1.1).

    Raises:
        MalformedValueError: the tree has no such leaf.
    """
    if not 0 <= index < size <= MAX_SIZE:
        raise MalformedValueError(f"a tree of {size} leaves has no leaf {index}")
    start, end = 0, size
    path: list[bytes] = []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_hash(read, middle, end))
            end = middle
        else:
            path.append(_range_hash(read, start, middle))
            start = middle
    return tuple(reversed(path))


def consistency_proof(read: NodeReader, old: int, new: int) -> tuple[bytes, ...]:
    """Return the proof that a tree grew out of a smaller one (RFC 6962 §2.1.2); empty for nothing and for no growth.

    Raises:
        MalformedValueError: the sizes are not in this order.
    """
    if not 0 <= old <= new <= MAX_SIZE:
        raise MalformedValueError(f"a tree of {new} leaves did not grow out of one of {old}")
    if old in (0, new):
        return ()
    start, end, whole = 0, new, True
    path: list[bytes] = []
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range_hash(read, middle, end))
            end = middle
        else:
            path.append(_range_hash(read, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(_range_hash(read, start, end))
    return tuple(reversed(path))


def root_of(entry: bytes, index: int, tree_size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that an inclusion proof leads to, or None when it has another length than it must (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < tree_size:
        return None
    place, last, found = index, tree_size - 1, leaf_hash(entry)
    for step in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            found = node_hash(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    return found if last == 0 else None


@dataclass(frozen=True, slots=True)
class Head:
    """A tree at a size."""

    size: int
    root: bytes


def verify_consistency(old: Head, new: Head, proof: Sequence[bytes]) -> None:
    """Raise unless the proof shows that the new tree begins with every leaf of the old one (RFC 9162 §2.1.4.2).

    Raises:
        CryptographicSecurityError: it does not: the log has lost or changed what it held.
    """
    if not 0 <= old.size <= new.size or not _is_consistent(old, new, proof):
        raise CryptographicSecurityError(f"the log of {new.size} leaves is no continuation of the one of {old.size} that was seen")


def _is_consistent(old: Head, new: Head, proof: Sequence[bytes]) -> bool:
    if old.size == 0:
        return old.root == EMPTY_ROOT and not proof and (new.size > 0 or new.root == EMPTY_ROOT)
    if old.size == new.size:
        return old.root == new.root and not proof
    steps = [old.root, *proof] if old.size & (old.size - 1) == 0 else list(proof)
    return bool(proof) and _roots_of(old.size - 1, new.size - 1, steps) == (old.root, new.root)


def _roots_of(place: int, last: int, steps: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, step)
        place, last = place >> 1, last >> 1
    return (old, new) if last == 0 else None


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile's place.

    Attributes:
        level: of the tile; its nodes are of eight times this level. `entries` holds the leaves' entries instead.
        index: how many stand before it.
        width: how many nodes it holds, 256 for a whole one.
    """

    level: int
    index: int
    width: int = TILE_WIDTH

    @property
    def holds_entries(self) -> bool:
        """Whether it holds entries and no hashes."""
        return self.level == _ENTRIES

    @property
    def path(self) -> str:
        """Its path below the log's address, such as `tile/0/x001/234.p/5`."""
        number = f"{self.index:03}"
        number = number.zfill(-(-len(number) // 3) * 3)
        groups = [number[at : at + 3] for at in range(0, len(number), 3)]
        name = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        level = "entries" if self.holds_entries else str(self.level)
        return f"tile/{level}/{name}" + ("" if self.width == TILE_WIDTH else f".p/{self.width}")


def entries_tile(index: int, width: int = TILE_WIDTH) -> Tile:
    """Return the place of a bundle of entries."""
    return Tile(_ENTRIES, index, width)


def parse_tile(path: str) -> Tile:
    """Return the tile that a path names.

    Raises:
        MalformedValueError: it is not the one spelling of a tile's path.
    """
    match = _TILE_PATH.fullmatch(path[:100])
    if match:
        level = _ENTRIES if match[1] == "entries" else int(match[1])
        tile = Tile(level, int(re.sub(r"\D", "", match[2])), int(match[3] or TILE_WIDTH))
        if tile.path == path and tile.width <= TILE_WIDTH and level * TILE_HEIGHT <= MAX_LEVEL and tile.index < MAX_SIZE:
            return tile
    raise MalformedValueError("this names no tile")


def tile_at(size: int, level: int, index: int) -> Tile:
    """Return a tile of a tree of that size: whole, or as wide as the tree has nodes for it.

    Raises:
        MalformedValueError: the tree does not reach it.
    """
    width = min((size >> (TILE_HEIGHT * level)) - index * TILE_WIDTH, TILE_WIDTH)
    if width < 1:
        raise MalformedValueError(f"a tree of {size} leaves has no tile {index} of level {level}")
    return Tile(level, index, width)


def tiles_of(size: int) -> Iterator[Tile]:
    """Yield every tile of hashes of a tree, level by level."""
    level = 0
    while nodes := size >> (TILE_HEIGHT * level):
        yield from (tile_at(size, level, index) for index in range(-(-nodes // TILE_WIDTH)))
        level += 1


@dataclass(slots=True)
class TileNodes:
    """Reads the nodes of a tree from its tiles; each tile is asked for once.

    Attributes:
        size: of the tree.
        fetch: tile to its content.
    """

    size: int
    fetch: Callable[[Tile], bytes]
    _read: dict[Tile, bytes] = field(default_factory=dict)

    def __call__(self, level: int, index: int) -> bytes:
        """Return a node's hash.

        Raises:
            MalformedValueError: the tree has no such node, or a tile has not the length that it must have.
        """
        tile_level, rest = divmod(level, TILE_HEIGHT)
        first = index << rest
        tile = tile_at(self.size, tile_level, first // TILE_WIDTH)
        content, start = self._content(tile), first % TILE_WIDTH * HASH_BYTES
        end = start + (HASH_BYTES << rest)
        if end > len(content):
            raise MalformedValueError(f"a tree of {self.size} leaves has no node {index} of level {level}")
        return _joined(content[start:end])

    def _content(self, tile: Tile) -> bytes:
        if tile not in self._read:
            content = self.fetch(tile)
            if len(content) != tile.width * HASH_BYTES:
                raise MalformedValueError(f"{tile.path} has not the length that it must have")
            self._read[tile] = content
        return self._read[tile]


def _joined(hashes: bytes) -> bytes:
    """Return the node above a power of two of nodes."""
    while len(hashes) > HASH_BYTES:
        pairs = range(0, len(hashes), 2 * HASH_BYTES)
        hashes = b"".join(node_hash(hashes[at : at + HASH_BYTES], hashes[at + HASH_BYTES : at + 2 * HASH_BYTES]) for at in pairs)
    return hashes


def grown(size: int, entries: Sequence[bytes], last: Callable[[int, int], bytes]) -> dict[tuple[int, int], bytes]:
    """Return (tile level, tile index) to content of every tile that changes when entries are added to a tree.

    Args:
        size: of the tree before.
        entries: what is added.
        last: gives the content of the last tile of a level, which is not whole yet.
    """
    changed: dict[tuple[int, int], bytes] = {}
    level, position, nodes = 0, size, [leaf_hash(entry) for entry in entries]
    while nodes:
        above = []
        for node in nodes:
            place = (level, position // TILE_WIDTH)
            before = changed.get(place) or (last(*place) if position % TILE_WIDTH else b"")
            changed[place] = before + node
            position += 1
            if position % TILE_WIDTH == 0:
                above.append(_joined(changed[place]))
        level, nodes = level + 1, above
        position = size >> (TILE_HEIGHT * level)
    return changed
