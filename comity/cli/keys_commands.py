"""keys: list and show them; make the next one, end one, say that one was stolen; lock them with a passphrase."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from comity.cli import certified_key_commands
from comity.cli.certified_key_commands import TELL
from comity.cli.output import YES, say, say_json
from comity.compose import Composition, compose
from comity.deployment import SetupError, open_deployment
from comity.key_stores import FileKeyStore, bundle_key_store, open_key_store
from comity.passphrases import SETTING, read_passphrase
from comity.settings import Settings
from credentials.errors import MalformedValueError
from issuer_api.certified_keys import certified_keys
from issuer_api.key_records import KeyRecord, KeyState
from issuer_api.keys import (
    MAX_OVERLAP,
    dated_from,
    key_records,
    mark_compromised,
    retire_key,
    rotate_key,
)
from trust.periods import parse_moment


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this module."""
    keys = commands.add_parser("keys", help="the signing keys: the next one, the ended ones, a stolen one")
    actions = keys.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="list the signing keys of this deployment, public halves only")
    listing.add_argument("--json", action="store_true", help="for programs")
    listing.set_defaults(run=run_list)
    show = actions.add_parser("show", help="say which key of an issuer signs, which have ended, which was stolen")
    show.add_argument("issuer", metavar="ISSUER", help="its short name")
    show.add_argument("--json", action="store_true", help="for programs")
    show.set_defaults(run=run_show)
    _register_changes(actions)
    certified_key_commands.register(actions)
    _register_locks(actions)


