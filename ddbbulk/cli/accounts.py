"""The account that a table belongs to."""


def account_of(arn: str) -> str:
    """Return the account of ``arn:aws:dynamodb:REGION:ACCOUNT:table/NAME``.

    Local servers have none, or write zeros.
    """
    fields = arn.split(":")
    return fields[-2] if fields[-2:-1] and fields[-2].strip("0") else ""
