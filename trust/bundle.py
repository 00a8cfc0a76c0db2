"""The partnership's signed lists, read into records. Old lists are authentic and old, which is said and is no error."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeVar

from tuf.api.exceptions import LengthOrHashMismatchError, RepositoryError, UnsignedMetadataError
from tuf.api.serialization import DeserializationError

from credentials.errors import CryptographicSecurityError, MalformedValueError
from credentials.keys import PublicKey
from credentials.qr import Codec, parse_codec
from trust import anchoring, records, rules
from trust.anchoring import ClosingRoll, LogHead
from trust.indexes import Index
from trust.list_errors import BundleError, ListFormError, WrongSignerError
from trust.listed_keys import ListedKeys, is_stolen
from trust.records import Authority, CoCertificationTerms, CostShare, IssuerRecord, Qualification, State, Suspension
from trust.rules import Rule
from trust.signed_files import BundleSource, Checked, target_file, walk, walk_back

__all__ = ["STATE_FILES", "Bundle", "BundleError", "BundleSource", "Freshness", "open_bundle", "target_file"]

NEEDED_FILES: Final = ("authorities", "issuers", "qualifications", "rules", "suspensions")
MORE_FILES: Final = ("log-heads", "closing-rolls")
STATE_FILES: Final = (*NEEDED_FILES, *MORE_FILES)
"""A state's files; each holds one list under its own name. The last two may be left out."""
R = TypeVar("R")


Parts = Mapping[tuple[str, str], tuple[Any, ...]]
"""State and file to the records that stand there."""


class Freshness(StrEnum):
    """How old the lists may be: GREEN is as good as new, AMBER is said with the date, RED no longer says yes or no."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Bundle:
    """The lists, checked and read.

    Attributes:
        version: the snapshot's version; never goes back.
        published: when the timestamp was signed.
        expired: whether the timestamp has run out at the moment of opening.
        hash: SHA-256 of the snapshot, which fixes every file.
        agreement: what the agreement is called, by language.
        issuers: by DID.
        doubles: DIDs that several states list, with every record; each state's word counts as its own.
        codec: reads and writes the codes that hold a whole credential; None where the lists have no profiles.
        co_certification: how many parties must certify an award; None where the agreement says nothing.
        cost_shares: who pays whom for the people whose certificates were recognised.
        checked: whose word they are; None for a draft.
        parts: the records by state and file, to be taken again while a file stays as it is.
        elsewhere: the parties whose lists are not kept here: nothing is known of what they say; none where the lists are whole.
        ran_out: code of a state to when its signatures had run out, before these lists were published: it is late, and what it says
            is neither believed nor denied.
    """

    version: int
    published: datetime
    expired: bool
    hash: str
    agreement: Mapping[str, str]
    states: Mapping[str, State]
    authorities: Mapping[str, Authority]
    issuers: Mapping[str, IssuerRecord]
    doubles: Mapping[str, tuple[IssuerRecord, ...]]
    qualifications: Mapping[str, Qualification]
    rules: tuple[Rule, ...]
    suspensions: tuple[Suspension, ...]
    log_heads: tuple[LogHead, ...]
    closing_rolls: tuple[ClosingRoll, ...]
    codec: Codec | None = None
    co_certification: CoCertificationTerms | None = None
    cost_shares: tuple[CostShare, ...] = ()
    checked: Checked | None = field(default=None, repr=False, compare=False)
    parts: Parts = field(default_factory=lambda: MappingProxyType({}), repr=False, compare=False)
    elsewhere: Mapping[str, State] = field(default_factory=lambda: MappingProxyType({}))
    ran_out: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))

    _index: Index = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", Index.of(self.rules, self.suspensions))  # frozen

    def rules_of(self, state: str) -> Sequence[Rule]:
        """Return the rules of a state, in the order of the lists."""
        return self._index.rules.get(state, ())

    def stops_of(self, issuer: str, authorities: Iterable[str], origin: str) -> list[Suspension]:
        """Return the stops that name an issuer, one of its authorities or its state, in the order of the lists."""
        named = (("issuer", issuer), *(("authority", name) for name in authorities), ("origin", origin))
        return [self.suspensions[place] for place in sorted({place for one in named for place in self._index.stops.get(one, ())})]

    def records_of(self, did: str) -> tuple[IssuerRecord, ...]:
        """Return every state's record of an issuer: none, one, or, against the rules of publishing, several."""
        if did in self.doubles:
            return self.doubles[did]
        return (self.issuers[did],) if did in self.issuers else ()

    def is_elsewhere(self, name: str) -> bool:
        """Return whether a record with this id would stand in lists that are not kept here."""
        return any(name.startswith(f"urn:comity:{code}:") for code in self.elsewhere)

    def listed_keys(self) -> Mapping[str, PublicKey]:
        """Return the keys of issuers and authorities by verification method: a verifier needs no DID document for these.

        A DID that several states list is left out: its own document says which key is whose.
        """
        deciding = {entry.did: entry for entry in self.authorities.values() if entry.did and entry.did not in self.issuers}
        return ListedKeys(self.issuers, deciding, self.doubles)

    def status_authorities(self, issuer: str) -> tuple[str, ...]:
        """Return the DIDs of who else signs an issuer's status lists, by its state's word; none where several states list it."""
        records_of_it = self.records_of(issuer)
        return records_of_it[0].status_authorities if len(records_of_it) == 1 else ()

    def is_stolen(self, method: str) -> bool:
        """Return whether the key of a verification method is listed as stolen, by any state that lists it."""
        did = method.partition("#")[0]
        return is_stolen(method, (*self.records_of(did), *(one for one in self.authorities.values() if one.did == did)))

    def age(self, now: datetime) -> timedelta:
        """Return how old the lists are, never negative."""
        return max(now - self.published, timedelta())

    def freshness(self, now: datetime, *, green_days: int = 7, amber_days: int = 45) -> Freshness:
        """Return how far the lists may still be relied on."""
        age = self.age(now)
        if age <= timedelta(days=green_days):
            return Freshness.GREEN
        return Freshness.AMBER if age <= timedelta(days=amber_days) else Freshness.RED


