"""One request on its way: its bytes, and who is told what became of it."""

from ddbbulk.transport.transport import Operation, ReadOperation, Settle


class Errand:
    """A request that was handed over, until it is settled.

    Attributes:
        operation: such as ``BatchWriteItem``.
        body: of the request.
        data: what goes over the wire, once it is signed.
        settle: called once, unless the errand is given up before.
        signed_in: the round of the credentials that it was signed in.
        is_given_up: nobody wants to know any more.
    """

    __slots__ = ("body", "data", "is_given_up", "operation", "settle", "signed_in")

    def __init__(
        self, operation: Operation | ReadOperation, body: bytes, settle: Settle
    ) -> None:
        self.operation = operation
        self.body = body
        self.settle = settle
        self.data = b""
        self.signed_in = 0
        self.is_given_up = False
