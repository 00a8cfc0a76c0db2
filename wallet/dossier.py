"""A worker's record of training and work on paper: chosen certificates, each with the code that holds it and its file attached.

The worker chooses what is in it. Nobody signs the sheet: each entry is checked by its own code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from trust.bundle import BundleError
from wallet import decisions
from wallet.cards import card_of
from wallet.holding import certificate
from wallet.standing import State, standing
from web.codes import MAX_VERSION
from web.languages import LANGUAGES
from web.printed_codes import code_holding, modules
from web.printed_texts import cut

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from wallet.cards import Card
    from wallet.decisions import Word
    from wallet.holding import Held
    from wallet.service import Wallet
    from wallet.texts import Text
    from wallet.unlocking import Vault

MOST: Final = 20
"""Certificates on one record."""
_KINDS: Final = ("training", "work")
_MOST_CODES: Final = 8
"""Skills and occupations that are named of one certificate."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one entry of a record is made from.

    Attributes:
        name: of the attached file, without its ending.
        content: the certificate, exactly as it was received.
        said: what states said of it.
    """

    name: str
    content: bytes = field(repr=False)
    said: tuple[Word, ...] = ()


def dossier(wallet: Wallet, vault: Vault, language: str, chosen: Sequence[str]) -> bytes:
    """Return the record of chosen certificates of a wallet as a PDF/A-3, in a language.

    Raises:
        NotInWalletError: one is not in this wallet.
    """
    held = [certificate(wallet, vault, name) for name in dict.fromkeys(chosen[:MOST])]
    return on_paper(wallet, language, [Entry(one.id, one.content, _words(wallet, vault, one)) for one in held])


def on_paper(wallet: Wallet, language: str, entries: Sequence[Entry]) -> bytes:
    """Return a record of certificates as a PDF/A-3, in a language.

    Certificates that are not genuine, or could not be checked, are left out.
    """
    found = [(one, *_looked_at(wallet, one.content, language)) for one in entries]
    shown = [(one, card, state) for one, card, state in found if card is not None]
    shown.sort(key=lambda entry: str(entry[1].finished or entry[1].awarded or ""), reverse=True)
    page = _Page(wallet, language)
    names = shown[0][1].names if shown else ()
    return wallet.paper([page.of(names, {kind: [one for one in shown if one[1].kind == kind] for kind in _KINDS})])


def _words(wallet: Wallet, vault: Vault, held: Held) -> tuple[Word, ...]:
    try:
        return decisions.words(wallet, vault, held.id)
    except BundleError:
        return ()


def _looked_at(wallet: Wallet, content: bytes, language: str) -> tuple[Card | None, State]:
    found = standing(wallet, content)
    return (card_of(found.credential, language) if found.credential else None), found.state


class _Page:
    """The texts of one record, for one reader.

    Args:
        wallet: the house.
        language: of the printed words.
    """

    def __init__(self, wallet: Wallet, language: str) -> None:
        self._wallet, self._language = wallet, language

    def of(self, names: Sequence[Text], parts: Mapping[str, Sequence[tuple[Entry, Card, State]]]) -> dict[str, Any]:
        """Return what stands on the sheets, as the template reads it."""
        wallet = self._wallet
        address = f"{wallet.base_url.partition('://')[2]}/verify"
        return {
            "lang": self._language,
            "rtl": LANGUAGES[self._language][1] == "rtl",
            "title": self._say("title"),
            "names": [_native(name) for name in names],
            "printed": self._say("printed", date=self._day(wallet.clock().date())),
            "parts": [
                {"title": self._say(kind), "entries": [self._entry(*one) for one in listed]}
                for kind, listed in parts.items()
                if listed
            ],
            "how": [self._say("how", address=address), self._say("whose")],
        }

    def _entry(self, entry: Entry, card: Card, state: State) -> dict[str, Any]:
        wallet = self._wallet
        code = code_holding(self._codec(), wallet.base_url, entry.content)
        return {
            "title": _native(card.title),
            "centre": _native(card.centre),
            "facts": [[label, value] for label, value in self._facts(card) if value],
            "skills": [_native(text) for _, text in card.codes[:_MOST_CODES]],
            "state": "" if state is State.VALID else wallet.pages.text(self._language, f"wallet.state.{state.value}"),
            "words": [self._word(word) for word in entry.said if word.counts],
            "code": modules(code, most=MAX_VERSION) if code else [],
            "no_code": self._say("no-code"),
            "attachment": entry.content.decode(),
            "attachment_name": f"{entry.name}.json",
        }

    def _facts(self, card: Card) -> list[tuple[str, str]]:
        def label(key: str) -> str:
            return self._wallet.pages.text(self._language, f"wallet.facts.{key}")

        period = self._wallet.pages.text(
            self._language, "wallet.facts.from-to", start=self._day(card.began), end=self._day(card.finished)
        )
        hours = self._wallet.pages.text(self._language, "wallet.facts.hours", n=str(card.hours)) if card.hours else ""
        return [
            (label(f"awarded.{card.kind}"), self._day(card.awarded)),
            (label("period"), period if card.began and card.finished else ""),
            (label("training"), hours),
            (label("number"), cut(card.number)),
        ]

    def _word(self, word: Word) -> str:
        state = word.names.get(self._language) or word.names.get("en") or word.code
        said = word.decision.outcome if word.decision else "endorsed"
        text = self._wallet.pages.text(self._language, f"wallet.word.said.{said}", state=state)
        titles = word.decision.local_titles if word.decision else {}
        title = titles.get(self._language) or titles.get("en") or ""
        return f"{text}: {title}" if title else text

    def _codec(self) -> Any:  # noqa: ANN401  # a codec, or None
        try:
            return self._wallet.bundle().codec
        except BundleError:
            return None

    def _day(self, day: date | None) -> str:
        return self._wallet.pages.day(day, self._language) if day else ""

    def _say(self, key: str, **values: str) -> str:
        return self._wallet.pages.text(self._language, f"wallet.dossier.{key}", **values)


def _native(text: Text) -> dict[str, Any]:
    """Return a text with its language and direction, as the template wants it."""
    base, *more = text.language.split("-")
    known = base.lower() if base.isalpha() and base != "und" and "Latn" not in more else "en"
    return {"text": cut(text.value), "lang": known[:3], "rtl": text.direction == "rtl"}
