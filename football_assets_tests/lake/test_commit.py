"""Commits on real servers: the lake is the published file row by row, whatever happened on the way."""

from __future__ import annotations

import random

import duckdb
import pytest

from football_assets.lake.client import LakeClient, LakeFailed
from football_assets.lake.commit import LakeAhead
from football_assets.lake.maintenance import live_files, maintain
from football_assets_tests.lake.conftest import Lake
from football_assets_tests.servers.objects import READING


def test_lake_becomes_the_file_through_all_that_cycles_do(lake: Lake) -> None:
    feed = lake.feed
    feed.add_ticks(2000)
    feed.publish()
    assert lake.commit().rows > 2000
    assert lake.differing() == {}
    feed.add_ticks(100)
    feed.correct()
    feed.publish()
    lake.commit()
    assert lake.differing() == {}
    feed.age("m3")
    feed.publish()
    lake.commit()
    assert lake.differing() == {}
    assert feed.move()
    assert lake.differing() == {}, "what moves after the publishing is not in the edition"
    feed.add_ticks(100)
    feed.publish()
    lake.commit()
    assert lake.differing() == {}
    assert lake.query("SELECT count(*) FROM past.aged_odds_ticks") != [(0,)]


def test_only_what_differs_is_sent_of_large_tables(lake: Lake) -> None:
    lake.feed.add_ticks(2000)
    lake.feed.publish()
    lake.commit()
    before = lake.query("SELECT count(*) FROM ducklake_list_files('lake', 'odds_ticks')")
    lake.feed.add_ticks(40)
    lake.feed.publish()
    lake.commit()
    added = lake.query(
        f"SELECT count(*) FROM ducklake_table_insertions('lake', 'main', 'odds_ticks', 0, {newest(lake)})"
    )
    assert added == [(2040,)]
    assert before == [(1,)]


def newest(lake: Lake) -> int:
    """The lake's newest snapshot."""
    return int(lake.query("SELECT max(snapshot_id) FROM ducklake_snapshots('lake')")[0][0])


def test_a_correction_takes_out_its_ticks_alone(lake: Lake) -> None:
    lake.feed.add_ticks(2000)
    lake.feed.publish()
    lake.commit()
    lake.feed.correct("company_id = 3 AND match_id = 'm1'")
    lake.feed.publish()
    gone = len(lake.file("FROM odds_revisions"))
    lake.commit()
    deleted = lake.query(
        f"SELECT count(*) FROM ducklake_table_deletions('lake', 'main', 'odds_ticks', 0, {newest(lake)})"
    )
    assert gone and deleted == [(gone,)]
    assert lake.differing() == {}


def test_nothing_is_sent_twice(lake: Lake) -> None:
    lake.feed.add_ticks(2000)
    lake.feed.publish()
    lake.commit()
    assert lake.commit().rows == 0
    assert lake.commit(whole=True).rows == 0
    assert lake.differing() == {}


def test_what_was_missed_while_the_lake_was_away_arrives_at_once(lake: Lake) -> None:
    lake.feed.add_ticks(2000)
    lake.feed.publish()
    lake.commit()
    for _ in range(3):
        lake.feed.add_ticks(100)
        lake.feed.correct()
        lake.feed.publish()
    lake.feed.age("m1")
    lake.feed.move()
    lake.feed.publish()
    lake.commit()
    assert lake.differing() == {}


def test_kills_at_any_moment_lose_and_double_nothing(lake: Lake) -> None:
    lake.feed.add_ticks(2000)
    lake.feed.publish()
    lake.commit()
    chance = random.Random(16)
    for _ in range(4):
        lake.feed.add_ticks(50)
        lake.feed.correct()
        lake.feed.publish()
        client = LakeClient(lake.within(60))
        client.start()
        with pytest.raises(LakeFailed):
            client.commit(chance.uniform(0.01, 0.5))
        client.close()
    lake.commit()
    assert lake.differing() == {}


def test_a_frozen_store_is_given_up_in_time(lake: Lake) -> None:
    lake.feed.add_ticks(2000)
    lake.feed.publish()
    lake.commit()
    lake.feed.add_ticks(50)
    lake.feed.publish()
    client = LakeClient(lake.within(60))
    client.start()
    with lake.store.frozen(), pytest.raises(LakeFailed, match="no answer within 1 s"):
        client.commit(1)
    client.close()
    lake.commit()
    assert lake.differing() == {}


