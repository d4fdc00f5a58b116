"""`.env`: where it is found, how it is read, and the one line that a bad one ends with."""

from __future__ import annotations

from pathlib import Path

import pytest

from football_assets.settings import Settings, SettingsError, load_settings, sources


@pytest.fixture
def root(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's root beside the working directory."""
    root = tmp_path_factory.mktemp("root")
    monkeypatch.setattr(sources, "PROJECT_ROOT", root)
    return root


def load(directory: Path, content: str | bytes) -> Settings:
    """The settings with that `.env` in the working directory."""
    data = content if isinstance(content, bytes) else content.encode()
    (directory / ".env").write_bytes(data)
    return load_settings(_env_file=directory / ".env")


def secret(settings: Settings) -> str:
    assert settings.thesports_secret is not None
    return settings.thesports_secret.get_secret_value()


def test_it_is_found_in_the_root_and_in_the_working_directory_which_wins(
    root: Path, working_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_settings().env_files_read == ()
    (root / ".env").write_text("FOOTBALL_MAX_ATTEMPTS=7\nFOOTBALL_MAX_CONNECTIONS=5\n")
    settings = load_settings()
    assert (settings.max_attempts, settings.env_files_read) == (7, (root / ".env",))
    (working_directory / ".env").write_text("FOOTBALL_MAX_ATTEMPTS=8\n")
    settings = load_settings()
    assert (settings.max_attempts, settings.max_connections) == (8, 5)
    assert settings.env_files_read == (root / ".env", working_directory / ".env")
    monkeypatch.chdir(root)
    assert load_settings().env_files_read == (root / ".env",)


def test_environment_and_arguments_win_over_it(
    working_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (working_directory / ".env").write_text("FOOTBALL_MAX_ATTEMPTS=8\nFOOTBALL_MAX_CONNECTIONS=5\n")
    monkeypatch.setenv("football_max_attempts", "3")
    settings = load_settings(max_connections=6)
    assert (settings.max_attempts, settings.max_connections) == (3, 6)


def test_directory_of_that_name_is_no_file(root: Path, working_directory: Path) -> None:
    (working_directory / ".env").mkdir()
    assert load_settings().env_files_read == ()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("plain", "plain"),
        ("${HOME}$HOME", "${HOME}$HOME"),
        ("'${HOME} # b'", "${HOME} # b"),
        ('"a # b" # a comment', "a # b"),
        ("a#b", "a#b"),
        ("#a", "#a"),
        (r"a\tb\\", r"a\tb\\"),
        (r'"a\\b"', r"a\b"),
        ("ключ", "ключ"),
        ("a'b\"c", "a'b\"c"),
        ("  a b  ", "a b"),
        ("a=b=", "a=b="),
    ],
)
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "with a byte order mark"])
def test_secret_is_taken_as_it_was_meant(tmp_path: Path, written: str, expected: str, mark: str) -> None:
    assert secret(load(tmp_path, f"{mark}THESPORTS_USER=me\r\nTHESPORTS_SECRET={written}\n")) == expected


def test_secret_stays_as_it_is_where_dagster_has_read_the_file_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("THESPORTS_SECRET", "a/home/me")
    content = "THESPORTS_USER=me\nTHESPORTS_SECRET=a${HOME}\n"
    assert secret(load(tmp_path, content)) == "a${HOME}"
    monkeypatch.setenv("THESPORTS_SECRET", "another")
    assert secret(load(tmp_path, content)) == "another"


BAD = [
    ("A=1\n\nTHESPORTS_SECRET=hush # b\n", 3, "the value of THESPORTS_SECRET has a # after a space"),
    ("THESPORTS_SECRET= # hush\n", 1, "the value of THESPORTS_SECRET has a # after a space"),
    ("THESPORTS_SECRET\n", 1, "THESPORTS_SECRET has no value; write THESPORTS_SECRET=value"),
    ("A=1\r\nTHESPORTS_SECRET='hush\r\n", 2, "neither NAME=value nor a comment, or a quote is not closed"),
    ('A=1\nTHESPORTS_SECRET="hush"hush\n', 2, "neither NAME=value nor a comment"),
    (
        '\nTHESPORTS_SECRET="hush\nTHESPORTS_USER="\n',
        2,
        "the value of THESPORTS_SECRET goes on over its line",
    ),
    ("A=1\nB C=hush\n", 2, "neither NAME=value nor a comment"),
    ("A=1\nB=é\n".encode("latin-1"), 2, "the file is not in UTF-8"),
    ("A=1\n".encode("utf-16"), 1, "the file is not in UTF-8"),
    ("A=1\n".encode("utf-16-le"), 1, "the file is not in UTF-8"),
    ("A=1\nTHESPORTS_SECRET=hush\0\n", 2, "the file is not in UTF-8"),
]


@pytest.mark.parametrize(("content", "line", "told"), BAD)
def test_what_would_be_misread_is_one_line_with_file_and_line(
    tmp_path: Path, content: str | bytes, line: int, told: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, content)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / '.env'}, line {line}: {told}")
    assert "\n" not in message
    assert "hush" not in message


def test_lines_of_other_programs_may_be_as_they_like(tmp_path: Path) -> None:
    content = (
        "KEY='one\ntwo'\nexport A\nB=1 # one\n# THESPORTS_SECRET='\nexport FOOTBALL_MAX_ATTEMPTS='4' # four\n"
    )
    assert load(tmp_path, content).max_attempts == 4


def test_unknown_name_in_it_is_told_with_the_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, "FOOTBALL_DATADIR=/data\n")
    assert str(caught.value) == (
        f"FOOTBALL_DATADIR in {tmp_path / '.env'} is not a setting; the nearest one is FOOTBALL_DATA_DIR"
    )


def test_bad_value_in_it_is_told_like_one_of_the_environment(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^FOOTBALL_MAX_ATTEMPTS=0 is not allowed: a whole number"):
        load(tmp_path, "FOOTBALL_MAX_ATTEMPTS=0\n")


def test_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    (tmp_path / ".env").symlink_to(".env")
    with pytest.raises(SettingsError) as caught:
        load_settings(_env_file=tmp_path / ".env")
    assert str(caught.value) == (f"{tmp_path / '.env'} cannot be read: Too many levels of symbolic links")
