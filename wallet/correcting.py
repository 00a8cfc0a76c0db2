"""Ask the centre that issued a certificate to correct it, and follow its answer.

The centre is asked over the wire, as any other program asks it; the claim code that the certificate came by shows that it is held.
What names the request stands sealed beside the certificate.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from credentials.encoding import b64url_encode
from credentials.errors import FetchError, NotThereError, VCError
from credentials.parsing import parse_json
from wallet.beside import Thing, put, thing, things

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wallet.holding import Held
    from wallet.service import Wallet
    from wallet.unlocking import Vault

CORRECTION: Final = "correction"
REFUSALS: Final = ("403", "409", "410", "422", "429")
STATES: Final = ("unreached", "waiting", "asked-back", "refused", "corrected", "withdrawn")
_ADDRESS: Final = "/issuer/api/v1/corrections"


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said: `by` is `holder` or `centre`."""

    by: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it stands.

    Attributes:
        thing: as the wallet keeps it.
        asked_at: when it was asked.
        state: one of `STATES`.
        turns: what was said since.
        claim: the claim link of the certificate that took the place; empty while there is none.
    """

    thing: Thing
    asked_at: datetime
    state: str
    turns: tuple[Turn, ...] = ()
    claim: str = ""


def wanted_of(held: Held, typed: Mapping[str, str], evidence: bytes) -> dict[str, Any]:
    """Return what is asked, as it is sent: only what differs from what the certificate says."""
    before = said_by(held)
    wanted: dict[str, Any] = {}
    names = [typed.get(name, "").strip() for name in ("name", "native")]
    if before and names != [before["name"], before["native"]]:
        wanted["names"] = [name for name in names if name]
    for name, member in (("awarded", "awardedOn"), ("number", "number")):
        if before and typed.get(name, "").strip() not in ("", before[name]):
            wanted[member] = typed[name].strip()
    if typed.get("words", "").strip():
        wanted["words"] = typed["words"].strip()
    if wanted and evidence:
        wanted["evidence"] = b64url_encode(evidence)
    return wanted


def said_by(held: Held) -> dict[str, str]:
    """Return what can be corrected of a certificate of training, as it is; nothing of one that attests work."""
    document = parse_json(held.content)
    subject = document.get("credentialSubject", {})
    if "awardedDate" not in document:
        return {}
    names = [str(entry["@value"]) for entry in subject.get("name", ())] + ["", ""]
    awarded, number = str(document["awardedDate"])[:10], str(subject.get("licenseNumber", ""))
    return {"name": names[0], "native": names[1], "awarded": awarded, "number": number}


def ask(wallet: Wallet, vault: Vault, held: Held, wanted: Mapping[str, Any]) -> Thing:
    """Ask the centre, and keep the request beside the certificate.

    Raises:
        FetchError: the centre takes it not (the message ends with the status), or could not be reached.
    """
    body = {"credential": parse_json(held.content)["id"], "claim": held.claim, **wanted}
    answer = parse_json(wallet.send(_ADDRESS, json.dumps(body).encode()).content)
    members = {"request": str(answer["id"]), "asked": wallet.clock().isoformat()}
    return put(wallet, vault, CORRECTION, held.id, members["request"], members)


def refusal(error: FetchError) -> str:
    """Return the status of a refusal, one of `REFUSALS`; empty for an error of another kind."""
    return next((status for status in REFUSALS if error.detail.endswith(f" status {status}")), "")


def standing(wallet: Wallet, kept: Thing) -> Asked:
    """Return how a request stands now."""
    asked_at = datetime.fromisoformat(kept.members["asked"])
    try:
        told = parse_json(wallet.fetcher.fetch(f"{wallet.base_url}{_ADDRESS}/{kept.members['request']}").content)
        turns = tuple(Turn(one["by"], one["words"], datetime.fromisoformat(one["at"])) for one in told["turns"])
        state = told["state"] if told["state"] in STATES else "unreached"
    except NotThereError:
        return Asked(kept, asked_at, "withdrawn")
    except VCError:
        return Asked(kept, asked_at, "unreached")
    return Asked(kept, asked_at, state, turns, told["claim"])


def request(wallet: Wallet, vault: Vault, name: str) -> Asked:
    """Return one request of this wallet, as it stands now.

    Raises:
        NotInWalletError: it is not in this wallet.
    """
    return standing(wallet, thing(wallet, vault, CORRECTION, name))


def reply(wallet: Wallet, vault: Vault, name: str, words: str) -> None:
    """Answer what the centre asked.

    Raises:
        NotInWalletError: it is not in this wallet.
        FetchError: as `ask`.
    """
    kept = thing(wallet, vault, CORRECTION, name)
    wallet.send(f"{_ADDRESS}/{kept.members['request']}/answers", json.dumps({"words": words.strip()}).encode())


def requests(wallet: Wallet, vault: Vault, of: str) -> tuple[Thing, ...]:
    """Return the requests about a certificate, the newest first; nobody is asked how they stand."""
    return things(wallet, vault, CORRECTION, of)
