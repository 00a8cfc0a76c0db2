"""verify, revoke, suspend, reinstate: what is asked of one certificate."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from sqlmodel import select

from comity.cli.output import YES, say
from comity.compose import Composition, compose
from comity.deployment import SetupError
from comity.settings import Settings
from issuer_api.errors import UnknownThingError
from issuer_api.status import set_status
from issuer_api.tables import Issued
from verifier.assessing import Assessment, assess, exit_code
from verifier.links import credential_in
from verifier.pages import words


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this module."""
    verify = commands.add_parser("verify", help="check a certificate: exit 0 genuine, current, entitled; 1 not; 3 could not check")
    verify.add_argument("what", metavar="FILE|PNG|PDF|URL", help="a JSON file, a picture or PDF with a code, or a link")
    verify.add_argument("--state", metavar="XX", help="ask whether it counts in this state")
    verify.add_argument("--require-recognised", action="store_true", help="exit 1 unless the state recognises it")
    verify.add_argument("--json", action="store_true", help="for programs")
    verify.set_defaults(run=run_verify)
    for name, purpose, value, words_for in (
        ("revoke", "revocation", True, "withdraw a certificate for good"),
        ("suspend", "suspension", True, "put a certificate on hold"),
        ("reinstate", "suspension", False, "take a certificate off hold"),
    ):
        command = commands.add_parser(name, help=words_for)
        command.add_argument("id", help="urn:uuid:… of the certificate")
        command.add_argument("--reason", required=name != "reinstate", default="taken off hold", help="at most 200 letters; kept")
        command.set_defaults(run=run_status, purpose=purpose, value=value, name=name)


def read_what(what: str) -> bytes:
    """Return the bytes of a file, or the text of a link.

    Raises:
        SetupError: there is no such file.
    """
    if what.lower().startswith(("http:", "https:")):
        return what.encode()
    try:
        return Path(what).read_bytes()
    except OSError as error:
        raise SetupError(f"{what} cannot be read: {error.strerror}") from error


def run_verify(options: argparse.Namespace, settings: Settings) -> int:
    """Check a certificate and print the five answers."""
    composition = compose(settings)
    content = read_what(options.what)
    assessment = assess(composition.verifier, credential_in(composition.verifier, content)[1], options.state)
    if options.json:
        say(json.dumps(assessment.to_json(), ensure_ascii=False, indent=1))
    else:
        say_assessment(composition, assessment)
    return exit_code(assessment, require_recognised=options.require_recognised)


SIGNS = {"yes": "✓", "partly": "◐", "held": "‖", "undecided": "…", "no": "✗", "unknown": "?", "not-asked": "-", "you-check": "→"}


def say_assessment(composition: Composition, assessment: Assessment) -> None:
    """Print the verdict and the five answers, in English."""
    pages = composition.verifier.pages
    params = words(pages, "en", dict(assessment.params))
    say(pages.text("en", f"verifier.verdict.{assessment.verdict}", **params))
    for question in assessment.questions:
        asked = pages.text("en", f"verifier.ask.{question.name}")
        said = pages.text("en", f"verifier.say.{question.message}", **words(pages, "en", dict(question.params)))
        say(f"  {SIGNS[question.answer.value]} {asked} {pages.text('en', f'verifier.answer.{question.answer}')}. {said}")


def run_status(options: argparse.Namespace, settings: Settings) -> int:
    """Change a certificate's status."""
    composition = compose(settings)
    slug = issuer_of(composition, options.id)
    set_status(composition.issuer, slug, options.id, options.purpose, value=options.value, reason=options.reason, by="command line")
    say({"revoke": "Withdrawn.", "suspend": "On hold.", "reinstate": "Off hold."}[options.name])
    print("Verifiers see it with their next list.", file=sys.stderr)
    return YES


def issuer_of(composition: Composition, credential: str) -> str:
    """Return the slug of the issuer of a credential of this deployment.

    Raises:
        UnknownThingError: nobody here issued it.
    """
    with composition.issuer.database.session() as session:
        found = session.exec(select(Issued.organisation).where(Issued.id == credential)).first()
    if found is None:
        raise UnknownThingError(f"nobody here has issued {credential[:60]!r}")
    return found
