"""Sealed at rest: one random key a referral, AES-256-GCM, and the one function that reads content.

A part is bound to its referral and its name, so that a ciphertext moved elsewhere is refused. The referral's
key is wrapped by a master key (`guide.keys`); without its row nothing can be read again.
"""

import json
import os
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.crypto import UnsealError, decrypt, encrypt
from guide.keys import KEY, KeyFile
from guide.model.referrals import Referral, ReferralKey, ReferralPart
from guide.referrals.content import SealedSection, as_values, from_values


def seal(session: Session, referral: Referral, name: SealedSection, part: Any) -> None:
    """Stores a part of a referral, in place of what it said before. Raises KeysMissingError."""
    sealed = _encrypt(_key(session, referral, make=True), referral.uid, name, as_values(part))
    row = session.scalar(_row(referral, name))
    if row is None:
        session.add(ReferralPart(referral_id=referral.id, part=name, sealed=sealed))
    else:
        row.sealed = sealed
    session.flush()


def unseal(session: Session, referral: Referral, name: SealedSection) -> Any:
    """A part of a referral; empty when it was never written.

    Raises UnsealError when the ciphertext was moved or changed or its key is gone, KeysMissingError without master
    keys. Who may read, and the trace of it, is `guide.referrals.reading`.
    """
    row = session.scalar(_row(referral, name))
    if row is None:
        return from_values(name, {})
    key = _key(session, referral)
    return from_values(name, json.loads(decrypt(key, row.sealed, _bound(referral.uid, name))))


def forget(session: Session, referral: Referral) -> None:
    """Deletes what is sealed of a referral, its key first: nobody reads it again."""
    for row in (
        *session.scalars(select(ReferralKey).where(ReferralKey.referral_id == referral.id)),
        *session.scalars(select(ReferralPart).where(ReferralPart.referral_id == referral.id)),
    ):
        session.delete(row)
    session.flush()
    session.expire(referral, ["key", "parts"])


def key_file(session: Session) -> KeyFile:
    """The master keys, as this session was given them."""
    keys = session.info["keys"]
    assert isinstance(keys, KeyFile)
    return keys


def _key(session: Session, referral: Referral, make: bool = False) -> bytes:
    row = session.get(ReferralKey, referral.id)
    if row is not None:
        return key_file(session).unwrap(row.kid, row.wrapped, referral.uid)
    if not make:
        raise UnsealError
    key = os.urandom(KEY)
    kid, wrapped = key_file(session).wrap(key, referral.uid)
    session.add(ReferralKey(referral_id=referral.id, kid=kid, wrapped=wrapped))
    session.flush()
    return key


def _encrypt(key: bytes, uid: str, name: SealedSection, values: dict[str, Any]) -> bytes:
    return encrypt(key, json.dumps(values, ensure_ascii=False).encode(), _bound(uid, name))


def _bound(uid: str, name: SealedSection) -> bytes:
    return f"referral:{uid}:{name}".encode()


def _row(referral: Referral, name: SealedSection) -> Any:
    return select(ReferralPart).where(ReferralPart.referral_id == referral.id, ReferralPart.part == name)
