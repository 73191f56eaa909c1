"""A local DynamoDB that really throttles.

Where AWS documents nothing, the simulator takes the stricter reading that still makes
progress:

- A bucket of capacity holds one second's units (``burst_seconds``; AWS saves up to 300
  seconds, best effort), starts full, admits while it is above zero, and may go into
  debt: a 20-unit item can be written to a table of 5.
- Table and global indexes are looked at before any of them is charged; what is
  throttled costs nothing anywhere.
- Which items of a batch lose is chance (``seed``).
- A partition is one partition key, on the table and on each global index: 1,000 write
  units a second, which no burst stretches.
- A request of which nothing was admitted is answered with
  ProvisionedThroughputExceededException where provisioned capacity was short, else with
  ThrottlingException; both carry their reasons.
- UpdateTable keeps what a bucket holds, cut to its new size. Capacity may be lowered
  four times a day, then once an hour.
- On-demand tables take 4,000 write units a second, or their MaxWriteRequestUnits.
- Quotas of an account are not enforced, time to live deletes nothing, and an index is
  built at once.
"""

from ddbbulk.simulator.faults import Faults, Outage
from ddbbulk.simulator.server import Simulator

__all__ = ["Faults", "Outage", "Simulator"]