def test_a_stopped_catalog_is_told_in_one_line(lake: Lake) -> None:
    lake.feed.add_ticks(200)
    lake.feed.publish()
    lake.commit()
    lake.catalog.stop()
    try:
        client = LakeClient(lake.within(60))
        with pytest.raises(LakeFailed) as failed:
            client.commit(60)
        client.close()
        assert "\n" not in str(failed.value) and "refused" in str(failed.value)
    finally:
        lake.catalog.start()
    lake.feed.add_ticks(50)
    lake.feed.publish()
    lake.commit()
    assert lake.differing() == {}


def test_each_commit_is_a_snapshot_that_can_be_read_again(lake: Lake) -> None:
    editions = []
    for ticks in (100, 50):
        lake.feed.add_ticks(ticks)
        editions.append(lake.feed.publish().edition)
        lake.commit()
    found = dict(
        lake.query(
            "SELECT CAST(commit_extra_info->>'edition' AS INTEGER), snapshot_id FROM "
            "(SELECT CAST(commit_extra_info AS JSON) AS commit_extra_info, snapshot_id FROM lake.snapshots() "
            "WHERE author = 'football-assets')"
        )
    )
    counts = [
        lake.query(f"SELECT count(*) FROM odds_ticks AT (VERSION => {found[edition]})")[0][0]
        for edition in editions
    ]
    assert counts == [100, 150]


def test_a_lake_that_was_changed_by_hand_is_told_and_mended(lake: Lake) -> None:
    lake.feed.add_ticks(200)
    lake.feed.publish()
    lake.commit()
    lake.query("DELETE FROM pipeline.sent WHERE part = 'm1'")
    lake.query("DELETE FROM odds_ticks WHERE match_id = 'm1'")
    lake.feed.publish()
    lake.commit()
    assert lake.differing() == {}


def test_what_no_digest_sees_is_found_and_sent_anew(lake: Lake) -> None:
    """The lake is changed by hand, and what it is believed to hold is left as it was."""
    lake.feed.add_ticks(2000)
    lake.feed.publish()
    lake.feed.age("m3")
    assert lake.feed.move()
    lake.feed.publish()
    lake.commit()
    assert lake.verify().different == ()
    with lake.opened() as connection:
        connection.execute("UPDATE lake.live_matches SET home_score = 99 WHERE match_id = 'm2'")
        connection.execute("DELETE FROM lake.odds_ticks WHERE match_id = 'm4' AND company_id = 5")
        connection.execute(
            "INSERT INTO lake.odds_ticks SELECT * REPLACE ('stray' AS match_id) "
            "FROM lake.odds_ticks WHERE match_id = 'm5' AND company_id = 6"
        )
        connection.execute("DELETE FROM lake.editions")
    assert lake.commit().rows == 0, "the digests do not see it"
    with lake.opened() as connection:
        connection.execute("DELETE FROM lake.live_match_changes")
    found = {one.name: one for one in lake.verify().different}
    assert {"live_matches", "odds_ticks", "editions", "live_match_changes"} <= found.keys()
    assert found["odds_ticks"].parts == ("m4", "stray")
    assert found["odds_ticks"].only_in_file and found["odds_ticks"].only_in_lake
    assert lake.commit().rows
    assert lake.differing() == {}
    assert lake.commit().rows == 0


def test_what_files_brought_is_found_and_sent_anew(lake: Lake) -> None:
    lake.feed.add_ticks(2000)
    lake.feed.age("m3")
    lake.feed.age("m4")
    assert lake.feed.move()
    lake.feed.publish()
    lake.commit()
    with lake.opened() as connection:
        (doubled,) = connection.execute(
            "INSERT INTO lake.past.aged_odds_ticks FROM lake.past.aged_odds_ticks WHERE match_id = 'm3'"
        ).fetchall()[0]
    (found,) = lake.verify().different
    assert (found.name, found.only_in_file, found.only_in_lake) == ("odds_history", 0, doubled)
    assert doubled == 100
    lake.commit()
    assert lake.differing() == {}


def test_an_older_file_never_replaces_a_newer_lake(lake: Lake) -> None:
    lake.feed.add_ticks(100)
    lake.feed.publish()
    older = lake.feed.published.read_bytes()
    lake.feed.publish()
    lake.commit()
    lake.feed.published.unlink()
    lake.feed.published.write_bytes(older)
    with pytest.raises(LakeAhead, match="the file is older"):
        lake.commit()


def test_maintenance_leaves_all_rows_and_fewer_files(lake: Lake) -> None:
    for _ in range(5):
        lake.feed.add_ticks(200)
        lake.feed.correct()
        lake.feed.publish()
        lake.commit()
    with lake.opened() as connection:
        done = maintain(connection, 1 / 3600)
        assert done.files_after < done.files_before
        assert live_files(connection) == done.files_after
    assert lake.differing() == {}
    lake.feed.add_ticks(50)
    lake.feed.publish()
    lake.commit()
    assert lake.differing() == {}


