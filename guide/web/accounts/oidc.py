"""Signing in with an account of somebody else's directory (OpenID Connect), where the operator has set one.

It starts from a link, since the policy `form-action 'self'` forbids the redirect after a form. It lets in
accounts that exist here already and makes none. Needs the extra: pip install 'guide-social-jette[oidc]'.
"""

import json
import logging
import secrets
import threading
import time
from datetime import timedelta
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from guide import audit
from guide.accounts import people, second_factor
from guide.audit import AuditVerb
from guide.crypto import UnsealError, seal, unseal
from guide.languages import Language
from guide.model import Account, AccountState
from guide.settings import OpenId, SettingError
from guide.web.accounts.sign_in import ask_code
from guide.web.security import access_control
from guide.web.ui.request_context import now, writing
from guide.web.ui.urls import absolute, bilingual_page, is_secure

pages = Blueprint("oidc", __name__)
log = logging.getLogger(__name__)

LIFE = timedelta(minutes=10)
PATIENCE = 10
PAUSE = 10
"""Seconds: how long the provider is waited for, and for how long it is left alone after it did not answer."""
KNOWN_WORD = frozenset({"pwd", "pin", "kba"})
HELD_THING = frozenset({"otp", "hwk", "swk", "sc", "sms", "tel", "fpt", "face", "iris", "retina", "vbm"})
"""Ways of signing in (`amr`, RFC 8176): something known, and something held or that one is."""

STRONG_LEVELS = frozenset(
    {"http://eidas.europa.eu/LoA/substantial", "http://eidas.europa.eu/LoA/high"},
)
"""Levels (`acr`) that two factors are part of."""


class SignInRefusedError(Exception):
    """The provider's answer cannot be trusted or fits no account; the words are for the log only."""


