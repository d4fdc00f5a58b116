"""The page behind our guard, as Streamlit serves it. The page itself is `app.py`.

Streamlit's own options reach only its WebSocket: by DNS rebinding its other addresses answered any page.
"""

from __future__ import annotations

from starlette.middleware import Middleware
from streamlit import config
from streamlit.starlette import App

from football_assets.settings import load_settings
from football_assets.surfaces import Guard, Policy

policy = Policy.from_settings(
    config.get_option("server.address") or "", config.get_option("server.port"), load_settings()
)
app = App("app.py", middleware=[Middleware(Guard, policy=policy)])
