"""Writing a file so that whoever reads it finds the old content or the new, never a part of it."""

from __future__ import annotations

import os
import threading
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Give the file new content at once; its folder is made where it is missing. Raises `OSError`.

    Processes and threads may do so at the same time: each writes a draft of its own.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")
    try:
        draft.write_bytes(content)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content)
    draft.replace(path)
