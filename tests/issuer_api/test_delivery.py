from __future__ import annotations

import pytest
from sqlmodel import select

from issuer_api.delivery import ciphertext_of, claim_url, claimed_credential, link_of
from issuer_api.errors import ErasedError, UnknownThingError
from issuer_api.issuing import credential_json, erase_subject, find_issued
from issuer_api.tables import Claim, Link
from tests.databases import stored_bytes
from tests.issuer_api.house import BASE, CENTRE, House
from web.links import key_digits
from web.sealing import SealBrokenError, decrypt_link


def test_the_printed_code_opens_the_ciphertext_and_nothing_else_does(house: House) -> None:
    credential, other, _ = house.issue()
    link = link_of(house.issuer, credential, find_issued(house.issuer, CENTRE, credential)[1])
    ciphertext = ciphertext_of(house.issuer, link.id.lower())
    assert link.origin == BASE
    assert decrypt_link(ciphertext, link.key, link.id) == credential_json(house.issuer, CENTRE, credential)
    wrong = link_of(house.issuer, other, find_issued(house.issuer, CENTRE, other)[1])
    with pytest.raises(SealBrokenError):
        decrypt_link(ciphertext, wrong.key, link.id)


def test_the_claim_link_leads_to_the_credential(house: House) -> None:
    credential = house.issue()[1]
    url = claim_url(house.issuer, credential, find_issued(house.issuer, CENTRE, credential)[1])
    assert url.startswith(f"{BASE}/claim/")
    assert claimed_credential(house.issuer, url.rpartition("/")[2]) == (CENTRE, credential)


def test_neither_code_can_be_read_from_the_tables(house: House) -> None:
    credential = house.issue()[0]
    _, subject = find_issued(house.issuer, CENTRE, credential)
    code = claim_url(house.issuer, credential, subject).rpartition("/")[2]
    link = link_of(house.issuer, credential, subject)
    kept = stored_bytes(house.issuer.database.engine)
    assert code.encode() not in kept
    assert link.key not in kept
    assert key_digits(link.key).encode() not in kept


def test_codes_that_nobody_made_are_unknown(house: House) -> None:
    house.issue()
    with pytest.raises(UnknownThingError):
        ciphertext_of(house.issuer, "A" * 13)
    with pytest.raises(UnknownThingError):
        claimed_credential(house.issuer, "nobody-made-this")


def test_before_delivery_there_is_no_code(house: House) -> None:
    credential = house.issue()[0]
    with house.issuer.database.write() as session:
        for table in (Link, Claim):
            session.delete(session.exec(select(table).where(table.credential == credential)).one())
    _, subject = find_issued(house.issuer, CENTRE, credential)
    with pytest.raises(UnknownThingError, match="no printed code yet"):
        link_of(house.issuer, credential, subject)
    with pytest.raises(UnknownThingError, match="no claim link yet"):
        claim_url(house.issuer, credential, subject)


def test_after_erasure_the_paper_works_and_the_house_knows_no_code(house: House) -> None:
    credential = house.issue()[0]
    _, subject = find_issued(house.issuer, CENTRE, credential)
    link, url = link_of(house.issuer, credential, subject), claim_url(house.issuer, credential, subject)
    content = credential_json(house.issuer, CENTRE, credential)
    erase_subject(house.issuer, CENTRE, credential)
    assert decrypt_link(ciphertext_of(house.issuer, link.id), link.key, link.id) == content
    _, erased = find_issued(house.issuer, CENTRE, credential)
    for ask in (
        lambda: link_of(house.issuer, credential, erased),
        lambda: claim_url(house.issuer, credential, erased),
        lambda: claimed_credential(house.issuer, url.rpartition("/")[2]),
    ):
        with pytest.raises(ErasedError):
            ask()
