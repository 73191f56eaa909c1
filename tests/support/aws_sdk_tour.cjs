// The AWS SDK for JavaScript, as it comes, on a server: through tables, items, batches,
// queries, expressions and transactions. `node aws_sdk_tour.cjs FOLDER URL` prints what
// each step came to as JSON; FOLDER is where the SDK is installed.

const { createRequire } = require("node:module");
const { join } = require("node:path");

const [, , folder, endpoint] = process.argv;
const installed = createRequire(join(folder, "package.json"));
const sdk = installed("@aws-sdk/client-dynamodb");
const lib = installed("@aws-sdk/lib-dynamodb");

const client = new sdk.DynamoDBClient({
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
  maxAttempts: 1,
});
const documents = lib.DynamoDBDocumentClient.from(client);
const TableName = "tour";
const key = (pk, sk) => ({ pk, sk });
const message = (number) => ({ ...key("MSG#1", `2026-01-${number + 10}`), number, tone: "kind" });
const waiting = { client, maxWaitTime: 10, minDelay: 0.05, maxDelay: 0.2 };

async function refused(command) {
  try {
    await documents.send(command);
  } catch (error) {
    const reasons = error.CancellationReasons?.map(({ Code, Item }) => [Code, Item ?? null]);
    return { name: error.name, message: error.message, reasons };
  }
  return { name: "nothing" };
}

async function createTable() {
  const units = { ReadCapacityUnits: 1000, WriteCapacityUnits: 1000 };
  await client.send(new sdk.CreateTableCommand({
    TableName,
    AttributeDefinitions: ["pk", "sk", "tone"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }, { AttributeName: "sk", KeyType: "RANGE" }],
    ProvisionedThroughput: units,
    GlobalSecondaryIndexes: [{
      IndexName: "by-tone",
      KeySchema: [{ AttributeName: "tone", KeyType: "HASH" }, { AttributeName: "sk", KeyType: "RANGE" }],
      Projection: { ProjectionType: "ALL" },
      ProvisionedThroughput: units,
    }],
    Tags: [{ Key: "course", Value: "week 5" }],
    DeletionProtectionEnabled: true,
  }));
  await sdk.waitUntilTableExists(waiting, { TableName });
  const { Table } = await client.send(new sdk.DescribeTableCommand({ TableName }));
  const { Tags } = await client.send(new sdk.ListTagsOfResourceCommand({ ResourceArn: Table.TableArn }));
  return [Table.TableStatus, Tags];
}

async function putAndGet() {
  const item = { ...key("types", "1"), set: new Set(["a", "b"]), bytes: new Uint8Array([0, 255]), list: [1, null, { deep: true }], amount: 1.5 };
  await documents.send(new lib.PutCommand({ TableName, Item: item }));
  const { Item } = await documents.send(new lib.GetCommand({ TableName, Key: key("types", "1"), ConsistentRead: true }));
  return { ...Item, set: [...Item.set].sort(), bytes: [...Item.bytes] };
}

async function batchWrite() {
  const requests = Array.from({ length: 25 }, (_, number) => ({ PutRequest: { Item: message(number) } }));
  const { UnprocessedItems } = await documents.send(new lib.BatchWriteCommand({ RequestItems: { [TableName]: requests } }));
  return UnprocessedItems;
}

async function query() {
  const numbers = [];
  const pages = lib.paginateQuery({ client: documents, pageSize: 4 }, {
    TableName,
    KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
    FilterExpression: "#n <> :not",
    ProjectionExpression: "#n",
    ExpressionAttributeNames: { "#n": "number" },
    ExpressionAttributeValues: { ":pk": "MSG#1", ":from": "2026-01-12", ":to": "2026-01-20", ":not": 5 },
    ScanIndexForward: false,
  });
  for await (const page of pages) numbers.push(...page.Items.map((item) => item.number));
  const onIndex = await documents.send(new lib.QueryCommand({
    TableName,
    IndexName: "by-tone",
    KeyConditionExpression: "tone = :kind",
    ExpressionAttributeValues: { ":kind": "kind" },
    Select: "COUNT",
    ReturnConsumedCapacity: "TOTAL",
  }));
  return [numbers, onIndex.Count, onIndex.ConsumedCapacity.CapacityUnits];
}

async function scan() {
  let count = 0;
  for (const Segment of [0, 1]) {
    const pages = lib.paginateScan({ client: documents, pageSize: 7 }, { TableName, Segment, TotalSegments: 2 });
    for await (const page of pages) count += page.Count;
  }
  return count;
}

async function update() {
  const { Attributes } = await documents.send(new lib.UpdateCommand({
    TableName,
    Key: key("types", "1"),
    UpdateExpression: "SET #l = list_append(#l, :more), seen = if_not_exists(seen, :zero) + :one ADD amount :one DELETE #s :a REMOVE bytes",
    ConditionExpression: "attribute_exists(pk) AND contains(#s, :text) AND size(#l) = :three",
    ExpressionAttributeNames: { "#l": "list", "#s": "set" },
    ExpressionAttributeValues: { ":more": ["end"], ":zero": 0, ":one": 1, ":a": new Set(["a"]), ":text": "a", ":three": 3 },
    ReturnValues: "ALL_NEW",
  }));
  return { ...Attributes, set: [...Attributes.set] };
}

async function transactions() {
  await documents.send(new lib.TransactWriteCommand({
    TransactItems: [
      { Delete: { TableName, Key: key("MSG#1", "2026-01-10"), ConditionExpression: "attribute_exists(pk)" } },
      { Put: { TableName, Item: message(30), ConditionExpression: "attribute_not_exists(pk)" } },
      { Update: { TableName, Key: key("GRP#1", "x"), UpdateExpression: "SET latest = :l", ExpressionAttributeValues: { ":l": "30" } } },
      { ConditionCheck: { TableName, Key: key("types", "1"), ConditionExpression: "attribute_exists(pk)" } },
    ],
  }));
  const cancelled = await refused(new lib.TransactWriteCommand({
    TransactItems: [
      { Put: { TableName, Item: message(31) } },
      { Put: { TableName, Item: message(30), ConditionExpression: "attribute_not_exists(pk)", ReturnValuesOnConditionCheckFailure: "ALL_OLD" } },
    ],
  }));
  const { Responses } = await documents.send(new lib.TransactGetCommand({
    TransactItems: [10, 30 + 10, 31 + 10].map((day) => ({ Get: { TableName, Key: key("MSG#1", `2026-01-${day}`) } })),
  }));
  return [cancelled, Responses.map(({ Item }) => Item?.number ?? null)];
}

async function batchGet() {
  const Keys = [1, 2, 99].map((number) => key("MSG#1", `2026-01-${number + 10}`));
  const answer = await documents.send(new lib.BatchGetCommand({ RequestItems: { [TableName]: { Keys, ProjectionExpression: "sk" } } }));
  return [answer.Responses[TableName].map((item) => item.sk).sort(), answer.UnprocessedKeys];
}

async function deleteTable() {
  const protectedFrom = await refused(new sdk.DeleteTableCommand({ TableName }));
  await client.send(new sdk.UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
  await sdk.waitUntilTableExists(waiting, { TableName });
  await client.send(new sdk.DeleteTableCommand({ TableName }));
  await sdk.waitUntilTableNotExists(waiting, { TableName });
  return protectedFrom.name;
}

async function main() {
  const steps = { createTable, putAndGet, batchWrite, query, scan, update, transactions, batchGet, deleteTable };
  const told = {};
  for (const [name, step] of Object.entries(steps)) told[name] = await step();
  console.log(JSON.stringify(told));
  client.destroy();
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
