// The AWS SDK for JavaScript: 16 BatchWrite requests in flight through lib-dynamodb's
// document client. `node batch_write.mjs TASK` prints what the task took; TASK is what
// contestant.py is given, and the path of a file with the items.

import { readFileSync } from "node:fs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { BatchWriteCommand, DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

const BATCH = 25;
const IN_FLIGHT = 16;
const FIRST_ITEMS = 1000;
const TO_SPARE = 1.15;
const GROWTH = 10;

const task = JSON.parse(process.argv[2]);
const client = new DynamoDBClient({ endpoint: task.endpoint_url });
const documents = DynamoDBDocumentClient.from(client);

function* pooled(pool, count) {
  for (let index = 0; index < count; index++) yield pool[index % pool.length];
}

function* streamed(count) {
  for (let number = 0; number < count; number++) {
    yield {
      alias: `@donald${number}`,
      first_name: `Donald_${number}`,
      last_name: `Duck_${number}`,
      password_hash: task.password_hash,
      image_url: `https://pictures.example.com/ducks/donald${number}.png`,
      follower_count: 0,
      followee_count: 1,
    };
  }
}

async function work(items) {
  for (;;) {
    const requests = [];
    while (requests.length < BATCH) {
      const { value, done } = items.next();
      if (done) break;
      requests.push({ PutRequest: { Item: value } });
    }
    if (requests.length === 0) return;
    let pending = { [task.table]: requests };
    while (Object.keys(pending).length > 0) {
      const answer = await documents.send(new BatchWriteCommand({ RequestItems: pending }));
      pending = answer.UnprocessedItems ?? {};
    }
  }
}

async function timed(count) {
  const items = feed(count);
  const cpu = process.cpuUsage();
  const started = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, () => work(items)));
  const elapsed = (performance.now() - started) / 1e3;
  const { user, system } = process.cpuUsage(cpu);
  return { items: count, elapsed_seconds: elapsed, cpu_seconds: (user + system) / 1e6 };
}

// More and more at once, until that takes so long; what is less warms up.
async function timedFor(seconds) {
  for (let count = FIRST_ITEMS; ; ) {
    const figures = await timed(count);
    const missing = seconds / figures.elapsed_seconds;
    if (missing <= 1) return figures;
    count = Math.floor(count * Math.min(missing * TO_SPARE, GROWTH)) + 1;
  }
}

function peakBytes() {
  const status = readFileSync("/proc/self/status", "ascii");
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)[1]) * 1024;
}

// JSON has no sets.
const revived = (_, value) => (value?.$set ? new Set(value.$set) : value);
const pool = task.is_streamed ? [] : JSON.parse(readFileSync(task.pool, "utf8"), revived);
const feed = task.is_streamed ? streamed : (count) => pooled(pool, count);
const figures = task.seconds ? await timedFor(task.seconds) : await timed(task.count);
console.log(JSON.stringify({ ...figures, peak_bytes: peakBytes() }));
client.destroy();
