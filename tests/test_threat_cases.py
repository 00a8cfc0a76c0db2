"""Cases of the threat model about codes, papers and pictures, and the security rules of codes: each has a test named so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

CASES: Final = {f"i{number}" for number in range(1, 15)}
RULES: Final = {f"qr_rule_{number}" for number in range(1, 9)}
_NAME: Final = re.compile(r"def test_((?:(?:i\d+|qr_rule_\d+)_(?:and_)?)+)")


def test_every_case_and_every_rule_has_a_test_of_its_name() -> None:
    found = {
        case
        for path in Path(__file__).parent.rglob("test_*.py")
        for named in _NAME.findall(path.read_text("utf-8"))
        for case in re.findall(r"i\d+|qr_rule_\d+", named)
    }
    assert found >= CASES | RULES
