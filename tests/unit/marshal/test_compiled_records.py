"""Dataclasses and models that go through compiled code are read as they always were."""

import dataclasses
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, make_dataclass
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any
from uuid import UUID

import orjson
import pytest
from pydantic import (
    AfterValidator,
    AliasGenerator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    RootModel,
    SecretStr,
    SerializerFunctionWrapHandler,
    WrapSerializer,
    computed_field,
    field_serializer,
    model_serializer,
    model_validator,
)
from pydantic.alias_generators import to_camel

from ddbbulk.errors import InvalidItemError
from ddbbulk.marshal import Marshaller, Refused, Write
from ddbbulk.marshal.bundle import Columns
from ddbbulk.schema import IndexSchema, KeyAttribute, TableSchema

OFTEN = 10
USERS = TableSchema(
    KeyAttribute("alias"),
    indexes=(
        IndexSchema("by_age", (KeyAttribute("age", "N"),), projection="KEYS_ONLY"),
    ),
)


class Level(Enum):
    HIGH = 3


@dataclass
class Record:
    alias: str
    age: int = 5
    note: str | None = None
    tags: list[str] = dataclasses.field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SlottedRecord:
    alias: str
    age: int = 5


@dataclass
class ComputedRecord:
    alias: str
    age: int = dataclasses.field(init=False)

    def __getattribute__(self, name: str) -> object:
        if name == "age":
            return 7
        return super().__getattribute__(name)


@dataclass
class UnfinishedRecord:
    alias: str
    age: int = dataclasses.field(init=False)


class Model(BaseModel):
    alias: str
    age: int = 5
    score: float | None = 1.5
    price: Decimal = Decimal("1.50")
    born: dt.date = dt.date(1934, 6, 9)
    seen: dt.datetime = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    number: UUID = UUID(int=5)
    data: bytes = b"x"
    ok: bool = True


class ValidatedModel(BaseModel):
    alias: Annotated[str, Field(description="who"), AfterValidator(str.lower)]
    age: Annotated[int, Field(ge=0)] = 5

    @model_validator(mode="after")
    def check(self) -> "ValidatedModel":
        return self


class AliasedModel(BaseModel):
    user: str = Field(serialization_alias="alias")
    years: int = Field(5, alias="age")


class CamelModel(BaseModel):
    model_config = ConfigDict(
        alias_generator=AliasGenerator(serialization_alias=to_camel)
    )
    alias: str
    first_name: str = "Daisy"


class SwappedModel(BaseModel):
    alias: str = Field(serialization_alias="name")
    name: str = Field("x", serialization_alias="alias")


class ExcludingModel(BaseModel):
    alias: str
    secret: str = Field(default="x", exclude=True)


class SerializedFieldModel(BaseModel):
    alias: str
    name: str = "x"

    @field_serializer("name")
    def upper(self, name: str) -> str:
        return name.upper() + "!"


class SerializedTypeModel(BaseModel):
    alias: str
    name: Annotated[str, PlainSerializer(lambda name: f"<{name}>")] = "x"
    other: Annotated[str, WrapSerializer(lambda name, go: go(name) * 2)] = "y"


class SerializedModel(BaseModel):
    alias: str

    @model_serializer
    def dump(self) -> dict[str, object]:
        return {"alias": self.alias.upper(), "age": 1}


class OverriddenModel(BaseModel):
    alias: str

    def model_dump(self, **options: Any) -> dict[str, Any]:  # noqa: ANN401 -- pydantic's
        return {**super().model_dump(**options), "more": 1}


class ComputedModel(BaseModel):
    alias: str

    @computed_field  # type: ignore[prop-decorator]  # as pydantic's manual has it
    @property
    def shout(self) -> str:
        return self.alias.upper()


class OpenModel(BaseModel):
    model_config = ConfigDict(extra="allow")
    alias: str


class Part(BaseModel):
    name: str = Field(default="x", serialization_alias="Name")


class NestedModel(BaseModel):
    alias: str
    part: Part = Part()
    parts: list[Part] = [Part()]
    record: SlottedRecord = SlottedRecord("y")
    by_name: dict[str, Part] = {"a": Part()}
    tags: set[str] = {"a", "b"}
    level: Level = Level.HIGH


class RecursiveModel(BaseModel):
    alias: str
    parent: "RecursiveModel | None" = None


class SecretModel(BaseModel):
    alias: str
    word: SecretStr = SecretStr("x")


class AnyModel(BaseModel):
    alias: str
    more: Any = None


class RootItem(RootModel[dict[str, str]]):
    pass


MAKERS: list[Callable[[str], object]] = [
    Record,
    SlottedRecord,
    ComputedRecord,
    make_dataclass("OneField", ["alias"]),
    lambda alias: Model(alias=alias),
    lambda alias: Model(alias=alias, score=None),
    lambda alias: Model.model_construct(alias=alias, born="old", score=[1, 2]),
    lambda alias: Model(alias=alias).model_copy(update={"age": 6, "more": "x"}),
    lambda alias: ValidatedModel(alias=alias),
    lambda alias: AliasedModel(user=alias, age=7),
    lambda alias: CamelModel(alias=alias),
    lambda alias: SwappedModel(alias="x", name=alias),
    lambda alias: ExcludingModel(alias=alias),
    lambda alias: SerializedFieldModel(alias=alias),
    lambda alias: SerializedTypeModel(alias=alias),
    lambda alias: SerializedModel(alias=alias),
    lambda alias: OverriddenModel(alias=alias),
    lambda alias: ComputedModel(alias=alias),
    lambda alias: OpenModel(alias=alias, **{"age": 3, "x\ny": [1]}),
    lambda alias: NestedModel(alias=alias),
    lambda alias: RecursiveModel(alias=alias, parent=RecursiveModel(alias="p")),
    lambda alias: AnyModel(alias=alias, more={"x": [1.5, Level.HIGH, Part()]}),
    lambda alias: AnyModel(alias=alias, more=Level.HIGH),
    lambda alias: RootItem({"alias": alias}),
]


