"""One-time codes are taken once, belong to their account, and are kept sealed."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy.orm import Session

from guide.accounts import second_factor
from guide.model import Account, RecoveryCode, Role
from tests.editing.conftest import NOW, make_account


def set_up(session: Session, account: Account) -> tuple[pyotp.TOTP, list[str]]:
    secret = second_factor.new_secret()
    totp = pyotp.TOTP(secret)
    codes = second_factor.set_up(session, account, secret, totp.at(NOW), NOW)
    assert codes
    return totp, codes


def test_a_wrong_first_code_sets_nothing_up(session: Session, account: Account) -> None:
    secret = second_factor.new_secret()
    right = pyotp.TOTP(secret).at(NOW)
    wrong = str((int(right) + 1) % 1_000_000).zfill(6)
    for code in (wrong, "", "12345", "abcdef", "１２３４５６", right + "0"):
        assert second_factor.set_up(session, account, secret, code, NOW) is None
    assert not second_factor.is_set_up(account)


@pytest.mark.control("C11")
def test_a_code_is_taken_half_a_minute_around_its_time_and_only_once(
    session: Session, account: Account
) -> None:
    totp, _ = set_up(session, account)
    assert not second_factor.check(session, account, totp.at(NOW), NOW), "it served to set the codes up"
    later = NOW + timedelta(minutes=5)
    for step in (-60, 60):
        assert not second_factor.check(session, account, totp.at(later + timedelta(seconds=step)), later)
    before, next_one = totp.at(later - timedelta(seconds=30)), totp.at(later + timedelta(seconds=30))
    assert second_factor.check(session, account, f" {next_one[:3]} {next_one[3:]} ", later)
    assert not second_factor.check(session, account, next_one, later)
    # One of an earlier step is refused too, once a later one was used.
    assert not second_factor.check(session, account, before, later)
    assert not second_factor.check(session, account, totp.at(later), later)


@pytest.mark.control("C11")
def test_the_secret_is_kept_sealed_and_for_its_account_only(session: Session, account: Account) -> None:
    totp, _ = set_up(session, account)
    other = make_account(Role.COORDINATOR)
    session.add(other)
    session.flush()
    assert totp.secret.encode() not in (account.totp_sealed or b"")
    later = NOW + timedelta(minutes=5)
    other.totp_sealed = account.totp_sealed
    assert not second_factor.check(session, other, totp.at(later), later)
    session.info["secret_key"] = "another key of the site, long enough.."
    assert not second_factor.check(session, account, totp.at(later), later)


@pytest.mark.control("C11")
def test_ten_recovery_codes_each_work_once_however_they_are_typed(session: Session, account: Account) -> None:
    _, codes = set_up(session, account)
    assert len(set(codes)) == 10
    kept = {row.digest for row in session.query(RecoveryCode)}
    assert len(kept) == 10
    assert not any(code in digest for code in codes for digest in kept)
    for left, code in zip(range(9, -1, -1), codes, strict=True):
        assert second_factor.recover(session, account, f" {code.upper().replace('-', ' ')}", NOW)
        assert not second_factor.recover(session, account, code, NOW)
        assert second_factor.recovery_codes_left(session, account) == left


def test_recovery_codes_are_of_one_account_and_end_with_a_new_list(
    session: Session, account: Account
) -> None:
    _, codes = set_up(session, account)
    other = make_account(Role.COORDINATOR)
    session.add(other)
    session.flush()
    assert not second_factor.recover(session, other, codes[0], NOW)
    renewed = second_factor.new_recovery_codes(session, account)
    assert not second_factor.recover(session, account, codes[0], NOW)
    assert second_factor.recover(session, account, renewed[0], NOW)


def test_turned_off_nothing_of_it_is_left(session: Session, account: Account) -> None:
    totp, codes = set_up(session, account)
    second_factor.turn_off(session, account)
    assert not second_factor.is_set_up(account)
    assert session.query(RecoveryCode).count() == 0
    later = NOW + timedelta(minutes=5)
    assert not second_factor.check(session, account, totp.at(later), later)
    assert not second_factor.recover(session, account, codes[0], NOW)


def test_the_address_for_the_app_names_the_guide_and_the_account(account: Account) -> None:
    secret = second_factor.new_secret()
    address = second_factor.address(secret, account, "Guide social de Jette")
    assert address.startswith("otpauth://totp/Guide%20social%20de%20Jette:")
    assert f"secret={secret}" in address
    assert account.email.replace("@", "%40") in address


@pytest.mark.control("C11")
def test_codes_are_needed_by_all_but_editors() -> None:
    assert set(Role) - second_factor.NEEDED_BY == {Role.EDITOR}
