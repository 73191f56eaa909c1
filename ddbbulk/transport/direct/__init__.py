"""The transport that is fast: connections, HTTP and signatures of our own."""

from ddbbulk.transport.direct.transport import DirectTransport

__all__ = ["DirectTransport"]
