"""Files by their age, on a real disk."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from football_assets.retention.files import Removed, remove_older

NOW = datetime.now(UTC)
WEEK = timedelta(days=7)


def put(path: Path, days_old: float, text: str = "12345") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    written = (NOW - timedelta(days=days_old)).timestamp()
    os.utime(path, (written, written))
    return path


def test_old_files_go_and_young_ones_and_others_stay(tmp_path: Path) -> None:
    old = put(tmp_path / "cycles" / "a.json", 8)
    young = put(tmp_path / "cycles" / "b.json", 6)
    other = put(tmp_path / "cycles" / "a.txt", 8)
    assert remove_older(tmp_path, "cycles/*.json", NOW, WEEK) == Removed(1, 5)
    assert [path.exists() for path in (old, young, other)] == [False, True, True]


def test_empty_directory_of_a_day_goes_with_its_files_but_not_the_projects_own(tmp_path: Path) -> None:
    old = put(tmp_path / "history" / "odds_ticks" / "day=2026-01-01" / "0.parquet", 8)
    assert remove_older(tmp_path, "history/**/*.parquet", NOW, WEEK).count == 1
    assert not old.parent.exists()
    assert (tmp_path / "history").is_dir()


def test_link_is_removed_but_not_what_it_points_to(tmp_path: Path) -> None:
    target = put(tmp_path / "elsewhere.json", 8)
    link = tmp_path / "cycles" / "c.json"
    link.parent.mkdir()
    link.symlink_to(target)
    os.utime(link, (0, 0), follow_symlinks=False)
    assert remove_older(tmp_path, "cycles/*.json", NOW, WEEK).count == 1
    assert target.exists()


def test_nothing_there_is_nothing_to_remove(tmp_path: Path) -> None:
    assert remove_older(tmp_path, "logs/*.log", NOW, WEEK) == Removed()
