"""The log's tree, checked against the recursion in `tests.trust.logs` and the known roots of Certificate Transparency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import CryptographicSecurityError, MalformedValueError
from tests.trust.logs import path, root
from trust.merkle import (
    EMPTY_ROOT,
    TILE_WIDTH,
    Head,
    Tile,
    TileNodes,
    consistency_proof,
    entries_tile,
    grown,
    inclusion_proof,
    parse_tile,
    root_of,
    tile_at,
    tiles_of,
    tree_hash,
    verify_consistency,
)

MOST: Final = 3 * TILE_WIDTH + 40
ENTRIES: Final = [sha256(number.to_bytes(2, "big")).digest() for number in range(MOST)]
KNOWN: Final = (
    ("", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
    ("00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
    ("10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
    ("2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
    ("3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
    ("40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
    ("5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
    ("606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
)
"""The leaves and roots with which Certificate Transparency's own implementations are tested."""


class Log:
    """Tiles that grow, as a log keeps them."""

    def __init__(self) -> None:
        self.size = 0
        self.tiles: dict[tuple[int, int], bytes] = {}

    def add(self, entries: Sequence[bytes]) -> None:
        self.tiles |= grown(self.size, entries, lambda level, index: self.tiles[level, index])
        self.size += len(entries)

    def nodes(self, size: int | None = None) -> TileNodes:
        return TileNodes(self.size if size is None else size, self.content)

    def content(self, tile: Tile) -> bytes:
        return self.tiles[tile.level, tile.index][: tile.width * 32]


def log_of(*groups: int) -> Log:
    made = Log()
    for group in groups:
        made.add(ENTRIES[made.size : made.size + group])
    return made


WHOLE: Final = log_of(MOST)


def test_the_roots_are_those_of_certificate_transparency() -> None:
    log = Log()
    assert tree_hash(log.nodes(), 0) == EMPTY_ROOT
    for leaf, expected in KNOWN:
        log.add([bytes.fromhex(leaf)])
        assert tree_hash(log.nodes(), log.size).hex() == expected


@pytest.mark.parametrize("size", [1, 2, 7, 255, 256, 257, 511, 512, 700, MOST])
def test_a_tree_read_from_tiles_has_the_root_of_the_recursion(size: int) -> None:
    assert tree_hash(WHOLE.nodes(size), size) == root(ENTRIES[:size])


@given(st.lists(st.integers(0, 300), max_size=6))
def test_tiles_are_the_same_in_whatever_groups_leaves_are_added(groups: list[int]) -> None:
    log = log_of(*groups)
    assert log.tiles == log_of(log.size).tiles
    assert {(tile.level, tile.index): tile.width * 32 for tile in tiles_of(log.size)} == {
        place: len(content) for place, content in log.tiles.items()
    }


