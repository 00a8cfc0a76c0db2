"""doctor: is everything in order?"""

from __future__ import annotations

import argparse
import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import DBAPIError
from sqlmodel import col, func, select, text

from comity.cli.output import NO, UNKNOWN, YES, say, say_json
from comity.clock import now
from comity.compose import ROOT, Composition, compose
from comity.deployment import SetupError
from comity.key_stores import describe_key_store
from comity.settings import Settings
from credentials.errors import VCError
from credentials.keys import KeyStoreError
from credentials.x509 import Anchors
from issuer_api.certified_keys import WARNED, certified_signer
from issuer_api.errors import NoSigningKeyError
from issuer_api.keys import signing_key
from issuer_api.log import check_log
from issuer_api.organisations import slugs
from issuer_api.service import Purpose
from issuer_api.tables import Act, Issued
from trust.bundle import BundleError, Freshness

SOON: Final = -1
"""Something ends within a month: all is well until then, so the exit status does not change."""
_SIGNS: Final = {YES: "✓", NO: "✗", UNKNOWN: "?", SOON: "!"}
_WORDS: Final = {YES: "ok", NO: "wrong", UNKNOWN: "unknown", SOON: "soon"}
_AHEAD: Final = timedelta(minutes=5)
_OF_ISSUERS: Final = re.compile(r"(?:mdoc|x5c)[0-9]*-.+\.pem")
_BUILT: Final = {"fonts": ROOT / "issuer_api" / "fonts", "code reader": ROOT / "web" / "static" / "vendor" / "zxing"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: its name, `YES`, `NO`, `UNKNOWN` or `SOON`, and what was found."""

    name: str
    outcome: int
    text: str


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command of this module."""
    doctor = commands.add_parser(
        "doctor",
        help="say whether everything is in order",
        description="Look at folder, clock, database, keys, the certificates of keys, issued certificates, log and lists. Exit "
        "status 0 when all is well, also where something ends within a month; 1 when something is wrong; 3 when the lists are "
        "missing or have run out.",
    )
    doctor.add_argument("--json", action="store_true", help="for programs")
    doctor.set_defaults(run=run_doctor)


def run_doctor(options: argparse.Namespace, settings: Settings) -> int:
    """Print what was found; each line is one thing."""
    with contextlib.closing(compose(settings)) as composition:
        found = list(examine(composition, settings))
    if options.json:
        say_json([{"check": finding.name, "outcome": _WORDS[finding.outcome], "detail": finding.text} for finding in found])
    else:
        for finding in found:
            say(f"{_SIGNS[finding.outcome]} {finding.name:<13} {finding.text}")
    outcomes = {finding.outcome for finding in found}
    return NO if NO in outcomes else UNKNOWN if UNKNOWN in outcomes else YES


def examine(composition: Composition, settings: Settings) -> Iterator[Finding]:
    """Give every finding, one after the other."""
    yield _folder(composition, settings)
    yield _database(composition)
    yield _clock(composition)
    yield _keys(composition)
    yield certified(composition, now())
    yield _certificates(composition)
    yield _log(composition)
    yield _lists(composition)
    for name, folder in _BUILT.items():
        found = folder.is_dir()
        yield Finding(name, YES if found else NO, "there" if found else f"{folder} is missing; run: make setup")


def _folder(composition: Composition, settings: Settings) -> Finding:
    folder, public = settings.data, composition.deployment.public_url
    if folder.stat().st_mode & 0o077:
        return Finding("data", NO, f"{folder} can be read by others; close it with: chmod 700 {folder}")
    return Finding("data", YES, f"{folder}, public address {public}")


def _database(composition: Composition) -> Finding:
    engine = composition.issuer.database.engine
    if engine.dialect.name != "sqlite":
        return Finding("database", YES, f"{engine.dialect.name}, schema up to date")
    with composition.issuer.database.session() as session:
        said = str(session.connection().execute(text("PRAGMA quick_check")).scalar_one())
    if said != "ok":
        return Finding("database", NO, f"damaged ({said.partition(chr(10))[0]}); put it back from a backup")
    return Finding("database", YES, "SQLite, whole, schema up to date")


def _keys(composition: Composition) -> Finding:
    keys, opened = composition.issuer.keys, 0
    try:
        for name in keys.verification_methods():
            keys.signer(name)
            opened += 1
        for slug in slugs(composition.issuer):
            signing_key(composition.issuer, slug)
    except (SetupError, NoSigningKeyError, KeyStoreError) as error:
        return Finding("keys", NO, str(error))
    return Finding("keys", YES, f"{opened}, and each opens; {describe_key_store(keys)}")


def _clock(composition: Composition) -> Finding:
    try:
        with composition.issuer.database.session() as session:
            written = list(session.exec(select(Act.at).order_by(col(Act.at).desc()).limit(1)).all())
    except DBAPIError:
        return Finding("clock", UNKNOWN, "not compared with what was written: the database is damaged")
    with contextlib.suppress(BundleError):
        written.append(composition.verifier.bundle().published)
    said = f"{now():%Y-%m-%d %H:%M} UTC"
    if written and max(written) - now() > _AHEAD:
        return Finding("clock", NO, f"{said}, and something was written at {max(written):%Y-%m-%d %H:%M} already; set the clock")
    return Finding("clock", YES, said)


def certified(composition: Composition, today: datetime) -> Finding:
    """Return how the certificates of keys and of authorities stand: what an ended one signs, nobody takes."""
    name = "certified keys"
    try:
        ends = sorted((end, what) for what, end in certificates(composition))
    except VCError as error:
        return Finding(name, NO, error.detail)
    if not ends:
        return Finding(name, YES, "none; no key needs a certificate")
    ended = ", ".join(f"{what} on {end:%Y-%m-%d}" for end, what in ends if end < today)
    if ended:
        return Finding(name, NO, f"ended: {ended}; have the keys certified anew, and put the chains in the same files")
    soon = ", ".join(f"{what} on {end:%Y-%m-%d}" for end, what in ends if end < today + WARNED)
    if soon:
        return Finding(name, SOON, f"they end: {soon}; have the keys certified anew before")
    return Finding(name, YES, f"{len(ends)}, the first ends on {ends[0][0]:%Y-%m-%d}")


def certificates(composition: Composition) -> Iterator[tuple[str, datetime]]:
    """Yield (what it is for, its last moment) of the certificates of every key that signs now, and of authorities that are trusted.

    Raises:
        ParsingError, InvalidVerificationMethodError: what lies there is no certificate, or that of another key.
    """
    issuer = composition.issuer
    for slug in slugs(issuer):
        for purpose in Purpose:
            signer = certified_signer(issuer, slug, purpose)
            if signer is not None:
                yield f"{signer.fragment} of {slug}", signer.ends
    for file in sorted((composition.deployment.folder / "certificates").glob("*.pem")):
        if not _OF_ISSUERS.fullmatch(file.name):
            yield file.name, min(one.not_valid_after_utc for one in Anchors.parse(file.read_bytes()).certificates)


def _certificates(composition: Composition) -> Finding:
    with composition.issuer.database.session() as session:
        every = session.exec(select(func.count()).select_from(Issued)).one()
    return Finding("certificates", YES, f"{every}")


def _log(composition: Composition) -> Finding:
    try:
        return Finding("issuance log", YES, f"{check_log(composition.issuer)} entries, as signed and as the lists have recorded it")
    except (SetupError, KeyStoreError):
        return Finding("issuance log", UNKNOWN, "not looked at: its key does not open")
    except VCError as error:
        return Finding("issuance log", NO, error.detail)
    except DBAPIError:
        return Finding("issuance log", NO, "it cannot be read: the database is damaged")


def _lists(composition: Composition) -> Finding:
    try:
        bundle = composition.verifier.bundle()
    except BundleError as error:
        return Finding("lists", UNKNOWN, error.detail)
    age = bundle.age(now()).days
    said = f"version {bundle.version}, {age} days old, {len(bundle.states)} states, {len(bundle.issuers)} issuers"
    if bundle.expired or bundle.freshness(now()) is not Freshness.GREEN:
        return Finding("lists", UNKNOWN, f"{said}; their signatures have run out: publish them again")
    if bundle.ran_out:
        return Finding("lists", UNKNOWN, f"{said}; late to sign theirs anew: {', '.join(sorted(bundle.ran_out))}")
    return Finding("lists", YES, said)
