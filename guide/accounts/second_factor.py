"""One-time codes (TOTP, RFC 6238) and the ten recovery codes for a lost telephone.

The secret is kept sealed, bound to its account; recovery codes are kept as keyed digests; both are used once.
"""

import secrets
from datetime import datetime

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from guide.crypto import UnsealError, digest, seal, unseal
from guide.database import rowcount
from guide.model import Account, RecoveryCode, Role

NEEDED_BY = frozenset({Role.SOCIAL_WORKER, Role.COORDINATOR, Role.ADMINISTRATOR})
STEP = 30
RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def is_set_up(account: Account) -> bool:
    """Does she sign in with one-time codes?"""
    return account.totp_sealed is not None


def new_secret() -> str:
    """A secret of 160 bits in the letters that apps take."""
    return pyotp.random_base32()


def address(secret: str, account: Account, issuer: str) -> str:
    """The otpauth address that an app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account.email, issuer_name=issuer)


def set_up(session: Session, account: Account, secret: str, code: str, now: datetime) -> list[str] | None:
    """Turns one-time codes on once the app has shown a right one; gives the recovery codes, shown only now.

    A secret from before is forgotten. Browsers that signed in before this must do it again.
    """
    step = _step_of(secret, code, now, None)
    if step is None:
        return None
    account.totp_sealed = seal(_secret_key(session), "totp", f"account:{account.id}", secret)
    account.totp_last_step = step
    return new_recovery_codes(session, account)


def check(session: Session, account: Account, code: str, now: datetime) -> bool:
    """Is this the code of now (or of half a minute around it), and was it not used before?"""
    if account.totp_sealed is None:
        return False
    try:
        secret = unseal(_secret_key(session), "totp", f"account:{account.id}", account.totp_sealed)
    except UnsealError:
        return False
    step = _step_of(secret, code, now, account.totp_last_step)
    if step is None:
        return False
    # Of two browsers with the same code, one is let in.
    taken = session.execute(
        update(Account)
        .where(
            Account.id == account.id,
            (Account.totp_last_step.is_(None)) | (Account.totp_last_step < step),
        )
        .values(totp_last_step=step)
        .execution_options(synchronize_session="fetch")
    )
    return bool(rowcount(taken))


def recover(session: Session, account: Account, code: str, now: datetime) -> bool:
    """Uses one of the recovery codes up; False for wrong and used ones."""
    taken = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account.id,
            RecoveryCode.digest == _digest(session, account, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    return bool(rowcount(taken))


def new_recovery_codes(session: Session, account: Account) -> list[str]:
    """Ten new codes ('k7rm-2xqp-9wdh'); those from before are worth nothing any more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
        for _ in range(RECOVERY_CODES)
    ]
    session.add_all(
        RecoveryCode(account_id=account.id, digest=_digest(session, account, code)) for code in codes
    )
    session.flush()
    return codes


def recovery_codes_left(session: Session, account: Account) -> int:
    """How many of her recovery codes are not used yet."""
    return (
        session.scalar(
            select(func.count()).where(RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None))
        )
        or 0
    )


def turn_off(session: Session, account: Account) -> None:
    """Forgets secret and recovery codes: a new one must be set up where the role needs it."""
    account.totp_sealed = account.totp_last_step = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    session.flush()


def _step_of(secret: str, code: str, now: datetime, used: int | None) -> int | None:
    """The step whose code this is, among the one before, now and the next; None when it is used or wrong."""
    digits = "".join(code.split())
    if len(digits) != 6 or not digits.isascii() or not digits.isdigit():
        return None
    totp, current = pyotp.TOTP(secret, interval=STEP), int(now.timestamp()) // STEP
    for step in (current, current - 1, current + 1):
        if secrets.compare_digest(totp.generate_otp(step), digits):
            return None if used is not None and step <= used else step
    return None


def _digest(session: Session, account: Account, code: str) -> str:
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return digest(_secret_key(session), "recovery", f"{account.id}:{plain}")


def _secret_key(session: Session) -> str:
    return str(session.info["secret_key"])
