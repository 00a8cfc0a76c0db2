"""`verify DIR`: a folder of certificates, one row each."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from comity.cli.output import say, say_json, show_progress
from comity.compose import Composition, compose
from comity.deployment import SetupError
from comity.settings import Settings
from verifier.many import MOST, Item, Row, as_csv, check_all, exit_code_of, headline, names_of
from verifier.reading import MAX_FILE
from verifier.receipts import method_of

_WIDEST: Final = 40


def run_many(options: argparse.Namespace, settings: Settings) -> int:
    """Check every file of a folder; print a table, and write CSV and receipts where asked."""
    paths = files_in(Path(options.what))
    with contextlib.closing(compose(settings)) as composition:
        if options.receipts:
            composition.issuer.keys.create(method_of(composition.verifier.base_url))
        rows = []
        for row in check_all(composition.verifier, _items(paths), options.state):
            rows.append(row)
            show_progress(len(rows), len(paths), "checked")
        _write(options, composition, rows)
    return exit_code_of(rows)


def files_in(folder: Path) -> list[Path]:
    """Return the files of a folder, without those that are hidden and without what lies deeper.

    Raises:
        SetupError: there are none, or too many.
    """
    paths = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    if not paths:
        raise SetupError(f"{folder} holds no files")
    if len(paths) > MOST:
        raise SetupError(f"{folder} holds {len(paths)} files; at most {MOST} are checked at once")
    return paths


def _items(paths: list[Path]) -> Iterator[Item]:
    for path in paths:
        try:
            with path.open("rb") as file:
                yield Item(path.name, file.read(MAX_FILE + 1))
        except OSError as error:
            raise SetupError(f"{path} cannot be read: {error.strerror}") from error


def _write(options: argparse.Namespace, composition: Composition, rows: list[Row]) -> None:
    pages = composition.verifier.pages
    if options.csv:
        Path(options.csv).write_text(as_csv(pages, "en", rows), encoding="utf-8-sig", newline="")
    if options.receipts:
        receipts = [f"{row.receipt}\n" for row in rows if row.receipt]
        Path(options.receipts).write_text("".join(receipts), encoding="ascii")
    if options.json:
        say_json([row.to_json() for row in rows])
        return
    width = min(max(len(row.source) for row in rows), _WIDEST)
    for row in rows:
        name = names_of(row)
        why = f"  ({row.problem.detail})" if row.problem else f"  {name}" if name else ""
        say(f"{row.source[:_WIDEST]:<{width}}  {headline(pages, 'en', row)}{why}")
    good = sum(row.exit_code == 0 for row in rows)
    say(f"{len(rows)} checked: {good} genuine, current and entitled; {len(rows) - good} not, or not known.")
