"""Tags, protection, streams, recovery, policies: what a table has beside its items."""

from pathlib import Path
from typing import Any

import pytest

from ddbbulk.simulator.catalog import Catalog
from ddbbulk.simulator.definition import Definition
from ddbbulk.simulator.store import ItemStore
from tests.support.simulator_in_process import SimulatorInProcess

ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/ducks"
POLICY = '{"Version": "2012-10-17", "Statement": []}'


@pytest.fixture
def simulator() -> SimulatorInProcess:
    made = SimulatorInProcess()
    made.create("ducks")
    return made


def described(simulator: SimulatorInProcess) -> dict[str, Any]:
    table: dict[str, Any] = simulator.call("DescribeTable", TableName="ducks")["Table"]
    return table


def tags(**values: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


def tagged(simulator: SimulatorInProcess) -> dict[str, str]:
    found: dict[str, str] = {}
    page: dict[str, Any] = {"NextToken": "0"}
    while "NextToken" in page:
        page = simulator.call(
            "ListTagsOfResource", ResourceArn=ARN, NextToken=page["NextToken"]
        )
        found |= {tag["Key"]: tag["Value"] for tag in page["Tags"]}
    return found


# -------------------------------------------------------------------------- tags


def test_tags_are_given_changed_and_taken_away(simulator: SimulatorInProcess) -> None:
    assert simulator.call("ListTagsOfResource", ResourceArn=ARN) == {"Tags": []}
    simulator.call("TagResource", ResourceArn=ARN, Tags=tags(env="test", team="a"))
    assert not simulator.call("TagResource", ResourceArn=ARN, Tags=tags(env=""))
    assert tagged(simulator) == {"env": "", "team": "a"}
    assert not simulator.call("UntagResource", ResourceArn=ARN, TagKeys=["env", "x"])
    assert tagged(simulator) == {"team": "a"}


def test_a_table_is_created_with_tags_and_shows_them_in_pages() -> None:
    simulator = SimulatorInProcess()
    fifty = {f"key{number}": f"value{number}" for number in range(50)}
    simulator.create("ducks", Tags=tags(**fifty))
    page = simulator.call("ListTagsOfResource", ResourceArn=ARN)
    assert len(page["Tags"]) == 10
    assert tagged(simulator) == fifty
    simulator.call("TagResource", ResourceArn=ARN, Tags=tags(key0="other"))
    error = simulator.refusal("TagResource", ResourceArn=ARN, Tags=tags(more=""))
    assert "exceeds the limit of 50" in error.message


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "Atleast one Tag needs to be provided"),
        (tags(**{"": "x"}), "'tags.1.member.key' failed to satisfy constraint: Member"),
        (tags(**{"k" * 129: "x"}), "Member must have length less than or equal to 128"),
        (tags(key="v" * 257), "'tags.1.member.value' failed to satisfy constraint: "),
        (tags(**{"AWS:x": "y"}), "Tag keys that begin with 'aws:' are reserved"),
        (tags(a="1") + tags(a="2"), "Duplicate tag keys found"),
        ([{"Key": "a"}], "Value null at 'tags.value' failed to satisfy constraint"),
    ],
)
def test_a_tag_that_cannot_be_is_refused(
    simulator: SimulatorInProcess, given: list[Any], message: str
) -> None:
    error = simulator.refusal("TagResource", ResourceArn=ARN, Tags=given)
    assert error.code == "ValidationException"
    assert message in error.message
    assert tagged(simulator) == {}


@pytest.mark.parametrize(
    ("arn", "code"),
    [
        ("ducks", "ValidationException"),
        (f"{ARN}/index/by_city", "ValidationException"),
        (f"{ARN}2", "ResourceNotFoundException"),
    ],
)
@pytest.mark.parametrize("operation", ["ListTagsOfResource", "GetResourcePolicy"])
def test_only_a_table_has_tags_and_a_policy(
    simulator: SimulatorInProcess, operation: str, arn: str, code: str
) -> None:
    assert simulator.refusal(operation, ResourceArn=arn).code == code


def test_wrong_requests_about_tags_are_refused(simulator: SimulatorInProcess) -> None:
    error = simulator.refusal("UntagResource", ResourceArn=ARN, TagKeys=[])
    assert error.code == "ValidationException"
    error = simulator.refusal("ListTagsOfResource", ResourceArn=ARN, NextToken="?")
    assert error.code == "ValidationException"


# ------------------------------------------------- what a table has as it is created


def test_a_plain_table_shows_none_of_it(simulator: SimulatorInProcess) -> None:
    for member in ("StreamSpecification", "LatestStreamArn", "SSEDescription"):
        assert member not in described(simulator)
    assert "TableClassSummary" not in described(simulator)


