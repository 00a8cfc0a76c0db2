"""The table of cryptosuites."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from credentials.data_integrity.bbs_2023 import Bbs2023
from credentials.data_integrity.cryptosuite import Cryptosuite, HashedSuite, Transform
from credentials.data_integrity.ecdsa_sd import EcdsaSd2023

_ROWS: Final[tuple[Cryptosuite, ...]] = (
    HashedSuite("eddsa-rdfc-2022", frozenset({"Ed25519"}), Transform.RDFC),
    HashedSuite("eddsa-jcs-2022", frozenset({"Ed25519"}), Transform.JCS),
    HashedSuite("ecdsa-rdfc-2019", frozenset({"ES256", "ES384"}), Transform.RDFC),
    HashedSuite("ecdsa-jcs-2019", frozenset({"ES256", "ES384"}), Transform.JCS),
    EcdsaSd2023(),
    Bbs2023(),
)

CRYPTOSUITES: Final[Mapping[str, Cryptosuite]] = MappingProxyType({suite.name: suite for suite in _ROWS})
"""`cryptosuite` member to suite: what is supported."""
