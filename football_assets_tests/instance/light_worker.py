"""A run's process that loads nothing of the cycle: ready in half the time, for tests of who gets one."""

from football_assets.instance import worker

if __name__ == "__main__":
    worker.MODULES = ("dagster._cli.api",)
    worker.main()
