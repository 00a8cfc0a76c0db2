"""What the registry needs: its pages, its lists, its clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from trust.bundle import Bundle, BundleSource
from web.pages import Pages


@dataclass(frozen=True, slots=True)
class Registry:
    """The dependencies of the registry.

    Attributes:
        clock: tells the time.
        pages: renders.
        bundle: the lists that this deployment relies on.
        source: the published files, as other verifiers fetch them.
    """

    clock: Callable[[], datetime]
    pages: Pages
    bundle: Callable[[], Bundle]
    source: BundleSource
