"""The channels against real servers on loopback, and what they say when they fail."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from football_assets.alerts.channels import Mail, NotSent, Webhook, open_channels
from football_assets.alerts.state import Alert
from football_assets.settings import Settings
from football_assets_tests.alerts.servers import MailServer, Receiver, make_certificate, served

ALERT = Alert(
    "critical", "cycle", "Cycle 7f failed: a<b & c.", "2026-03-01T12:00:00+00:00", "api", "sports-1"
)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


def mail_settings(server: MailServer, **values: Any) -> Settings:
    mail = {"alert_email_to": "a@x.org, b@x.org", "smtp_host": "localhost", "smtp_port": server.port}
    return Settings(_env_file=None, **{**mail, "smtp_starttls": False, **values})


def test_slack_is_sent_one_line_with_its_special_characters_escaped() -> None:
    with served(Receiver()) as receiver:
        Webhook(SecretStr(receiver.url), "slack").send(ALERT)
    assert receiver.accepted == [
        {"text": "football-assets on sports-1 critical, cycle: Cycle 7f failed: a&lt;b &amp; c."},
    ]


def test_plain_json_has_the_alerts_fields() -> None:
    with served(Receiver()) as receiver:
        Webhook(SecretStr(receiver.url), "json").send(ALERT)
    assert receiver.accepted == [
        {
            "state": "critical",
            "what": "cycle",
            "message": "Cycle 7f failed: a<b & c.",
            "at": "2026-03-01T12:00:00+00:00",
            "data_source": "api",
            "host": "sports-1",
        }
    ]


@pytest.mark.parametrize(
    ("status", "heals"), [(500, True), (503, True), (429, True), (404, False), (302, False), (307, False)]
)
def test_status_other_than_2xx_is_not_sent(status: int, heals: bool) -> None:
    with served(Receiver(status)) as receiver, pytest.raises(NotSent, match=f"status {status}") as failed:
        Webhook(SecretStr(receiver.url), "slack").send(ALERT)
    assert failed.value.heals is heals
    assert receiver.requests == 1
    assert receiver.accepted == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/very-secret",
        "http://127.0.0.1:very-secret/",
        "http://127.0.0.1:9/very-secret with blanks",
        "http://very-secret..invalid/",
    ],
)
def test_failure_never_tells_the_address(url: str) -> None:
    with pytest.raises(NotSent) as failed:
        Webhook(SecretStr(url), "slack").send(ALERT)
    assert "very-secret" not in str(failed.value)
    assert failed.value.__suppress_context__
    assert "very-secret" not in repr(Webhook(SecretStr(url), "slack"))


def test_mail_goes_to_all_recipients() -> None:
    with served(MailServer()) as server:
        Mail(mail_settings(server)).send(ALERT)
    [message] = server.messages
    assert "Subject: [football-assets] sports-1 cycle critical" in message
    assert "From: football-assets@localhost" in message
    assert "football-assets on sports-1 critical, cycle: Cycle 7f failed: a<b & c." in message
    assert [line for line in server.heard if line.startswith("rcpt")] == [
        "rcpt TO:<a@x.org>",
        "rcpt TO:<b@x.org>",
    ]


def test_mail_logs_in_only_after_starttls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    with served(MailServer(certificate)) as server:
        settings = mail_settings(server, smtp_starttls=True, smtp_user="user", smtp_password="very-secret")
        Mail(settings).send(ALERT)
    assert len(server.messages) == 1
    commands = [line.split()[0].upper() for line in server.heard]
    assert commands.index("STARTTLS") < commands.index("AUTH")


def test_certificate_that_nobody_vouches_for_is_not_trusted(tmp_path: Path) -> None:
    with served(MailServer(make_certificate(tmp_path))) as server:
        settings = mail_settings(server, smtp_starttls=True, smtp_user="user", smtp_password="very-secret")
        with pytest.raises(NotSent, match="SSLCertVerificationError"):
            Mail(settings).send(ALERT)
    assert server.messages == []


def test_password_is_not_sent_to_a_server_without_starttls() -> None:
    with served(MailServer()) as server:
        settings = mail_settings(server, smtp_starttls=True, smtp_user="user", smtp_password="very-secret")
        with pytest.raises(NotSent, match="STARTTLS"):
            Mail(settings).send(ALERT)
    assert [line for line in server.heard if line.upper().startswith("AUTH")] == []


@pytest.mark.parametrize(
    ("broken", "values", "said", "heals"),
    [
        ({"MAIL": 451}, {}, "code 451", True),
        ({"DATA": 554}, {}, "code 554", False),
        ({}, {"smtp_user": "user", "smtp_password": "wrong"}, "code 535", False),
        ({"RCPT": 550}, {}, "refused all recipients", False),
    ],
)
def test_refusal_is_told_without_the_servers_words(broken, values, said: str, heals: bool) -> None:
    with served(MailServer(broken=broken)) as server, pytest.raises(NotSent, match=said) as failed:
        Mail(mail_settings(server, **values)).send(ALERT)
    assert failed.value.heals is heals
    assert "very-secret" not in str(failed.value)
    assert server.messages == []


def test_one_bad_recipient_or_a_bad_farewell_does_not_make_it_unsent() -> None:
    with served(MailServer(refused=("a@x.org",), broken={"QUIT": 500})) as server:
        Mail(mail_settings(server)).send(ALERT)
    assert len(server.messages) == 1


def test_channels_are_those_of_the_settings() -> None:
    assert open_channels(Settings(_env_file=None)) == {}
    both = Settings(
        _env_file=None, alert_webhook_url="http://x.org", alert_email_to="a@x.org", smtp_host="x.org"
    )
    assert set(open_channels(both)) == {"webhook", "e-mail"}
