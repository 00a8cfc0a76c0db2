"""Certificates of keys run out: the next one signs, or nothing does; and it is told a month before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from credentials.jose import parse_jws
from credentials.x509 import certify
from issuer_api.certified_keys import certified_signer, check_in_force, near_their_end
from issuer_api.errors import CertificateEndedError
from issuer_api.organisations import organisation
from issuer_api.service import CertifiedSigner, Purpose
from tests.databases import SQLITE, Databases
from tests.issuer_api.house import BASE, CENTRE, COURSE, House, build
from tests.issuer_api.openid.wallet import Wallet
from tests.issuer_api.registrar import registrar, words


@dataclass
class Certified:
    """A house, and the keys of its centre that certificates are there of."""

    house: House
    signers: list[CertifiedSigner] = field(default_factory=list)

    def certify(self, fragment: str, *, days: int, after: int = -1) -> CertifiedSigner:
        did, now = organisation(self.house.issuer, CENTRE)[0], self.house.now[0]
        key = self.house.issuer.keys.create(f"{did}#{fragment}", "ES256")
        starts, ends = now + timedelta(days=after), now + timedelta(days=days)
        x5c, _ = certify(key, "Centre", starts=starts, ends=ends, did=did)
        self.signers.append(CertifiedSigner(self.house.issuer.keys.signer(f"{did}#{fragment}"), x5c, Purpose.TOKENS))
        return self.signers[-1]


@pytest.fixture
def certified(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Certified]:
    found: list[CertifiedSigner] = []
    with Databases(SQLITE).tables(tmp_path_factory.mktemp("certified")) as url:
        house = build(url, certified=lambda slug: tuple(found) if slug == CENTRE else ())
        yield Certified(house, found)
        house.close()


def signer(certified: Certified) -> CertifiedSigner:
    found = certified_signer(certified.house.issuer, CENTRE, Purpose.TOKENS)
    assert found is not None
    return found


def test_the_newest_that_is_in_force_signs_and_an_end_is_told_a_month_before(certified: Certified) -> None:
    issuer = certified.house.issuer
    assert near_their_end(issuer, CENTRE) == ()
    first = certified.certify("x5c", days=31)
    second = certified.certify("x5c2", days=90, after=5)
    assert (signer(certified), near_their_end(issuer, CENTRE)) == (first, ())
    certified.house.now[0] += timedelta(days=2)
    assert near_their_end(issuer, CENTRE) == (first,)
    certified.house.now[0] += timedelta(days=4)
    assert (signer(certified), near_their_end(issuer, CENTRE)) == (second, ())
    certified.house.now[0] += timedelta(days=90)
    assert (signer(certified), near_their_end(issuer, CENTRE)) == (second, (second,))
    with pytest.raises(CertificateEndedError, match="certificate of x5c2, to 2027-02-21, is not in force"):
        check_in_force(second, certified.house.now[0])


def test_with_a_certificate_that_has_ended_no_copy_leaves_and_the_list_of_statuses_stays_readable(certified: Certified) -> None:
    house = certified.house
    ending = certified.certify("x5c", days=1)
    with TestClient(house.app, base_url=BASE) as client:
        offer = {"credential_configuration_id": COURSE, "claims": {"name": "Sari"}}
        wallet = Wallet(client, f"{BASE}/issuers/{CENTRE}", house.now[0])
        wallet.redeem(house.program().post("/issuer/api/v1/offers", json=offer).json()["offer"])
        copy = wallet.fetch(COURSE).json()["credentials"][0]["credential"].partition("~")[0]
        listed = parse_jws(copy, typ={"dc+sd-jwt"}, allow=("x5c",)).claims()["status"]["status_list"]["uri"].removeprefix(BASE)
        headers = {"Accept": "application/statuslist+jwt"}
        before = parse_jws(client.get(listed, headers=headers).text, typ={"statuslist+jwt"}, allow=("x5c",))
        assert before.header["x5c"] == list(ending.x5c)
        house.now[0] += timedelta(days=2)
        later = Wallet(client, wallet.issuer, house.now[0])
        later.redeem(house.program().post("/issuer/api/v1/offers", json=offer).json()["offer"])
        refused = later.fetch(COURSE)
        assert (refused.status_code, "x5c" in refused.text) == (503, True)
        signed_by_the_issuer = parse_jws(client.get(listed, headers=headers).text, typ={"statuslist+jwt"})
        assert str(signed_by_the_issuer.kid).endswith("#k1")
        certified.certify("x5c2", days=9)
        again = later.fetch(COURSE)
        assert again.status_code == 200


def test_the_registrar_is_told_on_the_first_page(certified: Certified) -> None:
    certified.certify("x5c", days=20)
    salma = registrar(certified.house)
    for language, word in (("en", "ends on 13 December 2026"), ("fr", "se termine le 13 décembre 2026"), ("ar", "x5c")):
        told = words(salma.get(f"?lang={language}"))
        assert word in told
        assert "x5c" in told
