"""Section `openid`: certificates to wallets, presentations from wallets, and vaults, over HTTP with SQLite."""

from __future__ import annotations

import base64
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import local
from typing import Any, Final, Generic, TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit

from bench.clients import Connection
from bench.peers import ROOT
from bench.rows import Goal, Row, at_least, at_most
from bench.timing import once
from comity.clock import now
from credentials.jose import encode_json, sign_jws
from credentials.keys import InMemorySigner, generate_private_key
from credentials.sd_jwt.disclosure import digest
from credentials.sd_jwt_vc import open_sd_jwt_vc

CENTRE: Final = "sunder-bay-care"
PROGRAMME: Final = "caregiving-nc2"
PEOPLE: Final = 432
CLIENTS: Final = 8
WORKERS: Final = 2
WARMING: Final = 32
RECORDS: Final = 200
RECORD: Final = 4_000  # bytes of a sealed certificate
T = TypeVar("T")
U = TypeVar("U")
_COMITY: Final = Path(sys.executable).with_name("comity")
_GRANT: Final = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
_READY: Final = 60.0
_MILLI: Final = 1e3


def rows() -> Iterator[Row]:
    """Yield the section's rows."""
    with TemporaryDirectory() as folder, _served(Path(folder)) as served:
        served.all(served.presented, served.all(served.taken, served.certificates[:WARMING]))
        taken = served.timed(served.taken, served.certificates[WARMING:])
        yield _row("offer to credential: offer, token, nonce, credential", taken.per_second, "/s", at_least(150, "/s"))
        yield _row("the server's CPU for an offer taken", taken.cpu * _MILLI, "ms", at_most(13.3, "ms"))
        shown = served.timed(served.presented, taken.made)
        if set(shown.made) != {"answered"}:
            raise RuntimeError(f"presentations ended as {sorted(set(shown.made))}")
        yield _row("presentations asked for, sent and verified", shown.per_second, "/s", at_least(200, "/s"))
        yield _row("the server's CPU for a presentation", shown.cpu * _MILLI, "ms", at_most(10, "ms"))
        for name, found, most in (("an offer taken", taken, 13.3), ("a presentation", shown, 10)):
            both = (found.cpu + found.clients) * _MILLI
            yield _row(f"the server's and the clients' CPU for {name}, on the same processors", both, "ms", at_most(most, "ms"))
        authorization = served.vault()
        wanted = once(lambda: served.synced(authorization), rounds=9)
        yield _row(f"a wallet's sync of {RECORDS} records", wanted * _MILLI, "ms", at_most(300, "ms"))


def _row(name: str, value: float, unit: str, goal: Goal) -> Row:
    return Row("openid", f"{name}, {CLIENTS} clients, {WORKERS} workers" if unit == "/s" else name, value, unit, goal)


@dataclass(frozen=True, slots=True)
class Held:
    """A credential in a wallet, and the key that it is bound to."""

    credential: str
    key: InMemorySigner


@dataclass(frozen=True, slots=True)
class Timed(Generic[U]):
    """What clients made, and what it took.

    Attributes:
        made: in order.
        per_second: of them.
        cpu: seconds of the server's processes for one.
        clients: seconds of the clients for one.
    """

    made: Sequence[U]
    per_second: float
    cpu: float
    clients: float


