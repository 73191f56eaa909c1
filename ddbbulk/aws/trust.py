"""Whom a TLS connection trusts: the system, or whom the AWS settings name."""

import ssl
from pathlib import Path

import botocore

from ddbbulk.errors import ConfigurationError

_OF_BOTOCORE = Path(botocore.__file__).parent / "cacert.pem"


def trust_of(bundle: str | None) -> ssl.SSLContext:
    """Return a context that verifies the server's certificate and its name.

    Args:
        bundle: a file or a folder of certificates to trust in place of the system's.

    Raises:
        ConfigurationError: the bundle is not there, or holds no certificate.
    """
    if bundle:
        is_folder = Path(bundle).is_dir()
        try:
            context = ssl.create_default_context(
                cafile=None if is_folder else bundle,
                capath=bundle if is_folder else None,
            )
        except OSError as error:
            raise ConfigurationError(
                f"the certificates in {bundle} cannot be read ({error}): check "
                "AWS_CA_BUNDLE, or ca_bundle in the AWS configuration"
            ) from error
    else:
        context = ssl.create_default_context()
        paths = ssl.get_default_verify_paths()
        if not (paths.cafile or paths.capath) and _OF_BOTOCORE.exists():
            # A Python without a system to lean on: trust whom botocore trusts.
            context.load_verify_locations(_OF_BOTOCORE)
    context.set_alpn_protocols(["http/1.1"])
    return context
