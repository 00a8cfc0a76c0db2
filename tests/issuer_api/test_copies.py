"""Places of copies in status lists: each its own, and what is done to the certificate holds for all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from credentials.status.bitstring import MINIMUM_ENTRIES
from credentials.status.token import INVALID, SUSPENDED, VALID, TokenStatusList, open_status_list_jwt
from issuer_api.copies import CAPACITY, CopyPlace, take_places
from issuer_api.errors import UnknownThingError
from issuer_api.status import set_status
from issuer_api.tables import CopyList
from issuer_api.token_status import TokenLists
from tests.issuer_api.house import CENTRE, House


def places(house: House, credential: str, count: int, **changes: Any) -> tuple[CopyPlace, ...]:  # noqa: ANN401  # members of the house
    with house.issuer.database.writing("copies") as writing:
        return take_places(replace(house.issuer, **changes), writing, CENTRE, credential, count)


def listed(lists: TokenLists, number: int = 1) -> TokenStatusList:
    document = open_status_list_jwt(lists.get(f"{CENTRE}-{number}-copies").content).document
    return TokenStatusList.parse(document["status_list"]["bits"], document["status_list"]["lst"])


def test_a_change_holds_for_every_copy_also_for_one_that_is_fetched_later(house: House) -> None:
    first, second, _ = house.issue()
    mine, others = places(house, first, 3), places(house, second, 2)
    assert len({place.index for place in (*mine, *others)}) == 5
    lists = TokenLists(house.issuer)
    assert not any(listed(lists).packed)
    for purpose, status in (("suspension", SUSPENDED), ("revocation", INVALID)):
        set_status(house.issuer, CENTRE, first, purpose, value=True, reason="a look", by="Salma")
        mine = (*mine, *places(house, first, 1))
        found = listed(lists)
        assert {found[place.index] for place in mine} == {status}
        assert {found[place.index] for place in others} == {VALID}
        assert sum(bool(found[index]) for index in range(len(found))) == len(mine)


def test_an_index_is_given_once(house: House) -> None:
    [credential, *_] = house.issue()
    drawn = iter([7, 7, 9, 7, 9, 11])

    def randomness(_size: int) -> bytes:
        return (MINIMUM_ENTRIES + next(drawn)).to_bytes(8, "big")

    found = [*places(house, credential, 1, randomness=randomness), *places(house, credential, 1, randomness=randomness)]
    found += places(house, credential, 1, randomness=randomness)
    assert found == [CopyPlace(1, 7), CopyPlace(1, 9), CopyPlace(1, 11)]


def test_a_list_is_filled_by_half_and_the_next_begun(house: House) -> None:
    [credential, *_] = house.issue()
    assert places(house, credential, 1)[0].number == 1
    with house.issuer.database.write("copies") as session:
        session.get_one(CopyList, (CENTRE, 1)).allocated = CAPACITY - 1
    assert [place.number for place in places(house, credential, 1)] == [1]
    assert [place.number for place in places(house, credential, 2)] == [2, 2]
    lists = TokenLists(house.issuer)
    assert len(listed(lists, 2)) == MINIMUM_ENTRIES
    with pytest.raises(UnknownThingError):
        lists.get(f"{CENTRE}-3-copies")
