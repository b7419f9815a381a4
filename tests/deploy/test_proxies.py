"""The files for nginx and Caddy: what they log of any route, and, where the program is, the whole thing running."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPMessage, HTTPSConnection
from pathlib import Path

import pytest
from flask import Flask, request

from guide import gunicorn_conf
from guide.web.security.headers import security_headers
from guide.web.security.policy import LARGEST
from tests.certificates import own_certificate
from tests.ports import free_port
from tests.running import app_on_copy, served

DEPLOY = Path(__file__).parents[2] / "deploy"
NGINX, CADDY = ((DEPLOY / name).read_text(encoding="utf-8") for name in ("nginx.conf", "Caddyfile"))
README = (DEPLOY / "README.md").read_text(encoding="utf-8")
NAME = "guide.example.be"
SECRET = "k3Yx-_zQ9vM2bN7cL4pR8tW1sD6fG5hJ0aE3uI7oY2e"
LOWER = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstu"
PUBLIC_PARTS = {("public.short_links.follow", "code"), ("ui.assets.show", "digest")}
"""Parts of an address right behind its first word that anybody may know."""


def nginx_place(path: str) -> str:
    """What nginx would log of a path, by the map in its file."""
    part = NGINX.partition("map $uri $guide_place {")[2].partition("}\n")[0]
    for pattern, variable in re.findall(r'^\s+"~(.+)" \$(\w+);', part, re.MULTILINE):
        found = re.search(pattern.replace("(?<", "(?P<"), path)
        if found:
            return found[variable]
    return "-"


def caddy_place(path: str) -> str:
    pattern = re.search(r"request>uri regexp `(.+)` \"\$1\$2\"", CADDY)
    assert pattern
    found = re.fullmatch(pattern[1], path)
    assert found, path
    return (found[1] or "") + (found[2] or "")


@pytest.mark.control("C10")
@pytest.mark.parametrize("place", [nginx_place, caddy_place])
@pytest.mark.parametrize("secret", [SECRET, LOWER, "zqmot"])
def test_no_route_has_a_part_that_the_log_would_hold(
    app: Flask, place: Callable[[str], str], secret: str
) -> None:
    """A new route whose key stands too far in front fails here."""
    asked = 0
    for rule in app.url_map.iter_rules():
        if not rule.arguments - set(rule.defaults or {}):
            continue
        path = re.sub(r"<[^>]+>", secret, rule.rule)
        logged = place(path)
        assert secret not in logged, (rule.rule, logged)
        assert rule.rule.startswith(logged.rstrip("-")), (rule.rule, logged)
        asked += 1
    assert asked > 60


@pytest.mark.parametrize("place", [nginx_place, caddy_place])
@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/fr/services/cpas-jette", "/fr/services"),
        ("/nl/doorverwijzing/antwoord/" + SECRET, "/nl/doorverwijzing"),
        ("/fr/lien/" + SECRET, "/fr/lien"),
        ("/fr/", "/fr"),
        ("/s/huys", "/s"),
        ("/fr/" + SECRET, "/fr"),
        ("/fr/" + LOWER, "/fr"),
    ],
)
def test_of_a_path_its_language_and_first_word_are_logged(place, path: str, logged: str) -> None:
    assert place(path) == logged


@pytest.mark.parametrize("place", [nginx_place, caddy_place])
@pytest.mark.parametrize("path", ["/", f"/lien/{SECRET}", f"/{SECRET}", "/wp-login.php", f"//{SECRET}"])
def test_of_what_is_no_page_of_the_guide_nothing_is_logged(place, path: str) -> None:
    assert place(path) in ("-", "")


def test_what_a_search_was_is_not_logged() -> None:
    for query in ("q=zqmot", "recherche=zqmot"):
        assert caddy_place(f"/fr/services/?{query}") == "/fr/services"
        assert caddy_place(f"/fr/services?{query}") == "/fr/services"
    assert "request_uri" not in NGINX.partition("log_format")[2].partition(";")[0]


@pytest.mark.parametrize("file", [NGINX, CADDY])
def test_what_a_proxy_refuses_by_itself_bears_the_headers_of_the_guide(file: str) -> None:
    for name, value in security_headers(secure=True).items():
        assert f'{name} "{value}"' in file, name


def test_gunicorn_is_started_without_a_log_of_addresses() -> None:
    """By itself it writes none; the fields of its log hold the query and the referrer."""
    commands = re.findall(r"^gunicorn .*$", README, re.MULTILINE)
    assert commands
    for command in commands:
        command = command.replace("--config python:guide.gunicorn_conf", "")
        assert not re.search(r"--access|--config|-c |--log-level|--statsd|--spew", command), command
    # That file sets nothing else: its functions are those that gunicorn calls, and none of its settings.
    settings = {name for name in vars(gunicorn_conf) if name.islower() and not name.startswith("_")}
    assert settings == {"post_worker_init", "worker_exit"}
    assert "--access-logfile" in README, "it is said that it stays away"


def test_the_readme_names_both_files() -> None:
    assert "nginx.conf" in README
    assert "Caddyfile" in README


Body = bytes | Iterator[bytes] | None


@dataclass(frozen=True)
class Answer:
    """What a proxy answered, read to its end."""

    status: int
    headers: HTTPMessage
    text: str


@dataclass
class Proxy:
    """A running proxy: its port, and everything it wrote."""

    program: str
    port: int
    folder: Path
    context: ssl.SSLContext

    def ask(self, method: str, path: str, body: Body = None, **headers: str) -> Answer:
        connection = HTTPSConnection("127.0.0.1", self.port, timeout=30, context=self.context)
        # The name is what the certificate and the server are asked by; the address stays the loopback's.
        connection.sock = self.context.wrap_socket(
            socket.create_connection(("127.0.0.1", self.port), timeout=30), server_hostname=NAME
        )
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(connection):
            # What is refused while it is being sent has its answer all the same.
            with suppress(OSError):
                connection.request(method, path, body, {"Host": NAME, **given}, encode_chunked=True)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read().decode())

    def written_when(self, word: str, times: int) -> str:
        """What it wrote, once this stands in it so often: a proxy writes after it has answered."""
        for _ in range(PATIENCE):
            if self.written().count(word) >= times:
                break
            time.sleep(0.1)
        return self.written()

    def written(self) -> str:
        return "".join(
            file.read_text(errors="replace")
            for file in self.folder.rglob("*")
            if file.suffix in (".log", ".err")
        )


@pytest.fixture(scope="module")
def guide_app(tmp_path_factory: pytest.TempPathFactory, loaded: Path) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("proxied")
    with app_on_copy(loaded, folder, site_url=f"https://{NAME}", proxies=1) as app:

        def seen(lang: str) -> str:
            return f"{request.remote_addr} {request.scheme} {request.host} {request.headers.get('Forwarded')}"

        app.view_functions["public.urgent.show"] = seen
        yield app


@pytest.fixture(scope="module")
def behind(guide_app: Flask) -> Iterator[int]:
    with served(guide_app, believes_proxies=True, secure=True) as address:
        yield int(address.rpartition(":")[2])


def nginx_command(folder: Path, port: int, plain: int, behind: int, pem: Path) -> list[str]:
    conf = NGINX
    for old, new in (
        ("listen [::]:80;", ""),
        ("listen [::]:443 ssl http2;", ""),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{port} ssl http2;"),
        (f"/etc/letsencrypt/live/{NAME}/fullchain.pem", str(pem)),
        (f"/etc/letsencrypt/live/{NAME}/privkey.pem", str(pem)),
        ("/var/log/nginx/guide.log", str(folder / "guide.log")),
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{behind};"),
    ):
        assert old in conf, old
        conf = conf.replace(old, new)
    (folder / "guide.conf").write_text(conf, encoding="utf-8")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder / kind};\n" for kind in kinds)
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "main.conf").write_text(
        f"{user}daemon off;\npid {folder / 'pid'};\nerror_log {folder / 'start.err'} info;\nevents {{}}\n"
        f"http {{\n{temporary}include {folder / 'guide.conf'};\n}}\n"
    )
    return ["nginx", "-p", str(folder), "-c", str(folder / "main.conf")]


def caddy_command(folder: Path, port: int, plain: int, behind: int, pem: Path) -> list[str]:
    conf = CADDY
    options = f"\tadmin off\n\thttp_port {plain}\n\thttps_port {port}\n\tauto_https disable_certs\n"
    for old, new in (
        ("\n{\n\tservers {", f"\n{{\n{options}\tservers {{"),
        (f"\n{NAME} {{", f"\n{NAME} {{\n\tbind 127.0.0.1\n\ttls {pem} {pem}"),
        ("/var/log/caddy/guide.log", str(folder / "guide.log")),
        ("reverse_proxy 127.0.0.1:8000", f"reverse_proxy 127.0.0.1:{behind}"),
    ):
        assert old in conf, old
        conf = conf.replace(old, new)
    (folder / "Caddyfile").write_text(conf, encoding="utf-8")
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


PATIENCE = 600
"""How many tenths of a second something is waited for: a busy machine is no fault."""

COMMANDS = {"nginx": nginx_command, "caddy": caddy_command}


@pytest.fixture(scope="module", params=sorted(COMMANDS))
def proxy(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, behind: int
) -> Iterator[Proxy]:
    program = request.param
    if not shutil.which(program):
        if "proxies" in os.environ.get("GUIDE_TEST_REQUIRE", ""):
            pytest.fail(f"{program} is required and not installed")
        pytest.skip(f"{program} is not installed")
    with running(program, tmp_path_factory.mktemp(program), behind) as found:
        yield found


@contextmanager
def running(program: str, folder: Path, behind: int) -> Iterator[Proxy]:
    """The proxy with the file of deploy/, but for its ports, certificate and log."""
    pem = own_certificate(folder, NAME)
    port = free_port()
    command = COMMANDS[program](folder, port, free_port(), behind, pem)
    environ = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    with (folder / "output.err").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environ)
        try:
            for _ in range(PATIENCE):
                assert process.poll() is None, (folder / "output.err").read_text()
                with socket.socket() as attempt:
                    if attempt.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            else:
                pytest.fail(f"{program} does not listen")
            yield Proxy(program, port, folder, ssl.create_default_context(cafile=pem))
        finally:
            process.terminate()
            process.wait(30)


def test_a_page_comes_through_once_with_every_header(proxy: Proxy) -> None:
    answer = proxy.ask("GET", "/fr/services/?q=faim")
    assert answer.status == 200
    for name, value in security_headers(secure=True).items():
        assert answer.headers.get_all(name) == [value], name


def test_what_a_visitor_says_of_herself_is_overwritten(proxy: Proxy) -> None:
    lies = {
        "X_Forwarded_For": "203.0.113.9",
        "X_Forwarded_Proto": "http",
        "X_Forwarded_Host": "ailleurs.example",
        "Forwarded": "for=203.0.113.9",
    }
    assert proxy.ask("GET", "/fr/urgence", **lies).text == f"127.0.0.1 https {NAME} None"


@pytest.mark.parametrize("length", [LARGEST + 1, 300 << 20])
def test_a_body_too_large_is_refused_by_its_length(proxy: Proxy, length: int) -> None:
    answer = proxy.ask("POST", "/nl/mijn-lijst/wijzigen", b"", Content_Length=str(length))
    assert answer.status == 413
    assert "kortere tekst" in answer.text
    for name, value in security_headers(secure=True).items():
        assert answer.headers.get_all(name) == [value], name


def test_a_body_without_a_length_is_refused_where_it_passes_the_limit(proxy: Proxy) -> None:
    pieces = (b"a" * 65536 for _ in range(48))
    answer = proxy.ask("POST", "/nl/mijn-lijst/wijzigen", pieces, Transfer_Encoding="chunked")
    assert answer.status == 413


def test_a_body_just_below_the_limit_comes_through(proxy: Proxy) -> None:
    assert proxy.ask("POST", "/fr/rien", b"a" * (LARGEST - 1)).status == 404


@pytest.mark.control("C10")
def test_the_log_holds_neither_words_nor_keys_nor_addresses(proxy: Proxy) -> None:
    paths = [
        f"/fr/lien/{SECRET}",
        f"/nl/doorverwijzing/antwoord/{SECRET}",
        f"/{SECRET}",
        f"/fr/{SECRET}?x={SECRET}",
        "/fr/services/?q=zqmot",
        "/fr/services/?recherche=zqmot",
        "/fr/services/?q=mon+mari+me+frappe+zqmot",
        "/fr/services/zqfiche",
        "/fr/" + "a" * 40_000,
    ]
    for path in paths:
        proxy.ask(
            "GET",
            path,
            Referer=f"https://{NAME}/fr/lien/{SECRET}",
            User_Agent="zqbrowser",
            Cookie="a=zqcookie",
        )
    written = proxy.written_when("/fr/services", times=2)
    assert written.count("/fr/services") >= 2
    assert "/nl/doorverwijzing" in written
    assert "127.0.0.0" in written
    for word in (
        SECRET,
        "zqmot",
        "zqfiche",
        "zqbrowser",
        "zqcookie",
        "antwoord",
        "127.0.0.1 ",
        '"127.0.0.1"',
    ):
        assert word not in written, word


def test_when_the_guide_is_away_it_is_said_in_both_languages_and_no_key_is_logged(
    tmp_path: Path, proxy: Proxy
) -> None:
    with running(proxy.program, tmp_path, free_port()) as away:
        answer = away.ask("GET", f"/fr/lien/{SECRET}?q={SECRET}")
        assert answer.status in (502, 503)
        assert "Attendez une minute" in answer.text
        assert "Wacht een minuut" in answer.text
        assert answer.headers["Retry-After"] == "60"
        for name, value in security_headers(secure=True).items():
            assert answer.headers.get_all(name) == [value], name
        written = away.written_when("/fr/lien", times=1)
    assert "/fr/lien" in written
    assert SECRET not in written
