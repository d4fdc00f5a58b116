"""The pipeline's own health: cycles as they happen, phases, freshness at the reader, quotas, backlog, disk.
It is drawn without a published file too."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

from football_assets.cycle.pulses import read_pulse
from football_assets.published.formatting import NONE, ago, number, plain
from football_assets.published.reading import Reading, Row
from football_assets.scoreboard.address import PERIODS, Address
from football_assets.scoreboard.charts import cycles as charts
from football_assets.scoreboard.context import QuotaUse
from football_assets.scoreboard.page import Content, Part
from football_assets.scoreboard.reports import merged, reported_cycles
from football_assets.scoreboard.views import base, pipeline
from football_assets.scoreboard.views.base import Figure, Figures, Link, Links, Own, Title
from football_assets.settings import Settings

_LISTED = 20
_EDITIONS = 15


def pipeline_page(
    source: Reading | None, address: Address, settings: Settings, now: datetime, quotas: Sequence[QuotaUse]
) -> Content:
    """The view of the pipeline at `now` (UTC); `source` is None where nothing is published."""
    since = now - timedelta(hours=int(address.hours))
    cycles = [row for row in _cycles(source, settings, now, address) if row["started_at"] >= since]
    pulse = read_pulse(settings.pulse_path) if settings.pulse_seconds else None
    parts = [
        Part("heading", [base.Heading(Own("Pipeline"))]),
        Part("now", pipeline.at_work(cycles, pulse, settings.interval_seconds, now)),
        Part("period", [_periods(address)]),
        Part("fresh", [Title(Own("Freshness"), Own("at the reader, now")), _freshness(source, now)]),
        Part("figures", [Title(Own("Cycles")), _figures(cycles, settings)]),
    ]
    if cycles:
        parts += _charts(cycles, settings.interval_seconds, now)
        parts.append(Part("table", [Title(Own("Newest cycles")), pipeline.cycle_table(cycles[:_LISTED])]))
    failed = [cycle for cycle in cycles if cycle["status"] == "failure"]
    if failed:
        parts.append(Part("failed", [Title(Own("Failed cycles")), pipeline.failures(failed[:_LISTED])]))
    if source is not None:
        rows = source.rows("editions", newest=_EDITIONS)
        parts.append(
            Part(
                "editions",
                [Title(Own("Newest editions"), Own("of the published file")), pipeline.editions(rows)],
            )
        )
    parts.append(Part("limits", [Title(Own("Limits")), _limits(settings, quotas)]))
    return Content("Pipeline · Football live", base.header(address), parts)


def _cycles(source: Reading | None, settings: Settings, now: datetime, address: Address) -> list[Row]:
    most = int(int(address.hours) * 3600 / settings.interval_seconds) + 50
    published = source.rows("cycles", newest=most) if source else []
    known = {row["cycle_id"] for row in published}
    return merged(published, reported_cycles(settings.reports_path, known, now))


def _periods(address: Address) -> Links:
    names = {1: "Last hour"}
    links = [
        Link(
            Own(names.get(hours, f"{hours} hours")),
            Own(address.link(hours=str(hours))),
            here=address.hours == str(hours),
        )
        for hours in PERIODS
    ]
    return Links(Own("Period"), links)


def _freshness(source: Reading | None, now: datetime) -> base.View:
    if source is None:
        return base.Nothing(Own("Nothing is published yet."))
    row = source.rows("freshness", since=now - timedelta(hours=1))[0]
    pulses = f"{_seconds(row['pulse_seconds'])} each, {number(row['pulse_requests'])} requests"
    figures = (
        ("Newest price", _age(row["newest_tick_at"], now), "by the bookmaker's time"),
        ("Live list", _age(row["live_list_at"], now), "since the API gave it"),
        ("Edition", number(row["edition"]), f"{number(row['editions'])} in the last hour"),
        ("Between editions", _seconds(row["gap_seconds"]), "median of the last hour"),
        ("Pulses", number(row["pulses"]), pulses if row["pulses"] else "in the last hour"),
    )
    return Figures([Figure(Own(label), Own(value), Own(note)) for label, value, note in figures])


def _figures(cycles: Sequence[Row], settings: Settings) -> base.View:
    ended = [cycle for cycle in cycles if cycle["status"] != "running"]
    if not ended:
        return base.Nothing(Own("No cycle has ended in this time."))
    newest = ended[0]
    totals = [cycle["total_seconds"] for cycle in ended if cycle["total_seconds"] is not None]
    rests = [rest for rest in map(charts.rest_seconds, ended) if rest is not None]
    failed = sum(cycle["status"] == "failure" for cycle in ended)
    waiting = newest.get("odds_waiting")
    middle = _seconds(median(totals)) if totals else NONE
    rest = f"{_seconds(median(rests))} of it in no phase" if rests else ""
    slowest = _seconds(max(totals)) if totals else NONE
    told = (
        Figure(
            Own("Newest cycle"),
            Own(_seconds(newest["total_seconds"])),
            Own(f"of {settings.interval_seconds} s"),
        ),
        Figure(Own("Median"), Own(middle), Own(rest)),
        Figure(Own("Slowest"), Own(slowest), Own(f"of {len(ended)} cycles")),
        Figure(Own("Failed cycles"), Own(str(failed)), Own(f"of {len(ended)}"), bad=failed > 0),
        Figure(
            Own("Backlog"),
            Own(number(waiting)),
            Own("matches wait for their odds' history"),
            bad=bool(waiting),
        ),
        Figure(
            Own("Requests"),
            Own(number(newest["requests"])),
            Own(f"{number(newest['requests_failed'])} failed"),
        ),
    )
    return Figures(told)


def _charts(cycles: Sequence[Row], interval: float, now: datetime) -> list[Part]:
    lines = (
        ("freshness_seconds", "Freshness", "seconds from tick to publishing"),
        ("margin_seconds", "Margin", f"seconds left of {interval:g}"),
        ("odds_waiting", "Backlog", "matches that wait for their odds' history"),
        ("memory_mb", "Memory", "MB at the peak of a run"),
    )
    ended = [cycle for cycle in cycles if cycle["status"] != "running"]
    small = [charts.requests(cycles, interval, now)]
    if ended:
        small += [
            charts.over_time(ended, column, title, note, interval, now) for column, title, note in lines
        ]
    return [
        Part("phases", [charts.cycle_phases(cycles, interval, now)]),
        *(Part(f"small-{place}", [chart]) for place, chart in enumerate(small)),
    ]


def _limits(settings: Settings, quotas: Sequence[QuotaUse]) -> base.View:
    figures = [
        Figure(
            Own(plain(quota.name)),
            Own(f"{quota.used} of {quota.limit}"),
            Own(
                f"paused for {quota.paused_seconds:.0f} s"
                if quota.paused_seconds > 0
                else "requests that count now"
            ),
            bad=quota.paused_seconds > 0 or quota.used >= quota.limit,
        )
        for quota in quotas
    ]
    return Figures([*figures, *_disk(settings)])


def _disk(settings: Settings) -> list[Figure]:
    """What is free on the disk, and the size of the two databases."""
    figures = []
    try:
        disk = shutil.disk_usage(settings.data_path)
    except OSError:
        pass
    else:
        free = disk.free / disk.total if disk.total else 0.0
        figures.append(
            Figure(
                Own("Disk"),
                Own(f"{_size(disk.free)} free"),
                Own(f"{free:.0%} of {_size(disk.total)}"),
                free < 0.05,
            )
        )
    for name, path in (("Published file", settings.published_path), ("Warehouse", settings.warehouse_path)):
        try:
            figures.append(Figure(Own(name), Own(_size(path.stat().st_size))))
        except OSError:
            continue
    return figures


def _size(size: float) -> str:
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def _age(moment: datetime | None, now: datetime) -> str:
    return NONE if moment is None else ago((now - moment).total_seconds())


def _seconds(value: float | None) -> str:
    return NONE if value is None else f"{value:.2f} s"