def outcome(result: Write | Refused) -> object:
    if isinstance(result, Refused):
        return result.code, result.message
    item = orjson.loads(result.body)["PutRequest"]["Item"]
    return item, result.key, result.size, result.units


@pytest.mark.parametrize("make", MAKERS, ids=range(len(MAKERS)))
def test_a_record_means_the_same_either_way(make: Callable[[str], object]) -> None:
    marshaller = Marshaller(USERS)
    items = [
        make(alias) for alias in ["a"] * OFTEN + ["b", 'ß"\\', "x" * 1500, "\ud800"]
    ]

    results = marshaller.put_all(items, 0, None)

    for item, result in zip(items, results, strict=True):
        try:
            expected: Write | Refused = Marshaller(USERS)._put(item)
        except InvalidItemError as error:
            expected = Refused(item, 0, error.code, str(error))
        assert outcome(result) == outcome(expected)


@pytest.mark.parametrize("make", MAKERS, ids=range(len(MAKERS)))
def test_records_are_encoded_by_compiled_code(make: Callable[[str], object]) -> None:
    marshaller = Marshaller(USERS)
    for _ in range(OFTEN):
        marshaller.put(make("a"))
    columns = Columns()

    marshaller._compiled.encode([make("b")], 0, columns)

    assert columns.keys == [marshaller.put(make("b")).key]


@pytest.mark.parametrize(
    "item", [UnfinishedRecord("a"), SecretModel(alias="a"), RootModel[int](5)]
)
def test_what_cannot_be_read_is_refused_however_often(item: object) -> None:
    results = Marshaller(USERS).put_all([item] * 20, 0, None)

    assert {type(result) for result in results} == {Refused}
    assert len({outcome(result) for result in results}) == 1


def test_a_model_is_dumped_anew_where_its_values_are_no_plain_ones() -> None:
    marshaller = Marshaller(USERS)
    for _ in range(OFTEN):
        marshaller.put(Model(alias="a"))

    changed = Model.model_construct(**{**dict(Model(alias="b")), "score": Part()})

    assert outcome(marshaller.put(changed)) == outcome(Marshaller(USERS)._put(changed))


def test_a_subclass_is_read_by_its_own_fields() -> None:
    @dataclass
    class Longer(Record):
        more: int = 1

    class LongerModel(Model):
        more: int = 1

    marshaller = Marshaller(USERS)
    for _ in range(OFTEN):
        marshaller.put(Record("a"))
        marshaller.put(Model(alias="a"))

    assert '"more":' in marshaller.put(Longer("b")).body
    assert '"more":' in marshaller.put(LongerModel(alias="b")).body


class FickleDump(BaseModel):
    alias: str

    def model_dump(self, **options: Any) -> dict[str, Any]:  # noqa: ANN401 -- pydantic's
        dump = super().model_dump(**options)
        return dump if self.alias == "a" else {**dump, "alias": "other"}


class FickleSerializer(BaseModel):
    alias: str
    name: str = "a"

    @field_serializer("name")
    def change(self, name: str) -> str:
        return name if self.alias == "a" else "other"


class FickleType(BaseModel):
    alias: Annotated[str, PlainSerializer(lambda text: text.replace("b", "other"))]


class FickleExclusion(BaseModel):
    alias: str
    name: str = Field(default="a", exclude_if=lambda name: name == "b")


class FickleModelSerializer(BaseModel):
    alias: str

    @model_serializer(mode="wrap")
    def dump(self, go: SerializerFunctionWrapHandler) -> dict[str, object]:
        dump: dict[str, object] = go(self)
        return dump if self.alias == "a" else {"alias": "other"}


@pytest.mark.parametrize(
    ("learned", "changed"),
    [
        (FickleDump(alias="a"), FickleDump(alias="b")),
        (FickleSerializer(alias="a"), FickleSerializer(alias="b")),
        (FickleType(alias="a"), FickleType(alias="b")),
        (
            FickleExclusion(alias="a"),
            FickleExclusion(alias="b", name="b"),
        ),
        (FickleModelSerializer(alias="a"), FickleModelSerializer(alias="b")),
        (Model(alias="a"), Model(alias="b").model_copy(update={"more": "x"})),
        (OpenModel(alias="a"), OpenModel.model_validate({"alias": "b", "more": 5})),
    ],
    ids=range(7),
)
def test_a_dump_is_what_it_is_for_each_item(
    learned: BaseModel, changed: BaseModel
) -> None:
    marshaller = Marshaller(USERS)
    for _ in range(OFTEN):
        marshaller.put(learned)

    assert outcome(marshaller.put(changed)) == outcome(Marshaller(USERS)._put(changed))
