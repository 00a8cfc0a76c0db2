"""registry: lists that several sign, with keys that may lie offline."""

from __future__ import annotations

import argparse
import contextlib
import json
from datetime import UTC, date, datetime, time
from pathlib import Path

from comity.cli import planning_commands, roll_command, status_list_command
from comity.cli.credentials_commands import say_assessment
from comity.cli.files import read_file, read_json
from comity.cli.output import NO, YES, say
from comity.cli.trust_commands import check_house, check_lists, files_of, publisher_of
from comity.clock import now
from comity.compose import Composition, compose
from comity.deployment import SetupError, create_private, open_deployment, write_private
from comity.key_stores import FileKeyStore, bundle_key_store
from comity.settings import Settings
from registry.cases import decide_at_once
from registry.deciding import parse_ruling
from registry.drafts import Draft, parse_roles
from registry.founding import state_codes
from verifier.assessing import assess


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this module."""
    registry = commands.add_parser("registry", help="lists that several sign; decisions of an authority")
    actions = registry.add_subparsers(dest="action", required=True, metavar="ACTION")
    key = actions.add_parser(
        "key",
        help="make a key that signs lists, and print its public half",
        description="Make a key that signs lists, in this data folder, and print its public half: it stands in roles.json of the "
        "partnership's folder. The data folder may lie on a machine that is never connected. A key that is there stays as it is.",
    )
    key.add_argument("name", metavar="NAME", help="such as council-3")
    key.set_defaults(run=run_key)
    export = actions.add_parser(
        "export",
        help="write out what is to be signed",
        description="Write new lists as a draft that the holders of keys sign, each where the key lies. FOLDER is as for: comity "
        'bundle publish; a file roles.json in it says who signs: {"ROLE": {"threshold": 2, "keys": ["z6Mk…", …]}}. Roles that it '
        "does not name are signed here.",
    )
    export.add_argument("folder", type=Path, metavar="FOLDER")
    export.add_argument("draft", type=Path, metavar="DRAFT")
    export.set_defaults(run=run_export)
    sign = actions.add_parser(
        "sign",
        help="show what a draft says and sign it with the keys that lie here",
        description="Show what a draft says, and add the signatures that the keys in this data folder may give.",
    )
    sign.add_argument("draft", type=Path, metavar="DRAFT")
    sign.set_defaults(run=run_sign)
    bring = actions.add_parser(
        "import",
        help="take signatures back, and publish when there are enough",
        description="Take over the signatures of copies that were signed elsewhere, and publish the lists when every role has as "
        "many as it needs. Exit status 1 while signatures are missing.",
    )
    bring.add_argument("drafts", type=Path, nargs="+", metavar="DRAFT")
    bring.set_defaults(run=run_import)
    decide = actions.add_parser(
        "decide",
        help="issue an authority's decision on one person's certificate",
        description="Issue an authority's decision on one person's certificate, as a credential that the person keeps and shows "
        "beside it. RULING.json says what was decided and by whom, as examples/decisions. The certificate has to be genuine. "
        "The decision stands among the decided cases at the state's desk, where two people can withdraw it.",
    )
    decide.add_argument("certificate", type=Path, metavar="CERTIFICATE.json")
    decide.add_argument("ruling", type=Path, metavar="RULING.json")
    asked = "the day on which the person asked, for the figures; today where it is left out"
    decide.add_argument("--asked", type=date.fromisoformat, metavar="2026-11-20", help=asked)
    decide.add_argument("--out", type=Path, required=True, metavar="FILE", help="where the decision is written")
    decide.set_defaults(run=run_decide)
    roll_command.add_to(actions)
    status_list_command.add_to(actions)
    planning_commands.add_to(actions)


def run_key(options: argparse.Namespace, settings: Settings) -> int:
    """Make a key and print its public half."""
    say(bundle_key_store(settings, open_deployment(settings.data)).create(f"bundle:{options.name}").multibase)
    return YES


def run_export(options: argparse.Namespace, settings: Settings) -> int:
    """Write out what is to be signed."""
    with contextlib.closing(compose(settings)) as composition:
        draft = _drafted(composition, options.folder)
        if not draft.metadata:
            say("Nothing is to be signed: the lists are as they were. See: comity bundle refresh")
            return YES
        _sign_here(bundle_key_store(settings, composition.deployment), draft)
        write_private(composition.deployment.waiting_draft, draft.to_bytes())
    options.draft.write_bytes(draft.to_bytes())
    say(f"{options.draft}: {', '.join(draft.metadata)}")
    _say_missing(draft)
    return YES


def _drafted(composition: Composition, folder: Path) -> Draft:
    publisher, files = publisher_of(composition), files_of(composition, folder)
    check_house(composition, files)
    check_lists(files, publisher)
    named = folder / "roles.json"
    elsewhere = parse_roles(read_json(named)) if named.exists() else {}
    return publisher.draft(files, {**publisher.own_roles(state_codes(folder)), **elsewhere}, now=now())


def _sign_here(keys: FileKeyStore, draft: Draft) -> int:
    return draft.sign(keys.signer(name) for name in keys.verification_methods() if name.startswith("bundle:"))


def _say_missing(draft: Draft) -> None:
    for role, number in draft.missing().items():
        say(f"  {role}: {number} more must sign")
    if not draft.missing():
        say("  every role is signed by as many as it needs")


def run_sign(options: argparse.Namespace, settings: Settings) -> int:
    """Show what a draft says and sign it; 1 when no key here may sign it."""
    keys, draft = bundle_key_store(settings, open_deployment(settings.data)), Draft.from_bytes(read_file(options.draft))
    for role, metadata in draft.metadata.items():
        say(f"{role}, version {metadata.signed.version}, until {metadata.signed.expires:%Y-%m-%d}")
    for path, size in sorted(draft.changed().items()):
        say(f"  {path}: {size} bytes")
    added = _sign_here(keys, draft)
    options.draft.write_bytes(draft.to_bytes())
    say(f"{added} signatures were added." if added else "No key here may sign this, or it has signed already.")
    _say_missing(draft)
    return YES if added else NO


def run_decide(options: argparse.Namespace, settings: Settings) -> int:
    """Issue a decision; 1 when the certificate is not genuine."""
    content, ruling = read_file(options.certificate), parse_ruling(read_json(options.ruling))
    with contextlib.closing(compose(settings)) as composition:
        verifier, bundle = composition.verifier, composition.verifier.bundle()
        authority = bundle.authorities.get(ruling.authority)
        found = assess(verifier, content, authority.state if authority else None)
        if found.credential is None:
            say_assessment(composition, found)
            return NO
        asked_at = datetime.combine(options.asked, time(), UTC) if options.asked else now()
        decision = decide_at_once(composition.registry, read_json(options.ruling), found.verification, asked_at)
    options.out.write_text(json.dumps(decision, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    say(f"{decision['id']}, signed by {decision['issuer']['id']}: {options.out}")
    return YES


def run_import(options: argparse.Namespace, settings: Settings) -> int:
    """Take signatures back; publish when there are enough."""
    with contextlib.closing(compose(settings)) as composition:
        deployment, publisher = composition.deployment, publisher_of(composition)
        path = deployment.waiting_draft
        if not path.is_file():
            raise SetupError("No draft waits for signatures here. Write one with: comity registry export FOLDER DRAFT")
        draft = Draft.from_bytes(path.read_bytes())
        added = sum(draft.merge(Draft.from_bytes(read_file(signed))) for signed in options.drafts)
        say(f"{added} signatures were new.")
        if draft.missing():
            write_private(path, draft.to_bytes())
            _say_missing(draft)
            return NO
        version = publisher.release(draft, now=now())
        create_private(deployment.pinned_root, publisher.root())
        path.unlink()
    say(f"Published version {version} of the lists.")
    return YES