def open_bundle(
    source: BundleSource,
    *,
    root: bytes,
    now: datetime,
    seen_version: int = 0,
    known: Bundle | None = None,
    corridor: Collection[str] | None = None,
) -> Bundle:
    """Return the lists of `source`, checked from the pinned `root`.

    Args:
        source: the files.
        root: the pinned root metadata; newer roots in the source are followed, each signed by its predecessor.
        now: to say whether the timestamp has run out.
        seen_version: the newest version this verifier has relied on before.
        known: what this gave before; of it, what has not changed since is neither checked nor read again.
        corridor: codes of the states whose lists are kept; None for all. Of the others no file is read, and nothing is said.

    Raises:
        BundleError: anything but an expired timestamp; or a state of the corridor is no party.
    """
    with _as_bundle_errors():
        files = walk(source, root, now, seen_version, known.checked if known else None, corridor)
        if known is not None and known.checked is not None and files.checked.stands_as(known.checked):
            late, since = _ran_out(files, known.states), files.published
            return replace(known, version=files.version, published=since, expired=files.expired, hash=files.hash, ran_out=late)
        with _without_collector():
            return replace(read_lists(files, _unchanged(known, files.checked), corridor), checked=files.checked)


def open_bundle_again(source: BundleSource, *, root: bytes, hash: str) -> Bundle:  # noqa: A002  # it is called so everywhere
    """Return the lists of the version that a hash names: what was recognised by them is recognised again, to the letter.

    Args:
        source: the files; it keeps earlier versions, as published folders do.
        root: the pinned root metadata.
        hash: as an outcome, a decision or a receipt names it.

    Raises:
        BundleError: no version here has this hash, or its files cannot be relied on.
    """
    with _as_bundle_errors(), _without_collector():
        return read_lists(walk_back(source, root, hash))


@contextmanager
def _as_bundle_errors() -> Iterator[None]:
    try:
        yield
    except UnsignedMetadataError as error:
        raise WrongSignerError(f"the lists cannot be relied on, by who signed them: {error}") from error
    except (RepositoryError, LengthOrHashMismatchError, DeserializationError) as error:
        raise BundleError(f"the lists cannot be relied on: {error}") from error
    except (MalformedValueError, CryptographicSecurityError) as error:
        raise ListFormError(f"a list is not of the form it must have: {error.detail}") from error
    except KeyError as error:
        raise ListFormError(f"a list is not of the form it must have: {str(error)[:100]} is missing") from error
    except (TypeError, AttributeError, ValueError) as error:
        raise ListFormError("a list is not of the form it must have") from error


def _unchanged(known: Bundle | None, checked: Checked) -> Parts:
    """Return the parts that are known, and whose files are still the same."""
    if known is None or known.checked is None:
        return {}
    before = known.checked
    return {at: part for at, part in known.parts.items() if before.sha256(*at) == checked.sha256(*at)}


@contextmanager
def _without_collector() -> Iterator[None]:
    """Hold back the garbage collector: among records that all stay it finds nothing, and takes as long as reading them does."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class ListFiles(Protocol):
    """The files of one version of the lists: signed ones, or a draft that nobody has signed."""

    @property
    def version(self) -> int:
        """The snapshot's version; 0 for a draft."""
        ...

    @property
    def published(self) -> datetime:
        """When they were signed or drafted."""
        ...

    @property
    def expired(self) -> bool:
        """Whether their signatures have run out."""
        ...

    @property
    def hash(self) -> str:
        """What fixes every file; empty for a draft."""
        ...

    def ran_out(self, code: str) -> datetime | None:
        """Return when a state's word had run out, where that was before they were published."""
        ...

    def partnership(self, name: str) -> dict[str, Any] | None:
        """Return a file of the whole partnership, or None when it has none of that name."""
        ...

    def of_state(self, code: str, name: str) -> dict[str, Any] | None:
        """Return a file of a state, or None when it has none of that name."""
        ...


