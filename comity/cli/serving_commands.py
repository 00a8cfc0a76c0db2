"""serve: the pages and APIs, until Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import errno
import ipaddress
import logging
import signal
import socket
from collections.abc import Iterator

import uvicorn

from comity.cli.output import YES, say
from comity.compose import Composition, compose
from comity.conformance.serving import conformance_composition
from comity.courier import delivering
from comity.deployment import Deployment, SetupError, open_deployment
from comity.log_lines import LOG_CONFIG
from comity.settings import Settings
from comity.workers import run_workers

MOST_WORKERS = 64
_LAST_PORT = 65535
_SECONDS_TO_FINISH = 10


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command of this module."""
    serve_command = commands.add_parser(
        "serve",
        help="serve the pages and APIs until Ctrl-C",
        description="Serve the pages and APIs of a deployment until Ctrl-C. Nothing is created: `comity init` does that.",
    )
    serve_command.add_argument(
        "--profile",
        choices=["conformance"],
        help="serve what test suites call, without accounts, with keys that are gone afterwards",
    )
    serve_command.add_argument(
        "--workers",
        type=_workers,
        metavar="N",
        help="processes that serve side by side: one for each core (COMITY_WORKERS, or 1)",
    )
    serve_command.add_argument("--i-know", action="store_true", help="let other machines reach the profile: it signs for anybody")
    serve_command.set_defaults(run=run_serve)


def run_serve(options: argparse.Namespace, settings: Settings) -> int:
    """Serve until Ctrl-C."""
    if options.profile:
        return run_conformance(settings, exposed=options.i_know)
    check_safety(settings, open_deployment(settings.data))
    workers = options.workers or settings.workers
    with listening(settings) as listener:
        if workers > 1:
            return serve_side_by_side(settings, listener, workers)
        with contextlib.closing(compose(settings)) as composition:
            return serve(composition, settings, listener)


def _workers(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"a number from 1 to {MOST_WORKERS}")
    return int(text)


def serve_side_by_side(settings: Settings, listener: socket.socket, workers: int) -> int:
    """Serve from several processes."""
    with contextlib.closing(compose(settings)) as composition:
        prepare(composition, settings)

    def work(number: int) -> None:
        with contextlib.closing(compose(settings, processes=workers, number=number)) as composition:
            _answer(composition, listener, _Sharing)

    run_workers(workers, work)
    say("Stopped.")
    return YES


def run_conformance(settings: Settings, *, exposed: bool) -> int:
    """Serve the conformance profile until Ctrl-C; no deployment is read or made.

    Raises:
        SetupError: other machines could reach it, and nobody said that they may.
    """
    if not exposed and not _is_loopback(settings.host):
        raise SetupError(
            f"COMITY_HOST is {settings.host}: the conformance profile signs whatever it is given for whoever can reach it. Unset "
            "COMITY_HOST, or say --i-know."
        )
    base_url = (settings.public_url or f"http://localhost:{settings.port}").rstrip("/")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # its folder goes with it, however it is stopped
    with listening(settings) as listener, conformance_composition(base_url) as composition:
        say(f"Test suites find everything at {base_url}/.well-known/vc-conformance.json")
        return serve(composition, settings, listener)


def check_safety(settings: Settings, deployment: Deployment) -> None:
    """Raise when what the environment asks for does not go with the deployment.

    Raises:
        SetupError: another public URL than the one that is kept, or plain http that other machines could listen to.
    """
    public = deployment.public_url
    if settings.public_url and settings.public_url.rstrip("/") != public:
        raise SetupError(
            f"COMITY_PUBLIC_URL is {settings.public_url}, and {deployment.folder} was made for {public}, for good: identifiers, "
            "lists and printed codes contain it. Unset COMITY_PUBLIC_URL, or choose another COMITY_DATA."
        )
    if deployment.is_local and not _is_loopback(settings.host):
        raise SetupError(
            f"COMITY_HOST is {settings.host}, and {public} is plain http: others on the network could read and change what is "
            "sent. Make a deployment with COMITY_PUBLIC_URL=https://… behind a proxy that speaks https."
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextlib.contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """Hold the port, so that nothing is done before it is known to be free.

    Raises:
        SetupError: it is taken, or not ours to take; says how to choose another.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    other = settings.port + 1 if settings.port < _LAST_PORT else 8000
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:  # asyncio sends at once where it sees TCP
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
            listener.listen(socket.SOMAXCONN)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise SetupError(f"Port {settings.port} is taken by another program. Choose another: PORT={other}") from error
            where = f"{settings.host} port {settings.port}"
            raise SetupError(f"{where} cannot be used: {error.strerror}. Choose another: PORT={other}") from error
        yield listener


def serve(composition: Composition, settings: Settings, listener: socket.socket) -> int:
    """Serve a composition until Ctrl-C."""
    prepare(composition, settings)
    with contextlib.suppress(KeyboardInterrupt):
        _answer(composition, listener, uvicorn.Server)
    say("Stopped.")
    return YES


def prepare(composition: Composition, settings: Settings) -> None:
    """Open every key, and say where to go."""
    check_keys(composition)
    for line in greeting(composition.deployment, settings):
        say(line)


def _answer(composition: Composition, listener: socket.socket, server: type[uvicorn.Server]) -> None:
    """Answer until a signal comes."""
    logging.getLogger("uvicorn.access").disabled = True  # no record of who checked what
    config = uvicorn.Config(
        composition.app,
        log_config=LOG_CONFIG,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=_SECONDS_TO_FINISH,
        backlog=1 if server is _Sharing else socket.SOMAXCONN,
    )
    with delivering(composition.issuer, composition.wallet.relay):
        server(config).run(sockets=[listener])


class _Sharing(uvicorn.Server):
    """Takes one connection at a time, so that others who listen get their share; as many as ever may wait."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or ():
            listener.listen(socket.SOMAXCONN)  # asyncio made the queue as short as what it takes at once


def check_keys(composition: Composition) -> None:
    """Open every signing key once.

    Raises:
        SetupError: one does not open with this master key.
    """
    keys = composition.issuer.keys
    for name in keys.verification_methods():
        keys.signer(name)


def greeting(deployment: Deployment, settings: Settings) -> Iterator[str]:
    """Give the lines that say where to go, and what does not change."""
    public = deployment.public_url
    if not deployment.is_local:
        yield f"Serving {public}, listening on {settings.host} port {settings.port} — Ctrl-C to stop."
        return
    here = f"http://localhost:{settings.port}"
    yield f"Serving {here} — Ctrl-C to stop."
    if here != public:
        yield f"The public address stays {public}: identifiers, lists and printed codes contain it, and the same are served here."


def address_here(deployment: Deployment, settings: Settings, *, serving: bool) -> str:
    """Return where a link that is printed on this terminal leads.

    Args:
        deployment: a public deployment has one address only.
        settings: on this machine, a port that was asked for counts.
        serving: it is served next, on that port or the usual one.
    """
    here = serving or "port" in settings.model_fields_set
    return f"http://localhost:{settings.port}" if deployment.is_local and here else deployment.public_url
