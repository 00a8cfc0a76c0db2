"""What stands in the log, and what cannot get into it."""

from __future__ import annotations

import io
import json
import logging
import logging.config

from comity.log_lines import LOG_CONFIG, LogLine

ATTACK = "Najma\r\nERROR forged \x1b[31mred\u2028"


def raised() -> BaseException:
    try:
        json.loads(ATTACK)
    except ValueError as error:
        error.__cause__ = KeyError(ATTACK)
        return error
    return KeyError()


def record(error: BaseException | None, *args: object) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("comity", logging.ERROR, __file__, 1, "unexpected %s", args, info)


def test_i14_line_ends_and_escape_sequences_stay_within_one_line_of_json() -> None:
    line = LogLine().format(record(None, ATTACK))
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["message"] == f"unexpected {ATTACK}"


def test_i14_of_a_mistake_the_places_are_told_and_nothing_of_what_it_was_about() -> None:
    line = LogLine().format(record(raised(), "1A2B"))
    told = json.loads(line)
    assert "Najma" not in line
    assert (told["error"], told["cause"]["error"]) == ("JSONDecodeError", "KeyError")
    assert told["at"][0].startswith("test_log_lines.py:")
    assert (told["level"], told["log"], told["message"]) == ("ERROR", "comity", "unexpected 1A2B")


def test_i14_the_server_and_the_services_write_that_way() -> None:
    written = io.StringIO()
    handlers = {"lines": {**LOG_CONFIG["handlers"]["lines"], "stream": written}}
    names = {name: f"test.{name}" for name in LOG_CONFIG["loggers"]}
    loggers = {names[name]: how for name, how in LOG_CONFIG["loggers"].items()}
    logging.config.dictConfig({**LOG_CONFIG, "handlers": handlers, "loggers": loggers})
    for name in ("test.uvicorn.error", "test.comity"):
        logging.getLogger(name).error("%s", ATTACK)
    assert [json.loads(line)["log"] for line in written.getvalue().splitlines()] == ["test.uvicorn.error", "test.comity"]
