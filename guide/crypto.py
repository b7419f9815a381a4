"""Small seals from one secret key: purpose-bound keys, keyed digests, sealed short values.

Every purpose has its own key, derived (HKDF-SHA256) from the application's secret key, so that a digest made
for one thing proves nothing for another. Referrals have keys of their own (`guide.keys`).
"""

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class UnsealError(Exception):
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
    """The value again; raises UnsealError."""
    try:
        plain = AESGCM(key_for(secret_key, purpose)).decrypt(sealed[:12], sealed[12:], bound_to.encode())
    except (InvalidTag, ValueError) as problem:
        raise UnsealError from problem
    return plain.decode()


def mask(token: str) -> str:
    """The token written otherwise each time, so that the size of a compressed page tells nothing of it (BREACH)."""
    plain = token.encode()
    pad = os.urandom(len(plain))
    return base64.urlsafe_b64encode(pad + _xor(pad, plain)).decode()


def unmask(masked: str) -> str:
    """The token again; '' for what `mask` cannot have written."""
    try:
        both = base64.b64decode(masked, altchars=b"-_", validate=True)
        half = len(both) // 2
        return _xor(both[:half], both[half:]).decode() if len(both) == 2 * half else ""
    except ValueError:
        return ""


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
