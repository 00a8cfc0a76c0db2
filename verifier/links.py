"""From a code to the credential that it holds or leads to.

Only addresses of this deployment are asked, and the key of a link is never sent anywhere. A code that holds its credential is read
with the signed lists, and nothing is fetched.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from credentials.qr import UpdateNeededError, from_digits
from verifier.errors import TooManyPapersError
from verifier.reading import Reading, read_input
from verifier.service import Verifier
from web.links import ForeignCodeError, LinkCode
from web.sealing import decrypt_link

MAX_BESIDE: Final = 10
"""Each may be a picture that takes a while to read."""


def follow(verifier: Verifier, link: LinkCode) -> bytes:
    """Return the credential behind a link.

    Raises:
        ForeignCodeError: the link leads to another host; it is not opened.
        FetchError: nothing answered.
        SealBrokenError: the key does not open what is there.
    """
    if link.origin != verifier.base_url.lower():
        raise ForeignCodeError("this code leads to another address; it was not opened")
    fetched = verifier.fetcher.fetch(f"{verifier.base_url}/{link.kind}/{link.id}")
    return decrypt_link(fetched.content, link.key, link.id)


def credential_in(verifier: Verifier, content: bytes) -> tuple[Reading, bytes]:
    """Return how a file was read, and the credential that it holds or leads to.

    Raises:
        UpdateNeededError: a code is newer than the lists, and no link stands beside it.
        VCError: as `read_input`, `unpack` and `follow`.
    """
    reading = read_input(content)
    if reading.code is not None:
        try:
            return reading, unpack(verifier, reading.code)
        except UpdateNeededError:
            if reading.link is None:
                raise
    if reading.link is not None:
        return reading, follow(verifier, reading.link)
    return reading, reading.credential or b""


def papers_in(verifier: Verifier, contents: Iterable[bytes]) -> tuple[bytes, ...]:
    """Return the credentials that files shown beside a certificate hold or lead to; empty files are passed over.

    Raises:
        TooManyPapersError: there are more than are looked at.
        VCError: as `credential_in`.
    """
    given = [content for content in contents if content.strip()]
    if len(given) > MAX_BESIDE:
        raise TooManyPapersError(f"{len(given)} papers are shown beside it; at most {MAX_BESIDE} are looked at")
    return tuple(credential_in(verifier, content)[1] for content in given)


def unpack(verifier: Verifier, digits: str) -> bytes:
    """Return the credential that a code holds. Nothing of it is verified yet.

    Raises:
        BundleError: there are no lists.
        UpdateNeededError: the lists are older than the code.
        MalformedValueError: the digits are no code.
    """
    codec = verifier.bundle().codec
    if codec is None:
        raise UpdateNeededError("these lists do not say how codes are read")
    return json.dumps(codec.decode(from_digits(digits)), ensure_ascii=False).encode()
