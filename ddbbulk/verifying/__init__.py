"""Whether a table holds what a source says: compared item by item, nothing changed."""

from ddbbulk.verifying.options import VerifyOptions
from ddbbulk.verifying.report import Consistency, Difference, SampleBound, VerifyReport
from ddbbulk.verifying.sheet import verify_sheet
from ddbbulk.verifying.verifier import verify, verify_sync

__all__ = [
    "Consistency",
    "Difference",
    "SampleBound",
    "VerifyOptions",
    "VerifyReport",
    "verify",
    "verify_sheet",
    "verify_sync",
]
