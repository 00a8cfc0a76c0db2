from __future__ import annotations

from pathlib import Path

from tests.comity.conftest import Command


def test_a_roll_needs_a_centre_that_is_there_and_a_time(deployed: Command, tmp_path: Path) -> None:
    assert deployed("registry", "roll", "nobody", tmp_path).status == 2
    unknown = deployed("registry", "roll", "nobody", tmp_path, "--before", "2026-11-20")
    assert unknown.status != 0
    assert "nobody" in unknown.err
    assert deployed("registry", "roll", "nobody", tmp_path, "--before", "yesterday").status != 0
