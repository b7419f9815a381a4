"""The drawings of the site's own sprite as single SVG files, for paper. Always beside words, never instead."""

import re
from functools import cache, lru_cache

from guide import paths

INK = "#0b5563"


@cache
def _symbols() -> dict[str, str]:
    sprite = (paths.STATIC / "img/sprite.svg").read_text(encoding="utf-8")
    return dict(re.findall(r'<symbol id="([\w-]+)" viewBox="0 0 24 24">(.*?)</symbol>', sprite, flags=re.S))


@lru_cache(maxsize=256)
def pictogram(name: str, ink: str = INK) -> str:
    """The drawing of this name as an SVG in this colour; the one for `info` when there is none of that name."""
    symbols = _symbols()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24" height="24" fill="none" '
        f'stroke="{ink}" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">'
        f"{symbols.get(name) or symbols['info']}</svg>"
    )
