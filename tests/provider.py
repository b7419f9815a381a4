"""A provider of accounts for tests: OpenID Connect on a free port of the loopback, with a key of its own."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.running import MONDAY_MORNING


class Provider:
    """`claims` are what it says of the person; `changes` spoil the next token. Checks the code's verifier (PKCE)."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.signing_key = self.key
        self.issuer = ""
        self.claims: dict[str, Any] = {}
        self.changes: dict[str, Any] = {}
        self.asked: dict[str, str] = {}

    def answer(self, address: str) -> str:
        """What the browser is sent back with, after the person has said yes: the query of the callback."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.asked = asked
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        return f"code=good&state={asked['state']}"

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
        if form.get("code") != "good" or challenge.rstrip(b"=").decode() != self.asked["code_challenge"]:
            return {"error": "invalid_grant"}
        claims = {
            "iss": self.issuer,
            "aud": self.asked["client_id"],
            "nonce": self.asked["nonce"],
            "exp": int(MONDAY_MORNING.timestamp()) + 300,
            "iat": int(MONDAY_MORNING.timestamp()),
            **self.claims,
            **self.changes,
        }
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signing_key)
        return {"access_token": "a", "token_type": "Bearer", "id_token": signed}


@contextmanager
def running() -> Iterator[Provider]:
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def _say(self, value: dict[str, Any], status: int = 200) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            if self.path == "/.well-known/openid-configuration":
                self._say(
                    {
                        "issuer": provider.issuer,
                        "authorization_endpoint": f"{provider.issuer}/authorize",
                        "token_endpoint": f"{provider.issuer}/token",
                        "jwks_uri": f"{provider.issuer}/keys",
                    }
                )
            else:
                self._say({"keys": [provider.key.as_dict(private=False)]})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            answer = provider.token({name: values[0] for name, values in parse_qs(body).items()})
            self._say(answer, 400 if "error" in answer else 200)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
