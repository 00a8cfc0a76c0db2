"""The one door to OpenDP: the discrete Laplace mechanism over whole counts."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from math import ceil
from typing import Any

_WRONG_ONCE_IN = 20


def mechanism() -> str:
    """Return what makes the noise, as the ledger names it."""
    return f"discrete Laplace, OpenDP {version('opendp')}"


def _measurement(scale: float) -> Any:  # noqa: ANN401  # opendp's Measurement
    from opendp.domains import atom_domain, vector_domain  # noqa: PLC0415  # 265 MB that only a release needs
    from opendp.measurements import make_laplace  # noqa: PLC0415
    from opendp.metrics import l1_distance  # noqa: PLC0415
    from opendp.mod import enable_features  # noqa: PLC0415

    enable_features("contrib")
    return make_laplace(vector_domain(atom_domain(T="i64")), l1_distance(T="i64"), scale=scale)


def noisy(counts: Sequence[int], scale: float) -> list[int]:
    """Return counts with noise of a scale; below zero is possible."""
    return [int(value) for value in _measurement(scale)(list(counts))] if counts else []


def privacy_loss(scale: float, bound: int) -> float:
    """Return the epsilon that one person's at most `bound` rows cost under noise of a scale."""
    return float(_measurement(scale).map(bound))


def margin(scale: float) -> int:
    """Return the whole number that the noise exceeds at most once in twenty times."""
    from opendp.accuracy import discrete_laplacian_scale_to_accuracy  # noqa: PLC0415

    accuracy: float = discrete_laplacian_scale_to_accuracy(scale, 1 / _WRONG_ONCE_IN)
    return ceil(accuracy)
