"""Values and items of every kind that DynamoDB stores, for hypothesis."""

from decimal import Decimal

from hypothesis import strategies as st

from ddbbulk.schema import IndexSchema, KeyAttribute, TableSchema

# All but halves of surrogate pairs, which UTF-8 has not.
characters = st.characters(codec="utf-8")
texts = st.text(characters, max_size=20)
names = st.text(characters, min_size=1, max_size=8)
binaries = st.binary(max_size=20)


def _decimal(sign: int, digits: int, exponent: int) -> Decimal:
    return Decimal(f"{sign * digits}E{exponent}")  # exact, whatever the context


# All that DynamoDB stores as a number: 38 digits, from 1E-130 up to 1E+126.
decimals = st.builds(
    _decimal,
    st.sampled_from((1, -1)),
    st.integers(0, 10**28 - 1),
    st.integers(-130, 97),
) | st.builds(
    _decimal,
    st.sampled_from((1, -1)),
    st.integers(10**37, 10**38 - 1),
    st.integers(-130, 88),
)
integers = st.integers(-(10**38) + 1, 10**38 - 1)
floats = st.floats(1e-120, 1e120) | st.floats(-1e120, -1e-120) | st.just(0.0)
numbers = decimals | integers | floats


def size_from_first_digit(canonical: str) -> int:
    """Return a number's bytes by the other formula: pairs from the first digit on."""
    whole, _, fraction = canonical.lstrip("-").partition(".")
    if whole == "0":
        fraction = fraction.lstrip("0")
        whole = ""
    if not fraction:
        whole = whole.rstrip("0")
    sign_bytes = canonical.startswith("-")
    return 1 + sign_bytes + (len(whole) + 1) // 2 + (len(fraction) + 1) // 2


scalars = texts | numbers | binaries | st.booleans() | st.none()
sets = (
    st.sets(texts, min_size=1, max_size=5)
    | st.sets(decimals | integers, min_size=1, max_size=5)
    | st.sets(binaries, min_size=1, max_size=5)
)
values = st.recursive(
    scalars | sets,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4)
    ),
    max_leaves=8,
)

# What the table below is made for: keys of the table and of its indexes, some of them
# not there, and attributes that make an item large enough to cost more than one unit.
key_texts = st.text(characters, min_size=1, max_size=12)
large_texts = st.builds(lambda text, times: text * times, texts, st.integers(0, 200))
items = st.fixed_dictionaries(
    {"pk": key_texts, "sk": integers},
    optional={
        "city": key_texts,
        "level": decimals,
        "hash": st.binary(min_size=1, max_size=12),
        "notes": values,
        "text": large_texts,
        "other": values,
    },
)

SCHEMA = TableSchema(
    KeyAttribute("pk"),
    KeyAttribute("sk", "N"),
    (
        IndexSchema("everything", (KeyAttribute("city"),)),
        IndexSchema(
            "keys_only",
            (KeyAttribute("hash", "B"),),
            (KeyAttribute("sk", "N"),),
            "KEYS_ONLY",
        ),
        IndexSchema(
            "some",
            (KeyAttribute("city"),),
            (KeyAttribute("level", "N"),),
            "INCLUDE",
            ("text", "notes"),
        ),
        IndexSchema(
            "local",
            (KeyAttribute("pk"),),
            (KeyAttribute("level", "N"),),
            "INCLUDE",
            ("notes",),
            is_local=True,
        ),
    ),
)
