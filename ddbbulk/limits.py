"""DynamoDB's published limits, each with a link to where it is stated."""

from typing import Final

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
MAX_BATCH_ITEMS: Final = 25
MAX_BATCH_BYTES: Final = 16 * 1024 * 1024

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
# The limit is inclusive: 409,600 bytes are accepted, 409,601 refused.
MAX_ITEM_BYTES: Final = 400 * 1024
MAX_PARTITION_KEY_BYTES: Final = 2048
MAX_SORT_KEY_BYTES: Final = 1024
MAX_NESTING: Final = 32
MAX_ATTRIBUTE_NAME_BYTES: Final = 64 * 1024
MAX_NUMBER_DIGITS: Final = 38
# A number's magnitude lies between 1E-130 and 9.99…E+125.
MIN_NUMBER_EXPONENT: Final = -130
MAX_NUMBER_EXPONENT: Final = 125
# Of an expression: its text, and how much may be compared and joined in it.
MAX_EXPRESSION_BYTES: Final = 4096
MAX_EXPRESSION_OPERATORS: Final = 300

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
WRITE_UNIT_BYTES: Final = 1024
READ_UNIT_BYTES: Final = 4096

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
PARTITION_WRITE_UNITS_PER_SECOND: Final = 1000
PARTITION_READ_UNITS_PER_SECOND: Final = 3000

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
ON_DEMAND_WRITE_UNITS_PER_SECOND: Final = 4000
ON_DEMAND_READ_UNITS_PER_SECOND: Final = 12_000

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
# What an account is given without asking for more, in units a second: for a table, and
# for each of its global indexes; and for all of them together.
TABLE_UNITS: Final = 40_000
ACCOUNT_UNITS: Final = 80_000

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
# Billed for storing an item, or its entry in an index, beside its own bytes.
STORED_ENTRY_BYTES: Final = 100

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html
# Of all items with one partition key, in a table with local indexes, and their entries.
MAX_COLLECTION_BYTES: Final = 10 * 1024**3

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
# What expired longer ago is not deleted.
TTL_MAX_AGE_SECONDS: Final = 5 * 365 * 86_400

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataImport.Validation.html
# Of one import from S3, in most regions; it is 15 TB in the three largest.
MAX_IMPORT_BYTES: Final = 1024**4
