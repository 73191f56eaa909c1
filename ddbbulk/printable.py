"""Text from data and servers, made safe for a terminal or a log."""


def printable(text: str, *, limit: int | None = None) -> str:
    r"""Return the text on one line, with whatever could steer a terminal escaped.

    Control and direction characters, lone surrogates and odd blanks become ``\x1b``,
    ``\u202e`` and the like; letters of every script stay.

    Args:
        text: what came from a file, a server or an option.
        limit: cut after so many characters, and say so by an ellipsis.
    """
    if limit is not None and len(text) > limit:
        text = text[:limit] + "…"
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode()
        for char in text
    )
