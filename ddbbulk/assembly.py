"""The parts of a writer, put together for one table."""

import random
from dataclasses import dataclass
from typing import Self

from ddbbulk.bottleneck import Bottleneck
from ddbbulk.budget import Account
from ddbbulk.checkpoint import Checkpoint
from ddbbulk.conditional_exchange import ConditionalExchange
from ddbbulk.consumption import Consumption
from ddbbulk.dispatcher import Dispatcher
from ddbbulk.exchange import BatchExchange, Exchange
from ddbbulk.failures import FailureLimit, FailureOutlet
from ddbbulk.intake import Intake
from ddbbulk.ledger import Ledger
from ddbbulk.marshal import Marshaller, Partitions
from ddbbulk.retry import RetryPolicy
from ddbbulk.scheduler import Scheduler
from ddbbulk.spreading import Spreading
from ddbbulk.steering import Steering
from ddbbulk.target import Target, WriterOptions


@dataclass(frozen=True, slots=True)
class Assembly:
    """What a writer works with, from the item that comes in to the request's end."""

    ledger: Ledger
    bottleneck: Bottleneck
    intake: Intake
    scheduler: Scheduler
    spreading: Spreading
    dispatcher: Dispatcher
    account: Account
    steering: Steering | None

    @classmethod
    def of(
        cls,
        target: Target,
        outlet: FailureOutlet,
        options: WriterOptions,
        checkpoint: Checkpoint | None = None,
    ) -> Self:
        """Return the parts, each knowing those that it needs."""
        resources = target.schema.resources
        account = target.budget.account(resources)
        marshaller = Marshaller(target.schema)
        ledger = checkpoint.ledger(resources) if checkpoint else Ledger(resources)
        limit = options.get("max_failures")
        intake = Intake(
            table=target.table,
            marshaller=marshaller,
            ledger=ledger,
            on_event=options.get("on_event"),
            on_failure=outlet.listener,
            limit=None if limit is None else FailureLimit.parse(limit),
            condition=target.condition,
        )
        consumption = Consumption(table=target.table, resources=resources)
        exchange: Exchange
        if target.condition is None:
            exchange = BatchExchange(
                table=target.table,
                consumption=consumption,
                key_of=marshaller.key_of,
            )
        else:
            exchange = ConditionalExchange(
                condition=target.condition, consumption=consumption
            )
        spreading = _spreading(target, account, options)
        steering = _steering(target, options)
        scheduler = Scheduler(
            table=target.table,
            account=account,
            ledger=ledger,
            retry=options.get("retry") or RetryPolicy(),
            linger=options.get("linger", 0.05),
            max_connections=target.max_connections,
            endings=intake,
            spreading=spreading,
            is_conditional=target.condition is not None,
        )
        scheduler.steering = steering
        bottleneck = Bottleneck(
            resources, verdict_of=steering.verdict if steering else None
        )
        dispatcher = Dispatcher(
            scheduler,
            exchange,
            target.transport,
            ledger=ledger,
            bottleneck=bottleneck,
            table=target.table,
            on_event=options.get("on_event"),
        )
        return cls(
            ledger,
            bottleneck,
            intake,
            scheduler,
            spreading,
            dispatcher,
            account,
            steering,
        )


def _spreading(target: Target, account: Account, options: WriterOptions) -> Spreading:
    return Spreading(
        table=target.table,
        resources=target.schema.resources,
        partitions=Partitions(target.schema),
        rates=lambda: account.rates,
        chance=random.Random(0),  # noqa: S311 -- which writes are looked at
        on_event=options.get("on_event"),
        is_interleaving=options.get("interleave", True),
        is_redacting=options.get("redact_keys", False),
    )


def _steering(target: Target, options: WriterOptions) -> Steering | None:
    if not target.budget.searches:
        return None
    return Steering(
        target.budget,
        schema=target.schema,
        table=target.table,
        is_on_demand=target.described.is_on_demand if target.described else None,
        on_event=options.get("on_event"),
    )
