"""The pipeline's own state, in the warehouse's schema `pipeline`. It is not published."""

SCHEMA_VERSION = 3

DDL = """
CREATE SCHEMA IF NOT EXISTS pipeline;
CREATE TABLE IF NOT EXISTS pipeline.version (version INTEGER);
CREATE TABLE IF NOT EXISTS pipeline.stored (table_name VARCHAR, stored_at TIMESTAMPTZ);
CREATE TABLE IF NOT EXISTS pipeline.exports (table_name VARCHAR, day DATE);
CREATE TABLE IF NOT EXISTS pipeline.cursors (name VARCHAR, value BIGINT, asked_at TIMESTAMPTZ);
CREATE TABLE IF NOT EXISTS pipeline.unknown_ids (entity VARCHAR, id VARCHAR, asked_at TIMESTAMPTZ);
CREATE TABLE IF NOT EXISTS pipeline.odds_matches (
    match_id VARCHAR, last_seen_at TIMESTAMPTZ, in_play BOOLEAN, complete_since INTEGER,
    asked_at TIMESTAMPTZ, closed BOOLEAN, is_current BOOLEAN
);
CREATE TABLE IF NOT EXISTS pipeline.odds_feed (
    stretch INTEGER, newest BIGINT, distrusted_until TIMESTAMPTZ, ticks JSON
);
"""
