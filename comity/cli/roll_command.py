"""registry roll: what a closed centre had issued, accepted by its state in one stroke."""

from __future__ import annotations

import argparse
import contextlib
import json
from pathlib import Path
from typing import Any

from comity.cli.files import read_json
from comity.cli.output import NO, YES, say
from comity.compose import compose
from comity.deployment import SetupError
from comity.settings import Settings
from issuer_api.log_roll import closing_roll
from trust.anchoring import parse_roll
from trust.periods import parse_moment


def add_to(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to those of `registry`."""
    roll = actions.add_parser(
        "roll",
        help="write what a centre had issued by a moment into its state's closing rolls",
        description="Write what a centre had issued by a moment, counted from the issuance log, into its state's closing rolls in "
        "FOLDER: states/XX/closing-rolls.json, as for comity bundle publish. When the centre ends or its key is stolen, who stands "
        "there stays recognised, on paper too. What the state does not accept is taken out of the file before it is published.",
    )
    roll.add_argument("issuer", metavar="ISSUER", help="the centre's short name")
    roll.add_argument("folder", type=Path, metavar="FOLDER")
    roll.add_argument("--before", required=True, metavar="TIME", help="such as 2026-11-20 or 2026-11-20T08:00:00Z")
    roll.set_defaults(run=run_roll)


def run_roll(options: argparse.Namespace, settings: Settings) -> int:
    """Write a closing roll; 1 when the centre had issued nothing by then."""
    before = parse_moment(options.before)
    with contextlib.closing(compose(settings)) as composition:
        record = closing_roll(composition.issuer, options.issuer, before)
        listed = composition.verifier.bundle().issuers.get(record["issuer"])
    if listed is None:
        raise SetupError(f"The lists know no centre {record['issuer']}; nothing was written.")
    number = sum(map(len, record["accepted"].values()))
    if not number:
        say(f"{options.issuer} had issued nothing before {before:%Y-%m-%d %H:%M} UTC; nothing was written.")
        return NO
    path = options.folder / "states" / listed.state / "closing-rolls.json"
    parse_roll(record, listed.state)
    _write(path, record)
    say(f"{number} certificates of {options.issuer} from before {before:%Y-%m-%d %H:%M} UTC: {path}")
    say("Take out what the state does not accept, then publish: comity bundle publish FOLDER")
    return YES


def _write(path: Path, record: dict[str, Any]) -> None:
    """Put a roll beside the others, in the place of an earlier one of the same centre."""
    if not path.parent.is_dir():
        raise SetupError(f"{path.parent} is no folder of a state; nothing was written.")
    others = read_json(path)["closing-rolls"] if path.exists() else []
    kept = [roll for roll in others if roll["issuer"] != record["issuer"]]
    path.write_text(json.dumps({"closing-rolls": [*kept, record]}, indent=1) + "\n", encoding="utf-8")
