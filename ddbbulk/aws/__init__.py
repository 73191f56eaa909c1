"""Sessions, credentials, endpoint and client, through aioboto3."""

from ddbbulk.aws.connection import Connection, connect
from ddbbulk.aws.connection_options import ConnectionOptions, connect_by
from ddbbulk.aws.credentials import REFUSALS, AccessKey, Credentials
from ddbbulk.aws.routing import NoRouteError, Route, find_route
from ddbbulk.aws.service_errors import service_failure
from ddbbulk.aws.signing import ALGORITHM, Seal, SigningKey
from ddbbulk.aws.translation import UNMET_CODE, failure_of, translated, unmet_answer

__all__ = [
    "ALGORITHM",
    "REFUSALS",
    "UNMET_CODE",
    "AccessKey",
    "Connection",
    "ConnectionOptions",
    "Credentials",
    "NoRouteError",
    "Route",
    "Seal",
    "SigningKey",
    "connect",
    "connect_by",
    "failure_of",
    "find_route",
    "service_failure",
    "translated",
    "unmet_answer",
]
