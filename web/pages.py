"""Pages: Jinja templates, words in the reader's language, signs, dates.

In a template: `t("key", name=value)` gives words with every value escaped and set apart (`<bdi>`), `icon("yes")` a sign,
`value|date` a date as `8 May 2025`, `lang` and `direction` the page's language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from babel.dates import format_date, format_datetime
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from web.languages import DEFAULT, LANGUAGES, MissingMessageError, load_catalogs, negotiate

LANGUAGE_COOKIE: Final = "lang"
_SYMBOL: Final = re.compile(r'<symbol id="([a-z-]+)" viewBox="([^"]+)">(.*?)</symbol>', re.DOTALL)
_WEB: Final = Path(__file__).parent


class Pages:
    """Renders the pages of all services.

    Args:
        houses: folders of services, each with `templates/` and `locales/`.
    """

    def __init__(self, houses: Iterable[Path]) -> None:
        folders = [_WEB, *houses]
        self._catalogs = load_catalogs(folder / "locales" for folder in folders if (folder / "locales").is_dir())
        self._icons = {name: (box, body) for name, box, body in _SYMBOL.findall((_WEB / "icons.svg").read_text(encoding="utf-8"))}
        self._environment = Environment(
            loader=FileSystemLoader([folder / "templates" for folder in folders]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals["icon"] = self.icon
        self._environment.filters["date"] = _date_filter
        self._environment.globals["languages"] = LANGUAGES

    def language(self, request: Request) -> str:
        """Return the page's language: `?lang=`, the cookie, `Accept-Language`, English."""
        for chosen in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
            if chosen in LANGUAGES:
                return str(chosen)
        return negotiate(request.headers.get("accept-language", ""))

    def text(self, language: str, key: str, **params: object) -> str:
        """Return words as plain text.

        Raises:
            MissingMessageError: no catalog has the key.
        """
        return self._words(language, key).format_map({name: str(value) for name, value in params.items()})

    def has(self, key: str) -> bool:
        """Return whether there are words for a key."""
        return key in self._catalogs[DEFAULT]

    def markup(self, language: str, key: str, **params: object) -> Markup:
        """Return words as HTML: every value is escaped and isolated from the direction of the text around it."""
        values = {name: Markup("<bdi>{}</bdi>").format(value) for name, value in params.items()}
        return Markup(escape(self._words(language, key)).format_map(values))  # noqa: S704  # words and values are escaped

    def _words(self, language: str, key: str) -> str:
        try:
            return self._catalogs[language][key]
        except KeyError as error:
            raise MissingMessageError(f"{key} ({language})") from error

    def icon(self, name: str, css: str = "") -> Markup:
        """Return a sign; the word beside it speaks, so it is hidden from screen readers."""
        box, body = self._icons[name]
        classes = escape(f"i {css}".strip())
        return Markup(  # noqa: S704  # our own drawing
            f'<svg class="{classes}" viewBox="{box}" aria-hidden="true" focusable="false">{body}</svg>'
        )

    def render(self, request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:  # noqa: ANN401
        """Return a page in the reader's language.

        Args:
            request: asks for it; its path and query are kept by the language switch.
            template: name below a `templates` folder.
            status: of the answer.
            context: values for the template.
        """
        language = self.language(request)
        page = self._environment.get_template(template).render(**self._frame(request, language), **context)
        response = HTMLResponse(page, status, headers={"Content-Language": language, "Vary": "Accept-Language, Cookie"})
        if request.query_params.get("lang") in LANGUAGES:
            response.set_cookie(LANGUAGE_COOKIE, language, max_age=365 * 24 * 3600, samesite="lax", httponly=True)
        return response

    def letter(self, language: str, template: str, **context: Any) -> str:  # noqa: ANN401
        """Return a text that is sent and not asked for, in a language of ours."""
        return self._environment.get_template(template).render(**self._words_of(language), **context)

    @staticmethod
    def day(value: date | datetime | str, language: str) -> str:
        """Return a day as `8 May 2025` in a language."""
        return say_date(value, language)

    def _frame(self, request: Request, language: str) -> Mapping[str, Any]:
        query = [(key, value) for key, value in request.query_params.multi_items() if key != "lang"]
        return {
            **self._words_of(language),
            "switch": lambda to: f"{_own_path(request)}?{urlencode([*query, ('lang', to)])}",
            "path": request.scope["path"],
            "person": getattr(request.state, "person", None),
        }

    def _words_of(self, language: str) -> Mapping[str, Any]:
        return {
            "lang": language,
            "direction": LANGUAGES[language][1],
            "t": lambda key, **params: self.markup(language, key, **params),
            "plain": lambda key, **params: self.text(language, key, **params),
            "day": lambda value: say_date(value, language),
            "moment": lambda value: format_datetime(value, "d MMMM yyyy HH:mm 'UTC'", locale=language),
            "in_language": lambda texts: texts.get(language) or texts.get(DEFAULT) or next(iter(texts.values()), ""),
        }


def _own_path(request: Request) -> str:
    """Return the path asked for, so that a link to it stays here: `//host` would lead away, and a Host header may say anything."""
    return "/" + quote(request.scope["path"].lstrip("/"), safe="/:@!$&'()*+,;=~-._")


@pass_context
def _date_filter(context: Context, value: date | datetime | str) -> str:
    return say_date(value, context["lang"])


def say_date(value: date | datetime | str, language: str) -> str:
    """Return a day as `8 May 2025`, in the page's language and digits that every reader reads."""
    day = datetime.fromisoformat(value) if isinstance(value, str) else value
    return str(format_date(day, "d MMMM yyyy", locale=language))
