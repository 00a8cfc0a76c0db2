"""The keys that the lists name, found where they stand."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

from credentials.keys import PublicKey
from trust.records import Authority, IssuerRecord


@dataclass(frozen=True, slots=True)
class ListedKeys(Mapping[str, PublicKey]):
    """Verification method to key; a table of all keys would be made anew for each question.

    Attributes:
        issuers: by DID.
        deciding: authorities that sign decisions, by DID.
        doubles: DIDs that are left out.
    """

    issuers: Mapping[str, IssuerRecord]
    deciding: Mapping[str, Authority]
    doubles: Container[str]

    def __getitem__(self, method: str) -> PublicKey:
        did = method.partition("#")[0]
        holder: IssuerRecord | Authority | None = self.issuers.get(did)
        if holder is None:
            holder = self.deciding.get(did)
        keys = holder.keys if holder is not None and did not in self.doubles else ()
        found = next((key.public_key for key in keys if did + key.id == method), None)
        if found is None:
            raise KeyError(method)
        return found

    def __iter__(self) -> Iterator[str]:
        listed: tuple[Mapping[str, IssuerRecord | Authority], ...] = (self.issuers, self.deciding)
        holders = (item for holders in listed for item in holders.items())
        return (did + key.id for did, holder in holders if did not in self.doubles for key in holder.keys)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def is_stolen(method: str, holders: Iterable[IssuerRecord | Authority]) -> bool:
    """Return whether one of the holders lists the key of a verification method as stolen."""
    listed = ((holder.did + key.id, key.compromised_since) for holder in holders for key in holder.keys)
    return any(name == method and since is not None for name, since in listed)
