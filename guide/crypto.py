"""Small seals from one secret key: purpose-bound keys, keyed digests, sealed short values.

Every purpose has its own key, derived (HKDF-SHA256) from the application's secret key, so that a digest made
for one thing proves nothing for another. Referrals have keys of their own (`guide.keys`).

`cryptography` is imported in the functions that need it: it takes 7 MB of a process, and no page that a reader opens
first needs it.
"""

import base64
import hashlib
import hmac
import os

NONCE = 12


class UnsealError(Exception):
    """The value was sealed with another key, for another purpose, or was changed."""


def key_for(secret_key: str, purpose: str) -> bytes:
    """32 bytes that belong to this purpose alone."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret_key.encode())


def digest(secret_key: str, purpose: str, value: str) -> str:
    """A keyed digest (HMAC-SHA-256, hex): tells that a value is the same without keeping it."""
    return hmac.new(key_for(secret_key, purpose), value.encode(), hashlib.sha256).hexdigest()


def token_digest(token: str) -> str:
    """What is kept of a random token of 256 bits: its SHA-256, hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def seal(secret_key: str, purpose: str, bound_to: str, value: str) -> bytes:
    """The value encrypted (AES-256-GCM), readable only for the same purpose and what it is bound to."""
    return encrypt(key_for(secret_key, purpose), value.encode(), bound_to.encode())


def unseal(secret_key: str, purpose: str, bound_to: str, sealed: bytes) -> str:
    """The value again; raises UnsealError."""
    return decrypt(key_for(secret_key, purpose), sealed, bound_to.encode()).decode()


def encrypt(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    """AES-256-GCM: a new nonce of 12 bytes, then what it made of these; read again only with what it is bound to."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def decrypt(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """What `encrypt` was given. Raises UnsealError."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], bound_to)
    except (InvalidTag, ValueError) as problem:
        raise UnsealError from problem


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
