"""Jobs that processes of their own can load."""

import time

from dagster import in_process_executor, job, op

QUIET = {"loggers": {"console": {"config": {"log_level": "ERROR"}}}}


@op
def nothing() -> None:
    pass


@op
def without_end() -> None:
    time.sleep(600)


@job(executor_def=in_process_executor, config=QUIET)
def quick() -> None:
    nothing()


@job(executor_def=in_process_executor, config=QUIET)
def endless() -> None:
    without_end()
