"""init, serve, keys: the deployment itself."""

from __future__ import annotations

import argparse
import json
import socket
from datetime import UTC, datetime

import uvicorn

from comity.cli.output import YES, say
from comity.compose import Composition, compose
from comity.database_schema import bring_up_to_date
from comity.deployment import SetupError, create_deployment, is_initialized, open_deployment
from comity.settings import Settings
from web.db import Database, open_engine
from web.people import create_person, create_sign_in_link

Commands = argparse._SubParsersAction  # noqa: SLF001  (argparse gives this type no public name)


def register(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the commands of this module."""
    init = commands.add_parser("init", help="create a deployment: public URL, keys, database")
    init.add_argument("--upgrade", action="store_true", help="bring an older database up to date")
    init.set_defaults(run=run_init)
    serve = commands.add_parser("serve", help="serve the pages and APIs until Ctrl-C")
    serve.set_defaults(run=run_serve)
    keys = commands.add_parser("keys", help="the signing keys")
    actions = keys.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="list the signing keys, public halves only")
    listing.add_argument("--json", action="store_true", help="for programs")
    listing.set_defaults(run=run_keys_list)
    invite = commands.add_parser("sign-in-link", help="print a fresh one-time link to sign in as the registrar")
    invite.set_defaults(run=run_sign_in_link)
