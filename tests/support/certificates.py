"""Certificates for servers of the tests, made when they are needed."""

import ssl
import subprocess
from pathlib import Path


def make_certificate(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    """Return a certificate for ``name`` (as ``DNS:…`` or ``IP:…``) that signs itself.

    Returns:
        the file that clients are to trust, and what the server serves with.
    """
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
        f"-days 2 -subj /CN=ddbbulk-test -addext subjectAltName={name} "
        f"-keyout {key} -out {certificate}"
    )
    subprocess.run(command.split(), check=True, capture_output=True)  # noqa: S603 -- our own words
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return certificate, context