class Served:
    """A deployment on a port of its own, and the clients before it: in this process, on the same processors.

    A client's key is ready before it is asked for, as a wallet has it; its connection is kept. All else it does as it comes: it
    signs with that key, reads the credential that it got, and hashes what it shows.
    """

    def __init__(self, port: int, token: str, certificates: Sequence[str], process: int) -> None:
        self._process = process
        self.certificates = certificates
        self._token = token
        self._port = port
        self._base = f"http://localhost:{port}"
        self._issuer = f"{self._base}/issuers/{CENTRE}"
        self._own = local()
        self._keys = deque(InMemorySigner("", generate_private_key("ES256"), "ES256") for _ in certificates)

    def all(self, action: Callable[[T], U], things: Sequence[T]) -> list[U]:
        """Return what the clients make of all things, side by side."""
        with ThreadPoolExecutor(max_workers=CLIENTS) as clients:
            return list(clients.map(action, things))

    def timed(self, action: Callable[[T], U], things: Sequence[T]) -> Timed[U]:
        """Return what the clients make of all things, and what that takes."""
        used, own, began = cpu_seconds(self._process), time.process_time(), time.perf_counter()
        made = self.all(action, things)
        spent, count = time.perf_counter() - began, len(made)
        return Timed(made, count / spent, (cpu_seconds(self._process) - used) / count, (time.process_time() - own) / count)

    def send(self, method: str, address: str, body: object = None, **headers: str) -> Any:  # noqa: ANN401  # any JSON
        """Return the JSON of a good answer.

        Raises:
            RuntimeError: the answer is none.
        """
        connection: Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = Connection(self._port)
        is_form = isinstance(body, dict) and headers.pop("form", "")
        content = urlencode(body) if is_form else json.dumps(body) if body is not None else None  # type: ignore[arg-type]  # a form's
        media_type = "application/x-www-form-urlencoded" if is_form else "application/json"
        sent = {"Accept": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= {"Content-Type": media_type} if content is not None else {}
        answer = connection.send(method, address.removeprefix(self._base), sent, (content or "").encode())
        if answer.status >= 300:  # noqa: PLR2004  # HTTP
            raise RuntimeError(f"{method} {address} answered {answer.status}: {answer.content[:400]!r}")
        return json.loads(answer.content) if "json" in answer.media_type else answer.content.decode()

    def taken(self, certificate: str) -> Held:
        """Return a certificate as a wallet has it, from the offer on (OpenID4VCI 1.0)."""
        asked = {"credential_configuration_id": PROGRAMME, "credential_id": certificate}
        made = self.send("POST", "/issuer/api/v1/offers", asked, Authorization=f"Bearer {self._token}")
        [offer] = parse_qs(urlsplit(made["offer"]).query)["credential_offer"]
        code = json.loads(offer)["grants"][_GRANT]["pre-authorized_code"]
        form = {"grant_type": _GRANT, "pre-authorized_code": code}
        token = self.send("POST", f"{self._issuer}/token", form, form="yes")["access_token"]
        nonce = self.send("POST", f"{self._issuer}/nonce")["c_nonce"]
        key = self._keys.pop()
        claims = {"aud": self._issuer, "iat": int(now().timestamp()), "nonce": nonce}
        proof = sign_jws(encode_json(claims), key, typ="openid4vci-proof+jwt", header={"jwk": key.public_key.jwk()})
        wanted = {"credential_configuration_id": PROGRAMME, "proofs": {"jwt": [proof]}}
        answer = self.send("POST", f"{self._issuer}/credential", wanted, Authorization=f"Bearer {token}")
        return Held(answer["credentials"][0]["credential"], key)

    def presented(self, held: Held) -> str:
        """Return how a question to a wallet ended that was answered with a credential (OpenID4VP 1.0)."""
        envelope = open_sd_jwt_vc(held.credential.encode())
        wanted = {"id": "c", "format": "dc+sd-jwt", "meta": {"vct_values": [envelope.document["vct"]]}}
        asked = {"response_mode": "direct_post", "client_id_prefix": "redirect_uri", "dcql_query": {"credentials": [wanted]}}
        made = self.send("POST", "/verifier/api/v1/requests", asked)
        request = {name: values[0] for name, values in parse_qs(urlsplit(made["request"]).query).items()}
        shown = "~".join(
            [envelope.sd_jwt.presented.partition("~")[0], *(one.disclosure.text for one in envelope.sd_jwt.placed), ""]
        )
        claims = {
            "iat": int(now().timestamp()),
            "aud": request["client_id"],
            "nonce": request["nonce"],
            "sd_hash": digest(shown, "sha-256"),
        }
        token = {"c": [shown + sign_jws(encode_json(claims), held.key, typ="kb+jwt")]}
        form = {"vp_token": json.dumps(token), "state": request["state"]}
        self.send("POST", request["response_uri"], form, form="yes")
        return str(self.send("GET", f"/verifier/api/v1/requests/{made['id']}")["state"])

    def vault(self) -> str:
        """Return what opens a new vault that is full of records."""
        number, access = secrets.token_hex(16), secrets.token_urlsafe(32)
        card = {"id": _name(), "kind": "card", "locator": secrets.token_urlsafe(32), "wrap": "d3JhcA"}
        self.send("POST", "/wallet/api/v1/vaults", {"vault": number, "access": access, "way": card})
        authorization = f"Bearer {number}.{access}"
        for _ in range(RECORDS):
            sealed = {"sealed": base64.urlsafe_b64encode(secrets.token_bytes(RECORD)).decode().rstrip("=")}
            self.send("PUT", f"/wallet/api/v1/records/{_name()}", sealed, Authorization=authorization, If_None_Match="*")
        return authorization

    def synced(self, authorization: str) -> None:
        """Read every record of a vault, as a device does that has none.

        Raises:
            RuntimeError: they are not all there.
        """
        cursor, more, found = 0, True, 0
        while more:
            page = self.send("GET", f"/wallet/api/v1/changes?since={cursor}", Authorization=authorization)
            cursor, more, found = page["cursor"], page["more"], found + len(page["records"])
        if found != RECORDS:
            raise RuntimeError(f"{found} records of {RECORDS} came")


def cpu_seconds(process: int) -> float:
    """Return the processor time of a process and its children, those that still run."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()
    times = [Path(f"/proc/{one}/stat").read_text("ascii").rpartition(")")[2].split()[11:13] for one in (process, *children)]
    return sum(int(ticks) for both in times for ticks in both) / os.sysconf("SC_CLK_TCK")


def _name() -> str:
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


@contextmanager
def _served(folder: Path) -> Iterator[Served]:
    """Give a deployment with a class that has its certificates, served by a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    comity = ("env", f"COMITY_DATA={folder / 'var'}", f"PORT={port}", "COMITY_PUBLIC_URL=", str(_COMITY))
    _said(*comity, "init")
    _said(*comity, "issuer", "add", str(ROOT / "examples" / "issuers" / f"{CENTRE}.json"))
    _said(*comity, "programme", "define", str(ROOT / "examples" / "programmes" / f"{PROGRAMME}.json"))
    people = folder / "class.csv"
    people.write_text("name,awarded_on\n" + "".join(f"Person {_letters(n)},2026-11-13\n" for n in range(PEOPLE)), "utf-8")
    _said(*comity, "issue", str(people), "--programme", PROGRAMME, "--out", str(folder / "out"))
    ids = [json.loads(path.read_bytes())["id"] for path in sorted((folder / "out").glob("*.json"))]
    token = _said(*comity, "token", "--issuer", CENTRE, "--name", "bench", "--may", "issue", "read").strip()
    with subprocess.Popen([*comity, "serve", "--workers", str(WORKERS)], cwd=ROOT, stdout=subprocess.DEVNULL) as server:  # noqa: S603  # ours
        try:
            _wait(port)
            yield Served(port, token, ids, server.pid)
        finally:
            server.terminate()


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number)).capitalize()


def _said(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S603  # ours


def _wait(port: int) -> None:
    until = time.monotonic() + _READY
    while time.monotonic() < until:
        try:
            with socket.create_connection(("localhost", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the deployment did not come up")
