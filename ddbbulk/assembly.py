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
from ddbbulk.kept_files import KeptFiles
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

    @classmethod
    def of(
        cls,
        target: Target,
        files: KeptFiles,
        options: WriterOptions,
        checkpoint: Checkpoint | None = None,
    ) -> Self:
        """Return the parts, each knowing those that it needs."""
        resources = target.schema.resources
        account = target.budget.account(resources)
        marshaller = Marshaller(target.schema)
        ledger = checkpoint.ledger(resources) if checkpoint else Ledger(resources)
        intake = _intake(target, marshaller, ledger, files.outlet, options)
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
            steering=steering,
            operation=target.condition.operation if target.condition else None,
            on_acknowledged=files.record if files.is_recording else None,
        )
        bottleneck = Bottleneck(
            resources, verdict_of=steering.verdict if steering else None
        )
        dispatcher = Dispatcher(
            scheduler,
            _exchange(target, marshaller),
            target.transport,
            ledger=ledger,
            bottleneck=bottleneck,
            table=target.table,
            on_event=options.get("on_event"),
        )
        return cls(
            ledger, bottleneck, intake, scheduler, spreading, dispatcher, account
        )


def _intake(
    target: Target,
    marshaller: Marshaller,
    ledger: Ledger,
    outlet: FailureOutlet,
    options: WriterOptions,
) -> Intake:
    limit = options.get("max_failures")
    return Intake(
        table=target.table,
        marshaller=marshaller,
        ledger=ledger,
        on_event=options.get("on_event"),
        on_failure=outlet.listener,
        limit=None if limit is None else FailureLimit.parse(limit),
        condition=target.condition,
    )


def _exchange(target: Target, marshaller: Marshaller) -> Exchange:
    resources = target.schema.resources
    consumption = Consumption(table=target.table, resources=resources)
    if target.condition is not None:
        return ConditionalExchange(condition=target.condition, consumption=consumption)
    return BatchExchange(
        table=target.table, consumption=consumption, key_of=marshaller.key_of
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