def test_a_table_shows_what_it_was_created_with() -> None:
    simulator = SimulatorInProcess()
    simulator.engine.wall_clock = lambda: 1_700_000_000.25
    simulator.create(
        "ducks",
        TableClass="STANDARD_INFREQUENT_ACCESS",
        SSESpecification={"Enabled": True, "KMSMasterKeyId": "1234"},
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        ResourcePolicy=POLICY,
        DeletionProtectionEnabled=True,
    )
    shown = described(simulator)
    assert shown["TableClassSummary"] == {"TableClass": "STANDARD_INFREQUENT_ACCESS"}
    assert shown["SSEDescription"] == {
        "Status": "ENABLED",
        "SSEType": "KMS",
        "KMSMasterKeyArn": "arn:aws:kms:us-east-1:000000000000:key/1234",
    }
    assert shown["StreamSpecification"]["StreamViewType"] == "NEW_IMAGE"
    assert shown["LatestStreamLabel"] == "2023-11-14T22:13:20.250"
    assert shown["LatestStreamArn"] == f"{ARN}/stream/2023-11-14T22:13:20.250"
    assert shown["DeletionProtectionEnabled"] is True
    assert simulator.call("GetResourcePolicy", ResourceArn=ARN)["Policy"] == POLICY


def change(simulator: SimulatorInProcess, **request: object) -> dict[str, Any]:
    simulator.call("UpdateTable", TableName="ducks", **request)
    return described(simulator)


def test_class_and_encryption_can_be_changed(simulator: SimulatorInProcess) -> None:
    shown = change(simulator, TableClass="STANDARD_INFREQUENT_ACCESS")
    assert "TableClassSummary" in shown
    assert "TableClassSummary" not in change(simulator, TableClass="STANDARD")
    shown = change(simulator, SSESpecification={"Enabled": True, "SSEType": "KMS"})
    assert shown["SSEDescription"]["KMSMasterKeyArn"].startswith("arn:aws:kms:")
    own = "arn:aws:kms:eu-west-1:111111111111:key/a"
    shown = change(simulator, SSESpecification={"Enabled": True, "KMSMasterKeyId": own})
    assert shown["SSEDescription"]["KMSMasterKeyArn"] == own
    shown = change(simulator, SSESpecification={"Enabled": False})
    assert "SSEDescription" not in shown


def test_a_stream_is_switched_on_and_off_once(simulator: SimulatorInProcess) -> None:
    def refusal(specification: dict[str, Any]) -> str:
        return simulator.refusal(
            "UpdateTable", TableName="ducks", StreamSpecification=specification
        ).message

    off = {"StreamEnabled": False}
    on = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    assert refusal(off) == "Table ducks has no stream to disable"
    assert change(simulator, StreamSpecification=on)["StreamSpecification"] == on
    assert refusal(on).startswith("Table already has an enabled stream")
    shown = change(simulator, StreamSpecification=off)
    assert "StreamSpecification" not in shown
    assert "LatestStreamArn" in shown
    assert "enum value set" in refusal(on | {"StreamViewType": "ALL"})
    change(simulator, StreamSpecification=on)


@pytest.mark.parametrize(
    "request_",
    [
        {"TableClass": "COLD"},
        {"SSESpecification": {"Enabled": True, "SSEType": "AES256"}},
        {"StreamSpecification": {}},
    ],
)
def test_what_there_is_not_is_refused(
    simulator: SimulatorInProcess, request_: dict[str, Any]
) -> None:
    error = simulator.refusal("UpdateTable", TableName="ducks", **request_)
    assert error.code == "ValidationException"


def test_a_protected_table_is_deleted_once_it_is_not(
    simulator: SimulatorInProcess,
) -> None:
    change(simulator, DeletionProtectionEnabled=True)
    error = simulator.refusal("DeleteTable", TableName="ducks")
    assert error.code == "ValidationException"
    assert "protected against deletion" in error.message
    change(simulator, DeletionProtectionEnabled=False)
    simulator.call("DeleteTable", TableName="ducks")


# ------------------------------------------------------- recovery, policies, others


def recovery(simulator: SimulatorInProcess) -> dict[str, Any]:
    answer = simulator.call("DescribeContinuousBackups", TableName="ducks")
    told: dict[str, Any] = answer["ContinuousBackupsDescription"]
    assert told["ContinuousBackupsStatus"] == "ENABLED"
    inner: dict[str, Any] = told["PointInTimeRecoveryDescription"]
    return inner


