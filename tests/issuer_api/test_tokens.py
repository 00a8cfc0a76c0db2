from __future__ import annotations

from datetime import timedelta

import pytest
from starlette.requests import Request

from issuer_api.errors import InvalidRecordError, ScopeError, TokenError, UnknownThingError
from issuer_api.history import history
from issuer_api.tokens import Caller, authorized, create_token, list_tokens, revoke_token
from tests.databases import stored_bytes
from tests.issuer_api.house import CENTRE, OTHER, House


def asking(header: str) -> Request:
    return Request({"type": "http", "headers": [(b"authorization", header.encode())] if header else []})


def test_a_token_is_for_one_issuer_and_named_actions(house: House) -> None:
    token = create_token(house.issuer, CENTRE, "register", ("read", "issue", "read"))
    assert authorized(house.issuer, asking(f"bearer {token}"), "issue") == Caller(CENTRE, "API token register")
    with pytest.raises(ScopeError, match="may not status"):
        authorized(house.issuer, asking(f"Bearer {token}"), "status")
    assert token.encode() not in stored_bytes(house.issuer.database.engine)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer comity_unknown", "comity_unknown"])
def test_j4_without_a_good_token_nothing_is_done(house: House, header: str) -> None:
    with pytest.raises(TokenError):
        authorized(house.issuer, asking(header), "read")


def test_j4_a_token_runs_out(house: House) -> None:
    token = create_token(house.issuer, CENTRE, "for a day", ("read",), lasts=timedelta(days=1))
    assert authorized(house.issuer, asking(f"Bearer {token}"), "read").slug == CENTRE
    house.now[0] += timedelta(days=1)
    with pytest.raises(TokenError, match="run out"):
        authorized(house.issuer, asking(f"Bearer {token}"), "read")


def test_j4_a_token_is_listed_and_revoked(house: House) -> None:
    token = create_token(house.issuer, CENTRE, "register", ("read",), by="Salma")
    create_token(house.issuer, OTHER, "theirs", ("read",))
    [listed] = list_tokens(house.issuer, CENTRE)
    assert (listed.name, listed.actions, listed.revoked_at) == ("register", "read", None)
    with pytest.raises(UnknownThingError):
        revoke_token(house.issuer, OTHER, listed.id)
    with pytest.raises(UnknownThingError):
        revoke_token(house.issuer, CENTRE, "nothing")
    revoke_token(house.issuer, CENTRE, listed.id, by="Salma")
    revoke_token(house.issuer, CENTRE, listed.id, by="Salma")
    assert list_tokens(house.issuer, CENTRE)[0].revoked_at == house.now[0]
    with pytest.raises(TokenError, match="revoked"):
        authorized(house.issuer, asking(f"Bearer {token}"), "read")
    acts = [(act.action, act.by) for act in history(house.issuer, CENTRE) if act.thing == listed.id]
    assert acts == [("token-revoked", "Salma"), ("token-created", "Salma")]


def test_a_token_needs_an_issuer_actions_and_a_name(house: House) -> None:
    for name, actions, pointer in (
        ("register", (), "/actions"),
        ("register", ("read", "everything"), "/actions"),
        (" ", ("read",), "/name"),
        ("n" * 101, ("read",), "/name"),
    ):
        with pytest.raises(InvalidRecordError) as raised:
            create_token(house.issuer, CENTRE, name, actions)
        assert raised.value.pointer == pointer
    with pytest.raises(UnknownThingError):
        create_token(house.issuer, "nobody", "register", ("read",))
    assert list_tokens(house.issuer, CENTRE) == ()
