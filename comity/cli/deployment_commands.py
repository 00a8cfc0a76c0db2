"""init, sign-in-link: the deployment itself."""

from __future__ import annotations

import argparse

from sqlmodel import Session, select

from comity.cli.output import YES, say
from comity.cli.serving_commands import address_here
from comity.clock import now
from comity.database_schema import create_database, open_database
from comity.deployment import SetupError, create_deployment, is_initialized, open_deployment
from comity.key_stores import close_key_store, open_key_store
from comity.settings import Settings
from issuer_api.key_records import adopt_first_keys
from web.db import Database
from web.people import create_person, create_sign_in_link
from web.tables import Person

OPERATOR = "Registrar"


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this module."""
    init = commands.add_parser(
        "init",
        help="create a deployment: public URL, keys, database",
        description="Create a deployment in COMITY_DATA: its public URL (COMITY_PUBLIC_URL, or http://localhost:PORT) is kept for "
        "good, because identifiers, lists and printed codes contain it. Prints a one-time link to sign in.",
    )
    init.add_argument("--upgrade", action="store_true", help="bring the database of an existing deployment up to date")
    init.set_defaults(run=run_init)
    invite = commands.add_parser(
        "sign-in-link",
        help="print a fresh one-time link to sign in as the registrar, or as somebody else",
        description="Print a fresh link to sign in as the registrar, or as somebody who has lost their passkeys. It works once, "
        "within seven days.",
    )
    invite.add_argument("--person", default="", metavar="NAME", help="somebody else's name, or number as the acts show it")
    invite.set_defaults(run=run_sign_in_link)


def run_init(options: argparse.Namespace, settings: Settings) -> int:
    """Create the deployment, or bring its database up to date."""
    if is_initialized(settings.data) and not options.upgrade:
        raise SetupError(f"{settings.data} holds a deployment already. To bring its database up to date: comity init --upgrade")
    if options.upgrade and not is_initialized(settings.data):
        raise SetupError(f"{settings.data} holds no deployment to upgrade. Create one with: comity init")
    initialize(settings)
    if options.upgrade:
        say(f"The database of {settings.data} is up to date.")
        return YES
    say(f"{settings.data} is ready; its public address is {open_deployment(settings.data).public_url}, for good.")
    say(f"Sign in once, within seven days, after `comity serve`: {fresh_sign_in_link(settings)}")
    return YES


def initialize(settings: Settings) -> None:
    """Create what is not there yet: the folder, the tables, the first person, the records of keys."""
    if not is_initialized(settings.data):
        create_deployment(settings.data, settings.public_url or f"http://localhost:{settings.port}", now())
    deployment = open_deployment(settings.data)
    engine = create_database(settings, deployment)
    with Database(engine).write() as session:
        if session.exec(select(Person)).first() is None:
            create_person(session, OPERATOR, now())
    keys = open_key_store(settings, deployment)
    adopt_first_keys(Database(engine), keys)
    close_key_store(keys)
    engine.dispose()


def fresh_sign_in_link(settings: Settings, *, serving: bool = False, name: str = "") -> str:
    """Return a one-time link for the person of a name or number, or else for the first person of the deployment.

    Raises:
        SetupError: there is nobody, or more than one.
    """
    deployment = open_deployment(settings.data)
    engine = open_database(settings, deployment)
    with Database(engine).write() as session:
        token = create_sign_in_link(session, _number_of(session, name), now())
    engine.dispose()
    return f"{address_here(deployment, settings, serving=serving)}/sign-in/{token}"


def _number_of(session: Session, name: str) -> int:
    people = session.exec(select(Person).order_by("id")).all()
    if not name:
        found = [person.id for person in people[:1]]
    else:
        found = [person.id for person in people if name in (person.name, str(person.id))]
    if not people:
        raise SetupError("There is nobody to sign in. Run: comity init --upgrade")
    if len(found) != 1 or found[0] is None:
        told = "their number tells them apart" if found else "see who works where under People"
        raise SetupError(f"{len(found)} people are called {name!r}; {told}.")
    return found[0]


def run_sign_in_link(options: argparse.Namespace, settings: Settings) -> int:
    """Print a fresh one-time link."""
    say(fresh_sign_in_link(settings, name=options.person))
    return YES
