"""The page's entry: Streamlit runs this file for every visitor and every refresh.
The views are in `pages`."""

from __future__ import annotations

from football_assets.scoreboard import pages

if __name__ == "__main__":
    pages.show()