def read_lists(files: ListFiles, unchanged: Parts = MappingProxyType({}), corridor: Collection[str] | None = None) -> Bundle:
    """Return the records of lists; whoever calls this vouches for the files.

    Args:
        files: the lists.
        unchanged: what need not be read again.
        corridor: codes of the states whose lists are read; None for all.

    Raises:
        BundleError: a file is missing.
        KeyError, TypeError, AttributeError, ValueError, MalformedValueError: a list is not of the form it must have.
    """
    parties = files.partnership("parties")
    if parties is None:
        raise BundleError("the list of parties is missing")
    every_state = {state.code: state for state in map(records.parse_state, parties["parties"])}
    states = {code: state for code, state in every_state.items() if corridor is None or code in corridor}
    if corridor is not None and len(states) < len(set(corridor)):
        raise BundleError(f"no such parties: {', '.join(sorted(set(corridor) - set(states)))}")

    parts: dict[tuple[str, str], tuple[Any, ...]] = {}

    def every(name: str, parse: Callable[[Mapping[str, Any], str], R]) -> list[R]:
        for code in states:
            kept = unchanged.get((code, name))
            parts[code, name] = tuple(parse(record, code) for record in _listed(files, code, name)) if kept is None else kept
        return [record for code in states for record in parts[code, name]]

    known = sorted(every("issuers", records.parse_issuer), key=lambda entry: entry.state, reverse=True)
    issuers = {entry.did: entry for entry in known}
    return Bundle(
        version=files.version,
        published=files.published,
        expired=files.expired,
        hash=files.hash,
        agreement=parties["agreement"],
        states=MappingProxyType(states),
        authorities=_by_id(entry for entry in every("authorities", records.parse_authority) if _own(entry.id, entry.state)),
        issuers=MappingProxyType(issuers),
        doubles=_doubles(known) if len(issuers) < len(known) else MappingProxyType({}),
        qualifications=_by_id([*_joint(files), *_of_states(every("qualifications", records.parse_qualification))]),
        rules=tuple(every("rules", rules.parse_rule)),
        suspensions=tuple(every("suspensions", records.parse_suspension)),
        log_heads=tuple(every("log-heads", anchoring.parse_log_head)),
        closing_rolls=tuple(every("closing-rolls", anchoring.parse_roll)),
        codec=_codec(files),
        co_certification=records.parse_co_certification(terms) if (terms := parties.get("coCertification")) else None,
        cost_shares=tuple(map(records.parse_cost_share, parties.get("costSharing", ()))),
        parts=MappingProxyType(parts),
        elsewhere=MappingProxyType({code: state for code, state in every_state.items() if code not in states}),
        ran_out=_ran_out(files, states),
    )


def _ran_out(files: ListFiles, states: Iterable[str]) -> Mapping[str, datetime]:
    ended = {code: files.ran_out(code) for code in states}
    return MappingProxyType({code: end for code, end in ended.items() if end is not None})


def _codec(files: ListFiles) -> Codec | None:
    document = files.partnership("qr")
    return parse_codec(document) if document is not None else None


def _listed(files: ListFiles, code: str, name: str) -> list[Mapping[str, Any]]:
    document = files.of_state(code, name)
    if document is None and name in NEEDED_FILES:
        raise WrongSignerError(f"states/{code}/{name}.json is not signed by the role that must sign it")
    found: list[Mapping[str, Any]] = document[name] if document else []
    return found


Entry = TypeVar("Entry", Authority, Qualification)


def _by_id(entries: Iterable[Entry]) -> Mapping[str, Entry]:
    return MappingProxyType({entry.id: entry for entry in entries})


def _joint(files: ListFiles) -> list[Qualification]:
    """Return the qualifications that several states define together: signed by the whole partnership."""
    document = files.partnership("qualifications") or {"qualifications": []}
    found = [records.parse_qualification(record, "") for record in document["qualifications"]]
    return [entry for entry in found if entry.id.startswith(records.JOINT)]


def _of_states(entries: list[Qualification]) -> list[Qualification]:
    return [entry for entry in entries if _own(entry.id, entry.state)]


def _own(name: str, state: str) -> bool:
    """Return whether a record's id is its state's own: no state can say what another's qualification or authority is."""
    return name.startswith(f"urn:comity:{state}:")


def _doubles(known: Collection[IssuerRecord]) -> Mapping[str, tuple[IssuerRecord, ...]]:
    found: dict[str, list[IssuerRecord]] = {did: [] for did, times in Counter(entry.did for entry in known).items() if times > 1}
    for entry in known:
        if entry.did in found:
            found[entry.did].append(entry)
    return MappingProxyType({did: tuple(reversed(entries)) for did, entries in found.items()})
