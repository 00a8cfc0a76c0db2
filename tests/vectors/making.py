"""Writes the house's vectors: the same bytes in every run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.vectors import examples
from tests.vectors.checks import check_cases
from tests.vectors.engines import algorithm_cases, cryptosuite_cases
from tests.vectors.outside import did_cases, key_store_cases, status_cases
from tests.vectors.wrappings import securing_cases

FOLDER: Final = Path(__file__).parent / "house"


def built() -> dict[str, bytes]:
    """Return file name to content."""
    return {f"{name}.json": encoded(list(cases)) for name, cases in _tables()}


def _tables() -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    yield "signature-algorithms", algorithm_cases()
    yield "cryptosuites", cryptosuite_cases()
    yield "securing-mechanisms", securing_cases()
    yield "did-methods", did_cases()
    yield "status-mechanisms", status_cases()
    yield "key-stores", key_store_cases()
    yield "checks", check_cases()


def encoded(document: object) -> bytes:
    """Return JSON as the repository keeps it."""
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


if __name__ == "__main__":
    examples.write(examples.FOLDER, examples.built())  # first: vectors are made of them
    examples.write(FOLDER, built())
