"""The command `comity`: what a person runs, and what a program calls with `--json`.

Exit status: 0 yes, 1 no, 2 wrong use, 3 could not tell.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Final, NoReturn

from sqlalchemy.exc import DBAPIError

from comity.cli import (
    afterwards_commands,
    classification_commands,
    conformance_commands,
    credentials_commands,
    demo_command,
    deployment_commands,
    doctor_command,
    inbox_command,
    issuing_commands,
    keys_commands,
    register_commands,
    registry_commands,
    serving_commands,
    trust_commands,
)
from comity.cli.output import NOT_READ, STOPPED, UNKNOWN, USAGE, complain, explain
from comity.deployment import SetupError
from comity.settings import read_settings
from credentials.errors import VCError

COMMANDS: Final = (
    deployment_commands,
    keys_commands,
    serving_commands,
    doctor_command,
    issuing_commands,
    inbox_command,
    classification_commands,
    credentials_commands,
    afterwards_commands,
    register_commands,
    trust_commands,
    registry_commands,
    demo_command,
    conformance_commands,
)
_EPILOG: Final = """\
first steps
  comity demo                     the whole job on shipped examples, in ./var
  comity init                     an empty deployment in ./var
  comity issuer add CENTRE.json   a training centre, with its own key
  comity programme define PROGRAMME.json
  comity issue CLASS.csv --programme ID
  comity verify FILE --state XB   any JSON, PDF, picture of a code, or link
  comity serve                    pages and APIs until Ctrl-C

environment
  COMITY_DATA          folder that holds everything (./var)
  PORT                 where to listen (8000)
  COMITY_PUBLIC_URL    address for identifiers and printed codes; init keeps it for good
  COMITY_DATABASE_URL  sqlite:///FILE or postgresql://…; SQLite in COMITY_DATA where empty
  COMITY_KEY_STORE     where signing keys are kept (file:)
  COMITY_KEY_PASSPHRASE_FILE  file of the passphrase that locks them, where they are files

exit status: 0 yes, 1 no, 2 wrong use, 3 could not tell
"""


class _Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line, and that takes no half options."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401  # argparse's own
        super().__init__(**{"allow_abbrev": False, **settings})

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments and leave."""
        complain(f"{message}. See: {self.prog} --help")
        raise SystemExit(USAGE)


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; each module of `COMMANDS` adds its own."""
    top = _Parser(
        prog="comity",
        description="Issue, keep, check and recognise certificates for training and work experience.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"comity {version('comity')}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in COMMANDS:
        module.register(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = parser().parse_args(arguments)
    try:
        status = _run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has seen enough; nothing is left to flush
        return NOT_READ
    except OSError as error:
        complain(f"{error.filename or 'input or output'}: {error.strerror or error}")
        return USAGE
    except KeyboardInterrupt:
        complain("stopped; what was finished is kept, and the same command goes on from there")
        return STOPPED
    return status


def _run(options: argparse.Namespace) -> int:
    try:
        return int(options.run(options, read_settings()))
    except SetupError as error:
        complain(str(error))
        return USAGE
    except VCError as error:
        return explain(error, as_json=getattr(options, "json", False))
    except DBAPIError as error:
        complain(f"the database does not answer: {error.orig}")
        return UNKNOWN
