"""The sign-in as it is in service: a real browser, https, and a proxy in front that the guide believes."""

import re
import shutil
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from guide.accounts import passwords
from guide.server import make_server
from tests.browser.conftest import PATIENCE
from tests.certificates import own_certificate
from tests.people import PASSWORD, add_account
from tests.running import close_app, open_app, settings_for


def certificate(folder: Path) -> ssl.SSLContext:
    """A certificate of our own for the loopback."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own_certificate(folder))
    return context


class Proxy(threading.Thread):
    """Takes https on one port and hands each request on over http, saying so; one request a connection."""

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(daemon=True)
        self.behind = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._context = context
        self.port = self._listening.getsockname()[1]

    def run(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _carry(self, raw: socket.socket) -> None:
        try:
            with self._context.wrap_socket(raw, server_side=True) as client:
                received = b""
                while b"\r\n\r\n" not in received:
                    piece = client.recv(65536)
                    if not piece:
                        return
                    received += piece
                head, _, body = received.partition(b"\r\n\r\n")
                lines = head.split(b"\r\n")
                length = next(
                    (
                        int(line.split(b":")[1])
                        for line in lines
                        if line.lower().startswith(b"content-length")
                    ),
                    0,
                )
                while len(body) < length:
                    body += client.recv(65536)
                kept = [
                    line for line in lines[1:] if not line.lower().startswith((b"connection", b"x-forwarded"))
                ]
                said = [
                    b"X-Forwarded-Proto: https",
                    b"X-Forwarded-For: 127.0.0.1",
                    b"X-Forwarded-Host: 127.0.0.1:" + str(self.port).encode(),
                    b"Connection: close",
                ]
                with socket.create_connection(("127.0.0.1", self.behind)) as server:
                    server.sendall(b"\r\n".join([lines[0], *kept, *said]) + b"\r\n\r\n" + body)
                    while piece := server.recv(65536):
                        client.sendall(piece)
        except OSError:
            pass  # the browser went away


@pytest.fixture
def secure(loaded: Path, tmp_path: Path) -> Iterator[tuple[Flask, str]]:
    """The guide behind the proxy, and its https address."""
    instance = tmp_path / "instance"
    shutil.copytree(loaded, instance)
    proxy = Proxy(certificate(tmp_path))
    address = f"https://127.0.0.1:{proxy.port}"
    settings = settings_for(instance, site_url=address, proxies=1)
    app = open_app(settings)
    server = make_server(app, "127.0.0.1", 0, believes_proxies=True, secure=True)
    proxy.behind = server.port
    serving = threading.Thread(target=server.run, daemon=True)
    serving.start()
    proxy.start()
    yield app, address
    proxy.close()
    server.stop()
    serving.join()
    server.close()
    close_app(app)


def test_an_editor_signs_in_works_and_signs_out_over_https(
    secure: tuple[Flask, str], chromium: Browser
) -> None:
    app, address = secure
    add_account(
        app, "editor", "caba-jette", email="an@maison.example", password_hash=passwords.hashed(PASSWORD)
    )
    context = chromium.new_context(
        base_url=address,
        ignore_https_errors=True,
        java_script_enabled=False,
        viewport={"width": 360, "height": 800},
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto("/fr/connexion")
    page.fill("input[name=email]", "an@maison.example")
    page.fill("input[name=password]", "pas le bon mot")
    page.click("form#sign-in button[type=submit]")
    expect(page).to_have_title(re.compile("^Erreur\u00a0:"))
    expect(page.locator("input[name=email]")).to_have_value("an@maison.example")
    page.fill("input[name=password]", PASSWORD)
    page.click("form#sign-in button[type=submit]")
    page.wait_for_url("**/fr/mon-*/**")
    [cookie] = [found for found in context.cookies() if "session" in found["name"]]
    assert cookie["name"] == "__Host-session"
    assert cookie["secure"]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    page.goto("/fr/mon-compte/")
    page.fill("input[name=name]", "An")
    with page.expect_navigation():
        page.click("form#mine button[type=submit]")
    page.goto("/fr/mon-compte/")
    expect(page.locator("input[name=name]")).to_have_value("An")
    page.click("form[action='/fr/deconnexion'] button")
    page.wait_for_url("**/fr/")
    assert not [found for found in context.cookies() if "session" in found["name"]]
    context.close()