@given(st.integers(1, MOST), st.data())
def test_every_leaf_is_proven_and_by_the_proof_of_the_recursion(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(WHOLE.nodes(size), index, size)
    assert list(proof) == path(index, ENTRIES[:size])
    assert root_of(ENTRIES[index], index, size, proof) == tree_hash(WHOLE.nodes(size), size)


def head(size: int) -> Head:
    return Head(size, tree_hash(WHOLE.nodes(size), size))


def test_every_prefix_is_consistent_with_every_tree_that_grew_out_of_it() -> None:
    for new in (*range(33), 255, 256, 257, 600):
        for old in {*range(min(new, 33) + 1), new // 2, new}:
            verify_consistency(head(old), head(new), consistency_proof(WHOLE.nodes(new), old, new))


@given(st.integers(1, 300), st.data())
def test_a_changed_past_is_refused(new: int, data: st.DataObject) -> None:
    """One leaf of the old tree is another in the new one: no proof that the new log can make leads to the root that was seen."""
    old = data.draw(st.integers(1, new))
    changed = list(ENTRIES[:new])
    changed[data.draw(st.integers(0, old - 1))] = bytes(32)
    other = Log()
    other.add(changed)
    rewritten = Head(new, tree_hash(other.nodes(), new))
    for proof in (consistency_proof(other.nodes(), old, new), consistency_proof(WHOLE.nodes(new), old, new)):
        with pytest.raises(CryptographicSecurityError, match="no continuation"):
            verify_consistency(head(old), rewritten, proof)


@given(st.integers(2, 300), st.data())
def test_a_tampered_proof_is_refused(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new - 1))
    proof = list(consistency_proof(WHOLE.nodes(new), old, new))
    at = data.draw(st.integers(0, len(proof) - 1))
    flipped = bytes([proof[at][0] ^ 1]) + proof[at][1:]
    for bad in ([*proof[:at], flipped, *proof[at + 1 :]], proof[:-1], [*proof, bytes(32)], [], proof * 8):
        with pytest.raises(CryptographicSecurityError):
            verify_consistency(head(old), head(new), bad)
    for wrong in (replace(head(old), root=bytes(32)), Head(old - 1, head(old).root), Head(old + 1, head(old).root)):
        with pytest.raises(CryptographicSecurityError):
            verify_consistency(wrong, head(new), proof)


@pytest.mark.parametrize(
    ("old", "new", "proof"),
    [
        (head(5), head(4), ()),
        (Head(-1, EMPTY_ROOT), head(4), ()),
        (Head(0, bytes(32)), head(4), ()),
        (head(0), head(4), (bytes(32),)),
        (head(0), Head(0, bytes(32)), ()),
        (head(4), Head(4, bytes(32)), ()),
        (head(4), head(4), (bytes(32),)),
    ],
)
def test_sizes_and_roots_that_do_not_go_together_are_refused(old: Head, new: Head, proof: tuple[bytes, ...]) -> None:
    with pytest.raises(CryptographicSecurityError):
        verify_consistency(old, new, proof)


@pytest.mark.parametrize(
    ("index", "path_"),
    [
        (0, "tile/0/000"),
        (67, "tile/0/067"),
        (1_234_067, "tile/0/x001/x234/067"),
        (1000, "tile/0/x001/000"),
    ],
)
def test_tiles_are_named_as_the_specification_names_them(index: int, path_: str) -> None:
    for width, suffix in ((TILE_WIDTH, ""), (5, ".p/5")):
        tile = Tile(0, index, width)
        assert tile.path == path_ + suffix
        assert parse_tile(tile.path) == tile
        entries = entries_tile(index, width)
        assert entries.path == tile.path.replace("tile/0/", "tile/entries/")
        assert parse_tile(entries.path) == entries
        assert entries.holds_entries
        assert not tile.holds_entries


@pytest.mark.parametrize(
    "bad",
    [
        *("", "tile/0/1", "tile/0/0001", "tile/0/x000/001", "tile/00/000", "tile/8/000", "tile/-1/000", "tile/0/000.p/0"),
        *(
            "tile/0/000.p/256",
            "tile/0/000.p/007",
            "tile/0/000.p/999",
            "/tile/0/000",
            "tile/0/000/",
            "tile/data/000",
            "tile/0/\u0660\u0660\u0660",
        ),
        "tile/0/" + "x999/" * 18 + "999",
        "tile/0/" + "x999/" * 6 + "999",
    ],
)
def test_other_spellings_name_no_tile(bad: str) -> None:
    with pytest.raises(MalformedValueError):
        parse_tile(bad)


def test_what_a_tree_does_not_reach_is_not_read() -> None:
    for action in (
        lambda: inclusion_proof(WHOLE.nodes(5), 5, 5),
        lambda: inclusion_proof(WHOLE.nodes(5), -1, 5),
        lambda: consistency_proof(WHOLE.nodes(5), 6, 5),
        lambda: consistency_proof(WHOLE.nodes(5), -1, 5),
        lambda: tile_at(5, 0, 1),
        lambda: WHOLE.nodes(5)(0, 5),
        lambda: WHOLE.nodes(5)(3, 0),
    ):
        with pytest.raises(MalformedValueError):
            action()


def test_a_tile_of_another_length_is_refused_and_a_good_one_is_asked_for_once() -> None:
    asked: list[Tile] = []

    def fetch(tile: Tile) -> bytes:
        asked.append(tile)
        return WHOLE.content(tile) if len(asked) == 1 else b"short"

    nodes = TileNodes(5, fetch)
    assert nodes(0, 4) == nodes(0, 4)
    assert asked == [Tile(0, 0, 5)]
    with pytest.raises(MalformedValueError, match="length"):
        TileNodes(6, fetch)(0, 4)
