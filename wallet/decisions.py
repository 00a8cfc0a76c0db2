"""What states say of a certificate: their decisions and endorsements, credentials that are kept beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from credentials.errors import VCError
from credentials.securing import open_secured
from credentials.verify import VerificationOptions, verify_credential
from trust.decisions import Decision, binds, read_decision
from trust.endorsements import Endorsement, read_endorsement
from wallet.beside import Thing, put, thing, things
from wallet.errors import NotADecisionError, NotCheckedError, NotOfMineError
from wallet.holding import certificates
from wallet.standing import State, state_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from credentials.verify import VerificationResult
    from trust.bundle import Bundle
    from wallet.service import Wallet
    from wallet.unlocking import Vault

DECISION: Final = "decision"
LONGEST: Final = 500_000


@dataclass(frozen=True, slots=True)
class Word:
    """A state's word on a certificate, as it stands today.

    Attributes:
        thing: as the wallet keeps it.
        content: the secured credential, byte for byte as it was received.
        state: how it stands: withdrawn, ended, could not be checked …
        as_of: of when the list is that says whether it was withdrawn.
        decision: what it says, where it is a decision by an authority that the lists name.
        endorsement: what it says, where it is an endorsement by such an authority.
        comment: of an endorsement, in words.
        official: who decided.
        code: of the state.
        names: of the state, by language.
    """

    thing: Thing
    content: bytes = field(repr=False)
    state: State
    as_of: datetime | None
    decision: Decision | None
    endorsement: Endorsement | None
    comment: str
    official: str
    code: str
    names: Mapping[str, str]

    @property
    def counts(self) -> bool:
        """Whether it is weighed today."""
        return self.state is State.VALID and (self.decision or self.endorsement) is not None


def add(wallet: Wallet, vault: Vault, content: bytes) -> Thing:
    """Keep a decision or an endorsement beside the certificate that it is about.

    Raises:
        NotADecisionError: it is none by an authority that the lists name.
        NotCheckedError: whether it is genuine could not be checked.
        NotOfMineError: it is about no certificate of this wallet.
    """
    if len(content) > LONGEST:
        raise NotADecisionError("a decision is shorter than this file")
    bundle = wallet.bundle()
    result = checked(wallet, content, bundle)
    found = read_decision(result, bundle) or read_endorsement(result, bundle)
    if found is None and result.unverified_credential is not None and any(problem.could_not_check for problem in result.problems):
        raise NotCheckedError("whether this is genuine could not be checked")
    if found is None:
        raise NotADecisionError("this is no decision and no endorsement by an authority that the lists name")
    held = next((one for one in certificates(wallet, vault) if binds(found.of, _opened(one.content))), None)
    if held is None:
        raise NotOfMineError("this is about no certificate of this wallet")
    return put(wallet, vault, DECISION, held.id, found.id, {"credential": content.decode()})


def _opened(certificate: bytes) -> Mapping[str, Any]:
    """Return the certificate's document; an empty one where it cannot be read."""
    try:
        return open_secured(certificate).document
    except VCError:
        return {}


def words(wallet: Wallet, vault: Vault, of: str) -> tuple[Word, ...]:
    """Return what states said of a certificate of this wallet, the newest first."""
    return tuple(_word(wallet, one) for one in things(wallet, vault, DECISION, of))


def word(wallet: Wallet, vault: Vault, name: str) -> Word:
    """Return one decision or endorsement of this wallet.

    Raises:
        NotInWalletError: it is not in this wallet.
    """
    return _word(wallet, thing(wallet, vault, DECISION, name))


def words_on(wallet: Wallet, certificate: bytes, said: Sequence[bytes]) -> tuple[Word, ...]:
    """Return what some credentials say of a certificate; none of them is kept.

    What is about another certificate, or is no decision and no endorsement, says nothing.

    Raises:
        BundleError: the lists could not be had.
    """
    document, now = _opened(certificate), wallet.clock()
    found = [_word(wallet, Thing("", DECISION, "", {"credential": one.decode()}, now)) for one in said]
    return tuple(one for one in found if (told := one.decision or one.endorsement) and binds(told.of, document))


def _word(wallet: Wallet, kept: Thing) -> Word:
    content, bundle = kept.members["credential"].encode(), wallet.bundle()
    result = checked(wallet, content, bundle)
    decision, endorsement = read_decision(result, bundle), read_endorsement(result, bundle)
    said = decision or endorsement
    subject = result.unverified_credential.subjects[0] if said and result.unverified_credential else {}
    told = subject.get("recognitionDecision")
    return Word(
        thing=kept,
        content=content,
        state=state_of(result) if said else State.UNKNOWN,
        as_of=result.status_as_of,
        decision=decision,
        endorsement=endorsement,
        comment=plain(subject.get("endorsementComment")),
        official=plain(told.get("decidedBy")) if isinstance(told, dict) else "",
        code=said.authority.state if said else "",
        names=bundle.states[said.authority.state].names if said else {},
    )


def plain(value: object) -> str:
    """Return a text member, or nothing where it is no text."""
    return value if isinstance(value, str) else ""


def checked(wallet: Wallet, content: bytes, bundle: Bundle) -> VerificationResult:
    """Return the report on a credential, by the keys that the lists name."""
    options = wallet.options()
    known = VerificationOptions(
        now=options.now,
        fetcher=options.fetcher,
        canonicalize=options.canonicalize,
        known_keys=bundle.listed_keys(),
        status_authorities=bundle.status_authorities,
        is_stolen=bundle.is_stolen,
    )
    return verify_credential(content, known)
