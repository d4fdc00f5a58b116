"""Whether the tests see a fault: each comparison and condition of the SQL, changed one at a time.

    python benchmarks/mutants.py map MAP.json [--tests FILE ...]
    python benchmarks/mutants.py sql MAP.json [--folders warehouse ...] [--names moves ...] [--told FILE]

`map` runs the tests once, with pytest-cov in the environment, and tells which of them reach which line and
which SQL file. Where some tests are given it runs none: each of these is for every place. `sql` changes
copies of the repository, one for each process, and runs the tests that reach what was changed, the
likeliest first, until one fails.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "football_assets"

#: Not run: they start processes that read no copy, or take long and reach nothing that others do not.
LEFT_OUT = ("instance", "retention", "deploy", "lake", "test_documents.py", "test_tasks.py")

#: Whose SQL is changed.
FOLDERS = ["checks", "enrichment", "follow", "published", "thesports", "warehouse"]

#: The tests of one mutant are run in two goes: the likeliest, then so many others, or all that were given.
#: A go that takes longer than so many seconds has found the mutant.
FIRST, OTHERS = 20, 40
SECONDS, SECONDS_FOR_ALL = 120, 900

_TOKEN = re.compile(
    r"""(?P<skip>--[^\n]*|'(?:[^']|'')*'|\{[^}]*\})
    |(?P<op>IS\ NOT\ DISTINCT\ FROM|IS\ DISTINCT\ FROM|IS\ NOT\ NULL|IS\ NULL|<>|<=|>=|=>|:=|::|->|<|>|=
    |\bBETWEEN\b|\bAND\b|\bOR\b(?!\ REPLACE)|\bNOT\b(?=\ [a-z(E])
    |\bDESC\b|\bANTI\ JOIN\b|\bSEMI\ JOIN\b|\bLEFT\ JOIN\b
    |\b(?:min|max|arg_min|arg_max|bool_or|bool_and|greatest|least)(?=\())
    |(?P<start>\b(?:WHERE|ON|WHEN|HAVING|QUALIFY)\b|\bFILTER\ \()
    |(?P<open>\()|(?P<close>\))
    |(?P<end>\b(?:THEN|GROUP\ BY|ORDER\ BY|UNION|QUALIFY|SELECT|FROM|END|JOIN|LEFT|ANTI|SEMI|HAVING|LIMIT)\b
    |\bAS\b|[;,"])""",
    re.VERBOSE,
)
_BETWEEN_CONDITIONS = ("AND", "OR", "ANTI JOIN", "SEMI JOIN", "LEFT JOIN")
_SWAPS = {
    "IS NOT DISTINCT FROM": "IS DISTINCT FROM",
    "IS DISTINCT FROM": "IS NOT DISTINCT FROM",
    "IS NOT NULL": "IS NULL",
    "IS NULL": "IS NOT NULL",
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "NOT": "",
    "DESC": "",
    "ANTI JOIN": "SEMI JOIN",
    "SEMI JOIN": "ANTI JOIN",
    "LEFT JOIN": "JOIN",
    "min": "max",
    "max": "min",
    "arg_min": "arg_max",
    "arg_max": "arg_min",
    "bool_or": "bool_and",
    "bool_and": "bool_or",
    "greatest": "least",
    "least": "greatest",
}


@dataclass(frozen=True)
class Mutant:
    """A file of the package with one place of it changed."""

    path: str
    line: int
    before: str
    after: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.before!r} -> {self.after!r}"


def changes(sql: str) -> Iterator[tuple[int, int, str]]:
    """Each change of some SQL: from where to where, and what stands there then."""
    tokens = list(_TOKEN.finditer(sql))
    after_between = False
    for index, token in enumerate(tokens):
        operator = token["op"]
        if operator == "BETWEEN":
            after_between = True
        elif operator == "AND" and after_between:
            after_between = False
            continue
        elif operator in _SWAPS:
            yield token.start(), token.end(), _SWAPS[operator]
        if token["start"] or operator in ("AND", "OR"):
            end = _end_of_condition(sql, tokens[index + 1 :])
            if sql[token.end() : end].strip():
                yield token.end(), end, " FALSE " if operator == "OR" else " TRUE "


def _end_of_condition(sql: str, following: list[re.Match[str]]) -> int:
    """Where the condition ends before the first of the tokens that ends it at its own depth."""
    depth, between = 0, False
    for token in following:
        if token["open"] or (token["start"] or "").endswith("("):
            depth += 1
        elif token["close"]:
            depth -= 1
            if depth < 0:
                return token.start()
        elif depth == 0:
            if token["op"] == "BETWEEN":
                between = True
            elif token["op"] == "AND" and between:
                between = False
            elif token["op"] in _BETWEEN_CONDITIONS or token["end"] or token["start"]:
                return token.start()
    return len(sql)


def mutants(folders: list[str], names: list[str]) -> list[Mutant]:
    """All of the SQL of these folders of the package: its files, and the texts in Python that are SQL. Where
    names are given, only of the files that are called so."""
    found = []
    for path in sorted((ROOT / PACKAGE).rglob("*")):
        name = str(path.relative_to(ROOT))
        if path.suffix not in (".sql", ".py") or name.split("/")[1] not in folders:
            continue
        if names and path.stem not in names:
            continue
        text = path.read_text("utf-8")
        for begin, end in [(0, len(text))] if path.suffix == ".sql" else _texts(text):
            for start, stop, after in changes(text[begin:end]):
                before = text[begin + start : begin + stop]
                line = text.count("\n", 0, begin + start) + 1
                changed = text[: begin + start] + after + text[begin + stop :]
                found.append(Mutant(name, line, " ".join(before.split()), after.strip(), changed))
    return list(dict.fromkeys(found))


def _texts(source: str) -> Iterator[tuple[int, int]]:
    """Where a Python source has a text that is SQL."""
    lines = [0]
    for line in source.encode().splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    content = source.encode()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Constant) and isinstance(node.value, str)
        ):
            assert node.end_lineno and node.end_col_offset is not None
            begin = lines[node.lineno - 1] + node.col_offset
            end = lines[node.end_lineno - 1] + node.end_col_offset
            text = content[begin:end].decode()
            if re.search(r"\b(SELECT|FROM|WHERE|DELETE|UPDATE)\b [a-z{(*]", text) and '"""' not in text:
                yield len(content[:begin].decode()), len(content[:end].decode())


# -- which tests reach what ------------------------------------------------------------------------------


@dataclass
class Map:
    """Which tests reach a line of Python or an SQL file, how long each takes, and which ones have seen
    mutants already. Where it is not known what they reach, all of them are for every place."""

    reached: dict[str, list[str]]
    seconds: dict[str, float]
    seen: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def tests(self, path: str, line: int) -> list[str]:
        """The tests for a place, the likeliest to see a fault there first."""
        found = self._reaching(path, line) if self.reached else set(self.seconds)
        folder, name = path.split("/")[1], Path(path).stem
        words, seen, beside = set(name.split("_")), self.seen[path], self.seen[folder]

        def order(test: str) -> tuple[int, int, int, float]:
            common = len(words & set(re.split(r"[^a-z]+", test)))
            return -seen[test], -common, -beside[test], self.seconds[test]

        return sorted(found, key=order)

    def _reaching(self, path: str, line: int) -> set[str]:
        found = set(self.reached.get(path) or self.reached.get(f"{path}:{line}") or ())
        if not found and path.endswith(".py"):
            # A statement of several lines is counted by its first.
            near = [f"{path}:{line - back}" for back in range(1, 30)]
            found = next((set(self.reached[key]) for key in near if key in self.reached), set())
        # What is read while its module is loaded is of no test.
        folder = f"{PACKAGE}_tests/{path.split('/')[1]}/"
        return found or {test for test in self.seconds if test.startswith(folder)}


def map_of(path: Path, files: list[str]) -> None:
    """Write down the tests of these files, without knowing what they reach."""
    command = [sys.executable, "-m", "pytest", "-o", "addopts=", "--collect-only", "-q", *files]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    tests = [line for line in told.splitlines() if "::" in line]
    assert tests, told
    path.write_text(json.dumps({"reached": {}, "seconds": dict.fromkeys(tests, 0.0)}))
    print(f"{len(tests)} tests")


def make_map(path: Path) -> None:
    """Run the tests once, and write down what each of them reaches."""
    with tempfile.TemporaryDirectory() as work:
        left_out = [f"--ignore=football_assets_tests/{name}" for name in LEFT_OUT]
        options = ["-p", "mutants", "-q", f"--cov={PACKAGE}", "--cov-context=test", "--cov-report="]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(
                [str(ROOT), str(ROOT / "benchmarks"), os.environ.get("PYTHONPATH", "")]
            ),
            "COVERAGE_FILE": f"{work}/coverage",
            "MUTANTS_MAP": work,
        }
        subprocess.run(
            [sys.executable, "-m", "pytest", *options, *left_out], cwd=ROOT, env=environment, check=True
        )
        reached: dict[str, set[str]] = defaultdict(set)
        seconds: dict[str, float] = {}
        for part in Path(work).glob("part-*.jsonl"):
            for test, took, files in map(json.loads, part.read_text().splitlines()):
                seconds[test] = took
                for name in files:
                    reached[name].add(test)
        coverage = importlib.import_module("coverage").CoverageData(f"{work}/coverage")
        coverage.read()
        for source in coverage.measured_files():
            name = os.path.relpath(source, ROOT)
            for line, contexts in coverage.contexts_by_lineno(source).items():
                reached[f"{name}:{line}"] |= {
                    context.partition("|")[0] for context in contexts
                } & seconds.keys()
    path.write_text(
        json.dumps({"reached": {key: sorted(each) for key, each in reached.items()}, "seconds": seconds})
    )
    print(f"{len(seconds)} tests, {len(reached)} places")


