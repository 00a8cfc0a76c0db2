"""Positions of messages: which are disclosed, which stay hidden."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from credentials.bls import Scalar
from credentials.errors import ProofGenerationError, ProofVerificationError


def _ascending(positions: Sequence[int]) -> bool:
    return all(first < second for first, second in pairwise(positions))


def hidden_positions(count: int, disclosed: Sequence[int]) -> list[int]:
    """Return the positions below `count` that are not disclosed, ascending.

    Raises:
        ProofGenerationError: positions that no message has, twice the same, or not ascending.
    """
    if not _ascending(disclosed) or any(not 0 <= position < count for position in disclosed):
        raise ProofGenerationError("the positions to disclose are not those of messages, ascending")
    return sorted(set(range(count)).difference(disclosed))


def disclosed_at(positions: Sequence[int], scalars: Sequence[Scalar]) -> dict[int, Scalar]:
    """Return the disclosed scalars by position.

    Raises:
        ProofVerificationError: not as many, twice the same position, or not ascending.
    """
    if len(positions) != len(scalars) or not _ascending(positions):
        raise ProofVerificationError("the positions disclosed are not those of the messages, ascending")
    return dict(zip(positions, scalars, strict=True))
