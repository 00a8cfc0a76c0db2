"""The threat cases, which tests stage them, and the table of both in `docs/threat-model.md`.

A test stages the cases that its name begins with (`test_h1_and_e12_…`). The table is written by a run of the tests:
`pytest --threat-table` notes how each of them ended. As a plugin of pytest, this module does that.
"""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import pytest

TESTS: Final = Path(__file__).parent
TABLE: Final = TESTS.parent / "docs" / "threat-model.md"
_CASES: Final = TESTS / "threat_cases.csv"
_BEGIN: Final = "<!-- table of cases: written by pytest --threat-table -->\n"
_END: Final = "<!-- end of the table -->\n"
_NUMBERS: Final = re.compile(r"test_((?:(?:[a-k]\d+|qr_rule_\d+)_(?:and_)?)+)")
_NUMBER: Final = re.compile(r"[a-k]\d+|qr_rule_\d+")
_BAD: Final = frozenset({"failed", "error"})


@dataclass(frozen=True, slots=True)
class Case:
    """A case: its number, what comes, what is expected, and why no test stages it where that is so."""

    number: str
    comes: str
    expected: str
    elsewhere: str


@dataclass(frozen=True, order=True, slots=True)
class Staging:
    """A test function that stages cases; `file` is its path below `tests`."""

    file: str
    name: str


@cache
def cases() -> Mapping[str, Case]:
    """Return every case by its number, in lower case."""
    with _CASES.open(encoding="utf-8", newline="") as file:
        return {
            row["case"].lower(): Case(row["case"], row["comes"], row["expected"], row["elsewhere"]) for row in csv.DictReader(file)
        }


@cache
def staged() -> Mapping[str, tuple[Staging, ...]]:
    """Return the tests of each case and of each security rule of codes, by what their names say."""
    found: dict[str, list[Staging]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for name in _functions(path):
            for number in numbers(name):
                found.setdefault(number, []).append(Staging(path.relative_to(TESTS).as_posix(), name))
    return {number: tuple(sorted(tests)) for number, tests in found.items()}


def numbers(name: str) -> list[str]:
    """Return what a test's name says that it stages."""
    named = _NUMBERS.match(name)
    return _NUMBER.findall(named[1]) if named else []


def _functions(path: Path) -> Iterator[str]:
    text = path.read_text("utf-8")
    if _NUMBERS.search(text):
        yield from (node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef))


def _ended_before() -> dict[Staging, str]:
    """Return how tests ended that the committed table names."""
    named = re.findall(r"`(test_\w+)` \(([^)]+)\)(?: \*\*([a-z ]+)\*\*)?", TABLE.read_text("utf-8"))
    return {Staging(file, name): outcome or "passed" for name, file, outcome in named}


def committed() -> dict[str, tuple[Staging, ...]]:
    """Return what the committed table says of each case."""
    told: dict[str, tuple[Staging, ...]] = {}
    for line in TABLE.read_text("utf-8").partition(_BEGIN)[2].partition(_END)[0].splitlines()[2:]:
        number, *_, tests = line.strip("| ").split(" | ")
        told[number.lower()] = tuple(Staging(file, name) for name, file in re.findall(r"`(test_\w+)` \(([^)]+)\)", tests))
    return told


def write(outcomes: Mapping[Staging, str]) -> None:
    """Put the table of all cases in its place.

    Args:
        outcomes: of a run, `passed`, `skipped` or another word of pytest; of tests that it left out the table keeps what it said.
    """
    outcomes = _ended_before() | dict(outcomes)
    before, _, rest = TABLE.read_text("utf-8").partition(_BEGIN)
    rows = [_row(case, outcomes) for case in cases().values()]
    head = "| case | what comes | expected | staged by |\n|---|---|---|---|\n"
    TABLE.write_text(f"{before}{_BEGIN}{head}{''.join(rows)}{_END}{rest.partition(_END)[2]}", "utf-8")


def _row(case: Case, outcomes: Mapping[Staging, str]) -> str:
    tests = staged().get(case.number.lower(), ())
    told = ", ".join(f"`{test.name}` ({test.file}){_ended(outcomes.get(test, 'not run'))}" for test in tests)
    cells = (case.number, case.comes, case.expected, told or case.elsewhere or "no test of this number yet")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _ended(outcome: str) -> str:
    return "" if outcome == "passed" else f" **{outcome}**"


@dataclass(eq=False)
class Noting:
    """Notes how the tests of cases ended, and writes the table in the end."""

    outcomes: dict[Staging, str] = field(default_factory=dict)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the worst that became of a test, over all its parameters and steps."""
        file, _, name = report.nodeid.partition("[")[0].rpartition("::")
        test = Staging(file.partition("::")[0].removeprefix("tests/"), name)
        if numbers(name) and (report.when == "call" or report.outcome != "passed") and self.outcomes.get(test) not in _BAD:
            self.outcomes[test] = str(report.outcome) if report.outcome != "skipped" else self.outcomes.get(test, "skipped")

    def pytest_sessionfinish(self) -> None:
        """Write the table."""
        write(self.outcomes)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that has the table written."""
    parser.addoption("--threat-table", action="store_true", help="write the table of threat cases in docs/threat-model.md")


def pytest_configure(config: pytest.Config) -> None:
    """Note outcomes where that is asked for; with several workers, in the one that hears of all."""
    if config.getoption("--threat-table") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Noting(), "threat-table")
