"""What the certificates of a wallet are worth in each state: the signed lists' word, with the reason and what to do next.

Everything in the wallet is shown together: other certificates may meet what a rule asks for, and a decision on one person counts
before every rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from credentials.errors import VCError
from trust.anchoring import Anchor, parse_anchor
from trust.outcomes import NotRecognised, Outcome, PartiallyRecognised
from trust.recognition import Dossier, recognize
from wallet import decisions
from wallet.asking import deciding
from wallet.beside import things
from wallet.holding import certificates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credentials.verify import VerificationResult
    from trust.bundle import Bundle
    from trust.outcomes import Condition, Step
    from trust.records import Authority
    from wallet.holding import Held
    from wallet.service import Wallet
    from wallet.unlocking import Vault

LEVEL: Final = "level"
NEXT: Final[Mapping[str, str]] = {
    "recognised": "show",
    LEVEL: "ask",
    "partly": "gather",
    "undecided": "ask",
    "refused": "appeal",
    "invalid": "centre",
    "unknown": "later",
}
"""Word for an outcome to what the worker can do next."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What one certificate is worth in one state.

    Attributes:
        held: the certificate.
        state: code of the state.
        outcome: the lists' word.
        authority: that decides there on single certificates, or the first that can be asked; None where there is none.
        decides: whether it signs decisions, so that it can be asked from here.
    """

    held: Held
    state: str
    outcome: Outcome
    authority: Authority | None
    decides: bool

    @property
    def word(self) -> str:
        """One word for the outcome: a key of `NEXT`."""
        if isinstance(self.outcome, NotRecognised):
            return self.outcome.kind.value
        if isinstance(self.outcome, PartiallyRecognised):
            return "partly"
        return LEVEL if self.outcome.granted.mode == "levelOnly" else "recognised"

    @property
    def reason(self) -> Step:
        """The step that explains it."""
        return self.outcome.chain[-1]

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What is still to be shown."""
        return self.outcome.conditions if isinstance(self.outcome, PartiallyRecognised) else ()

    @property
    def titles(self) -> Mapping[str, str]:
        """What it counts as, by language; empty where the state gives no title."""
        return {} if isinstance(self.outcome, NotRecognised) else self.outcome.granted.local_titles

    @property
    def level(self) -> str:
        """The local level, or nothing."""
        return "" if isinstance(self.outcome, NotRecognised) else self.outcome.granted.nqf

    @property
    def next(self) -> str:
        """What to do next; whoever cannot be asked from here is written to."""
        found = NEXT[self.word]
        if found == "ask" and self.authority is None:
            return "later"
        return "write" if found == "ask" and not self.decides else found


def worths(wallet: Wallet, vault: Vault, states: tuple[str, ...]) -> tuple[Worth, ...]:
    """Return what each certificate of the wallet is worth in each of some states, certificate by certificate."""
    bundle, now = wallet.bundle(), wallet.clock()
    held = certificates(wallet, vault)
    results = {one.id: decisions.checked(wallet, one.content, bundle) for one in held}
    said = [
        decisions.checked(wallet, one.members["credential"].encode(), bundle) for one in things(wallet, vault, decisions.DECISION)
    ]
    anchors = _anchors(held, results)
    found = []
    for one in held:
        others = tuple(result for name, result in results.items() if name != one.id)
        dossier = Dossier(results[one.id], (*others, *said), anchors)
        for state in states:
            outcome = recognize(dossier, state, now, bundle=bundle, now=now)
            found.append(Worth(one, state, outcome, *_whom(bundle, state)))
    return tuple(found)


def _whom(bundle: Bundle, state: str) -> tuple[Authority | None, bool]:
    signing = deciding(bundle).get(state)
    return (signing or next((one for one in bundle.authorities.values() if one.state == state), None), signing is not None)


def _anchors(held: tuple[Held, ...], results: Mapping[str, VerificationResult]) -> dict[str, Anchor]:
    """Return the places in issuance logs by credential id; one that cannot be read says nothing."""
    found = {}
    for one in held:
        credential = results[one.id].unverified_credential
        if one.anchor is None or credential is None or credential.id is None:
            continue
        try:
            found[credential.id] = parse_anchor(dict(one.anchor))
        except VCError:
            continue
    return found
