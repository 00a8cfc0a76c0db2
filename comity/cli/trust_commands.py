"""bundle: the partnership's signed lists."""

from __future__ import annotations

import argparse
import contextlib
import json
from collections.abc import Mapping
from pathlib import Path

from comity.cli.files import read_file, read_json
from comity.cli.output import NO, YES, say, say_json
from comity.clock import now
from comity.codes import codes_of
from comity.compose import Composition, compose
from comity.deployment import SetupError, create_private, write_private
from comity.settings import Settings
from issuer_api.keys import listed_ends
from issuer_api.organisations import public_keys
from registry.deciding import KEY, authority_did
from registry.drafts import SignaturesMissingError
from registry.founding import build_files, state_codes
from registry.linting import Finding, lint, role_findings
from registry.publishing import Publisher
from registry.witnessing import WatchedLog, parse_watched_logs, with_heads
from registry.working_copy import forget_changes, undone_by
from trust.bundle import BundleSource
from web.bundle_sources import BundleOverHTTP, BundleZip, files_of_corridor, mirror, pack


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this module."""
    bundle = commands.add_parser("bundle", help="the partnership's signed lists")
    actions = bundle.add_subparsers(dest="action", required=True, metavar="ACTION")
    publish_command = actions.add_parser(
        "publish",
        help="sign and publish the lists of a folder",
        description="Sign and publish the lists of a folder: parties.json and states/XX/*.json, as in examples/partnership. Every "
        "file is checked before anything is signed, and nothing is published that must not be (see: comity bundle lint). Again "
        "with the same folder renews the signatures. How far the issuance log is here is recorded for every state; a file "
        'logs.json names logs elsewhere: {"logs": [{"url": "https://HOST/log", "vkey": "…"}]}. Where keys lie elsewhere, see: '
        "comity registry export.",
    )
    publish_command.add_argument("folder", type=Path, metavar="FOLDER")
    publish_command.add_argument("--replace", action="store_true", help="even where the states' house has changed the lists since")
    publish_command.set_defaults(run=run_publish)
    check = actions.add_parser("lint", help="say what must be mended in the lists of a folder; signs nothing")
    check.add_argument("folder", type=Path, metavar="FOLDER")
    check.set_defaults(run=run_lint)
    actions.add_parser("refresh", help="sign snapshot and timestamp anew, so that unchanged lists do not run out").set_defaults(
        run=run_refresh
    )
    fetch = actions.add_parser(
        "fetch",
        help="take over newer lists from another deployment or a zip",
        description="Take over newer lists from another deployment (https://HOST/trust/bundle) or from a zip on a stick. They are "
        "checked from the pinned root, and nothing is kept unless they hold. The first time, --root names the root to pin.",
    )
    fetch.add_argument("source", metavar="URL|ZIP")
    fetch.add_argument("--root", type=Path, metavar="FILE", help="the partnership's first root, from a source you trust")
    which = fetch.add_mutually_exclusive_group()
    some = "keep the lists of these states alone, from now on: what stands in others is then unknown, never refused"
    which.add_argument("--states", type=_codes, metavar="XA,XB", help=some)
    which.add_argument("--all-states", action="store_true", help="keep the lists of all states again")
    fetch.set_defaults(run=run_fetch)
    packing = actions.add_parser("pack", help="write the lists into a zip, to be carried on a stick")
    packing.add_argument("zip", type=Path, metavar="ZIP")
    packing.add_argument("--states", type=_codes, metavar="XA,XB", help="only what the lists of these states need")
    packing.set_defaults(run=run_pack)
    show = actions.add_parser("show", help="say what the lists hold")
    show.add_argument("--json", action="store_true", help="for programs")
    show.set_defaults(run=run_show)


def _codes(text: str) -> tuple[str, ...]:
    return tuple(sorted({code.strip() for code in text.split(",") if code.strip()}))


def files_of(composition: Composition, folder: Path) -> dict[str, bytes]:
    """Return target path to content, with the DIDs and keys of this deployment's issuers and the rows of their codes filled in."""

    def keys_of(slug: str) -> tuple[str, Mapping[str, str]]:
        did, keys = public_keys(composition.issuer, slug)
        return did, {f"#{fragment}": key.multibase for fragment, key in keys.items()}

    def authority_keys_of(slug: str) -> tuple[str, Mapping[str, str]]:
        did = authority_did(composition.deployment.public_url, slug)
        return did, {KEY: composition.issuer.keys.create(did + KEY).multibase}

    published = publisher_of(composition).current()
    codes = codes_of(composition.issuer, published, state_codes(folder))
    files = build_files(folder, keys_of, authority_keys_of, listed_ends(composition.issuer)) | codes
    witnessed = with_heads(files, published, _logs(composition, folder), composition.verifier.fetcher, now())
    for name in witnessed.silent:
        say(f"  look  the issuance log {name} does not answer: how far it is is not recorded this time")
    return witnessed.files


