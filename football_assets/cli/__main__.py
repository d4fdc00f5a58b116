"""`python -m football_assets.cli`: the command, where it is not on the `PATH`."""

from __future__ import annotations

from football_assets.cli import main

if __name__ == "__main__":
    main()
