"""Nothing that a deployment stores or logs opens without the holder: everything that people trust to it is looked for again.

What may stand openly is `OPEN`, each with its reason. Whatever else is planted stands in no table, no file, no line of the log.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import logging
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from comity.log_lines import LogLine
from issuer_api.messages import ATTESTATION
from tests.flows.canaries import database_rows, found_in
from tests.flows.world import BASE, NOW, SLUG, World, build
from tests.issuer_api.openid.wallet import Wallet, new_key, offer_of
from tests.verifier.openid.wallet import Wallet as Presenting
from tests.wallet.house import TEXT, form_of
from tests.wallet.test_vaults import Device, key, name

API: Final = "/issuer/api/v1"
CELLS: Final = MappingProxyType(
    {
        "name": "Kanarivona Zeisigdottir",
        "name_native": "কানারিভোনা জাইসিগ",
        "awarded_on": "2026-11-13",
        "number": "KNR-77315-NUMBER",
        "note": "kanari-cell-note-91f2",
        "passport": "KNR991726",
        "born_on": "1987-02-19",
        "passport_until": "2033-08-27",
        "email": "kanarivona.zeisig@post.example",
    }
)
SAID: Final = MappingProxyType(
    {
        "file name": "kanari-class-of-zeisig.csv",
        "repaired": "Stieglitzia Repariert",
        "corrected": "Kanarivona Berichtigt",
        "reason": "kanari-reason-she-has-fled",
        "evidence": "kanari payroll evidence 5501",
        "worked": "Yusufkanari Arbeiterson",
        "by program": "Kanarimaschina Direkt",
        "key of a request": "kanari-idempotency-5512",
        "offered": "Kanarioffera Walletson",
        "contact": "+999-kanari-phone",
        "words to a state": "kanari-note-to-the-state-31ab",
        "searched": "Kanarisuchia",
        "brought to be checked": "Kanaricheckia Fremdson",
        "broken": "Kanaribrokenia Kaputt",
        "passcode": "kanari-passcode-0000000000000000000000000-o",
        "pin": "kanari-pin-000000000000000000000000000000-o",
    }
)
OPEN: Final = MappingProxyType(
    {
        "file name": "the centre's own heading of a class on its pages; whoever names a file after a person writes that name there",
    }
)
"""What stands openly, and why."""
_WHOLE: Final = MappingProxyType({place: word for place, word in {**CELLS, **SAID}.items() if place not in OPEN})
WORDS: Final = MappingProxyType(
    {
        **_WHOLE,
        **{
            f"{part} of {place}": part for place, word in _WHOLE.items() for part in word.split() if "ari" in part and len(part) > 6
        },
    }
)
"""What people said, and what of it would tell who it is about."""


@dataclass(frozen=True)
class Planted:
    """A deployment that people have used, and what it wrote.

    Attributes:
        folder: its `COMITY_DATA`.
        secrets: what opens something, by its name: codes, tokens, keys.
        log: everything that was logged, of every logger and level, a JSON object on each line.
    """

    folder: Path
    secrets: dict[str, str]
    log: str

    def found(self, content: bytes) -> list[str]:
        """Return the names of what stands in some bytes."""
        words = found_in(content, WORDS.values(), hashed=True) | found_in(content, self.secrets.values())
        return sorted(place for place, word in {**WORDS, **self.secrets}.items() if word in words)


@contextlib.contextmanager
def listening() -> Iterator[io.StringIO]:
    """Write down what all loggers say while the context lasts, as a serving process does, but of every level."""
    written, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(written)
    handler.setFormatter(LogLine())
    handler.addFilter(lambda record: not record.name.startswith("httpx2"))  # the browser of these tests, not the deployment
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.setLevel(before)
    root.removeHandler(handler)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    folder = tmp_path_factory.mktemp("canaries") / "data"
    world = build(folder)
    with listening() as log:
        secrets = dict(plant(world))
    yield Planted(folder, secrets, log.getvalue())
    world.close()


def plant(world: World) -> Iterator[tuple[str, str]]:
    """Do what people do, and yield (name, secret) of what it gave them that opens something."""
    issued = plant_class(world)
    plant_work(world)
    yield "API token", world.token
    yield from plant_offer(world)
    yield from plant_wallet(world, issued)
    yield from plant_vault(world)
    yield from plant_presentation(world, issued)
    plant_refused(world)


def plant_class(world: World) -> str:
    """Bring a class, repair a row, issue it, correct and withdraw; return the certificate that holds."""
    row = ",".join(CELLS.values())
    brought = f"{','.join(CELLS)}\n{row}\nKanari=Wrong,,2027-01-01,,,,,,\n"
    status, report = world.bring(brought.encode(), name=SAID["file name"])
    assert status == 201, report
    program = Program(world)
    mended = {"cells": {"name": SAID["repaired"], "awarded_on": CELLS["awarded_on"]}}
    report = program.send("PATCH", f"/cohorts/{report['id']}/rows/3", mended)
    assert report["ready"] == 2, report["rows"]
    first, second = program.send("POST", f"/cohorts/{report['id']}/issue", {})["credentials"]
    held = {"credentialId": second, "credentialStatus": {"statusPurpose": "suspension", "reason": SAID["reason"]}, "status": True}
    assert program.ask("POST", "/credentials/status", held).status_code == 200
    right = {"names": [SAID["corrected"]], "awarded_on": CELLS["awarded_on"], "number": CELLS["number"]}
    replaced = program.ask("POST", f"{API}/credentials/{first}/replacement", right)
    assert replaced.status_code in (200, 201), replaced.text
    for searched in (SAID["searched"], CELLS["name"].split()[0]):
        program.ask("POST", f"{API}/people/search", {"name": searched})
    for printed in ("certificate.pdf", "links", "archive"):
        assert program.ask("GET", f"{API}/credentials/{second}/{printed}").status_code == 200
    return str(program.ask("GET", f"{API}/credentials/{first}/replacement").json()["new"])


def plant_work(world: World) -> None:
    """Attest work with what it rests on, and secure a document that a program made."""
    program = Program(world)
    attested = {**ATTESTATION, "names": [SAID["worked"]], "roleName": SAID["evidence"]}
    headers = {"Idempotency-Key": SAID["key of a request"]}
    answer = program.ask("POST", f"{API}/work?form=work-experience", attested, headers)
    assert answer.status_code == 201, answer.text
    subject = {
        "type": ["AchievementSubject"],
        "name": SAID["by program"],
        "licenseNumber": CELLS["number"],
        "achievement": {"id": "urn:comity:XA:q:CAREGIVING-NC-II@2026", "type": ["Achievement"]},
    }
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "awardedDate": "2026-11-13T00:00:00Z",
        "credentialSubject": subject,
    }
    answer = program.ask("POST", "/credentials/issue", {"credential": document})
    assert answer.status_code == 201, answer.text


def plant_offer(world: World) -> Iterator[tuple[str, str]]:
    """Offer a certificate to a wallet, which takes it."""
    asked = {"credential_configuration_id": "caregiving-nc2", "claims": {"name": SAID["offered"]}, "tx_code": True}
    made = Program(world).send("POST", "/offers", asked)
    wallet = Wallet(world.browser, f"{BASE}/issuers/{SLUG}", NOW)
    told = wallet.redeem(made["offer"], made["tx_code"]).json()
    nonce = wallet.nonce()
    answer = wallet.fetch("caregiving-nc2", wallet.proof(nonce))
    assert answer.status_code == 200, answer.text
    [grant] = offer_of(made["offer"])["grants"].values()
    yield "pre-authorized code", grant["pre-authorized_code"]
    yield "access token", told["access_token"]
    yield "refresh token", told["refresh_token"]
    yield "nonce", nonce
    yield "copy in the wallet", answer.json()["credentials"][0]["credential"].split("~")[1]


def plant_wallet(world: World, certificate: str) -> Iterator[tuple[str, str]]:
    """Claim a certificate in a browser's wallet, share it, and ask a state to decide on it."""
    link = Program(world).ask("GET", f"{API}/credentials/{certificate}/links").json()["claim"].removeprefix(BASE)
    browser = TestClient(world.composition.app, base_url=BASE, headers=TEXT)
    page = browser.get(link)
    kept = browser.post(link, data={"form": form_of(page.text)})
    record = kept.url.path.rpartition("/")[2]
    shown = browser.get(f"/wallet/certificates/{record}/share")
    shared = browser.post(f"/wallet/certificates/{record}/share", data={"form": form_of(shown.text), "duration": "7-days"})
    address = shared.text.partition(f'value="{BASE}/s/')[2].partition('"')[0]
    yield "claim code", link.rpartition("/")[2]
    yield "key of a share link", address.partition("#")[2]
    yield "wallet's cookie", next(iter(browser.cookies.jar)).value or ""
    document = Program(world).ask("GET", f"{API}/credentials/{certificate}").json()
    asked = {"state": "XC", "certificate": document, "contact": SAID["contact"], "note": SAID["words to a state"]}
    secret = key()[:40]
    answer = world.browser.post("/registry/api/v1/cases", json=asked, headers={"Idempotency-Key": secret})
    assert answer.status_code == 201, answer.text
    yield "key of a case", secret


