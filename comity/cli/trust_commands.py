"""bundle: the partnership's signed lists."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from comity.cli.output import YES, say
from comity.clock import now
from comity.compose import Composition, compose
from comity.deployment import write_private
from comity.key_stores import FileKeyStore
from comity.settings import Settings
from issuer_api.organisations import public_keys
from registry.founding import build_files, state_codes
from registry.publishing import Publisher
from web.sealing import Sealer


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this module."""
    bundle = commands.add_parser("bundle", help="the partnership's signed lists")
    actions = bundle.add_subparsers(dest="action", required=True, metavar="ACTION")
    publish = actions.add_parser("publish", help="sign and publish the lists of a folder (parties.json, states/XX/*.json)")
    publish.add_argument("folder", type=Path)
    publish.set_defaults(run=run_publish)
    actions.add_parser("show", help="say what the lists hold").set_defaults(run=run_show)


def publish(composition: Composition, folder: Path) -> int:
    """Sign and publish the lists of a folder; return their version. The first root is pinned."""
    deployment = composition.deployment

    def keys_of(slug: str) -> tuple[str, Mapping[str, str]]:
        did, keys = public_keys(composition.issuer, slug)
        return did, {f"#{fragment}": key.multibase for fragment, key in keys.items()}

    publisher = Publisher(deployment.bundle, FileKeyStore(deployment.bundle_keys, Sealer(deployment.master_key)))
    version = publisher.publish(build_files(folder, keys_of), state_codes(folder), now=now())
    if not deployment.pinned_root.exists():
        write_private(deployment.pinned_root, publisher.root())
    return version


def run_publish(options: argparse.Namespace, settings: Settings) -> int:
    """Publish the lists."""
    say(f"Published version {publish(compose(settings), options.folder)} of the lists.")
    return YES


def run_show(_options: argparse.Namespace, settings: Settings) -> int:
    """Say what the lists hold."""
    bundle = compose(settings).verifier.bundle()
    say(f"version {bundle.version}, published {bundle.published:%Y-%m-%d %H:%M} UTC, hash {bundle.hash[:16]}…")
    say(f"states {', '.join(bundle.states)}; {len(bundle.issuers)} issuers; {len(bundle.rules)} rules")
    return YES
