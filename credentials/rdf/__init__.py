"""JSON-LD to canonical N-Quads: the only door to PyLD and pyoxigraph.

1. `limits` refuses documents whose shape alone would cost too much.
2. `expansion` expands with PyLD, mended by `processor`, over the frozen contexts of `schemas`, and refuses whatever JSON-LD would
   drop: an undefined term or type, a relative or malformed IRI, a malformed language tag.
3. `dataset` turns the expanded form into RDF.
4. `canonical` names the blank nodes by RDFC-1.0 and spells the N-Quads, behind a guard against graphs made to be costly.

`canonicalize` does all of this and is the reference. `Shapes` gives the same bytes for documents like those that it has seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from credentials.rdf.canonical import canonical_n_quads
from credentials.rdf.dataset import dataset_of
from credentials.rdf.expansion import check_contexts, expand
from credentials.rdf.limits import check_shape
from credentials.rdf.shapes import Learning, Shapes

__all__ = ["Canonicalizer", "Learning", "Shapes", "canonicalize", "check_contexts", "expand"]


class Canonicalizer(Protocol):
    """Turns a JSON-LD document into canonical N-Quads; in process, or in a worker that can be killed."""

    def __call__(self, document: Mapping[str, object], *, hash_name: str = "sha256") -> bytes:
        """Return what `canonicalize` returns."""
        ...


def canonicalize(document: Mapping[str, object], *, hash_name: str = "sha256") -> bytes:
    """Return the canonical N-Quads of a JSON-LD document (RDFC-1.0), UTF-8.

    Args:
        document: JSON-LD with contexts that we ship, or inline ones.
        hash_name: `sha256` or `sha384`, for naming blank nodes.

    Raises:
        DataLossError: something would be dropped, and so would not be signed.
        UnknownContextError: a context that we do not ship.
        ProofTransformationError: not JSON-LD.
        ComplexityLimitError: too intricate.
    """
    check_shape(document)
    return canonical_n_quads(dataset_of(expand(document)), hash_name=hash_name)
