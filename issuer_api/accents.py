"""Colours that a centre chooses for its certificates: how well they are read on white paper."""

from __future__ import annotations

import re
from typing import Final

READABLE: Final = 4.5
"""The least contrast of text (WCAG 2.2, success criterion 1.4.3)."""
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
_WEIGHTS: Final = (0.2126, 0.7152, 0.0722)
_LINEAR_BELOW: Final = 0.04045


def contrast_with_white(colour: str) -> float:
    """Return the contrast ratio of a colour such as `#0b4f60` with white (WCAG 2.2), from 1 to 21; 0 for what is no colour."""
    if not _COLOUR.fullmatch(colour):
        return 0.0
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    luminance = sum(weight * _linear(channel) for weight, channel in zip(_WEIGHTS, channels, strict=True))
    return 1.05 / (luminance + 0.05)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= _LINEAR_BELOW else float(((channel + 0.055) / 1.055) ** 2.4)
