"""Signatures (AWS Signature Version 4) of requests that differ only in their bodies.

Of what is hashed only the end differs from one request to the next: the hash of the
beginning is kept and copied, and so are the two hashes that an HMAC is made of.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
from typing import Any, Final

ALGORITHM: Final = "AWS4-HMAC-SHA256"
_BLOCK_BYTES: Final = 64
_INNER: Final = bytes(byte ^ 0x36 for byte in range(256))
_OUTER: Final = bytes(byte ^ 0x5C for byte in range(256))


class SigningKey:
    """What is derived from a secret for one day, region and service.

    Args:
        secret: the secret access key.
        scope: such as ``20261120/eu-west-1/dynamodb/aws4_request``.

    Attributes:
        scope: the same.
        inner: the hash that what is signed goes through; to be copied.
        outer: and the one that the first's digest goes through.
    """

    __slots__ = ("inner", "outer", "scope")

    def __init__(self, secret: str, scope: str) -> None:
        key = b"AWS4" + secret.encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        padded = key.ljust(_BLOCK_BYTES, b"\0")
        self.scope = scope
        self.inner: Any = hashlib.sha256(padded.translate(_INNER))
        self.outer: Any = hashlib.sha256(padded.translate(_OUTER))


class Seal:
    """Signs requests that have everything in common but their bodies.

    Args:
        key: of the day of the stamp.
        stamp: the time of the requests, such as ``20261120T123600Z``.
        canonical: the canonical request, up to the hash of its body.
    """

    __slots__ = ("_canonical", "_inner", "_outer")

    def __init__(self, key: SigningKey, stamp: str, canonical: str) -> None:
        self._canonical: Any = hashlib.sha256(canonical.encode())
        self._inner: Any = key.inner.copy()
        self._inner.update(f"{ALGORITHM}\n{stamp}\n{key.scope}\n".encode())
        self._outer: Any = key.outer

    def signature(self, body: bytes) -> str:
        """Return the signature of a request with this body."""
        canonical = self._canonical.copy()
        canonical.update(hashlib.sha256(body).hexdigest().encode())
        inner = self._inner.copy()
        inner.update(canonical.hexdigest().encode())
        outer = self._outer.copy()
        outer.update(inner.digest())
        signature: str = outer.hexdigest()
        return signature