def plant_vault(world: World) -> Iterator[tuple[str, str]]:
    """Make a vault with every way to open it, records, a link with a passcode, a consent, and a dossier on paper."""
    device = Device(world.browser)
    assert device.make().status_code == 201
    pin = {"id": name(), "kind": "pin", "locator": key(), "wrap": "d3JhcA", "verifier": SAID["pin"], "pepper": key()}
    assert device.ask("POST", "/ways", pin).status_code == 201
    share = {"id": "ABCDEFGHIJKLM", "sealed": "c2VhbGVk", "lasts": "7-days", "verifier": SAID["passcode"]}
    assert device.ask("POST", "/shares", share).status_code == 201
    device.put(name(), b"sealed in a browser", 0)
    assert device.ask("POST", "/consents", {"sequence": 1, "hash": key()}).status_code == 204
    certificate = json.dumps({"credentialSubject": {"name": SAID["brought to be checked"]}})
    device.ask("POST", "/dossiers", {"language": "en", "entries": [{"certificate": certificate, "said": []}]})
    yield "vault's access key", device.access
    yield "locator of the card", device.card["locator"]
    yield "pepper of the PIN", pin["pepper"]


def plant_presentation(world: World, certificate: str) -> Iterator[tuple[str, str]]:
    """Check a certificate as a file, ask a wallet for one, and take its answer."""
    document = Program(world).ask("GET", f"{API}/credentials/{certificate}")
    status, report = world.check(document.content, state="XB")
    assert (status, report["verdict"]) == (200, "recognized"), report
    assert SAID["corrected"] in document.text
    assert world.browser.post("/credentials/verify", json={"verifiableCredential": document.json()}).status_code == 200
    files = {"file": ("kanarivona.json", document.content, "application/json")}
    batch = world.browser.post("/verifier/api/v1/batch", data={"state": "XB"}, files=files).json()
    assert batch["counts"] == {"recognized": 1}, batch
    holder = new_key()
    wallet = Wallet(world.browser, f"{BASE}/issuers/{SLUG}", NOW, key=holder)
    made = Program(world).send(
        "POST", "/offers", {"credential_configuration_id": "caregiving-nc2", "claims": {"name": SAID["offered"]}}
    )
    wallet.redeem(made["offer"])
    copy = wallet.fetch("caregiving-nc2").json()["credentials"][0]["credential"]
    presenting = Presenting(world.browser, holder)
    [vct] = [one["vct"] for one in wallet.metadata["credential_configurations_supported"].values() if one.get("vct")][:1]
    asked = presenting.ask(
        response_mode="direct_post.jwt",
        client_id_prefix="decentralized_identifier",
        dcql_query={
            "credentials": [{"id": "a", "format": "dc+sd-jwt", "meta": {"vct_values": [vct]}, "claims": [{"path": ["name"]}]}]
        },
    )
    request = presenting.fetch(asked["request"])
    answer = presenting.post(request, {"a": [presenting.present(request, copy, now=NOW)]})
    assert answer.status_code == 200, answer.text
    assert SAID["offered"] in json.dumps(presenting.answer(asked["id"]))
    [commitment] = document.json()["credentialSubject"]["identifier"]
    yield "commitment to the passport", commitment["identityHash"]
    yield "id of a question", asked["id"]
    yield "presented copy", copy.split("~")[1]