def _logs(composition: Composition, folder: Path) -> tuple[WatchedLog, ...]:
    """Return the issuance logs to be watched: this deployment's own, and those that a file logs.json of the folder names."""
    named = folder / "logs.json"
    return *composition.registry.logs(), *(parse_watched_logs(read_json(named)) if named.exists() else ())


def publisher_of(composition: Composition) -> Publisher:
    """Return what writes the lists of this deployment, with the keys that lie here."""
    return composition.registry.publisher


def check_lists(files: Mapping[str, bytes], publisher: Publisher) -> None:
    """Say what is to be looked at in lists that are to be published.

    Raises:
        SetupError: something must not be published; each was said.
    """
    findings = lint(files, publisher.current(), now())
    for finding in findings:
        say(_spelled(finding))
    if any(not finding.is_warning for finding in findings):
        raise SetupError("Nothing was published: mend what is marked as wrong, then try again.")


def check_house(composition: Composition, files: Mapping[str, bytes]) -> None:
    """Raise where lists from elsewhere would undo what the states' house has changed.

    Raises:
        SetupError: names the files, and what to do.
    """
    lost = undone_by(composition.registry.database, files, publisher_of(composition).current())
    if lost.waiting:
        raise SetupError(
            f"The states' house holds approved changes that are not published yet: {', '.join(lost.waiting)}. Nothing was done. "
            "Publish them there first (the state's desk, Lists and keys), or give --replace to drop them."
        )
    if lost.published:
        raise SetupError(
            f"The states' house has published other lists since: {', '.join(lost.published)}. Nothing was done. Copy them from "
            f"{composition.deployment.bundle / 'targets'} into your folder, or give --replace to undo them."
        )


def publish(composition: Composition, folder: Path, *, replace: bool = False) -> int:
    """Sign and publish the lists of a folder; return their version. The first root is pinned.

    Args:
        composition: the deployment.
        folder: the plain files.
        replace: even where that undoes what the states' house has changed.

    Raises:
        SetupError: the lists hold something that must not be published, would undo the states' house, or others have to sign too.
    """
    publisher, files = publisher_of(composition), files_of(composition, folder)
    if not replace:
        check_house(composition, files)
    check_lists(files, publisher)
    try:
        version = publisher.publish(files, state_codes(folder), now=now())
    except SignaturesMissingError as error:
        raise SetupError(f"{error.detail}. Keys of this partnership lie elsewhere. See: comity registry export --help") from error
    create_private(composition.deployment.pinned_root, publisher.root())
    if replace:
        forget_changes(composition.registry.database)
    return version


def _spelled(finding: Finding) -> str:
    mark = "look " if finding.is_warning else "wrong"
    return f"  {mark}  {finding.code:<18} {finding.path}  {finding.id}: {finding.detail}"


def run_publish(options: argparse.Namespace, settings: Settings) -> int:
    """Publish the lists."""
    with contextlib.closing(compose(settings)) as composition:
        say(f"Published version {publish(composition, options.folder, replace=options.replace)} of the lists.")
    return YES


def run_lint(options: argparse.Namespace, settings: Settings) -> int:
    """Say what is wrong with the lists of a folder; 1 when something must not be published."""
    with contextlib.closing(compose(settings)) as composition:
        publisher = publisher_of(composition)
        findings = *lint(files_of(composition, options.folder), publisher.current(), now()), *role_findings(publisher.ends(), now())
    for finding in findings:
        say(_spelled(finding))
    say(f"{len(findings)} to look at or to mend." if findings else "Nothing to mend.")
    return NO if any(not finding.is_warning for finding in findings) else YES


