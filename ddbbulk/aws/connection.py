"""One client for one endpoint, shared by the loads that are given it."""

import logging
import platform
import ssl
from functools import cached_property, partial
from importlib.metadata import version
from types import TracebackType
from typing import Any, Self, cast
from urllib.parse import urlsplit

import aioboto3
from aiobotocore.config import AioConfig
from botocore import handlers
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from ddbbulk.aws.client_signing import ClientSigning
from ddbbulk.aws.credentials import (
    REFUSALS,
    AccessKey,
    Credentials,
    from_new_session,
    from_session,
)
from ddbbulk.aws.endpoint import checked, configured_endpoint, is_loopback
from ddbbulk.aws.prepared import carry_prepared
from ddbbulk.aws.service_errors import check_answer
from ddbbulk.aws.translation import failure_of, translated
from ddbbulk.aws.trust import trust_of
from ddbbulk.diagnosis import NOT_DYNAMODB, request_error
from ddbbulk.errors import ConfigurationError
from ddbbulk.retry import Failure, FailureKind

_LOG = logging.getLogger(__name__)

CONNECT_SECONDS = 2.0
REQUEST_SECONDS = 10.0
# DynamoDB Local and its kin want some key of letters and digits, and look no further.
PLACEHOLDER_KEY = "placeholder"
DEFAULT_LOCAL_REGION = "us-east-1"
_KEY_ARGUMENTS = ("aws_access_key_id", "aws_secret_access_key")
_USER_AGENT = (
    f"ddbbulk/{version('ddbbulk')} Botocore/{version('botocore')} "
    f"aiobotocore/{version('aiobotocore')} Python/{platform.python_version()}"
)