def _register_changes(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    rotate = actions.add_parser(
        "rotate",
        help="make the next key of an issuer; it signs from now on",
        description="Make the next key of an issuer. It signs from now on; what the key before it has signed stays good. Publish "
        "the lists afterwards: until verifiers have them, they answer new certificates with “could not check”.",
    )
    rotate.add_argument("issuer", metavar="ISSUER", help="its short name")
    rotate.add_argument(
        "--overlap", type=int, default=0, metavar="DAYS", help="for so long, what was begun with the old key may be finished (0)"
    )
    rotate.set_defaults(run=run_rotate)
    retire = actions.add_parser("retire", help="end a key before its overlap is over; what it signed stays good")
    retire.add_argument("issuer", metavar="ISSUER", help="its short name")
    retire.add_argument("key", metavar="KEY", help="such as k1, as `comity keys show` names it")
    retire.set_defaults(run=run_retire)
    stolen = actions.add_parser(
        "compromised",
        help="say that a key is stolen; it signs nothing more",
        description="Say that a key is stolen since a day. It signs nothing more. Once the lists are published, verifiers refuse "
        "what bears that day or a later one, and take what is older only where a log or a closing roll proves its day. It is not "
        "taken back; an earlier day may follow.",
    )
    stolen.add_argument("issuer", metavar="ISSUER", help="its short name")
    stolen.add_argument("key", metavar="KEY", help="such as k1 or mdoc, as `comity keys show` names it")
    stolen.add_argument("--since", required=True, metavar="DATE", help="the first day on which a thief may have had it")
    stolen.set_defaults(run=run_compromised)


def _register_locks(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    lock = actions.add_parser(
        "lock",
        help="lock every key with a passphrase",
        description="Lock every key file with a passphrase, or with another one. It is the first line of FILE, which "
        f"{SETTING} names from then on. Stop `comity serve` before. Stopped half way, the same command goes on.",
    )
    lock.add_argument("--passphrase-file", type=Path, metavar="FILE", help=f"the new passphrase ({SETTING})")
    lock.set_defaults(run=run_lock)
    actions.add_parser("unlock", help="take the passphrase off every key; the master key alone seals them").set_defaults(
        run=run_unlock
    )


@contextlib.contextmanager
def _composed(settings: Settings) -> Iterator[Composition]:
    with contextlib.closing(compose(settings)) as composition:
        yield composition


def run_list(options: argparse.Namespace, settings: Settings) -> int:
    """List the signing keys."""
    with _composed(settings) as composition:
        keys = composition.issuer.keys
        found = {name: keys.signer(name).public_key.multibase for name in keys.verification_methods()}
    if options.json:
        say_json([{"verificationMethod": name, "publicKeyMultibase": key} for name, key in found.items()])
        return YES
    for name, key in found.items():
        say(f"{key}  {name}")
    if not found:
        say("There are no signing keys yet; each issuer gets its own: comity issuer add FILE")
    return YES


def run_show(options: argparse.Namespace, settings: Settings) -> int:
    """Say what the keys of an issuer may do."""
    with _composed(settings) as composition:
        records, now = key_records(composition.issuer, options.issuer), composition.issuer.clock()
        certified = certified_keys(composition.issuer, options.issuer)
    if options.json:
        say_json([_as_json(record, now) for record in records] + [certified_key_commands.as_json(key) for key in certified])
        return YES
    for record in records:
        say(f"{record.fragment:<4} {_spelled(record, now):<34} {record.public_key.multibase}")
    for key in certified:
        told = f"compromised since {key.stolen_since:%Y-%m-%d}" if key.stolen_since else "certified"
        say(f"{key.fragment:<4} {told:<34} {key.public_key.multibase}")
    return YES


def _spelled(record: KeyRecord, now: datetime) -> str:
    state = record.state(now)
    if state is KeyState.COMPROMISED:
        return f"compromised since {record.compromised_since:%Y-%m-%d}"
    if state is KeyState.ACTIVE:
        return f"active since {record.created_at:%Y-%m-%d}"
    return f"{state} {'since' if state is KeyState.RETIRED else 'until'} {record.until:%Y-%m-%d}"


def _as_json(record: KeyRecord, now: datetime) -> dict[str, Any]:
    moments = {"created": record.created_at, "until": record.until, "compromisedSince": record.compromised_since}
    return {
        "id": f"#{record.fragment}",
        "state": record.state(now),
        "publicKeyMultibase": record.public_key.multibase,
        **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
    }


def run_rotate(options: argparse.Namespace, settings: Settings) -> int:
    """Make the next key.

    Raises:
        SetupError: the overlap is none.
    """
    if not 0 <= options.overlap <= MAX_OVERLAP.days:
        raise SetupError(f"--overlap is a number of days, 0 to {MAX_OVERLAP.days}")
    with _composed(settings) as composition:
        made = rotate_key(composition.issuer, options.issuer, timedelta(days=options.overlap))
        records, now = key_records(composition.issuer, options.issuer), composition.issuer.clock()
    say(f"{made.fragment} signs for {options.issuer} from now on.")
    for record in records[:-1]:
        say(f"  {record.fragment}: {_spelled(record, now)}")
    say(TELL)
    return YES


def run_retire(options: argparse.Namespace, settings: Settings) -> int:
    """End a key."""
    with _composed(settings) as composition:
        record = retire_key(composition.issuer, options.issuer, options.key)
        now = composition.issuer.clock()
    say(f"{record.fragment} of {options.issuer} signs nothing more: {_spelled(record, now)}.")
    say(TELL)
    return YES


def run_compromised(options: argparse.Namespace, settings: Settings) -> int:
    """Say that a key is stolen."""
    slug, since = options.issuer, _moment(options.since)
    if certified := certified_key_commands.CERTIFIED.fullmatch(options.key):
        return certified_key_commands.say_stolen(slug, certified[1], since, settings)
    with _composed(settings) as composition:
        issuer = composition.issuer
        name = mark_compromised(issuer, slug, options.key, since).fragment
        earlier, later = dated_from(issuer, slug, since.date())
        signs = any(record.state(issuer.clock()) is KeyState.ACTIVE for record in key_records(issuer, slug))
    say(f"{name} of {slug} is known to be stolen since {since:%Y-%m-%d}. It signs nothing more.")
    say(f"  {later} certificates of {slug} bear that day or a later one; those that {name} signed are refused.")
    say(f"  {earlier} are older; those that {name} signed count where a log or a closing roll proves their day.")
    if not signs:
        say(f"Make the next key: comity keys rotate {slug}")
    say(TELL)
    return YES


def _moment(text: str) -> datetime:
    try:
        return parse_moment(text)
    except MalformedValueError as error:
        raise SetupError(f"--since is {text!r}; it should be a day such as 2026-11-20") from error


def run_lock(options: argparse.Namespace, settings: Settings) -> int:
    """Lock every key with a passphrase.

    Raises:
        SetupError: no passphrase was named, or the keys lie in no files.
    """
    chosen = options.passphrase_file or settings.key_passphrase_file
    if chosen is None:
        raise SetupError(f"Name the file whose first line is the passphrase: --passphrase-file FILE, or {SETTING}=FILE")
    target = read_passphrase(options.passphrase_file) if options.passphrase_file else None
    changed = sum(store.reseal(target or store.passphrase) for store in _file_stores(settings))
    say(f"{changed} keys were locked; every key opens with the passphrase of {chosen} now.")
    if settings.key_passphrase_file != chosen:
        say(f"From now on: {SETTING}={chosen.absolute()}")
    say("Keep a copy of it apart from the data folder and from its backups: without it no key opens.")
    return YES


def run_unlock(_options: argparse.Namespace, settings: Settings) -> int:
    """Take the passphrase off every key."""
    changed = sum(store.reseal(None) for store in _file_stores(settings))
    say(f"{changed} keys were unlocked; the master key alone seals them. {SETTING} is needed no more.")
    return YES


def _file_stores(settings: Settings) -> tuple[FileKeyStore, ...]:
    deployment = open_deployment(settings.data)
    keys = open_key_store(settings, deployment)
    if not isinstance(keys, FileKeyStore):
        raise SetupError(f"COMITY_KEY_STORE is {settings.key_store!r}: only keys in files are locked with a passphrase.")
    return keys, bundle_key_store(settings, deployment)