def run_refresh(_options: argparse.Namespace, settings: Settings) -> int:
    """Sign snapshot and timestamp anew."""
    with contextlib.closing(compose(settings)) as composition:
        composition.verifier.bundle()
        publisher = publisher_of(composition)
        say(f"Signed again: version {publisher.refresh(now=now())} of the lists.")
        for finding in role_findings(publisher.ends(), now()):
            say(_spelled(finding))
    return YES


def run_fetch(options: argparse.Namespace, settings: Settings) -> int:
    """Take over newer lists."""
    with contextlib.closing(compose(settings)) as composition:
        deployment, corridor = composition.deployment, _corridor(composition, options)
        if corridor is None and deployment.corridor is None:
            check_house(composition, publisher_of(composition).current())
        root = _root_to_trust(deployment.pinned_root, options.root)
        is_known = deployment.pinned_root.exists()
        seen = composition.verifier.bundle().version if is_known and deployment.bundle.is_dir() else 0
        source = _source(options.source, composition)
        bundle = mirror(source, deployment.bundle, root=root, now=now(), seen_version=seen, corridor=corridor)
        _keep_corridor(composition, corridor)
        create_private(deployment.pinned_root, root)
        if bundle.version != seen:
            forget_changes(composition.registry.database)
    newer = "are here already" if bundle.version == seen else "are here now"
    say(f"Version {bundle.version} of {bundle.published:%Y-%m-%d %H:%M} UTC, {len(bundle.states)} states: they {newer}.")
    return YES


def _corridor(composition: Composition, options: argparse.Namespace) -> tuple[str, ...] | None:
    """Return the states whose lists are to be kept: those that are named now, else those that were named before; None for all.

    Raises:
        SetupError: lists are signed here, and so are kept whole.
    """
    deployment = composition.deployment
    if options.states and deployment.bundle_keys.is_dir() and any(deployment.bundle_keys.iterdir()):
        raise SetupError("Keys that sign lists lie here: this deployment keeps the lists of all states. Nothing was changed.")
    return None if options.all_states else options.states or deployment.corridor


def _keep_corridor(composition: Composition, corridor: tuple[str, ...] | None) -> None:
    file = composition.deployment.corridor_file
    if corridor is None:
        file.unlink(missing_ok=True)
    else:
        write_private(file, json.dumps(corridor).encode())


def _root_to_trust(pinned: Path, given: Path | None) -> bytes:
    if pinned.exists():
        if given and read_file(given) != pinned.read_bytes():
            raise SetupError(f"{given} is another root than the one that is pinned here; nothing was changed.")
        return pinned.read_bytes()
    if given is None:
        raise SetupError("No root is pinned here yet. Name the partnership's first root, from a source you trust: --root FILE")
    return read_file(given)


def _source(name: str, composition: Composition) -> BundleSource:
    if name.startswith(("https://", "http://")):
        return BundleOverHTTP(name, composition.verifier.fetcher)
    if not Path(name).is_file():
        raise SetupError(f"{name} is no zip file and no address; nothing was changed.")
    return BundleZip(Path(name))


def run_pack(options: argparse.Namespace, settings: Settings) -> int:
    """Write the lists into a zip."""
    with contextlib.closing(compose(settings)) as composition:
        deployment, version = composition.deployment, composition.verifier.bundle().version
        folder = deployment.bundle
        if not options.zip.absolute().parent.is_dir():
            raise SetupError(f"{options.zip.parent} is no folder.")
        corridor = options.states or deployment.corridor
        root = deployment.pinned_root.read_bytes()
        only = files_of_corridor(folder, root=root, now=now(), corridor=corridor) if corridor else None
        number = pack(folder, options.zip, only)
    say(f"Version {version} of the lists, {number} files, {options.zip.stat().st_size / 1024:.0f} KB: {options.zip}")
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
                "elsewhere": list(bundle.elsewhere),
                "issuers": list(bundle.issuers),
                "rules": len(bundle.rules),
            }
        )
        return YES
    say(f"version {bundle.version}, published {bundle.published:%Y-%m-%d %H:%M} UTC, hash {bundle.hash[:16]}…")
    say(f"states {', '.join(bundle.states)}; {len(bundle.issuers)} issuers; {len(bundle.rules)} rules")
    if bundle.elsewhere:
        say(f"not kept here: the lists of {', '.join(bundle.elsewhere)}. Get them with: comity bundle fetch SOURCE --all-states")
    if bundle.expired:
        say("Their signatures have run out. Publish them again: comity bundle publish FOLDER")
    return YES
