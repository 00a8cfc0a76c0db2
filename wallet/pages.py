"""The pages of the worker's house: what each shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from wallet import sharing
from wallet.cards import Card, card_of
from wallet.holding import Held, certificates
from wallet.standing import Standing, State, standing
from wallet.visits import DAYS_KEPT
