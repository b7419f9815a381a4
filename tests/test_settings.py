"""Settings come from the environment; a wrong one stops the start and says how to mend it."""

import multiprocessing
import re
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guide import migrations
from guide.database import open_database
from guide.mail_address import is_address
from guide.settings import SettingError, Settings, _mail_from

KEY = "k" * 32


def settings(folder: Path, **environ: str) -> Settings:
    return Settings.from_environment({"GUIDE_INSTANCE": str(folder / "instance"), **environ})


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_an_empty_environment_gives_sqlite_in_the_instance_and_no_public_address(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert found.instance == tmp_path / "instance"
    assert found.database_url == f"sqlite:///{tmp_path / 'instance' / 'guide.sqlite3'}"
    assert found.index_folder == tmp_path / "instance" / "index"
    assert found.site_url is None
    assert found.proxies == 0


def test_without_a_name_the_instance_stands_in_the_current_folder(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Settings.from_environment({}).instance == tmp_path / "instance"


@pytest.mark.control("C27")
@pytest.mark.parametrize(
    ("name", "value", "mend"),
    [
        ("GUIDE_DATABASE_URL", "mysql://localhost/guide", "sqlite:////path"),
        ("GUIDE_DATABASE_URL", "postgresql://localhost/guide", "postgresql+psycopg://"),
        ("GUIDE_DATABASE_URL", "guide.sqlite3", "sqlite:////path"),
        ("GUIDE_DATABASE_URL", "sqlite://", "sqlite:////path"),
        ("GUIDE_DATABASE_URL", "sqlite:///", "sqlite:////path"),
        ("GUIDE_DATABASE_URL", "sqlite:///:memory:", "sqlite:////path"),
        ("GUIDE_DATABASE_URL", "postgresql+psycopg://", "postgresql+psycopg://user"),
        (
            "GUIDE_DATABASE_URL",
            "postgresql+psycopg://guide@localhost:port/guide",
            "postgresql+psycopg://user",
        ),
        ("GUIDE_SITE_URL", "guide.example.be", "https://guide.example.be"),
        ("GUIDE_SITE_URL", "ftp://guide.example.be", "https://guide.example.be"),
        ("GUIDE_SITE_URL", "https://", "https://guide.example.be"),
        ("GUIDE_SITE_URL", "https://guide.example.be/fr", "without a path"),
        ("GUIDE_SITE_URL", "https://guide.example.be?a=1", "question mark"),
        ("GUIDE_SITE_URL", "https://guide.example.be#a", "https://guide.example.be"),
        ("GUIDE_SITE_URL", "https://me:secret@guide.example.be", "password"),
        ("GUIDE_SITE_URL", "https://:secret@guide.example.be", "password"),
        ("GUIDE_SITE_URL", "https://guide.example.be:99999", "https://guide.example.be"),
        ("GUIDE_SITE_URL", "https://guide.example.be:port", "https://guide.example.be"),
        ("GUIDE_SITE_URL", "https://guide example.be", "https://guide.example.be"),
        ("GUIDE_SITE_URL", "https://[guide", "https://guide.example.be"),
        ("GUIDE_SECRET_KEY", "short", "at least 32 characters"),
        ("GUIDE_PROXIES", "two", "from 0 to 9"),
        ("GUIDE_PROXIES", "-1", "from 0 to 9"),
        ("GUIDE_PROXIES", "10", "from 0 to 9"),
        ("GUIDE_PROXIES", "²", "from 0 to 9"),
        ("GUIDE_SMTP_URL", "mail.example.be", "smtp+starttls://"),
        ("GUIDE_SMTP_URL", "http://mail.example.be", "smtp+starttls://"),
        ("GUIDE_SMTP_URL", "smtp://", "smtp+starttls://"),
        ("GUIDE_SMTP_URL", "smtps://me:secret@mail.example.be:port", "smtp+starttls://"),
        ("GUIDE_SMTP_URL", "smtps://me:secret@mail.example.be:0", "smtp+starttls://"),
        ("GUIDE_SMTP_URL", "smtps://me:secret@mail.example.be/path", "smtp+starttls://"),
        ("GUIDE_SMTP_URL", "smtps://me:secret@mail.example.be?tls=no", "smtp+starttls://"),
        ("GUIDE_SMTP_URL", "smtps://me:se/cret@mail.example.be", "%2F"),
        ("GUIDE_SMTP_URL", "smtps://me:#:secret@mail.example.be", "smtp+starttls://"),
        ("GUIDE_SMTP_URL", "smtps://:secret@mail.example.be", "smtp+starttls://"),
        ("GUIDE_SMTP_URL", "smtps://mail example.be", "smtp+starttls://"),
        ("GUIDE_SMTP_URL", "smtp://me:secret@mail.example.be", "smtps://"),
        ("GUIDE_MAIL_FROM", "guide", "guide@example.be"),
        ("GUIDE_MAIL_FROM", "Guide <guide@example.be>", "guide@example.be"),
        ("GUIDE_MAIL_FROM", "guide@example.be, autre@example.be", "guide@example.be"),
        ("GUIDE_MAIL_FROM", "guide@example.be\nBcc: autre@example.be", "guide@example.be"),
        ("GUIDE_MAIL_FROM", "guide@localhost", "guide@example.be"),
        ("GUIDE_MAIL_FROM", "gu\x01ide@example.be", "guide@example.be"),
    ],
)
def test_a_wrong_setting_names_itself_and_the_mend(tmp_path: Path, name, value, mend) -> None:
    with pytest.raises(SettingError, match=re.escape(mend)) as stopped:
        settings(tmp_path, **{name: value})
    assert str(stopped.value).startswith(f"{name}:")
    assert ":secret@" not in str(stopped.value)


@pytest.mark.parametrize(
    "url",
    [
        "smtp://localhost",
        "smtp://mail.example.be:25/",
        "smtp://me:secret@127.0.0.1:2525",
        "smtp+starttls://me:s%2Fe%40cret@mail.example.be",
        "smtps://me@mail.example.be:465",
    ],
)
def test_a_mail_server_is_named_with_the_address_mails_come_from(tmp_path: Path, url: str) -> None:
    found = settings(tmp_path, GUIDE_SMTP_URL=url, GUIDE_MAIL_FROM=" guide@example.be ")
    assert (found.smtp_url, found.mail_from) == (url, "guide@example.be")
    with pytest.raises(SettingError, match=r"GUIDE_MAIL_FROM: .* guide@example.be"):
        settings(tmp_path, GUIDE_SMTP_URL=url)


def test_without_a_mail_server_mails_are_files_in_the_instance(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert found.smtp_url is None
    assert found.mail_folder == found.instance / "mail"
    assert is_address(found.mail_from)


@given(st.text(st.sampled_from('ab1@.-_,;:<>()[]"\\ \n\x01é') | st.characters(), max_size=30))
def test_whatever_address_is_taken_as_sender_mails_can_be_written_with(given: str) -> None:
    try:
        sender = _mail_from({"GUIDE_MAIL_FROM": given})
    except SettingError:
        return
    assert is_address(sender)


@pytest.mark.control("C27")
def test_no_password_and_no_key_stand_in_what_is_printed_of_the_settings(tmp_path: Path) -> None:
    found = settings(
        tmp_path,
        GUIDE_DATABASE_URL="postgresql+psycopg://me:secret1@localhost/guide",
        GUIDE_SECRET_KEY="secret2" * 8,
        GUIDE_SMTP_URL="smtps://me:secret3@mail.example.be",
        GUIDE_MAIL_FROM="guide@example.be",
    )
    assert "guide@example.be" in repr(found)
    assert "secret" not in repr(found).replace("secret_key", "")


def test_an_instance_that_is_a_file_names_itself_and_the_mend(tmp_path: Path) -> None:
    (tmp_path / "instance").write_text("a file")
    with pytest.raises(SettingError, match=r"GUIDE_INSTANCE: .* Name a folder"):
        settings(tmp_path)


def test_an_instance_below_a_file_names_itself_and_the_mend(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file")
    with pytest.raises(SettingError, match=r"GUIDE_INSTANCE: .* Name a folder"):
        Settings.from_environment({"GUIDE_INSTANCE": str(tmp_path / "file" / "instance")})


@pytest.mark.parametrize("kept", ["", "short", "\udcff"])
def test_a_key_that_was_damaged_names_its_file_and_the_mend(tmp_path: Path, kept: str) -> None:
    file = tmp_path / "instance" / "secret_key"
    file.parent.mkdir()
    file.write_bytes(kept.encode("utf-8", "surrogateescape"))
    with pytest.raises(SettingError, match="Delete that file") as stopped:
        settings(tmp_path)
    assert str(file) in str(stopped.value)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://guide.example.be/", "https://guide.example.be"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("  ", None),
    ],
)
def test_a_public_address_is_kept_without_its_final_slash(tmp_path: Path, given, kept) -> None:
    assert settings(tmp_path, GUIDE_SITE_URL=given).site_url == kept


def test_the_instance_and_its_key_are_for_their_owner_only(tmp_path: Path) -> None:
    (tmp_path / "instance").mkdir(mode=0o755)
    found = settings(tmp_path)
    assert mode(found.instance) == 0o700
    assert mode(found.instance / "secret_key") == 0o600
    assert sorted(path.name for path in found.instance.iterdir()) == ["referral_keys", "secret_key"]


@pytest.mark.control("C27")
def test_the_key_is_made_once_and_is_no_constant(tmp_path: Path) -> None:
    first = settings(tmp_path).secret_key
    assert len(first) >= 32
    assert settings(tmp_path).secret_key == first
    assert settings(tmp_path / "elsewhere").secret_key != first


def test_a_key_given_is_taken_and_none_is_made(tmp_path: Path) -> None:
    found = settings(tmp_path, GUIDE_SECRET_KEY=KEY)
    assert found.secret_key == KEY
    assert not (found.instance / "secret_key").exists()


def _key_of(folder: str, start, answers) -> None:
    start.wait()
    answers.put(settings(Path(folder)).secret_key)


def test_processes_that_start_together_share_one_key(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("fork")
    start, answers = spawn.Event(), spawn.Queue()
    processes = [spawn.Process(target=_key_of, args=(str(tmp_path), start, answers)) for _ in range(4)]
    for process in processes:
        process.start()
    start.set()
    keys = {answers.get(timeout=30) for _ in processes}
    for process in processes:
        process.join()
    assert keys == {settings(tmp_path).secret_key}


@pytest.mark.parametrize("name", ["a space", "a%20percent", "100%", "a?question", "a#hash", "é'\"à"])
def test_the_database_stands_in_an_instance_of_any_name(tmp_path: Path, name: str) -> None:
    found = settings(tmp_path / name)
    engine = open_database(found.database_url)
    migrations.upgrade(engine)
    engine.dispose()
    assert (found.instance / "guide.sqlite3").is_file()
