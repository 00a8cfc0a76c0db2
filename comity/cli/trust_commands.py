"""bundle: the partnership's signed lists."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Mapping
from pathlib import Path

import schemas
from comity.cli.output import YES, say, say_json
from comity.clock import now
from comity.compose import Composition, compose
from comity.deployment import create_private
from comity.key_stores import FileKeyStore
from comity.settings import Settings
from credentials.qr import parse_profile
from issuer_api.code_rows import code_rows
from issuer_api.organisations import public_keys
from registry.codes import CODES_FILE, codes_file
from registry.founding import build_files, state_codes
from registry.publishing import Publisher
from web.sealing import Sealer


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this module."""
    bundle = commands.add_parser("bundle", help="the partnership's signed lists")
    actions = bundle.add_subparsers(dest="action", required=True, metavar="ACTION")
    publish_command = actions.add_parser(
        "publish",
        help="sign and publish the lists of a folder",
        description="Sign and publish the lists of a folder: parties.json and states/XX/*.json, as in examples/partnership. Every "
        "file is checked before anything is signed. Again with the same folder renews the signatures.",
    )
    publish_command.add_argument("folder", type=Path, metavar="FOLDER")
    publish_command.set_defaults(run=run_publish)
    show = actions.add_parser("show", help="say what the lists hold")
    show.add_argument("--json", action="store_true", help="for programs")
    show.set_defaults(run=run_show)


def files_of(composition: Composition, folder: Path) -> dict[str, bytes]:
    """Return target path to content, with the DIDs and keys of this deployment's issuers and the rows of their codes filled in."""

    def keys_of(slug: str) -> tuple[str, Mapping[str, str]]:
        did, keys = public_keys(composition.issuer, slug)
        return did, {f"#{fragment}": key.multibase for fragment, key in keys.items()}

    published = _publisher(composition).current().get(CODES_FILE)
    profiles = [parse_profile(record) for record in schemas.qr_profiles()]
    rows = code_rows(composition.issuer, profiles, state_codes(folder))
    return build_files(folder, keys_of) | {CODES_FILE: codes_file(published, rows)}


def _publisher(composition: Composition) -> Publisher:
    deployment = composition.deployment
    return Publisher(deployment.bundle, FileKeyStore(deployment.bundle_keys, Sealer(deployment.master_key)))


def publish(composition: Composition, folder: Path) -> int:
    """Sign and publish the lists of a folder; return their version. The first root is pinned."""
    publisher = _publisher(composition)
    version = publisher.publish(files_of(composition, folder), state_codes(folder), now=now())
    create_private(composition.deployment.pinned_root, publisher.root())
    return version


def run_publish(options: argparse.Namespace, settings: Settings) -> int:
    """Publish the lists."""
    with contextlib.closing(compose(settings)) as composition:
        say(f"Published version {publish(composition, options.folder)} of the lists.")
    return YES


def run_show(options: argparse.Namespace, settings: Settings) -> int:
    """Say what the lists hold."""
    with contextlib.closing(compose(settings)) as composition:
        bundle = composition.verifier.bundle()
    if options.json:
        say_json(
            {
                "version": bundle.version,
                "published": bundle.published.isoformat(),
                "hash": bundle.hash,
                "expired": bundle.expired,
                "states": list(bundle.states),
                "issuers": list(bundle.issuers),
                "rules": len(bundle.rules),
            }
        )
        return YES
    say(f"version {bundle.version}, published {bundle.published:%Y-%m-%d %H:%M} UTC, hash {bundle.hash[:16]}…")
    say(f"states {', '.join(bundle.states)}; {len(bundle.issuers)} issuers; {len(bundle.rules)} rules")
    if bundle.expired:
        say("Their signatures have run out. Publish them again: comity bundle publish FOLDER")
    return YES
