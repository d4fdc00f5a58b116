"""Where alerts are sent: a webhook, e-mail. One attempt at one alert; attempts and queues are in `delivery`.

No error raised here tells an address, a password, or what a server said: it may repeat either.
"""

from __future__ import annotations

import json
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from html import escape
from http.client import HTTPException
from typing import Any, Literal, Protocol

from pydantic import SecretStr

from football_assets.alerts.state import Alert
from football_assets.logs import get_logger
from football_assets.settings import Settings

TIMEOUT_SECONDS = 3.0

#: The port on which mail servers speak TLS from the start.
_TLS_PORT = 465


class NotSent(Exception):
    """An attempt that failed, in one line. `heals` tells whether another one soon may succeed."""

    def __init__(self, message: str, *, heals: bool) -> None:
        super().__init__(message)
        self.heals = heals


class Channel(Protocol):
    """Somewhere to send alerts to."""

    def send(self, alert: Alert) -> None:
        """Send one alert, or raise `NotSent`."""


def open_channels(settings: Settings) -> dict[str, Channel]:
    """The channels that the settings ask for, by name."""
    channels: dict[str, Channel] = {}
    if settings.alert_webhook_url:
        channels["webhook"] = Webhook(settings.alert_webhook_url, settings.alert_webhook_format)
    if settings.alert_email_to:
        channels["e-mail"] = Mail(settings)
    return channels


@dataclass(frozen=True)
class Webhook:
    """A POST of JSON to an address, as a Slack message or with the alert's fields."""

    url: SecretStr
    format: Literal["slack", "json"]

    def send(self, alert: Alert) -> None:
        """Send one alert, or raise `NotSent`. Any status but 2xx is a failure, a redirection too."""
        try:
            request = urllib.request.Request(  # noqa: S310 - the settings allow only http and https
                self.url.get_secret_value(),
                data=json.dumps(self._body(alert)).encode(),
                headers={"Content-Type": "application/json", "User-Agent": "football-assets"},
            )
            with _OPENER.open(request, timeout=TIMEOUT_SECONDS):
                pass
        except urllib.error.HTTPError as error:
            error.close()
            heals = error.code >= 500 or error.code in (408, 429)
            raise NotSent(f"the webhook answered with status {error.code}", heals=heals) from None
        except (OSError, HTTPException, ValueError) as error:
            raise NotSent(f"the webhook cannot be reached: {_kind(error)}", heals=True) from None

    def _body(self, alert: Alert) -> dict[str, Any]:
        return {"text": escape(alert.line, quote=False)} if self.format == "slack" else asdict(alert)


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    """A redirected POST would be sent on as a GET, without the alert, and count as sent."""

    def redirect_request(self, *_: Any) -> None:
        """Follow nothing."""


_OPENER = urllib.request.build_opener(_NoRedirection)


@dataclass(frozen=True)
class Mail:
    """A message for each alert, to all recipients, by the mail server of the settings."""

    settings: Settings

    def send(self, alert: Alert) -> None:
        """Send one alert, or raise `NotSent`."""
        try:
            with self._server() as server:
                refused = server.send_message(self._message(alert))
        except smtplib.SMTPResponseException as error:
            heals = 400 <= error.smtp_code < 500
            raise NotSent(f"the mail server answered with code {error.smtp_code}", heals=heals) from None
        except smtplib.SMTPRecipientsRefused:
            raise NotSent("the mail server refused all recipients", heals=False) from None
        except smtplib.SMTPNotSupportedError:
            raise NotSent(
                "the mail server does not offer what is asked of it (STARTTLS or a login)", heals=False
            ) from None
        except (OSError, ValueError) as error:
            raise NotSent(f"the mail server cannot be reached: {_kind(error)}", heals=True) from None
        if refused:
            # The others have it: sent again, they would have it twice.
            get_logger("alerts").warning(f"the mail server refused {len(refused)} of an alert's recipients")

    @contextmanager
    def _server(self) -> Iterator[smtplib.SMTP]:
        """A connection, in TLS and logged in as the settings ask for it."""
        settings = self.settings
        address = (settings.smtp_host or "localhost", settings.smtp_port)
        tls = ssl.create_default_context()
        if settings.smtp_port == _TLS_PORT:
            server: smtplib.SMTP = smtplib.SMTP_SSL(*address, timeout=TIMEOUT_SECONDS, context=tls)
        else:
            server = smtplib.SMTP(*address, timeout=TIMEOUT_SECONDS)
        try:
            if settings.smtp_starttls and settings.smtp_port != _TLS_PORT:
                server.starttls(context=tls)
            if settings.smtp_user and settings.smtp_password:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
            yield server
        finally:
            # The message is on its way by now, whatever the server says to the farewell.
            with suppress(OSError):
                server.quit()
            server.close()

    def _message(self, alert: Alert) -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = " ".join(
            ["[football-assets]", *([alert.host] if alert.host else []), alert.what, alert.state]
        )
        message["From"] = self.settings.alert_email_from
        message["To"] = self.settings.alert_email_to
        message.set_content(f"{alert.line}\n\n{alert.at}, data source: {alert.data_source}\n")
        return message


def _kind(error: Exception) -> str:
    """What went wrong, without the error's own text: it may hold the address."""
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, TimeoutError):
        return f"no answer within {TIMEOUT_SECONDS:g} s"
    return type(reason).__name__
