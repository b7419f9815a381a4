"""For machines that watch over the site: does the process answer, and is all well behind it.

Of no language. Whoever asks from elsewhere learns one word; the reasons are told on the machine itself.
"""

import shutil
from ipaddress import ip_address
from pathlib import Path

from flask import Blueprint, Response, current_app, request

from guide import audit, facts
from guide.operations import readiness
from guide.operations.readiness import Aged, Light
from guide.referrals import purging
from guide.web.ui.request_context import guide, now, session

pages = Blueprint("health", __name__)


@pages.get("/healthz")
def alive() -> Response:
    """The process answers. Nothing is looked at."""
    return _plain("ok", 200)


@pages.get("/readyz")
def ready() -> Response:
    """'ok', 'amber' (200: it serves, somebody should look) or 'red' (503: it cannot serve)."""
    aged = (
        Aged(facts.LAST_BACKUP),
        Aged(facts.LAST_PURGE, needed=purging.anything_to_purge),
        Aged(
            facts.LAST_VERIFY,
            needed=audit.anything,
            failed=facts.LAST_UNSOUND,
            remedy="the audit log is not sound, `guide audit verify` names the first wrong entry",
        ),
    )
    checks = readiness.look(session(), guide().index.stands_at, _free, now(), aged)
    light = readiness.worst(checks)
    lines = [str(light)]
    if _on_this_machine():
        lines += [f"{check.name}: {check.light} ({check.words})" for check in checks]
    return _plain("\n".join(lines), 503 if light is Light.RED else 200)


def _free() -> int:
    """Bytes that may still be written where the instance is."""
    return shutil.disk_usage(Path(current_app.config["INSTANCE"])).free


def _on_this_machine() -> bool:
    """Asked from the machine and by its own name: a proxy here that nobody told us of names the public one."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    host = request.host.rpartition(":")[0] if ":" in request.host.rpartition("]")[2] else request.host
    forwarded = "X-Forwarded-For" in request.headers and not current_app.config["PROXIES"]
    return address.is_loopback and host in ("localhost", "127.0.0.1", "[::1]") and not forwarded


def _plain(text: str, status: int) -> Response:
    answer = Response(text + "\n", status, mimetype="text/plain")
    answer.headers["Cache-Control"] = "no-store"
    return answer