def plant_refused(world: World) -> None:
    """Hand over what is refused: what it says must not stand in the log either."""
    broken = json.dumps({"@context": [], "credentialSubject": {"name": SAID["broken"]}}).encode()
    for content in (broken, broken[:-2], b"\xff" + broken):
        world.check(content)
        world.browser.post("/credentials/verify", content=content, headers={"Content-Type": "application/json"})
        world.bring(content, name=f"{SAID['broken']}.csv")
    world.browser.get(f"/claim/{SAID['broken'].replace(' ', '-')}")


@dataclass(frozen=True)
class Program:
    """A program with the centre's token."""

    world: World

    def ask(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> Any:  # noqa: ANN401
        sent = self.world.authorization | (headers or {})
        return self.world.browser.request(method, path, json=body, headers=sent)

    def send(self, method: str, path: str, body: object) -> dict[str, Any]:
        answer = self.ask(method, API + path, body)
        assert answer.status_code in (200, 201), answer.text
        return dict(answer.json())


def test_no_row_of_any_table_tells_what_was_trusted_to_it(planted: Planted) -> None:
    rows = list(database_rows(planted.folder / "comity.db"))
    assert len({table for table, _ in rows}) > 25
    assert {table: told for table, content in rows if (told := planted.found(content))} == {}


def test_j17_no_file_of_the_deployment_tells_it_nor_its_journal(planted: Planted) -> None:
    files = [path for path in planted.folder.rglob("*") if path.is_file()]
    assert {"comity.db", "comity.db-wal", "master.key"} <= {path.name for path in files}
    assert {path.name: told for path in files if (told := planted.found(path.read_bytes()))} == {}


def test_j17_no_line_of_the_log_tells_it(planted: Planted) -> None:
    lines = planted.log.splitlines()
    assert lines
    assert all(json.loads(line)["log"] for line in lines)
    assert [line for line in lines if planted.found(line.encode())] == []


def test_what_is_looked_for_would_be_found(planted: Planted) -> None:
    """The control: each way of writing a word down that must not go unseen."""
    for place, word in {**WORDS, **planted.secrets}.items():
        plain = word.encode()
        written = [base64.urlsafe_b64encode(b"." * around + plain + b"." * (7 - around)) for around in range(3)]
        written += [
            b"." + zlib.compress(b"a" * 99 + plain) + b".",
            plain.hex().encode() + b".",
            base64.b64encode(zlib.compress(plain)),
        ]
        written += [json.dumps({"a": word}).encode(), plain.lower(), plain.upper() if word.isascii() else plain]
        assert [content for content in written if place not in planted.found(content)] == [], place
    assert planted.found(hashlib.sha256(CELLS["passport"].encode()).digest()) == ["passport"]
    assert planted.found(b"Kanarienvogel") == []


def test_what_stands_openly_is_there(planted: Planted) -> None:
    """A reason for something that is sealed after all is taken back."""
    stored = b"\n".join(content for _, content in database_rows(planted.folder / "comity.db"))
    assert {place for place in OPEN if not found_in(stored, [{**CELLS, **SAID}[place]])} == set()
