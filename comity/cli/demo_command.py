"""demo: the main job on the shipped examples."""

from __future__ import annotations

import argparse
import contextlib

from comity.cli.output import YES
from comity.cli.serving_commands import check_safety, listening, serve
from comity.deployment import is_initialized, open_deployment
from comity.settings import Settings


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command of this module."""
    demo = commands.add_parser(
        "demo",
        help="do the main job on the shipped examples and show each step",
        description="Do the main job on the shipped examples and show each step. Run again, it finds everything there and does "
        "nothing twice. The files are in COMITY_DATA/demo.",
    )
    demo.add_argument("--serve", action="store_true", help="go on and serve until Ctrl-C")
    demo.set_defaults(run=run)


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Do the main job, then serve if asked; a port that is taken is found before anything is done."""
    from comity.demo import run_demo  # noqa: PLC0415  # it runs the other commands

    if is_initialized(settings.data):
        check_safety(settings, open_deployment(settings.data))
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(listening(settings)) if options.serve else None
        composition = stack.enter_context(contextlib.closing(run_demo(settings, serving=options.serve)))
        return serve(composition, settings, listener) if listener else YES