_used: set[str] = set()


def pytest_configure(config: object) -> None:
    """As a plugin of pytest: note which SQL files a test reads."""
    if "MUTANTS_MAP" not in os.environ:
        return
    queries = importlib.import_module(f"{PACKAGE}.queries")
    read = queries.query.__wrapped__

    def query(folder: str, name: str) -> str:
        _used.add(f"{PACKAGE}/{folder}/sql/{name}.sql")
        return read(folder, name)

    queries.query = query


def pytest_runtest_logstart() -> None:
    """A test begins."""
    _used.clear()
    globals()["_began"] = time.monotonic()


def pytest_runtest_logfinish(nodeid: str) -> None:
    """A test has ended."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker and "MUTANTS_MAP" in os.environ:
        with Path(os.environ["MUTANTS_MAP"], f"part-{worker}.jsonl").open("a") as file:
            took = time.monotonic() - globals()["_began"]
            file.write(json.dumps([nodeid, took, sorted(_used)]) + "\n")


# -- trying ----------------------------------------------------------------------------------------------


class Failed:
    """As a plugin of pytest: which test failed first."""

    test: str | None = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A part of a test has ended."""
        if report.failed and not self.test:
            self.test = report.nodeid


#: What a fork says where pytest does not know a test.
UNKNOWN = "an unknown test"

