"""Small seals from one secret key: purpose-bound keys, keyed digests, sealed short values.

Every purpose has its own key, derived (HKDF-SHA256) from the application's secret key, so that a digest made
for one thing proves nothing for another. Referrals have keys of their own (issue of the fiche-relais).
"""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class CannotUnseal(Exception):
    """The value was sealed with another key, for another purpose, or was changed."""


def key_for(secret_key: str, purpose: str) -> bytes:
    """32 bytes that belong to this purpose alone."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret_key.encode())


def digest(secret_key: str, purpose: str, value: str) -> str:
    """A keyed digest (HMAC-SHA-256, hex): tells that a value is the same without keeping it."""
    return hmac.new(key_for(secret_key, purpose), value.encode(), hashlib.sha256).hexdigest()


def token_digest(token: str) -> str:
    """What is kept of a random token of 256 bits: its SHA-256, hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def seal(secret_key: str, purpose: str, bound_to: str, value: str) -> bytes:
    """The value encrypted (AES-256-GCM), readable only for the same purpose and what it is bound to."""
    nonce = os.urandom(12)
    return nonce + AESGCM(key_for(secret_key, purpose)).encrypt(nonce, value.encode(), bound_to.encode())


def unseal(secret_key: str, purpose: str, bound_to: str, sealed: bytes) -> str:
    """The value again; raises CannotUnseal."""
    try:
        plain = AESGCM(key_for(secret_key, purpose)).decrypt(sealed[:12], sealed[12:], bound_to.encode())
    except (InvalidTag, ValueError) as problem:
        raise CannotUnseal from problem
    return plain.decode()
