"""The addresses of share links, for people and for cameras."""

from __future__ import annotations

