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
  and 3,000 read units a second, which no burst stretches. That is adaptive capacity at
  its best. ``partitions`` is it not yet begun: provisioned write units are split evenly
  among so many partitions, by the hash of the key, and none is lent what others leave.
  With ``"auto"`` they are as many as the highest capacity so far needs (they do not go
  away when it is lowered). Partitions that come of a split begin empty. Reads and
  on-demand tables are not split.
- A page of a scan or query is charged to its partition keys by what each has of it. It
  is throttled where the one that it begins with has nothing left.
- ``account_wcu`` and ``account_rcu`` hold for all tables and indexes together, in every
  second; the reasons name the table and each index that was asked.
- A transaction is looked at as a whole before any of it is charged; what is short
  cancels it, and then it costs nothing. A failed condition cancels it at its full cost,
  but for indexes. A condition check costs what a delete that is not done would.
- A request that is repeated under its token reads its items, as a transaction does.
- A request of which nothing was admitted is answered with
  ProvisionedThroughputExceededException where provisioned capacity was short, with
  RequestLimitExceeded where only the account's limit was in the way, else with
  ThrottlingException; all carry their reasons.
- UpdateTable keeps what a bucket holds, cut to its new size. Capacity may be lowered
  four times a day, then once an hour (``daily_decreases``, ``decrease_seconds``). While
  only indexes change, the table is ACTIVE.
- On-demand tables take 4,000 write units a second or, where that is more, their warm
  throughput or double their previous peak: the most within any second that lies 30
  minutes back (``doubling_seconds``); or else their MaxWriteRequestUnits. Their reads
  do not grow.
- Warm throughput never falls, and lifts no provisioned capacity.
- Quotas of an account are enforced where asked for (``quotas``), time to live deletes
  nothing, and an index is built at once.
- Streams (without records), point-in-time recovery, table classes, encryption keys
  and resource-based policies are remembered and shown; nothing is done about them.
- ListTagsOfResource answers ten tags at a time.
"""

from ddbbulk.simulator.faults import Faults, Outage
from ddbbulk.simulator.server import Simulator

__all__ = ["Faults", "Outage", "Simulator"]