#: Loaded once, before the tests of each mutant run in a process of their own.
HEAVY = (
    "dagster",
    "duckdb",
    "pandas",
    "pyarrow.parquet",
    "aiohttp.web",
    "hypothesis",
    "structlog",
    "pydantic_settings",
    "orjson",
    "pytest",
    "dagster._core.storage.event_log.in_memory",
)


def run_here(copy: Path, tests: list[str], seconds: float) -> str | None:
    """The test that fails in the copy, None if all pass: in a fork of this process, which has loaded what is
    heavy and nothing of the project."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        os.chdir(copy)
        sys.path.insert(0, str(copy))
        os.environ["PYTHONPATH"] = str(copy)
        told = Failed()
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
            contextlib.suppress(BaseException),
        ):
            status = pytest.main(["-x", "-q", "-n", "0", "-p", "no:cacheprovider", *tests], plugins=[told])
            if status == pytest.ExitCode.USAGE_ERROR:
                told.test = UNKNOWN
            elif status != pytest.ExitCode.OK:
                told.test = told.test or "what cannot be imported"
        os.write(write, (told.test or "-").encode()[:4000])
        os._exit(0)
    os.close(write)
    too_long = threading.Timer(seconds, _kill, [child])
    too_long.start()
    with os.fdopen(read, "rb") as pipe:
        answer = pipe.read().decode()
    too_long.cancel()
    _kill(child)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(child, 0)
    if answer == UNKNOWN:
        raise SystemExit("The map names a test that is not there: make it anew")
    return None if answer == "-" else answer or "ran too long"


def _kill(child: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)


def tried(copy: Path, map_: Map, path: str, line: int) -> str | None:
    """The test that sees what was changed in the copy, None if none does."""
    tests = map_.tests(path, line)
    others, seconds = (FIRST + OTHERS, SECONDS) if map_.reached else (len(tests), SECONDS_FOR_ALL)
    for some in (tests[:FIRST], tests[FIRST:others]):
        failed = run_here(copy, some, seconds) if some else None
        if failed:
            map_.seen[path][failed] += 1
            map_.seen[path.split("/")[1]][failed] += 1
            return failed
    return None


def try_all(map_: Path, found: list[Mutant], told: Path) -> None:
    """Try the mutants that were not told of yet, in two processes with a copy each, and tell of each."""
    before = told.read_text().splitlines() if told.exists() else []
    queue: Queue[Mutant] = Queue()
    for mutant in found:
        if not any(f" {mutant} " in line for line in before):
            queue.put(mutant)
    done: Counter[str] = Counter()

    def work() -> None:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "copy"
            shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".venv", ".git", "data", "__pycache__"))
            serve = [sys.executable, __file__, "try", str(map_), str(copy)]
            with subprocess.Popen(serve, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
                assert server.stdin and server.stdout
                while True:
                    try:
                        mutant = queue.get_nowait()
                    except Empty:
                        server.stdin.close()
                        return
                    original = (ROOT / mutant.path).read_text("utf-8")
                    (copy / mutant.path).write_text(mutant.text, "utf-8")
                    print(json.dumps([mutant.path, mutant.line]), file=server.stdin, flush=True)
                    if not (line := server.stdout.readline()):
                        return  # it has said why
                    answer = json.loads(line)
                    (copy / mutant.path).write_text(original, "utf-8")
                    done["killed" if answer else "SURVIVED"] += 1
                    with told.open("a") as file:
                        file.write(f"{'killed' if answer else 'SURVIVED'} {mutant} {answer or ''}\n")

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(dict(done))


def serve_lines(map_: Map, copy: Path) -> None:
    """Try each place that a line of standard input names."""
    for line in sys.stdin:
        path, number = json.loads(line)
        print(json.dumps(tried(copy, map_, path, number)), flush=True)


def main() -> None:
    """Map, or try the SQL's mutants; `try` is what a process of that does in its copy."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=["map", "sql", "try"])
    parser.add_argument("map", type=Path)
    parser.add_argument("copy", type=Path, nargs="?")
    parser.add_argument("--tests", nargs="+", default=[], metavar="FILE")
    parser.add_argument("--folders", nargs="+", default=FOLDERS)
    parser.add_argument("--names", nargs="+", default=[])
    parser.add_argument("--told", type=Path, default=Path("mutants.txt"))
    arguments = parser.parse_args()
    if arguments.task == "map" and arguments.tests:
        map_of(arguments.map, arguments.tests)
    elif arguments.task == "map":
        make_map(arguments.map)
    elif arguments.task == "sql":
        found = mutants(arguments.folders, arguments.names)
        print(len(found), "mutants")
        try_all(arguments.map, found, arguments.told)
    else:
        for module in HEAVY:
            importlib.import_module(module)
        serve_lines(Map(**json.loads(arguments.map.read_text())), arguments.copy)


if __name__ == "__main__":
    main()
