"""Canonicalizers that know shapes: what they do not know, the reference does."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from credentials.errors import VCError
from credentials.rdf.shape import Key, NoShapeError, Shape, shape_of, walk

if TYPE_CHECKING:
    from credentials.rdf import Canonicalizer

MAX_SLOTS: Final = 2_000
"""Texts of a document that is learnt."""
_OF_ONE_KEY: Final = 4  # shapes that differ in fixed texts alone


class Shapes:
    """A canonicalizer for documents that somebody answers for; a shape is learnt when it is met a second time.

    For documents of others, `Learning` says when.
    """

    def __init__(
        self, reference: Canonicalizer, *, capacity: int = 256, audit: int = 0, differs: Callable[[], None] = lambda: None
    ) -> None:
        """Make one that knows nothing yet.

        Args:
            reference: RDFC-1.0.
            capacity: shapes kept; the one not used for longest is forgotten.
            audit: of so many answers, one is compared with the reference's; 0 for none.
            differs: is called when an answer was another than the reference's, which is then the one given.
        """
        self.reference: Final = reference
        self._capacity = capacity
        self._audit = audit
        self._differs = differs
        self._answers = 0
        self._known: OrderedDict[Key, tuple[Shape, ...]] = OrderedDict()
        self._met: OrderedDict[int, None] = OrderedDict()
        self._lock = Lock()

    def __call__(self, document: Mapping[str, Any], *, hash_name: str = "sha256") -> bytes:
        """Return what the reference returns.

        Raises:
            VCError: as the reference.
        """
        content = self.known(document, hash_name=hash_name)
        if content is None:
            content = self.reference(document, hash_name=hash_name)
            if self._is_met_again(document):
                self.learn(document)
        return content

    def known(self, document: Mapping[str, Any], *, hash_name: str = "sha256") -> bytes | None:
        """Return the canonical N-Quads of a document whose shape is known; None for any other."""
        try:
            key, slots = walk(document)
            content = self._fill(key, slots, hash_name)
        except NoShapeError:
            return None
        if content is not None and self._is_audited() and content != self.reference(document, hash_name=hash_name):
            self._forget(key)
            return None
        return content

    def learn(self, document: Mapping[str, Any]) -> None:
        """Learn the shape of a document, if it has one that is not known; the reference has the last word on it."""
        try:
            key, slots = walk(document)
            if len(slots) > MAX_SLOTS or self._fill(key, slots, "sha256") is not None:
                return
            shape = shape_of(document, slots)
            if shape.fill(slots, "sha256") == self.reference(document):
                self._keep(key, shape)
        except (NoShapeError, VCError):
            return

    def _fill(self, key: Key, slots: Sequence[str], hash_name: str) -> bytes | None:
        """Return what a known shape makes of the texts; None if none is known.

        Raises:
            NoShapeError: the reference must decide.
        """
        with self._lock:
            shapes = self._known.get(key, ())
            if shapes:
                self._known.move_to_end(key)
        fitting = next((shape for shape in shapes if shape.fits(slots)), None)
        return fitting.fill(slots, hash_name) if fitting is not None else None

    def _keep(self, key: Key, shape: Shape) -> None:
        with self._lock:
            self._known[key] = (shape, *self._known.get(key, ())[: _OF_ONE_KEY - 1])
            self._known.move_to_end(key)
            if len(self._known) > self._capacity:
                self._known.popitem(last=False)

    def _is_met_again(self, document: Mapping[str, Any]) -> bool:
        try:
            mark = hash(walk(document)[0])
        except NoShapeError:
            return False
        with self._lock:
            if self._met.pop(mark, mark) is None:
                return True
            self._met[mark] = None
            if len(self._met) > self._capacity:
                self._met.popitem(last=False)
        return False

    def _is_audited(self) -> bool:
        self._answers += 1
        return self._audit > 0 and self._answers % self._audit == 0

    def _forget(self, key: Key) -> None:
        with self._lock:
            self._known.pop(key, None)
        self._differs()


class Learning:
    """A canonicalizer for what somebody else signed: nothing is learnt of it until it is known to be good."""

    def __init__(self, shapes: Shapes) -> None:
        """Make one for one verification."""
        self._shapes = shapes
        self._unknown: list[Mapping[str, Any]] = []
        self.used_a_shape = False

    def __call__(self, document: Mapping[str, Any], *, hash_name: str = "sha256") -> bytes:
        """Return what the reference returns.

        Raises:
            VCError: as the reference.
        """
        content = self._shapes.known(document, hash_name=hash_name)
        if content is not None:
            self.used_a_shape = True
            return content
        self._unknown.append(document)
        return self._shapes.reference(document, hash_name=hash_name)

    def keep(self) -> None:
        """Learn the shapes that were met: for after the signatures of an issuer that is trusted were good."""
        for document in self._unknown:
            self._shapes.learn(document)
