"""Settings of what is told of the cycles: thresholds, alerts, the log, and to whom the servers answer."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode

from football_assets.settings.kinds import (
    Email,
    Emails,
    Host,
    Splitting,
    Thresholds,
    WebAddress,
    own_words,
    thresholds,
)


class ReportingSettings(BaseSettings):
    """When a figure is a warning or critical, and who learns of it."""

    # Thresholds of the asset checks.
    threshold_total_seconds: Thresholds = thresholds(10, 15, 45, "Seconds of a cycle")
    threshold_enrichment_seconds: Thresholds = thresholds(5, 8, 30, "Seconds of a cycle's enrichment")
    threshold_error_percent: Thresholds = thresholds(1, 5, 20, "Requests that failed, in per cent")
    threshold_margin_seconds: Thresholds = thresholds(
        50, 45, 15, "Seconds left of the interval", by_interval=True
    )
    threshold_memory_mb: Thresholds = thresholds(350, 500, 1000, "Megabytes of a run's process")
    threshold_age_seconds: Thresholds = thresholds(90, 150, 300, "Seconds since publishing", by_interval=True)

    threshold_live_price_percent: Thresholds = thresholds(
        70, 50, 20, "Matches in play with a live price, in per cent of those with prices"
    )
    threshold_odds_repaired: Thresholds = thresholds(
        500, 5_000, 50_000, "Ticks that the API corrected or withdrew in a cycle"
    )
    threshold_odds_set_aside: Thresholds = thresholds(
        50, 500, 5_000, "Ticks of a cycle that could not be read or were dated in the future"
    )

    # Alerts: where they are sent, beside the log.
    alert_webhook_url: WebAddress | None = Field(
        None,
        description="A webhook that is sent each alert.",
        json_schema_extra=own_words("a http:// or https:// address without user name"),
    )
    alert_webhook_format: Literal["slack", "json"] = Field(
        "slack", description="What the webhook is sent: a Slack message or plain JSON."
    )
    alert_email_to: Emails | None = Field(
        None,
        description="Addresses that are sent each alert, separated by commas.",
        json_schema_extra=own_words(
            "e-mail addresses separated by commas, set together with FOOTBALL_SMTP_HOST"
        ),
    )
    alert_email_from: Email = Field(
        "football-assets@localhost",
        description="The sender of the alerts.",
        json_schema_extra=own_words("an e-mail address"),
    )
    smtp_host: Host | None = Field(
        None, description="The mail server.", json_schema_extra=own_words("a host's name")
    )
    smtp_port: int = Field(
        587,
        ge=1,
        le=65535,
        description="The mail server's port; 465 is spoken to in TLS from the start.",
        json_schema_extra=own_words("a port, {ge} to {le}"),
    )
    smtp_starttls: bool = Field(
        True, description="Whether to go over to TLS (STARTTLS) before anything else is said."
    )
    smtp_user: str | None = Field(
        None, description="User name at the mail server.", json_schema_extra=own_words("a user name")
    )
    smtp_password: SecretStr | None = Field(
        None, description="Password at the mail server.", json_schema_extra=own_words("a password")
    )

    log_requests: bool = Field(False, description="Whether the log has a line for each request to the API.")

    allowed_hosts: Annotated[tuple[Host, ...], NoDecode, Splitting] = Field(
        (),
        max_length=100,
        description="Names by which a proxy in front asks for Dagster's UI, the page, the metrics and the "
        "events, beside this machine's own.",
        json_schema_extra=own_words("at most {max_length} host names separated by commas"),
    )

    @field_validator("*")
    @classmethod
    def _in_order(cls, value: Any, info: ValidationInfo) -> Any:
        extra = cls.model_fields[str(info.field_name)].json_schema_extra
        order = extra.get("order") if isinstance(extra, dict) else None
        if order and list(value) != sorted(value, reverse=order == "falling"):
            raise ValueError
        return value

    @field_validator("allowed_hosts")
    @classmethod
    def _in_lower_case(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(host.lower() for host in value)
