"""inbox: lists that a school's own system leaves in a folder."""

from __future__ import annotations

import argparse
import contextlib
import time
from pathlib import Path

from comity.cli.output import NO, YES, say
from comity.compose import compose
from comity.deployment import SetupError
from comity.inbox import Taken, take_all
from comity.settings import Settings


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command of this module."""
    inbox = commands.add_parser(
        "inbox",
        help="take the lists that a school's own system leaves in a folder",
        description="Take the class lists (CSV, .xlsx) that lie in FOLDER/PROGRAMME/, for example where SFTP puts them. Each is "
        "brought, and then lies in done/ with a report of every row, or in refused/ with the reason. The same list again is the "
        "same class. Exit status 1 when a list was refused or rows are wrong.",
    )
    inbox.add_argument("folder", type=Path, metavar="FOLDER")
    inbox.add_argument("--issue", action="store_true", help="issue at once what is ready, where no second person is needed")
    inbox.add_argument("--claims", action="store_true", help="write the workers' claim links into the reports")
    inbox.add_argument("--every", type=float, metavar="SECONDS", help="look again and again, until Ctrl-C")
    inbox.set_defaults(run=run)


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Take what lies there, once or again and again."""
    if not options.folder.is_dir():
        raise SetupError(
            f"{options.folder} is no folder. Make it, with a folder in it for each programme (see: comity programme list)"
        )
    status = YES
    with contextlib.closing(compose(settings)) as composition:
        while True:
            for taken in take_all(composition.issuer, options.folder, issue=options.issue, claims=options.claims):
                say(_said(taken))
                status = NO if taken.rows is None or taken.wrong else status
            if not options.every:
                return status
            time.sleep(options.every)


def _said(taken: Taken) -> str:
    name = f"{taken.path.parent.name}/{taken.path.name}"
    if taken.rows is None:
        return f"{name}: refused. {taken.detail}"
    why = f" Nothing was issued: {taken.detail}" if taken.detail else ""
    return f"{name}: {taken.rows} rows, {taken.issued} issued, {taken.wrong} wrong.{why}"