def test_views_and_macros_give_what_they_give_in_the_file(lake: Lake) -> None:
    lake.feed.add_ticks(400)
    lake.feed.correct()
    lake.feed.publish()
    lake.commit()
    for text in (
        "SELECT * EXCLUDE (age_seconds) FROM current_prices ORDER BY ALL",
        "FROM best_prices ORDER BY ALL",
        "FROM early_odds ORDER BY ALL",
        "FROM matches ORDER BY ALL",
        "FROM goals ORDER BY ALL",
        "FROM opening_prices ORDER BY ALL",
        "FROM closing_prices ORDER BY ALL",
        "FROM settled_prices ORDER BY ALL",
        "FROM in_play_matches ORDER BY ALL",
        "FROM matches_known_at(now()) ORDER BY ALL",
        "FROM odds_known_at(now()) ORDER BY ALL",
        "SELECT edition FROM edition_at(now())",
        "SELECT decimal_odds('spread', 0.9), is_in_play(2)",
    ):
        assert lake.query(text) == lake.file(text), text


def test_a_reader_has_one_cycle_throughout_its_transaction(lake: Lake) -> None:
    lake.feed.add_ticks(100)
    lake.feed.publish()
    lake.commit()
    text = "SELECT (SELECT count(*) FROM lake.odds_ticks), (SELECT max(edition) FROM lake.editions)"
    with lake.opened() as reader:
        reader.execute("BEGIN")
        seen = {reader.execute(text).fetchall()[0]}
        for _ in range(3):
            lake.feed.add_ticks(20)
            lake.feed.publish()
            lake.commit()
            seen.add(reader.execute(text).fetchall()[0])
        assert seen == {(100, 1)}
        reader.execute("COMMIT")
        assert reader.execute(text).fetchall() == [(160, 4)]


def test_an_engine_without_ducklake_reads_the_parquet(lake: Lake) -> None:
    """By the lines of `docs/lake.md` for PyArrow: tables that are replaced whole are their files."""
    from pyarrow import dataset, fs

    for _ in range(2):
        lake.feed.add_ticks(400)
        lake.feed.publish()
        lake.commit()
    key, secret = READING
    store = fs.S3FileSystem(
        access_key=key, secret_key=secret, endpoint_override=lake.store.endpoint, scheme="http"
    )
    for name in ("live_matches", "newest_ticks", "live_match_changes"):
        rows = lake.query(f"SELECT data_file, delete_file FROM ducklake_list_files('lake', '{name}')")
        assert [deleted for _, deleted in rows if deleted] == []
        files = [file.removeprefix("s3://") for file, _ in rows]
        found = dataset.dataset(files, filesystem=store).to_table()
        assert found.num_rows
        with duckdb.connect() as connection:
            connection.execute("SET timezone = 'UTC'")
            assert connection.execute("FROM found ORDER BY ALL").fetchall() == lake.file(
                f"FROM {name} ORDER BY ALL"
            )


def test_a_reader_with_keys_that_only_read_can_change_nothing(lake: Lake) -> None:
    lake.feed.add_ticks(100)
    lake.feed.publish()
    lake.commit()
    database = lake.target.catalog.split("dbname=")[1].split()[0]
    lake.catalog.sql(
        "CREATE ROLE reader LOGIN PASSWORD 'readers'; GRANT USAGE ON SCHEMA public TO reader; "
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader",
        database,
    )
    try:
        words = f"host=127.0.0.1 port={lake.catalog.port} dbname={database} user=reader password=readers"
        with duckdb.connect() as reader:
            from football_assets.lake.extensions import load_extensions

            load_extensions(reader, ["ducklake", "postgres_scanner", "httpfs"], None)
            reader.execute(
                f"CREATE SECRET (TYPE s3, KEY_ID '{READING[0]}', SECRET '{READING[1]}', "
                f"ENDPOINT '{lake.store.endpoint}', URL_STYLE 'path', USE_SSL false)"
            )
            reader.execute(f"ATTACH 'ducklake:postgres:{words}' AS football (READ_ONLY)")
            reader.execute("USE football")
            assert reader.execute("SELECT count(*) FROM odds_ticks").fetchall() == [(100,)]
            prices = "SELECT * EXCLUDE (age_seconds) FROM current_prices ORDER BY ALL"
            assert reader.execute(prices).fetchall() == lake.file(prices)
            with pytest.raises(duckdb.Error):
                reader.execute("DELETE FROM odds_ticks")
    finally:
        lake.catalog.sql("DROP OWNED BY reader; DROP ROLE reader", database)
