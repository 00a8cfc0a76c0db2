"""From a link to the credential behind it. Only addresses of this deployment are asked; the key is never sent anywhere."""

from __future__ import annotations

from verifier.reading import Reading, read_input
from verifier.service import Verifier
from web.links import ForeignCodeError, LinkCode
from web.sealing import decrypt_link


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
        VCError: as `read_input` and `follow`.
    """
    reading = read_input(content)
    if reading.link is not None:
        return reading, follow(verifier, reading.link)
    return reading, reading.credential or b""
