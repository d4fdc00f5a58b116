"""Jobs that processes of their own can load."""

import time

from dagster import in_process_executor, job, op


@op
def nothing() -> None:
    pass


@op
def without_end() -> None:
    time.sleep(600)


@job(executor_def=in_process_executor)
def quick() -> None:
    nothing()


@job(executor_def=in_process_executor)
def endless() -> None:
    without_end()
