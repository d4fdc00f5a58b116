"""The log: one JSON line an event, to standard error and to `<data>/logs/<UTC day>.log`.
What is worth logging is decided elsewhere; nothing here may ever stop a cycle, nor tell a secret."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from traceback import format_exception_only
from typing import TYPE_CHECKING, Any, cast

import structlog
from structlog.types import EventDict, Processor

from football_assets.redaction import cleaned, protect

if TYPE_CHECKING:
    from football_assets.settings import Settings

_json = structlog.processors.JSONRenderer(ensure_ascii=False)

#: Tracebacks are plain everywhere: structlog's other ones show local variables, and with them secrets.
_console = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)


_FILES_ONLY: ContextVar[bool] = ContextVar("files_only", default=False)


@contextmanager
def files_only() -> Iterator[None]:
    """Send the events of this context to the log files and not to standard error: a command shows what
    happens itself."""
    token = _FILES_ONLY.set(True)
    try:
        yield
    finally:
        _FILES_ONLY.reset(token)


def configure_logging(settings: Settings) -> None:
    """Send this process's events to standard error and to the log files of the data directory.

    On a terminal standard error is for people; the files are JSON lines always. The settings' secrets are
    the ones that this process does not tell from now on.
    """
    protect(settings.secrets)
    level = logging.DEBUG if settings.log_requests else logging.INFO
    _configure(level, [_LogFiles(settings.data_path / "logs")])


def get_logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """A logger whose events carry `name` as `component`.

    Before `configure_logging` it writes to standard error only: standard output belongs to the commands.
    """
    if not structlog.is_configured():
        _configure(logging.INFO, [])
    return cast(structlog.typing.FilteringBoundLogger, structlog.get_logger(component=name))


def fold_tracebacks(*libraries: str) -> None:
    """Make one line of each failure and warning that these libraries log in this process: its message and
    its cause. All of it goes to the log files.

    A record is folded where it is made: no handler that a library sets up later can print more. Python's own
    warnings are records too from now on, of the library `py`.
    """
    logging.captureWarnings(True)
    # Without a handler of their own they would be told to nobody.
    logging.getLogger("py.warnings").addHandler(logging.StreamHandler())
    make = logging.getLogRecordFactory()

    def folded(*arguments: Any, **named: Any) -> logging.LogRecord:
        record = make(*arguments, **named)
        if record.levelno >= logging.WARNING and record.name.partition(".")[0] in libraries:
            _fold(record)
        return record

    logging.setLogRecordFactory(folded)


def _fold(record: logging.LogRecord) -> None:
    message, error = record.getMessage(), record.exc_info and record.exc_info[1]
    if error is None and "\n" not in message:
        return
    with files_only():
        get_logger(record.name).log(record.levelno, message, exc_info=record.exc_info)
    lines = [message, *(format_exception_only(error)[:1] if error else ())]
    record.msg, record.args, record.exc_info = (
        ": ".join(cleaned(_first_line(line)) for line in lines),
        (),
        None,
    )


def _first_line(text: str) -> str:
    return text.partition("\n")[0]


def log_request(endpoint: str, seconds: float, outcome: str) -> None:
    """Log one attempt at a request, where the settings ask for it: its endpoint without the query,
    its seconds, and `ok` or the cause of its failure."""
    get_logger("client").debug(
        "request",
        summary=f"{endpoint} {outcome} in {seconds:.3f} s",
        endpoint=endpoint,
        seconds=round(seconds, 6),
        outcome=outcome,
    )


def _configure(level: int, outputs: list[Processor]) -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _without_secrets,
            *outputs,
            _to_standard_error,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_StandardError,
        cache_logger_on_first_use=False,
    )


def _without_secrets(_: object, __: str, event: EventDict) -> EventDict:
    """A processor that clears each event of secrets, however deep. Objects become their text."""
    return {name: cleaned(_plain(value)) for name, value in event.items()}


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | dict | list | tuple | None) else repr(value)


class _StandardError:
    """Where structlog's events end: standard error as it is at that moment, if anybody still reads it."""

    def __init__(self, *_: object) -> None:
        pass

    def msg(self, message: str) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.write(message + "\n")
            sys.stderr.flush()

    debug = info = warning = error = critical = exception = msg


class _LogFiles:
    """A processor that appends each event to the file of its UTC day.

    A file that cannot be written is told of once, on standard error.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._told = False

    def __call__(self, logger: object, method: str, event: EventDict) -> EventDict:
        path = self._directory / f"{event['timestamp'][:10]}.log"
        try:
            _append(path, _json_line(logger, method, event))
        except OSError as error:
            if not self._told:
                self._told = True
                _StandardError().msg(f"The log cannot be written to {path}: {error.strerror}")
        return event


def _to_standard_error(logger: object, method: str, event: EventDict) -> str:
    """The last processor: a JSON line, or on a terminal a line for people.

    There an event that has a `summary` is shown by it alone: its figures are for machines.
    """
    if _FILES_ONLY.get():
        raise structlog.DropEvent
    if not _is_terminal():
        return _json_line(logger, method, event)
    if "summary" in event:
        kept = ("timestamp", "level", "exception")
        event = {"event": event["summary"], **{name: event[name] for name in kept if name in event}}
    event["timestamp"] = event["timestamp"][11:19]
    return _console(logger, method, event)


def _is_terminal() -> bool:
    try:
        return sys.stderr.isatty()
    except ValueError:
        return False


def _json_line(logger: object, method: str, event: EventDict) -> str:
    first = {name: event[name] for name in ("timestamp", "level", "event", "component") if name in event}
    line = str(_json(logger, method, {**first, **event}))
    # Half of a character, as a cut-off name may end in, is no UTF-8; the escape that stands for it is JSON.
    return line.encode("utf-8", "backslashreplace").decode("utf-8")


def _append(path: Path, line: str) -> None:
    """Append the line in one write, so that no other process's line can come to stand within it."""
    data = (line + "\n").encode("utf-8")
    opened = partial(os.open, path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        descriptor = opened()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = opened()
    try:
        os.write(descriptor, data)
    finally:
        os.close(descriptor)
