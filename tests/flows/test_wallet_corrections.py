"""The wallet without scripts asks the centre for a correction, answers what is asked back, and gets the corrected certificate."""

from __future__ import annotations

from typing import Final

from starlette.testclient import TestClient

from issuer_api.answering_corrections import ask_back
from issuer_api.asked_corrections import listed
from issuer_api.replacing import correct, said_by
from tests.databases import stored_bytes
from tests.flows.world import BASE, SLUG, World
from tests.issuer_api.registrar import words
from tests.wallet.house import TEXT, form_of
from web.people import SignedIn

SALMA: Final = SignedIn(1, "Salma", {SLUG: "registrar"}, "token")
CANARY: Final = "CANARY-it-is-written-with-an-a"


def test_a_worker_asks_answers_and_has_the_corrected_certificate(world: World) -> None:
    issuer = world.composition.issuer
    issued = world.issue_one()
    link = world.browser.get(f"/issuer/api/v1/credentials/{issued['id']}/links", headers=world.authorization).json()["claim"]
    with TestClient(world.composition.app, base_url=BASE, headers=TEXT) as browser:
        claim = link.removeprefix(BASE)
        kept = browser.post(claim, data={"form": form_of(browser.get(claim).text)})
        path = kept.url.path
        assert f'href="{path}/correction"' in kept.text
        page = browser.get(f"{path}/correction")
        assert 'value="Najma Akter"' in page.text
        said = said_by(issuer, SLUG, issued["id"])
        form = {"form": form_of(page.text), "name": "Najma Akter", "awarded": said.awarded.isoformat(), "number": said.number}
        nothing = browser.post(f"{path}/correction", data=form)
        assert (nothing.status_code, "Change something, or say what is wrong." in words(nothing)) == (422, True)
        unread = browser.post(f"{path}/correction", data=form | {"words": CANARY}, files={"file": ("x.svg", b"<svg>", "image/svg")})
        assert (unread.status_code, "The centre cannot read what you wrote" in words(unread)) == (422, True)
        assert browser.post(f"{path}/correction", data=form | {"form": "x"}).status_code == 403
        wanted = form | {"name": "Najma Aktar", "words": CANARY}
        sent = browser.post(f"{path}/correction", data=wanted, files={"file": ("p.pdf", b"%PDF-1.7", "application/pdf")})
        assert "Your request is at the centre. A correction that you asked for The centre has not answered yet" in words(sent)
        again = browser.post(f"{path}/correction", data=wanted)
        assert (again.status_code, "A request waits at the centre already" in words(again)) == (422, True)
        [asked] = [one for one in listed(issuer, SLUG) if one.credential == issued["id"]]
        assert (asked.wanted.names, asked.wanted.awarded_on, asked.wanted.number) == (("Najma Aktar",), "", "")
        ask_back(issuer, SLUG, SALMA, asked.id, "Which passport?")
        assert "The centre asks you something" in words(browser.get(sent.url.path))
        replied = browser.post(sent.url.path, data={"form": form["form"], "words": "The new one."})
        assert "You: The new one." in words(replied)
        new = correct(issuer, SLUG, issued["id"], asked.wanted.said(said))
        done = browser.get(sent.url.path)
        assert "It is corrected" in words(done)
        code = done.text.partition(f'href="{BASE}/claim/')[2].partition('"')[0]
        assert "Najma Aktar" in words(browser.get(f"/claim/{code}"))
        assert said_by(issuer, SLUG, new).names == ("Najma Aktar",)
    assert CANARY.encode() not in stored_bytes(issuer.database.engine)
    with TestClient(world.composition.app, base_url=BASE, headers=TEXT) as stranger:
        assert stranger.get(sent.url.path).status_code == 404
