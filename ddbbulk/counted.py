"""How many there are of something, as a person says it."""


def counted(number: float, noun: str) -> str:
    """Return ``1 item``, ``2,000 items`` and the like; the noun takes an s."""
    text = f"{number:,.0f}"
    return f"{text} {noun}" if text == "1" else f"{text} {noun}s"


def counted_are(number: float, noun: str) -> str:
    """Return ``1 item is``, ``2,000 items are`` and the like."""
    text = counted(number, noun)
    return f"{text} {'is' if text.startswith('1 ') else 'are'}"
