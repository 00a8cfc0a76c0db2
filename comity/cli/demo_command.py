"""demo: the main job on the shipped examples."""

from __future__ import annotations

import argparse

from comity.cli.deployment_commands import check_port, serve
from comity.cli.output import YES
from comity.demo import run_demo
from comity.settings import Settings


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command of this module."""
    demo = commands.add_parser("demo", help="do the main job on the shipped examples and show each step")
    demo.add_argument("--serve", action="store_true", help="go on and serve until Ctrl-C")
    demo.set_defaults(run=run)


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Do the main job, then serve if asked."""
    if options.serve:
        check_port(settings)
    composition = run_demo(settings)
    return serve(composition, settings) if options.serve else YES
