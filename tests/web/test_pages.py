from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup
from starlette.requests import Request

from tests.web.house import House
from web.languages import MissingMessageError
from web.pages import Pages, say_date


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """Pages of a house with one template and one catalog of its own."""
    house = tmp_path_factory.mktemp("house")
    (house / "templates").mkdir()
    (house / "locales").mkdir()
    for language in ("en", "fr", "ar"):
        (house / "locales" / f"{language}.po").write_text(
            'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "house.hello"\nmsgstr "<{name}> & all"\n',
            encoding="utf-8",
        )
    (house / "templates" / "try.html").write_text(
        "{{ t('house.hello', name=name) }}|{{ plain('house.hello', name=name) }}|{{ given|date }}|{{ moment(at) }}|"
        "{{ in_language(texts) }}|{{ icon('yes') }}|{{ switch('fr') }}|{{ path }}|{{ lang }} {{ direction }}",
        encoding="utf-8",
    )
    return Pages([house])


def asking(path: str = "/try", query: str = "", **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": raw, "scheme": "http"}
    return Request(scope)


def context(**changes: object) -> dict[str, Any]:
    values: dict[str, Any] = {
        "name": "<b>Najma</b>",
        "given": date(2025, 5, 8),
        "at": datetime(2025, 5, 8, 13, 5),  # noqa: DTZ001  # the page spells what it is given
        "texts": {"en": "in English", "fr": "en français"},
    }
    return values | changes


def test_every_value_is_escaped_and_set_apart(pages: Pages) -> None:
    body = bytes(pages.render(asking(), "try.html", **context()).body).decode()
    parts = body.split("|")
    assert parts[0] == "&lt;<bdi>&lt;b&gt;Najma&lt;/b&gt;</bdi>&gt; &amp; all"
    assert parts[1] == "&lt;&lt;b&gt;Najma&lt;/b&gt;&gt; &amp; all"
    assert parts[2:5] == ["8 May 2025", "8 May 2025 13:05 UTC", "in English"]
    assert parts[5].startswith('<svg class="i" viewBox=')
    assert 'aria-hidden="true"' in parts[5]
    assert parts[6:] == ["/try?lang=fr", "/try", "en ltr"]


def test_a_value_cannot_reach_into_the_words(pages: Pages) -> None:
    assert pages.text("en", "house.hello", name="{name.__class__}") == "<{name.__class__}> & all"
    assert "{0.__class__}" in pages.markup("en", "house.hello", name="{0.__class__}")


def test_the_language_is_chosen_by_address_cookie_and_header_in_that_order(pages: Pages) -> None:
    assert pages.language(asking()) == "en"
    assert pages.language(asking(accept_language="ar-EG,en;q=0.5")) == "ar"
    assert pages.language(asking(accept_language="ar", cookie="lang=fr")) == "fr"
    assert pages.language(asking(query="lang=en", accept_language="ar", cookie="lang=fr")) == "en"
    assert pages.language(asking(query="lang=xx", accept_language="ar", cookie="lang=../../etc")) == "ar"


def test_a_chosen_language_is_remembered_and_said(pages: Pages) -> None:
    chosen = pages.render(asking(query="lang=ar&x=1"), "try.html", status=404, **context())
    assert chosen.status_code == 404
    assert chosen.headers["Content-Language"] == "ar"
    assert chosen.headers["Vary"] == "Accept-Language, Cookie"
    cookie = chosen.headers["Set-Cookie"]
    assert cookie.startswith("lang=ar;")
    assert "HttpOnly" in cookie
    assert "?x=1&amp;lang=fr" in bytes(chosen.body).decode()
    assert bytes(chosen.body).decode().endswith("ar rtl")
    assert "Set-Cookie" not in pages.render(asking(accept_language="ar"), "try.html", **context()).headers


def test_texts_by_language_fall_back_to_english_and_then_to_any(pages: Pages) -> None:
    said = [
        bytes(pages.render(asking(accept_language="fr"), "try.html", **context(texts=texts)).body).decode().split("|")[4]
        for texts in ({"fr": "f", "en": "e"}, {"en": "e", "ar": "a"}, {"ar": "a"}, {})
    ]
    assert said == ["f", "e", "a", ""]


@pytest.mark.parametrize(
    ("value", "language", "said"),
    [
        (date(2025, 5, 8), "en", "8 May 2025"),
        (datetime(2025, 5, 8, 23, 59), "fr", "8 mai 2025"),  # noqa: DTZ001  # only the day is said
        ("2025-05-08", "ar", "8 مايو 2025"),
        ("2025-05-08T10:00:00+00:00", "en", "8 May 2025"),
    ],
)
def test_days_are_said_in_the_language_and_in_digits_that_everybody_reads(value: date | str, language: str, said: str) -> None:
    assert say_date(value, language) == said
    assert Pages.day(value, language) == said


def test_a_key_without_words_is_a_mistake(pages: Pages) -> None:
    assert pages.has("house.hello")
    assert not pages.has("house.nothing")
    for ask in (pages.text, pages.markup):
        with pytest.raises(MissingMessageError, match=r"house\.nothing"):
            ask("en", "house.nothing")


def test_a_sign_takes_a_class(pages: Pages) -> None:
    assert isinstance(pages.icon("yes", "turns"), Markup)
    assert pages.icon("yes", '"><script>').startswith('<svg class="i &#34;&gt;&lt;script&gt;"')


def test_who_is_signed_in_is_known_to_the_page(house: House) -> None:
    house.browser.post(f"/sign-in/{house.token}")
    assert house.browser.get("/me").json()["name"] == "Registrar"


def test_houses_without_catalogs_are_no_hindrance(tmp_path: Path) -> None:
    assert Pages([tmp_path]).has("problem.not-found")
