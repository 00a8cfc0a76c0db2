"""registry status-list: an authority signs a centre's status list in its place."""

from __future__ import annotations

import argparse
import contextlib
import json
from pathlib import Path

from comity.cli.files import read_file
from comity.cli.output import NO, YES, say
from comity.clock import now
from comity.compose import compose
from comity.settings import Settings
from registry.cases import checked
from registry.deciding import Signing
from registry.status_signing import LASTS, sign_status_list


def add_to(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to those of `registry`."""
    keep = actions.add_parser(
        "status-list",
        help="sign a centre's status list for a state, as when the centre has closed",
        description="Sign anew the newest status list of a centre, with the key of an authority that the lists name for it "
        "(statusAuthorities; the state's desk, the centre's page). What is withdrawn in it stays so. Put the file where the list's "
        f"address leads, within {LASTS.days} days again: then it runs out, and what it says is unknown.",
    )
    keep.add_argument("list", type=Path, metavar="LIST.json", help="the newest list, as it was published")
    keep.add_argument("centre", metavar="DID")
    keep.add_argument("authority", metavar="AUTHORITY", help="its id in the lists, such as urn:comity:XA:authority:nsc")
    which = "set this status too; it is the statusListIndex of the certificate"
    keep.add_argument("--withdraw", type=int, action="append", default=[], metavar="INDEX", help=which)
    keep.add_argument("--out", type=Path, required=True, metavar="FILE")
    keep.set_defaults(run=run_status_list)


def run_status_list(options: argparse.Namespace, settings: Settings) -> int:
    """Sign a list; 1 when it is no genuine list of this centre."""
    content = read_file(options.list)
    with contextlib.closing(compose(settings)) as composition:
        registry, bundle = composition.registry, composition.verifier.bundle()
        found = checked(registry, content)
        published = found.unverified_credential if found.is_genuine else None
        signers = {options.centre, *bundle.status_authorities(options.centre)}
        if published is None or published.issuer not in signers:
            say(f"{options.list} is no genuine status list of {options.centre}. Nothing was written.")
            return NO
        signing = Signing(registry.keys, registry.fetcher, now())
        signed = sign_status_list(published.document, options.centre, options.authority, bundle, signing, options.withdraw)
    options.out.write_text(json.dumps(signed, indent=1) + "\n", encoding="utf-8")
    say(f"Signed until {signed['validUntil']}: {options.out}. It belongs at {signed['id']}")
    return YES
