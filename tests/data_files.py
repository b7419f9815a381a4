"""The data of the guide as its files hold it, each read once for all tests."""

from functools import cache
from typing import Any

import yaml

from guide import paths

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def data_file(name: str) -> Any:
    """The content of a file below `data/`; whoever asks must not change it."""
    return yaml.load((paths.DATA / name).read_text(encoding="utf-8"), Loader=_Loader)


@cache
def services() -> dict[str, dict[str, Any]]:
    """The record of each listing by its key."""
    return {
        file.stem: data_file(f"services/{file.name}") for file in sorted((paths.DATA / "services").iterdir())
    }
