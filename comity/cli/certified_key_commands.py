"""keys mdoc, keys x5c: the keys of an issuer that an authority certifies; show one, make the next, say that one was stolen."""

from __future__ import annotations

import argparse
import contextlib
import re
from datetime import datetime
from typing import Any, Final

from comity.certified_signers import certificates_of, certified_key, fragments, made_fragments
from comity.cli.output import YES, say
from comity.compose import Composition, compose
from comity.deployment import SetupError
from comity.settings import Settings
from credentials.x509 import pem_of
from issuer_api.certified_keys import CertifiedKey, certified_signer
from issuer_api.keys import mark_certified_stolen
from issuer_api.organisations import organisation
from issuer_api.service import Purpose

TELL: Final = "Tell the verifiers now: comity bundle publish FOLDER"
CERTIFIED: Final = re.compile(r"#?((?:mdoc|x5c)[0-9]*)")
"""How a certified key is named, beside k1, k2 and so on."""


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this module."""
    wanted = "Have it certified and put the chain, the signer's certificate first and no root, where the command says;"
    mdoc = actions.add_parser(
        "mdoc",
        help="show the key that signs an issuer's mobile documents, for an authority to certify",
        description=f"Make the key that signs an issuer's mobile documents (mso_mdoc), or show the one that is there. {wanted} "
        "wallets are offered mobile documents as soon as the deployment is served anew.",
    )
    x5c = actions.add_parser(
        "x5c",
        help="show the key that signs an issuer's SD-JWT VCs for HAIP, for an authority to certify",
        description="Make the key (ES256) that signs an issuer's SD-JWT VCs, and the list of their statuses, for verifiers that "
        f"keep to HAIP, or show the one that is there. {wanted} it signs as soon as the deployment is served anew.",
    )
    for command, purpose in ((mdoc, Purpose.MOBILE_DOCUMENTS), (x5c, Purpose.TOKENS)):
        command.add_argument("issuer", metavar="ISSUER", help="its short name")
        command.add_argument("--next", action="store_true", help="make the next one; it signs once it is certified")
        command.set_defaults(run=run_certified, purpose=purpose)


def run_certified(options: argparse.Namespace, settings: Settings) -> int:
    """Show a key of an issuer that is to be certified, the newest or the next.

    Raises:
        SetupError: the next one is asked for, and the newest is not certified yet.
    """
    with contextlib.closing(compose(settings)) as composition:
        did, _ = organisation(composition.issuer, options.issuer)
        fragment = _to_be_certified(composition, options)
        file = certificates_of(composition.deployment, options.issuer, fragment)
        key = certified_key(composition.issuer.keys, composition.deployment, options.issuer, fragment)
        say(pem_of(key).rstrip())
        say(f"Have it certified for {did} (as a URI of the subject), put the chain into")
        say(f"{file} and serve anew.")
    return YES


def _to_be_certified(composition: Composition, options: argparse.Namespace) -> str:
    made = made_fragments(composition.issuer.keys, composition.deployment, options.issuer, options.purpose)
    if not options.next or not made:
        return made[-1] if made else str(options.purpose)
    file = certificates_of(composition.deployment, options.issuer, made[-1])
    if not file.is_file():
        raise SetupError(f"{made[-1]} of {options.issuer} is not certified yet; its chain belongs into {file}")
    return next(one for one in fragments(options.purpose) if one not in made)


def say_stolen(slug: str, fragment: str, since: datetime, settings: Settings) -> int:
    """Say that a certified key is stolen."""
    with contextlib.closing(compose(settings)) as composition:
        key = mark_certified_stolen(composition.issuer, slug, fragment, since)
        signs = certified_signer(composition.issuer, slug, key.by.purpose)
    say(f"{key.fragment} of {slug} is known to be stolen since {since:%Y-%m-%d}. It signs nothing more.")
    if signs is None:
        say(f"Make the next key: comity keys {key.by.purpose} {slug} --next")
    say(TELL)
    return YES


def as_json(key: CertifiedKey) -> dict[str, Any]:
    """Return a certified key for programs."""
    since = key.stolen_since.isoformat() if key.stolen_since else None
    return {
        "id": f"#{key.fragment}",
        "state": "compromised" if since else "certified",
        "publicKeyMultibase": key.public_key.multibase,
        "compromisedSince": since,
    }