def test_recovery_is_switched_on_and_off(simulator: SimulatorInProcess) -> None:
    assert recovery(simulator) == {"PointInTimeRecoveryStatus": "DISABLED"}
    wall = 1_700_000_000.0
    simulator.engine.wall_clock = lambda: wall
    specification = {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7}

    def update(specification: object) -> None:
        simulator.call(
            "UpdateContinuousBackups",
            TableName="ducks",
            PointInTimeRecoverySpecification=specification,
        )

    update(specification)
    wall += 1000
    assert recovery(simulator) == {
        "PointInTimeRecoveryStatus": "ENABLED",
        "RecoveryPeriodInDays": 7,
        "EarliestRestorableDateTime": 1_700_000_000.0,
        "LatestRestorableDateTime": 1_700_000_700.0,
    }
    update({"PointInTimeRecoveryEnabled": True})
    assert recovery(simulator)["EarliestRestorableDateTime"] == 1_700_000_000.0
    assert recovery(simulator)["RecoveryPeriodInDays"] == 35
    update({"PointInTimeRecoveryEnabled": False})
    assert recovery(simulator) == {"PointInTimeRecoveryStatus": "DISABLED"}


@pytest.mark.parametrize(
    ("specification", "code"),
    [
        ({}, "ValidationException"),
        ({"PointInTimeRecoveryEnabled": 1}, "SerializationException"),
        (
            {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 36},
            "ValidationException",
        ),
    ],
)
def test_recovery_that_cannot_be_is_refused(
    simulator: SimulatorInProcess, specification: dict[str, Any], code: str
) -> None:
    error = simulator.refusal(
        "UpdateContinuousBackups",
        TableName="ducks",
        PointInTimeRecoverySpecification=specification,
    )
    assert error.code == code


def test_backups_of_no_table_are_not_found(simulator: SimulatorInProcess) -> None:
    error = simulator.refusal("DescribeContinuousBackups", TableName="geese")
    assert error.code == "TableNotFoundException"


def test_a_policy_is_kept_as_text_with_a_revision(
    simulator: SimulatorInProcess,
) -> None:
    missing = simulator.refusal("GetResourcePolicy", ResourceArn=ARN)
    assert missing.code == "PolicyNotFoundException"
    assert simulator.call("DeleteResourcePolicy", ResourceArn=ARN) == {}
    put = simulator.call(
        "PutResourcePolicy",
        ResourceArn=ARN,
        Policy=POLICY,
        ExpectedRevisionId="NO_POLICY",
    )
    found = simulator.call("GetResourcePolicy", ResourceArn=ARN)
    assert found == {"Policy": POLICY} | put
    wrong = simulator.refusal(
        "DeleteResourcePolicy", ResourceArn=ARN, ExpectedRevisionId="0"
    )
    assert wrong.code == "PolicyNotFoundException"
    assert simulator.call("DeleteResourcePolicy", ResourceArn=ARN) == put
    missing = simulator.refusal("GetResourcePolicy", ResourceArn=ARN)
    assert missing.code == "PolicyNotFoundException"


@pytest.mark.parametrize("text", ["", "policy", "[]", f'{{"a": "{"x" * 20_480}"}}'])
def test_what_is_no_policy_is_refused(simulator: SimulatorInProcess, text: str) -> None:
    error = simulator.refusal("PutResourcePolicy", ResourceArn=ARN, Policy=text)
    assert error.code == "ValidationException"


def test_changes_go_nowhere_and_keys_are_not_recorded(
    simulator: SimulatorInProcess,
) -> None:
    name = {"TableName": "ducks"}
    assert simulator.call("DescribeKinesisStreamingDestination", **name) == {
        **name,
        "KinesisDataStreamDestinations": [],
    }
    answer = simulator.call("DescribeContributorInsights", **name)
    assert answer == {**name, "ContributorInsightsStatus": "DISABLED"}


# ---------------------------------------------------------------- in the data file


def test_all_of_it_survives_in_the_data_file(tmp_path: Path) -> None:
    store = ItemStore(tmp_path / "data.db")
    simulator = SimulatorInProcess(store=store)
    on = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    simulator.create("ducks", StreamSpecification=on, Tags=tags(env="test"))
    simulator.call("PutResourcePolicy", ResourceArn=ARN, Policy=POLICY)
    simulator.call(
        "UpdateContinuousBackups",
        TableName="ducks",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    change(simulator, SSESpecification={"Enabled": True})
    definition = simulator.engine.catalog.table("ducks").definition
    store.close()
    again = ItemStore(tmp_path / "data.db")
    found = Catalog(again, clock=lambda: 0.0).table("ducks").definition
    again.close()
    assert found == definition
    assert found.features.policy is not None
    assert found.features.recoverable_since is not None


def test_a_definition_of_an_earlier_version_still_opens(
    simulator: SimulatorInProcess,
) -> None:
    definition = simulator.engine.catalog.table("ducks").definition
    text = definition.to_json()
    start = text.index(b',"features"')
    assert Definition.from_json(text[:start] + b"}") == definition
