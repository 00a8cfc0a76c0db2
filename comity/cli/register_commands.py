"""person, tokens, history: what an issuer's register keeps, and how it is made to forget."""

from __future__ import annotations

import argparse
import contextlib

from comity.cli.output import USAGE, YES, complain, say, say_json
from comity.compose import compose
from comity.settings import Settings
from issuer_api.history import history
from issuer_api.messages import ActEntry, PersonFound, TokenEntry
from issuer_api.subjects import erase_person, search
from issuer_api.tokens import list_tokens, revoke_token


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this module."""
    person = commands.add_parser("person", help="find a person by name, erase a person's data")
    actions = person.add_subparsers(dest="action", required=True, metavar="ACTION")
    find = actions.add_parser("find", help="find persons of whom every word is part of a name")
    find.add_argument("name", metavar="NAME", help="one or more parts of a name; case and accents do not matter")
    find.set_defaults(run=run_find)
    erase = actions.add_parser(
        "erase",
        help="destroy a person's key for good",
        description="Destroy the key under which everything that identifies a person is sealed. The certificate that the person "
        "holds stays good, and can still be withdrawn. It cannot be undone.",
    )
    erase.add_argument("person", metavar="PERSON", help="the person's id; see: comity person find")
    erase.add_argument("--yes", action="store_true", help="you are sure")
    erase.set_defaults(run=run_erase)
    tokens = commands.add_parser("tokens", help="list and revoke API tokens")
    actions = tokens.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="list an issuer's tokens; what they are cannot be read back")
    listing.set_defaults(run=run_tokens)
    revoke = actions.add_parser("revoke", help="make a token useless at once")
    revoke.add_argument("token", metavar="TOKEN", help="the token's id; see: comity tokens list")
    revoke.set_defaults(run=run_revoke)
    acts = commands.add_parser("history", help="who did what for an issuer, the newest first")
    acts.add_argument("--most", type=int, default=50, metavar="N", help="how many acts; default 50")
    acts.set_defaults(run=run_history)
    for command in (find, erase, listing, revoke, acts):
        command.add_argument("--issuer", required=True, metavar="NAME", help="the issuer's short name; see: comity issuer list")
    for command in (find, listing, acts):
        command.add_argument("--json", action="store_true", help="for programs")


def run_find(options: argparse.Namespace, settings: Settings) -> int:
    """Print where a person is found."""
    with contextlib.closing(compose(settings)) as composition:
        found = [PersonFound.of(entry) for entry in search(composition.issuer, options.issuer, options.name)]
    if options.json:
        say_json([entry.model_dump(by_alias=True, mode="json") for entry in found])
        return YES
    for entry in found:
        where = f"class {entry.cohort} row {entry.row}" if entry.cohort else "attested"
        say(f"{entry.person}  {where}  {entry.credential or 'no certificate'}  {entry.state or ''}".rstrip())
    return YES


def run_erase(options: argparse.Namespace, settings: Settings) -> int:
    """Destroy a person's key."""
    if not options.yes:
        complain("this destroys the person's data for good. To do it, say --yes")
        return USAGE
    with contextlib.closing(compose(settings)) as composition:
        erase_person(composition.issuer, options.issuer, options.person)
    say("Erased.")
    return YES


def run_tokens(options: argparse.Namespace, settings: Settings) -> int:
    """Print an issuer's tokens."""
    with contextlib.closing(compose(settings)) as composition:
        found = [TokenEntry.of(token) for token in list_tokens(composition.issuer, options.issuer)]
    if options.json:
        say_json([entry.model_dump(by_alias=True, mode="json") for entry in found])
        return YES
    for entry in found:
        state = f"revoked {entry.revoked:%Y-%m-%d}" if entry.revoked else "good"
        say(f"{entry.id}  {entry.name}  {','.join(entry.actions)}  {state}")
    return YES


def run_revoke(options: argparse.Namespace, settings: Settings) -> int:
    """Revoke a token."""
    with contextlib.closing(compose(settings)) as composition:
        revoke_token(composition.issuer, options.issuer, options.token)
    say("Revoked.")
    return YES


def run_history(options: argparse.Namespace, settings: Settings) -> int:
    """Print an issuer's acts."""
    with contextlib.closing(compose(settings)) as composition:
        acts = [ActEntry.of(act) for act in history(composition.issuer, options.issuer, most=max(1, options.most))]
    if options.json:
        say_json([entry.model_dump(by_alias=True, mode="json") for entry in acts])
        return YES
    for entry in acts:
        say(f"{entry.at:%Y-%m-%d %H:%M} UTC  {entry.action}  {entry.thing}  by {entry.by}")
    return YES
