"""Ask a state to decide on a certificate, follow the case, and take its decision into the wallet.

The state is asked over the wire, as any other program asks it. What names the case stands sealed beside the certificate.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from credentials.errors import FetchError, ParsingError, VCError
from credentials.parsing import parse_json
from wallet import decisions
from wallet.beside import Thing, put, thing, things
from wallet.errors import NotCheckedError, NotTakenError, WaitsAlreadyError
from wallet.holding import certificate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trust.bundle import Bundle
    from trust.records import Authority
    from wallet.holding import Held
    from wallet.service import Wallet
    from wallet.unlocking import Vault

CASE: Final = "case"
MOST_PAPERS: Final = 5
_ADDRESS: Final = "/registry/api/v1/cases"
_REFUSALS: Final[Mapping[int, type[VCError]]] = MappingProxyType({409: WaitsAlreadyError, 422: NotTakenError})


@dataclass(frozen=True, slots=True)
class Case:
    """A case as the worker sees it.

    Attributes:
        thing: as the wallet keeps it.
        state: code of the state that was asked.
        asked_at: when.
        due_at: by when its authority answers, by its own word.
        decided: id of the decision in this wallet; empty while there is none.
        reached: whether the state could be asked just now how it stands.
    """

    thing: Thing
    state: str
    asked_at: datetime
    due_at: datetime
    decided: str
    reached: bool = True

    def is_late(self, now: datetime) -> bool:
        """Return whether the day by which it should have been decided has passed."""
        return not self.decided and self.due_at < now


def deciding(bundle: Bundle) -> Mapping[str, Authority]:
    """Return the states whose authorities sign decisions, with the first of them."""
    found: dict[str, Authority] = {}
    for authority in bundle.authorities.values():
        if authority.did:
            found.setdefault(authority.state, authority)
    return found


@dataclass(frozen=True, slots=True)
class Question:
    """What a worker asks a state.

    Attributes:
        state: its code.
        papers: ids of other certificates of the wallet, to be looked at with it.
        contact: where the worker is reached; may be empty.
        note: what she adds; may be empty.
    """

    state: str
    papers: Sequence[str] = ()
    contact: str = ""
    note: str = ""


def ask(wallet: Wallet, vault: Vault, held: Held, question: Question) -> Thing:
    """Ask a state to decide on a certificate, and keep the case beside it.

    Raises:
        WaitsAlreadyError: it was asked already.
        NotTakenError: it decides nothing, or does not take what was sent.
        FetchError: it could not be reached; nothing was asked.
    """
    authority = deciding(wallet.bundle()).get(question.state)
    if authority is None:
        raise NotTakenError("this state decides on no certificates", pointer="/state")
    papers = [certificate(wallet, vault, name) for name in question.papers[:MOST_PAPERS]]
    told = {
        "state": question.state,
        "certificate": json.loads(held.content),
        "papers": [json.loads(paper.content) for paper in papers],
        "contact": question.contact,
        "note": question.note,
    }
    try:
        answer = parse_json(wallet.send(_ADDRESS, json.dumps(told).encode()).content)
    except FetchError as error:
        raise _problem(error) from error
    now, case = wallet.clock(), str(answer["id"])
    due = now + timedelta(days=authority.answers_within_days)
    members = {"case": case, "state": question.state, "asked": now.isoformat(), "due": due.isoformat(), "decided": ""}
    return put(wallet, vault, CASE, held.id, case, members)


def _problem(error: FetchError) -> VCError:
    """Return what an answer without a case means; the message ends with the status."""
    for status, problem in _REFUSALS.items():
        if error.detail.endswith(f" status {status}"):
            return problem("the state does not take this case")
    return error


def follow(wallet: Wallet, vault: Vault, kept: Thing) -> Case:
    """Return how a case stands; a decision is kept beside the certificate as soon as there is one."""
    if kept.members["decided"]:
        return _case(kept)
    try:
        standing = parse_json(wallet.fetcher.fetch(f"{wallet.base_url}{_ADDRESS}/{kept.members['case']}").content)
        decision = standing.get("decision")
        if not isinstance(decision, dict):
            return _case(kept)
        decided = decisions.add(wallet, vault, json.dumps(decision, ensure_ascii=False).encode())
    except (FetchError, ParsingError, NotCheckedError):
        return _case(kept, reached=False)
    members = {**kept.members, "decided": decided.id}
    return _case(put(wallet, vault, CASE, kept.of, kept.members["case"], members))


def _case(kept: Thing, *, reached: bool = True) -> Case:
    told = kept.members
    asked, due = datetime.fromisoformat(told["asked"]), datetime.fromisoformat(told["due"])
    return Case(kept, told["state"], asked, due, told["decided"], reached)


def case(wallet: Wallet, vault: Vault, name: str) -> Case:
    """Return one case of this wallet, as it stands now.

    Raises:
        NotInWalletError: it is not in this wallet.
    """
    return follow(wallet, vault, thing(wallet, vault, CASE, name))


def cases(wallet: Wallet, vault: Vault, of: str) -> tuple[Case, ...]:
    """Return the cases about a certificate, as they stand now, the newest first."""
    return tuple(follow(wallet, vault, one) for one in things(wallet, vault, CASE, of))
