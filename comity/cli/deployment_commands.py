"""init, serve, keys, sign-in-link: the deployment itself."""

from __future__ import annotations

import argparse
import json
import logging
import socket

import uvicorn
from sqlmodel import select

from comity.cli.output import UNKNOWN, YES, say
from comity.clock import now
from comity.compose import Composition, compose, database_url
from comity.database_schema import bring_up_to_date
from comity.deployment import SetupError, create_deployment, is_initialized, open_deployment
from comity.settings import Settings
from issuer_api.issuing import resume
from web.db import Database, open_engine
from web.people import create_person, create_sign_in_link
from web.tables import Person

OPERATOR = "Registrar"


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
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
    doctor = commands.add_parser("doctor", help="say whether everything is in order")
    doctor.set_defaults(run=run_doctor)


def run_init(options: argparse.Namespace, settings: Settings) -> int:
    """Create the deployment, or bring its database up to date."""
    if is_initialized(settings.data) and not options.upgrade:
        raise SetupError(f"{settings.data} holds a deployment already. To bring its database up to date: comity init --upgrade")
    initialize(settings)
    say(f"{settings.data} is ready; its public address is {open_deployment(settings.data).public_url}, for good.")
    say(f"Sign in once, within seven days: {fresh_sign_in_link(settings)}")
    return YES


def initialize(settings: Settings) -> None:
    """Create what is not there yet: the folder, the tables, the first person."""
    if not is_initialized(settings.data):
        create_deployment(settings.data, settings.public_url or f"http://localhost:{settings.port}", now())
    deployment = open_deployment(settings.data)
    engine = open_engine(database_url(settings, deployment))
    bring_up_to_date(engine)
    database = Database(engine)
    with database.write() as session:
        if session.exec(select(Person)).first() is None:
            create_person(session, OPERATOR, now())


def fresh_sign_in_link(settings: Settings) -> str:
    """Return a one-time link for the first person of the deployment."""
    deployment = open_deployment(settings.data)
    database = Database(open_engine(database_url(settings, deployment)))
    with database.write() as session:
        person = session.exec(select(Person).order_by("id")).first()
        if person is None or person.id is None:
            raise SetupError("There is nobody to sign in. Run: comity init --upgrade")
        token = create_sign_in_link(session, person.id, now())
    return f"{deployment.public_url}/sign-in/{token}"


def run_sign_in_link(_options: argparse.Namespace, settings: Settings) -> int:
    """Print a fresh one-time link."""
    say(fresh_sign_in_link(settings))
    return YES


def run_keys_list(options: argparse.Namespace, settings: Settings) -> int:
    """List the signing keys."""
    keys = compose(settings).issuer.keys
    found = {name: keys.signer(name).public_key.multibase for name in keys.verification_methods()}
    if options.json:
        say(json.dumps([{"verificationMethod": name, "publicKeyMultibase": key} for name, key in found.items()], indent=1))
        return YES
    for name, key in found.items():
        say(f"{key}  {name}")
    return YES


def run_doctor(_options: argparse.Namespace, settings: Settings) -> int:
    """Check folder, database, keys and lists; each line says what was found."""
    composition = compose(settings)
    say(f"data       {settings.data}, public address {composition.deployment.public_url}")
    say(f"keys       {len(composition.issuer.keys.verification_methods())}")
    bundle = composition.verifier.bundle()
    age = bundle.age(now()).days
    say(f"lists      version {bundle.version}, {age} days old, {'run out' if bundle.expired else 'in date'}")
    return UNKNOWN if bundle.expired else YES


def check_port(settings: Settings) -> None:
    """Raise when something else listens where we would.

    Raises:
        SetupError: says how to choose another port.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise SetupError(
                f"Port {settings.port} is taken by another program. Choose another: make run PORT={settings.port + 1}"
            ) from error


def run_serve(_options: argparse.Namespace, settings: Settings) -> int:
    """Serve until Ctrl-C."""
    check_port(settings)
    return serve(compose(settings), settings)


def serve(composition: Composition, settings: Settings) -> int:
    """Serve a composition until Ctrl-C; what a crash left half way is finished first."""
    finished = resume(composition.issuer)
    if finished:
        say(f"Finished {finished} certificates that were on their way.")
    public = composition.deployment.public_url
    here = f"http://localhost:{settings.port}"
    say(f"Serving {public} — open {here} — Ctrl-C to stop.")
    if public != here:
        say(f"The public address stays {public}: identifiers, lists and printed codes contain it.")
    logging.getLogger("uvicorn.access").disabled = True  # no record of who checked what
    uvicorn.run(composition.app, host=settings.host, port=settings.port, log_level="warning", access_log=False)
    return YES
