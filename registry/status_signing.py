"""An authority signs a centre's status list in its place: the same bits, at the same address, and what is withdrawn beside them.

Whom a state has named so (`statusAuthorities`) is believed by every verifier of the lists. It is for centres that have closed, or
whose lists the state keeps.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, Final

from credentials.data_integrity import add_proof_set
from credentials.errors import MalformedValueError
from credentials.model import parse_credential
from credentials.status.bitstring import StatusList, status_list_credential
from registry.deciding import Signing, key_in_use
from trust.bundle import Bundle

LASTS: Final = timedelta(days=7)
_PURPOSES: Final = frozenset({"revocation", "suspension"})


def sign_status_list(
    published: Mapping[str, Any], centre: str, authority_id: str, bundle: Bundle, signing: Signing, withdrawn: Collection[int] = ()
) -> dict[str, Any]:
    """Return a centre's status list, signed by an authority.

    Args:
        published: the centre's newest list, genuine (whoever calls this verified it).
        centre: the centre's DID.
        authority_id: who signs.
        bundle: the lists in force; they name it as a status authority of the centre.
        signing: keys and clock.
        withdrawn: indices that are set beside those that are set already.

    Raises:
        MalformedValueError: it is no list of one bit for each status, or the lists do not name the authority for this centre.
        RangeError: an index has no place in the list.
    """
    authority = bundle.authorities.get(authority_id)
    if authority is None or authority.did not in bundle.status_authorities(centre):
        raise MalformedValueError(f"the lists do not let {authority_id} sign status lists of {centre}", pointer="/authority")
    subject, address = parse_credential(published).subjects[0], str(published.get("id"))
    purpose = subject.get("statusPurpose")
    if purpose not in _PURPOSES or subject.get("statusSize", 1) != 1:
        raise MalformedValueError("a list of one bit for each status, of what is withdrawn or on hold, is signed here")
    before = StatusList.decode(subject.get("encodedList"))
    bits = bytearray(before.bits)
    for index in withdrawn:
        if not before[index]:
            bits[index >> 3] |= 0x80 >> (index & 7)
    made = signing.now.replace(microsecond=0)
    document = status_list_credential(
        address,
        issuer=authority.did,
        purpose=str(purpose),
        status_list=StatusList(bytes(bits)),
        valid_from=made,
        valid_until=made + LASTS,
    )
    method = authority.did + key_in_use(authority, signing.now).id
    return add_proof_set(document, signing.keys.signer(method), created=made)
