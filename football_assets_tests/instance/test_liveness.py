"""Answers of real servers, and of one that is there and says nothing."""

import socket
import sqlite3
from pathlib import Path

from football_assets.instance.liveness import (
    Heartbeat,
    code_server_answers,
    sqlite_heartbeat,
    web_server_answers,
)
from football_assets_tests.instance.elsewhere import pages_of_others


def test_silent_socket_is_no_answer(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("football_assets.instance.liveness._PATIENCE", 0.2)
    place = tmp_path / "code.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(place))
        server.listen()
        assert not code_server_answers(place)
    assert not code_server_answers(tmp_path / "none.sock")
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not web_server_answers("127.0.0.1", server.getsockname()[1])


def test_web_server_that_answers_is_alive() -> None:
    with pages_of_others() as port:
        assert web_server_answers("127.0.0.1", port)


def test_grpc_server_that_answers_is_alive(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    import grpc

    server = grpc.server(ThreadPoolExecutor(1))
    server.add_insecure_port(f"unix:{tmp_path / 'code.sock'}")
    server.start()
    try:
        assert code_server_answers(tmp_path / "code.sock")
    finally:
        server.stop(None).wait()


def beat(path: Path, timestamp: str) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE IF NOT EXISTS daemon_heartbeats (daemon_type, timestamp)")
        database.execute("DELETE FROM daemon_heartbeats")
        database.execute("INSERT INTO daemon_heartbeats VALUES ('SENSOR', ?)", [timestamp])


def test_heartbeat_that_stays_the_same_for_long_is_none(tmp_path: Path) -> None:
    now = [0.0]
    path = tmp_path / "runs.db"
    heartbeat = Heartbeat(sqlite_heartbeat(path), lambda: now[0])
    beat(path, "2026-01-01 05:00:00")
    assert heartbeat.is_fresh()
    now[0] = 100
    beat(path, "2026-01-01 00:00:00")
    assert heartbeat.is_fresh()
    now[0] = 279
    assert heartbeat.is_fresh()
    now[0] = 280
    assert not heartbeat.is_fresh()


def test_database_that_cannot_be_read_says_nothing_of_the_daemon(tmp_path: Path) -> None:
    now = [0.0]
    path = tmp_path / "runs.db"
    heartbeat = Heartbeat(sqlite_heartbeat(path), lambda: now[0])
    now[0] = 1000
    assert heartbeat.is_fresh()
    path.write_bytes(b"garbage" * 1000)
    now[0] = 2000
    assert heartbeat.is_fresh()
