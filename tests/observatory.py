"""The points of one answer by the rules of the MDN HTTP Observatory (mdn/mdn-http-observatory, src/grader/charts.js).

100 to begin with. HSTS and nosniff give nothing and cost when they are missing; a list of preloaded sites, which no
header decides, would give five more. Cookies give five when there are any, the sums of scripts when there is one.
"""

import re
from collections.abc import Iterable

BROAD = {"ftp:", "http:", "https:", "*", "http://*", "https://*", "'unsafe-inline'", "'unsafe-eval'", "data:"}
HALF_A_YEAR = 15_768_000


def score(headers: Iterable[tuple[str, str]], text: str = "") -> dict[str, int]:
    """Points by test; their sum and 100 are the score. `text`: the page, where it is one."""
    lists: dict[str, list[str]] = {}
    for name, value in headers:
        lists.setdefault(name.lower(), []).append(value)
    one = {name: values[0] for name, values in lists.items() if len(values) == 1}
    policy = _policy(one.get("content-security-policy", ""))
    hsts = _hsts(one.get("strict-transport-security", ""))
    return {
        "csp": _csp(policy),
        "hsts": hsts,
        "nosniff": 0 if one.get("x-content-type-options", "").lower() == "nosniff" else -5,
        "referrer": 5 if one.get("referrer-policy") in ("no-referrer", "same-origin") else -5,
        "frames": 5 if "frame-ancestors" in policy else (0 if "x-frame-options" in one else -20),
        "resource": 10 if one.get("cross-origin-resource-policy") in ("same-origin", "same-site") else 0,
        "opener": 10 if one.get("cross-origin-opener-policy") == "same-origin" else 0,
        "embedder": 10 if one.get("cross-origin-embedder-policy") == "require-corp" else 0,
        "sharing": -50 if "access-control-allow-credentials" in one else 0,
        "cookies": _cookies(lists.get("set-cookie", [])),
        "scripts": _scripts(text) if one.get("content-type", "").startswith("text/html") else 0,
    }


def _policy(text: str) -> dict[str, set[str]]:
    parts = (part.split() for part in text.split(";") if part.strip())
    return {part[0].lower(): set(part[1:]) for part in parts}


def _csp(policy: dict[str, set[str]]) -> int:
    if not policy:
        return -25
    if any(sources & BROAD for sources in policy.values()) or "default-src" not in policy:
        return -20
    return 10 if policy["default-src"] == {"'none'"} else 5


def _hsts(text: str) -> int:
    age = re.search(r"max-age=(\d+)", text)
    if age is None:
        return -20
    return 0 if int(age[1]) >= HALF_A_YEAR else -10


def _cookies(lines: list[str]) -> int:
    if not lines:
        return 0
    worst = 5
    for line in lines:
        parts = {part.strip().lower() for part in line.split(";")[1:]}
        if "secure" not in parts:
            worst = min(worst, -20)
        if "httponly" not in parts and re.search("sess|login", line.partition("=")[0]):
            worst = min(worst, -30)
        if not parts & {"samesite=lax", "samesite=strict"}:
            worst = min(worst, 0)
    return worst


def _scripts(text: str) -> int:
    tags = re.findall(r"<script\b[^>]*\bsrc=[^>]*>", text)
    if any(re.search(r"""src=["'](https?:)?//""", tag) for tag in tags):
        return -50
    return 5 if tags and all("integrity=" in tag for tag in tags) else 0
