"""A house that sends mails to a host of the tests, and a list of people two of whom can be reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from tests.databases import SQLITE, Databases
from tests.issuer_api.house import House, build
from tests.web.mail_host import MailHost, mail_host
from web.mailing import posting

NAJMA, SARI = "najma.a@home.example", "sari@home.example"
LIST: Final = f"name,awarded_on,email\nNajma Akter,2026-11-13,{NAJMA}\nSari,2026-11-13,{SARI}\nYusuf Haddad,2026-11-13,\n".encode()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MailHost:
    return mail_host(tmp_path_factory.mktemp("mail"))


@pytest.fixture
def host(made: MailHost) -> MailHost:
    return replace(made, answers={}, came=[], asked=[])


@pytest.fixture
def house(tmp_path: Path, host: MailHost) -> Iterator[House]:
    with Databases(SQLITE).tables(tmp_path) as url:
        built = build(url, post=partial(posting, host.reached()))
        yield built
        built.close()
