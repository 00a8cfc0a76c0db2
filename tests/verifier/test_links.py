"""From a code to the certificate: only this deployment is asked, and only what the code's key opens is taken."""

from __future__ import annotations

import pytest

from credentials.errors import FetchError
from tests.verifier.cases import good
from tests.verifier.desk import BASE, Addresses, desk
from tests.verifier.files import qr_picture, saved
from verifier.links import credential_in, follow
from verifier.service import Verifier
from web.links import ForeignCodeError, LinkCode
from web.sealing import SealBrokenError, encrypt_link

ID = "ABCDEFGHIJKLM"


def with_link(kind: str = "L") -> tuple[Verifier, Addresses, LinkCode]:
    ciphertext, key = encrypt_link(good(), ID)
    verifier = desk()
    addresses = verifier.fetcher
    assert isinstance(addresses, Addresses)
    addresses.answers[f"{BASE}/{kind}/{ID}"] = ciphertext
    addresses.asked.clear()
    return verifier, addresses, LinkCode(BASE, kind, ID, key)


@pytest.mark.parametrize("kind", ["L", "S"])
def test_a_link_of_ours_is_followed_and_its_key_is_not_sent(kind: str) -> None:
    verifier, addresses, link = with_link(kind)
    assert follow(verifier, link) == good()
    assert addresses.asked == [f"{BASE}/{kind}/{ID}"]


def test_text_picture_and_file_lead_to_the_same_certificate() -> None:
    verifier, _, link = with_link()
    for content in (str(link).encode(), str(link).lower().encode(), saved(qr_picture(str(link))), good()):
        assert credential_in(verifier, content)[1] == good()


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:8001", "http://127.0.0.1:8000"])
def test_a_link_to_another_host_is_not_opened(origin: str) -> None:
    verifier, addresses, link = with_link()
    with pytest.raises(ForeignCodeError, match="another address"):
        follow(verifier, LinkCode(origin, "L", ID, link.key))
    assert addresses.asked == []


def test_a_link_that_leads_nowhere_could_not_be_checked() -> None:
    verifier, _, link = with_link()
    with pytest.raises(FetchError):
        follow(verifier, LinkCode(BASE, "L", "Z" * 13, link.key))


def test_another_key_opens_nothing() -> None:
    verifier, _, link = with_link()
    with pytest.raises(SealBrokenError):
        follow(verifier, LinkCode(BASE, link.kind, ID, bytes(16)))
