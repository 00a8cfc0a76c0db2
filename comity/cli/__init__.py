"""The command `comity`: what a person runs, and what a program calls with `--json`.

Exit status: 0 yes, 1 no, 2 wrong use, 3 could not tell.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Final

from comity.cli import credentials_commands, demo_command, deployment_commands, issuing_commands, trust_commands
from comity.cli.output import NO, USAGE, explain
from comity.deployment import SetupError
from comity.settings import Settings
from credentials.errors import VCError

COMMANDS: Final = (deployment_commands, issuing_commands, credentials_commands, trust_commands, demo_command)


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; each module of `COMMANDS` adds its own."""
    top = argparse.ArgumentParser(
        prog="comity", description="Issue, keep, check and recognise certificates for training and work experience."
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in COMMANDS:
        module.register(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options, Settings()))
    except SetupError as error:
        print(f"comity: {error}", file=sys.stderr)
        return USAGE
    except VCError as error:
        explain(error)
        return NO
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130
