"""One request on its way: its bytes, and who is told what became of it."""

import msgspec

from ddbbulk.transport.transport import Operation, ReadOperation, Settle


class Errand(msgspec.Struct, eq=False):
    """A request that was handed over, until it is settled.

    Args:
        operation: such as ``BatchWriteItem``.
        body: of the request.
        settle: called once, unless the errand is given up before.
        data: what goes over the wire, once it is signed.
        signed_in: the round of the credentials that it was signed in.
        is_given_up: nobody wants to know any more.
    """

    operation: Operation | ReadOperation
    body: bytes
    settle: Settle
    data: bytes = b""
    signed_in: int = 0
    is_given_up: bool = False
