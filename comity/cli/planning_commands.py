"""registry endorse, withdraw, release: a party certifies what another one awarded; a state releases its figures."""

from __future__ import annotations

import argparse
import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from comity.cli.credentials_commands import say_assessment
from comity.cli.files import read_file
from comity.cli.output import NO, YES, say
from comity.clock import now
from comity.compose import Composition, compose
from comity.deployment import SetupError
from comity.issued_counts import awards_in
from comity.settings import Settings
from issuer_api.history import COMMAND_LINE
from registry.cases import checked
from registry.deciding import Signing
from registry.endorsing import issue_endorsement
from registry.giving import give, is_of_this_house, withdraw_paper
from registry.statistics_releasing import release, released
from registry.statistics_rows import Planning
from verifier.assessing import Assessment, assess, exit_code


def add_to(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the actions of this module to those of `registry`."""
    endorse = actions.add_parser(
        "endorse",
        help="certify, for a party, what another one awarded",
        description="Issue an authority's endorsement of one award, as a credential that is shown beside it: comity verify counts "
        "how many parties have certified the award. It has to be genuine, current, and awarded by somebody entitled to. "
        "The endorsement has a place in the authority's list, which this deployment publishes, so that it can be withdrawn.",
    )
    endorse.add_argument("award", type=Path, metavar="AWARD.json")
    endorse.add_argument("authority", metavar="AUTHORITY", help="its id in the lists, such as urn:comity:XC:authority:board")
    endorse.add_argument("--comment", default="", metavar="TEXT", help="what the authority says of the award")
    endorse.add_argument("--out", type=Path, required=True, metavar="FILE", help="where the endorsement is written")
    final = "without a place in the list, so that it cannot be withdrawn: for a machine that publishes nothing"
    endorse.add_argument("--final", action="store_true", help=final)
    endorse.set_defaults(run=run_endorse)
    withdraw = actions.add_parser(
        "withdraw",
        help="withdraw an endorsement",
        description="Withdraw an endorsement that was given here, for ever: whoever checks it from now on sees that, and counts "
        "one party fewer. The award stays as it is.",
    )
    withdraw.add_argument("endorsement", type=Path, metavar="ENDORSEMENT.json")
    withdraw.add_argument("--reason", required=True, metavar="TEXT", help="why; it is shown at the state's desk, not published")
    withdraw.set_defaults(run=run_withdraw)
    release_figures = actions.add_parser(
        "release",
        help="release a state's figures for planning",
        description="Release the figures of a state for a quarter or a year that has ended, for everybody, with noise and without "
        "small groups. A release cannot be taken back or made twice. The exact counts behind it are not shown.",
    )
    release_figures.add_argument("state", type=str.upper, metavar="XX")
    release_figures.add_argument("period", metavar="2026-Q3|2026")
    release_figures.set_defaults(run=run_release)


def run_release(options: argparse.Namespace, settings: Settings) -> int:
    """Release the figures of a state."""
    with contextlib.closing(compose(settings)) as composition:
        registry = composition.registry
        if options.state not in registry.bundle().states:
            raise SetupError(f"The lists know no state {options.state}.")
        planning = Planning(registry, awards_in(registry.database))
        release(planning, options.state, options.period, COMMAND_LINE)
        found = released(registry.database, options.state, options.period)
    shown = sum(figure is not None for figure in found.figures.values())
    say(f"Released: {shown} figures; {len(found.figures) - shown} groups are too small or empty. See /registry/statistics")
    return YES


def run_endorse(options: argparse.Namespace, settings: Settings) -> int:
    """Issue an endorsement; 1 when the award is not genuine, current and from somebody entitled to."""
    content = read_file(options.award)
    with contextlib.closing(compose(settings)) as composition:
        verifier = composition.verifier
        found = assess(verifier, content, None)
        if found.credential is None or exit_code(found) != YES:
            say_assessment(composition, found)
            return NO
        secured = _endorsed(composition, found, options)
    options.out.write_text(json.dumps(secured, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    say(f"{secured['id']}, signed by {secured['issuer']['id']}: {options.out}")
    return YES


def _endorsed(composition: Composition, found: Assessment, options: argparse.Namespace) -> Mapping[str, Any]:
    registry, bundle = composition.registry, composition.verifier.bundle()
    authority = bundle.authorities.get(options.authority)
    if options.final or authority is None:
        signing = Signing(registry.keys, registry.fetcher, now())
        return issue_endorsement(found.verification.require().document, options.authority, bundle, signing, options.comment)
    if not is_of_this_house(registry, authority):
        raise SetupError(f"The list of {authority.id} is not published here: add --final, and it cannot be withdrawn.")
    with registry.database.write("awards") as session:
        return give(registry, session, found.verification, authority, options.comment)


def run_withdraw(options: argparse.Namespace, settings: Settings) -> int:
    """Withdraw an endorsement."""
    content = read_file(options.endorsement)
    with contextlib.closing(compose(settings)) as composition:
        registry = composition.registry
        authority = withdraw_paper(registry, checked(registry, content), options.reason)
    say(f"Withdrawn: the endorsement by {authority.id}")
    return YES
