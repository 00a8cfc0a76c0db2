"""Makes `tests/vectors/did-webvh.json`: logs with what comes of them, each wrong one with the error and what it says.

Keys follow from names and signatures are deterministic, so the file is the same whenever it is made:

    python -m tests.credentials.dids.webvh.making
"""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path
from typing import Final

from tests.credentials.dids.webvh import bad_entries, bad_signatures, good
from tests.credentials.world import NOW

FILE: Final = Path(__file__).parents[3] / "vectors" / "did-webvh.json"


def text() -> str:
    """Return the content of the file."""
    vectors = chain(
        good.good(),
        good.good_with_witnesses(),
        good.asked(),
        bad_entries.parameters(),
        bad_entries.chain(),
        bad_entries.moves(),
        bad_entries.names(),
        bad_signatures.keys(),
        bad_signatures.witnesses(),
        bad_signatures.files(),
    )
    made = {"now": NOW.isoformat(), "vectors": [vector.to_json() for vector in vectors]}
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