class Connection:
    """A DynamoDB client at one endpoint, open for as long as the ``async with`` lasts.

    Attributes:
        client: the aiobotocore client; botocore's own retries are off, so that nothing
            is sent that nobody paid for.
        endpoint_url: where requests go.
        region: the region they are signed for.
        profile: of the shared AWS configuration, where one was named.
        max_connections: how many requests may be in flight.
        uses_placeholders: whether requests are signed with made-up credentials.
        credentials: what they are signed with, and how it is renewed.
        transport: the name of what carries its loads' requests; None: what can.
        connect_seconds: how long a connection may take to open.
        request_seconds: how long an answer may take.
    """

    client: Any
    credentials: Credentials

    def __init__(
        self,
        *,
        session: aioboto3.Session | None = None,
        region: str | None = None,
        profile: str | None = None,
        endpoint_url: str | None = None,
        max_connections: int = 64,
        allow_insecure_endpoint: bool = False,
        transport: str | None = None,
    ) -> None:
        if max_connections < 1:
            raise ConfigurationError(
                f"max_connections is {max_connections}: give at least 1"
            )
        given = cast("object", session)  # callers need not check their types
        if given is not None and not isinstance(given, aioboto3.Session):
            kind = type(given)
            raise ConfigurationError(
                f"session is a {kind.__module__}.{kind.__name__}: give an "
                "aioboto3.Session"
            )
        with translated():
            # aioboto3 ships no types.
            self._session = cast(
                "Any",
                session or aioboto3.Session(profile_name=profile, region_name=region),
            )
        self._owns_session = session is None
        self.profile = profile
        self._region = region
        self._endpoint_url = checked(endpoint_url or configured_endpoint())
        self._allow_insecure_endpoint = allow_insecure_endpoint
        self._context: Any = None
        self._is_open = False
        self.max_connections = max_connections
        self.transport = transport
        self.connect_seconds = CONNECT_SECONDS
        self.request_seconds = REQUEST_SECONDS
        self.uses_placeholders = False
        self.endpoint_url = self._endpoint_url or ""
        self.region = ""

    async def __aenter__(self) -> Self:
        with translated():
            self._context = self._session.client(
                "dynamodb",
                endpoint_url=self._endpoint_url,
                config=AioConfig(
                    retries={"total_max_attempts": 1, "mode": "standard"},
                    max_pool_connections=self.max_connections,
                    connect_timeout=self.connect_seconds,
                    read_timeout=self.request_seconds,
                    proxies=self._proxies(),
                    # Built anew for every request, they would take a quarter of it.
                    parameter_validation=False,
                    user_agent=_USER_AGENT,
                ),
                **await self._identity(),
            )
            self.client = await self._context.__aenter__()
            self.credentials = await self._credentials()
        self.endpoint_url = self.client.meta.endpoint_url
        self.region = self.client.meta.region_name
        events = self.client.meta.events
        # With a single attempt there is nothing to decide, and nothing to tell.
        events.unregister("needs-retry.dynamodb", unique_id="retry-config-dynamodb")
        tell_attempt = getattr(handlers, "add_retry_headers", None)
        if tell_attempt is not None:
            events.unregister("request-created", tell_attempt)
        carry_prepared(self.client)
        ClientSigning(self.client, self.credentials).register()
        self._is_open = True
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_open = False
        await self._context.__aexit__(kind, error, trace)

    def check_open(self) -> None:
        """Raise ConfigurationError outside of the ``async with`` block."""
        if not self._is_open:
            raise ConfigurationError(
                "the connection is not open: use it inside 'async with "
                "ddbbulk.connect(…) as connection'"
            )

    async def request(self, operation: str, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401 # a request is what DynamoDB's API says
        """Send a request that no budget pays for, and return the answer.

        Where its credentials were refused, it is sent again with renewed ones.

        Args:
            operation: a method of the client, such as ``describe_table``.
            parameters: what it takes.

        Raises:
            RequestError: it failed.
        """
        self.check_open()
        table = parameters.get("TableName", "")
        action = "dynamodb:" + operation.title().replace("_", "")
        while True:
            signed_in = self.credentials.round
            with translated(table=table, action=action):
                try:
                    answer = await getattr(self.client, operation)(**parameters)
                    check_answer(operation, answer)
                except ResponseParserError as error:
                    failure = Failure(FailureKind.FATAL, NOT_DYNAMODB, str(error))
                    raise request_error(failure, table=table) from error
                except (ClientError, RuntimeError) as error:
                    failure = failure_of(error)
                    if failure.code not in REFUSALS:
                        raise
                    judged = await self.credentials.judged(failure, signed_in)
                    if judged.kind is failure.kind:
                        raise request_error(
                            judged, table=table, action=action
                        ) from error
                    continue
            self.credentials.accepted(signed_in)
            return cast("dict[str, Any]", answer)

    def client_of(self, service: str) -> Any:  # noqa: ANN401 # aioboto3 makes its classes up at run time
        """Return the client of another AWS service, to be opened with ``async with``.

        It is of the same session and region; its endpoint is what the AWS settings name
        for that service.
        """
        keys: dict[str, str] = {}
        if self.uses_placeholders:
            keys = dict.fromkeys(_KEY_ARGUMENTS, PLACEHOLDER_KEY)
        return self._session.client(
            service,
            region_name=self.region,
            config=AioConfig(
                retries={"total_max_attempts": 1, "mode": "standard"},
                connect_timeout=self.connect_seconds,
                read_timeout=self.request_seconds,
                user_agent=_USER_AGENT,
            ),
            **keys,
        )

    @cached_property
    def trust(self) -> ssl.SSLContext:
        """Whom connections over TLS trust, by the AWS settings.

        Raises:
            ConfigurationError: the certificates that are named cannot be read.
        """
        bundle = self._session._session.get_config_variable("ca_bundle")  # noqa: SLF001 # aioboto3 has no public way to its settings
        return trust_of(cast("str | None", bundle))

    async def _credentials(self) -> Credentials:
        session = self._session
        load = (
            partial(from_new_session, profile=self.profile, region=self._region)
            if self._owns_session
            else partial(from_session, session)
        )
        if self.uses_placeholders:
            made_up = AccessKey(PLACEHOLDER_KEY, PLACEHOLDER_KEY)
            return Credentials(None, load, made_up)
        return Credentials(await session.get_credentials(), load)

    def _proxies(self) -> dict[str, str] | None:
        """Return no proxies for this machine's own servers; else what is configured."""
        # HTTP_PROXY leads out of the machine: from there 127.0.0.1 is another one.
        is_local = self._endpoint_url is not None and is_loopback(self._endpoint_url)
        return {} if is_local else None

    async def _identity(self) -> dict[str, str]:
        """Return the client arguments that plain HTTP calls for; none for AWS."""
        url = self._endpoint_url
        if url is None or urlsplit(url).scheme != "http":
            return {"region_name": self._region} if self._region else {}
        identity: dict[str, str] = {}
        if not (self._region or self._session.region_name):
            identity["region_name"] = DEFAULT_LOCAL_REGION
        elif self._region:
            identity["region_name"] = self._region
        if await self._needs_placeholders(url):
            self.uses_placeholders = True
            identity |= dict.fromkeys(_KEY_ARGUMENTS, PLACEHOLDER_KEY)
        return identity

    async def _needs_placeholders(self, url: str) -> bool:
        if not is_loopback(url):
            # A signature over plain HTTP can be replayed by whoever listens.
            if self._allow_insecure_endpoint:
                return False
            _LOG.info("plain HTTP to %s: signed with placeholder credentials", url)
            return True
        if self._owns_session:
            # No laptop has the instance metadata service; waiting for it takes seconds.
            provider = self._session._session.get_component("credential_provider")  # noqa: SLF001 # aioboto3 has no public way to its chain
            for name in ("iam-role", "container-role"):
                provider.remove(name)
        return await self._session.get_credentials() is None


def connect(
    *,
    session: aioboto3.Session | None = None,
    region: str | None = None,
    profile: str | None = None,
    endpoint_url: str | None = None,
    max_connections: int = 64,
    allow_insecure_endpoint: bool = False,
    transport: str | None = None,
) -> Connection:
    """Return a connection to open with ``async with`` and hand to several loads.

    Args:
        session: where credentials and region come from; by default the environment,
            the shared configuration files, and whatever else botocore knows.
        region: overrides the session's.
        profile: a profile of the shared configuration files.
        endpoint_url: a server other than AWS; by default ``AWS_ENDPOINT_URL_DYNAMODB``,
            ``AWS_ENDPOINT_URL``, or AWS itself.
        max_connections: requests in flight at the most.
        allow_insecure_endpoint: sign with the real credentials over plain HTTP to a
            host that is not this machine. Without it placeholders are used there.
        transport: ``"direct"`` or ``"aioboto3"``: what carries the requests of loads
            that do not say themselves.

    Raises:
        ConfigurationError: an argument, a profile or the region cannot work.

    Example:
        >>> async def both() -> None:
        ...     async with connect(endpoint_url="http://127.0.0.1:8000") as connection:
        ...         await load("users", users, wcu=100, connection=connection)
        ...         await load("follows", follows, wcu=100, connection=connection)
    """
    return Connection(
        session=session,
        region=region,
        profile=profile,
        endpoint_url=endpoint_url,
        max_connections=max_connections,
        allow_insecure_endpoint=allow_insecure_endpoint,
        transport=transport,
    )
