from __future__ import annotations

import pytest

from credentials.errors import FetchError
from credentials.fetching import NoNetwork


def test_where_there_is_no_network_nothing_is_fetched() -> None:
    with pytest.raises(FetchError, match=r"https://lists\.example/1"):
        NoNetwork().fetch("https://lists.example/1")
