"""A closing roll: what an issuer had issued by a moment, for its state to accept when the issuer ends or its key is stolen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import col, select

from credentials.encoding import b64url_encode
from issuer_api.organisations import organisation
from issuer_api.service import Issuer
from issuer_api.tables import Issued, LogLeaf


def closing_roll(issuer: Issuer, slug: str, before: datetime) -> dict[str, Any]:
    """Return the entry `{"issuer", "accepted"}` of a state's closing rolls, of everything that entered the log before a moment.

    It holds places in status lists and twelve bytes of a hash of each proof: nothing of a person, so that those whose data was
    erased here keep what their papers are worth.

    Raises:
        UnknownThingError: there is no such issuer.
    """
    did, _ = organisation(issuer, slug)
    query = (
        select(Issued.list_number, Issued.list_index, LogLeaf.short_hash)
        .where(LogLeaf.credential == Issued.id, Issued.organisation == slug, col(LogLeaf.logged_at) < before)
        .order_by(col(Issued.list_number), col(Issued.list_index))
    )
    accepted: dict[str, dict[str, str]] = {}
    with issuer.database.session() as session:
        for number, index, short in session.exec(query).all():
            accepted.setdefault(f"{issuer.base_url}/status/{slug}-{number}", {})[str(index)] = b64url_encode(short)
    return {"issuer": did, "accepted": accepted}