class Provider:
    """The directory: its addresses and keys, fetched when they are first needed and kept for the process."""

    def __init__(self, settings: OpenId) -> None:
        try:
            import requests
            from authlib.integrations.requests_client import OAuth2Session
            from joserfc import jwt
            from joserfc.jwk import KeySet
        except ImportError as problem:
            raise SettingError(
                "GUIDE_OIDC_ISSUER is set, but the extra is not installed: pip install 'guide-social-jette[oidc]'."
            ) from problem
        self.settings = settings
        self._http, self._client, self._jwt, self._keys = requests, OAuth2Session, jwt, KeySet
        self._lock = threading.Lock()
        self._known: dict[str, Any] | None = None
        self._not_before = 0.0

    def metadata(self) -> dict[str, Any]:
        """What the provider says of itself at its well-known address; must be of the issuer that was set."""
        if self._known is None:
            # One asks; who comes meanwhile waits for that a moment, and nobody for what has just failed: requests
            # that wait for a provider that is away would hold the whole site.
            if time.monotonic() < self._not_before or not self._lock.acquire(timeout=2):
                raise SignInRefusedError("the provider does not answer")
            try:
                self._known = self._known or self._ask()
            except Exception:
                self._not_before = time.monotonic() + PAUSE
                raise
            finally:
                self._lock.release()
        return self._known

    def _ask(self) -> dict[str, Any]:
        found = self._get(f"{self.settings.issuer}/.well-known/openid-configuration")
        if str(found.get("issuer", "")).rstrip("/") != self.settings.issuer:
            raise SignInRefusedError("the provider is another than the one that was set")
        return found

    def start(self, callback: str, state: str, nonce: str, verifier: str) -> str:
        """The address to send the browser to."""
        client = self._session(callback)
        address, _ = client.create_authorization_url(
            self.metadata()["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
        )
        return str(address)

    def claims(self, callback: str, code: str, nonce: str, verifier: str) -> dict[str, Any]:
        """What the provider says of the person, its signature, receiver, time and nonce checked. Raises
        SignInRefusedError.
        """
        client = self._session(callback)
        try:
            token = client.fetch_token(
                self.metadata()["token_endpoint"], code=code, code_verifier=verifier, timeout=PATIENCE
            )
            keys = self._keys.import_key_set(self._get(self.metadata()["jwks_uri"]))  # type: ignore[arg-type]
            algorithms = ["RS256", "ES256", "PS256"]
            decoded = self._jwt.decode(str(token["id_token"]), keys, algorithms=algorithms)
            self._jwt.JWTClaimsRegistry(
                now=int(now().timestamp()),
                leeway=60,
                iss={"essential": True, "value": self.metadata()["issuer"]},
                aud={"essential": True, "value": self.settings.client_id},
                exp={"essential": True},
                sub={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(decoded.claims)
        except Exception as problem:
            # Every kind of error of three libraries means the same: nobody is let in.
            raise SignInRefusedError(type(problem).__name__) from problem
        return dict(decoded.claims)

    def _session(self, callback: str) -> Any:
        return self._client(  # type: ignore[no-untyped-call]
            self.settings.client_id,
            self.settings.client_secret,
            scope="openid email",
            redirect_uri=callback,
            code_challenge_method="S256",
        )

    def _get(self, address: str) -> dict[str, Any]:
        try:
            answer = self._http.get(address, timeout=PATIENCE, allow_redirects=False)
            answer.raise_for_status()
            return dict(answer.json())
        except (self._http.RequestException, ValueError) as problem:
            raise SignInRefusedError(f"the provider does not answer ({type(problem).__name__})") from problem


@bilingual_page(pages, "/connexion/externe", "/inloggen/extern")
def start(lang: Language) -> Response | AnyResponse:
    """The link: off to the provider, with what must come back the same in a sealed cookie."""
    if not access_control.may_sign_in_here():
        return make_response(render_template("accounts/not_here.html"), 403)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    suite = access_control.own_path(request.args.get("suite", ""))
    try:
        target = _provider().start(_callback(), state, nonce, verifier)
    except SignInRefusedError as problem:
        return _not_in(problem)
    answer = redirect(target, 303)
    kept = json.dumps([state, nonce, verifier, suite, int((now() + LIFE).timestamp())])
    sealed = seal(current_app.config["SECRET_KEY"], "oidc", "cookie", kept).hex()
    answer.set_cookie(
        _cookie(),
        sealed,
        max_age=int(LIFE.total_seconds()),
        path="/",
        httponly=True,
        secure=is_secure(),
        samesite="Lax",
    )
    return answer


@pages.get("/connexion/retour")
def back() -> Response | AnyResponse:
    """Back from the provider: in, if the answer is the one we asked for and fits an account."""
    provider = _provider()
    try:
        state, nonce, verifier, suite, until = json.loads(
            unseal(
                current_app.config["SECRET_KEY"],
                "oidc",
                "cookie",
                bytes.fromhex(request.cookies.get(_cookie(), "")),
            )
        )
        given = request.args.get("state", "")
        if not secrets.compare_digest(given.encode(), str(state).encode()) or until < now().timestamp():
            raise SignInRefusedError("the state is not ours, or too old")
        claims = provider.claims(_callback(), request.args.get("code", ""), nonce, verifier)
        with writing() as db_session:
            account = _account(db_session, claims)
            strong = _with_two_factors(claims)
            here = second_factor.is_set_up(account)
            target = suite or url_for("accounts.my_account.mine", lang=account.language)
            if here and not strong:
                # Our own code stands in for the one that the provider did not ask.
                answer: Response | AnyResponse = ask_code(account, suite)
            else:
                who = f"account:{account.id}"
                audit.record(db_session, who, AuditVerb.SIGNED_IN_BY_PROVIDER, who, now=now())
                answer = redirect(target, 303)
                access_control.open_session(answer, account, db_session, with_second_factor=strong)
    except (SignInRefusedError, UnsealError, ValueError) as problem:
        return _not_in(problem)
    answer.delete_cookie(_cookie(), path="/", httponly=True, secure=is_secure(), samesite="Lax")
    return answer


def _account(db_session: Session, claims: dict[str, Any]) -> Account:
    """The account of this subject, or the one of its verified address, which is bound to it from then on."""
    subject = f"{claims['iss']}|{claims['sub']}"
    if len(subject) > 255:
        raise SignInRefusedError("the subject is longer than any provider's may be")
    account = db_session.scalar(select(Account).where(Account.oidc_subject == subject))
    if account is None and claims.get("email_verified") is True:
        account = people.by_email(db_session, str(claims.get("email", "")))
        if account is not None and account.oidc_subject is None:
            account.oidc_subject = subject
        elif account is not None:
            raise SignInRefusedError("the address belongs to an account that is bound to another subject")
    if account is None or account.state is not AccountState.ACTIVE:
        raise SignInRefusedError("no account fits")
    return account


def _with_two_factors(claims: dict[str, Any]) -> bool:
    """Does the provider say that two factors were given? Else our own code is asked where the role needs it."""
    ways = claims.get("amr")
    named = {way for way in ways if isinstance(way, str)} if isinstance(ways, list) else set()
    both = bool(named & KNOWN_WORD) and bool(named & HELD_THING)
    return "mfa" in named or both or str(claims.get("acr")) in STRONG_LEVELS


def _not_in(problem: Exception) -> Response:
    log.warning("sign-in by the provider refused: %s", type(problem).__name__)
    return make_response(render_template("accounts/oidc/not_let_in.html"), 403)


def _provider() -> Provider:
    found = current_app.extensions.get("oidc")
    if not isinstance(found, Provider):
        abort(404)
    return found


def _callback() -> str:
    return absolute(url_for("accounts.oidc.back"))


def _cookie() -> str:
    return "__Host-provider" if is_secure() else "provider"
