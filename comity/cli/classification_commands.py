"""classification: the lists of occupations, skills and fields that programmes are aligned to."""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path

from comity.cli.files import read_file
from comity.cli.output import YES, say, say_json
from comity.compose import compose
from comity.settings import Settings
from issuer_api.classifications import counted, replace_entries
from issuer_api.esco_files import MAX_FILE, read_esco


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this module."""
    group = commands.add_parser("classification", help="occupations, skills and fields of education to choose from")
    actions = group.add_subparsers(dest="action", required=True, metavar="ACTION")
    bring = actions.add_parser(
        "import",
        help="import the CSV files in which ESCO is published",
        description="Import the CSV files in which ESCO is published: skills, occupations, ISCO groups and skill groups (with "
        "ISCED-F), in one language. They come in the place of what was imported of the same kind in this language; programmes "
        "and certificates stay as they are.",
    )
    bring.add_argument("files", type=Path, nargs="+", metavar="FILE.csv")
    bring.add_argument("--language", default="en", metavar="CODE", help="of the labels, such as fr; default en")
    bring.set_defaults(run=run_import)
    listing = actions.add_parser("list", help="count what was imported")
    listing.add_argument("--json", action="store_true", help="for programs")
    listing.set_defaults(run=run_list)


def run_import(options: argparse.Namespace, settings: Settings) -> int:
    """Import files, and say how many entries each kind has now."""
    entries = [entry for path in options.files for entry in read_esco(read_file(path, MAX_FILE))]
    with contextlib.closing(compose(settings)) as composition:
        counts = replace_entries(composition.issuer, options.language, entries)
    for kind, count in sorted(counts.items()):
        say(f"{kind}  {options.language}  {count}")
    return YES


def run_list(options: argparse.Namespace, settings: Settings) -> int:
    """Print how many entries of each kind there are in each language."""
    with contextlib.closing(compose(settings)) as composition:
        found = counted(composition.issuer)
    if options.json:
        say_json([{"kind": kind, "language": language, "entries": count} for kind, language, count in found])
        return YES
    for kind, language, count in found:
        say(f"{kind}  {language}  {count}")
    return YES
