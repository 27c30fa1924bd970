// Sends a provider's events to ContestPipeline. Run: node provider.mjs HOST:PORT TOPIC_PREFIX SOURCE JOURNAL < events.jsonl
// What the events look like, and what the journal is for: ../README.md. Needs kafkajs: npm ci
import fs from 'node:fs';
import readline from 'node:readline';
import { CompressionTypes, Kafka, Partitioners, logLevel } from 'kafkajs';

const [bootstrap, prefix, source, journalPath] = process.argv.slice(2);
if (!journalPath) {
  console.error('usage: node provider.mjs HOST:PORT TOPIC_PREFIX SOURCE JOURNAL < events.jsonl');
  process.exit(2);
}

const topic = `${prefix}feed.games.v1`;
const sasl = process.env.KAFKA_USERNAME
  && { mechanism: 'scram-sha-512', username: process.env.KAFKA_USERNAME, password: process.env.KAFKA_PASSWORD };
const ssl = process.env.KAFKA_CA && { ca: [fs.readFileSync(process.env.KAFKA_CA)] };
const kafka = new Kafka({ clientId: source, brokers: [bootstrap], sasl, ssl, logLevel: logLevel.ERROR });
const producer = kafka.producer({
  idempotent: true, // in order, and not twice, however often the client sends again
  createPartitioner: Partitioners.DefaultPartitioner, // murmur2, as Java's clients: one game, one partition
});

// --- numbering: every message is in the journal, on disk, before it is sent -------------------------------------------
const sequences = new Map(); // game -> the last number used
const revisions = new Map(); // game/event -> the last revision used
const live = new Map(); // game -> when we last sent something of a game that is being played, in ms
const journal = new Map(); // id -> message; a later line takes the place of a refused one
if (fs.existsSync(journalPath)) {
  for (const line of fs.readFileSync(journalPath, 'utf8').split('\n').filter(Boolean)) journal.set(JSON.parse(line).id, JSON.parse(line));
}

function note({ data }) {
  sequences.set(data.gameId, Math.max(data.sequence, sequences.get(data.gameId) ?? 0));
  if (data.eventId) revisions.set(`${data.gameId}/${data.eventId}`, data.revision);
  if (data.status === 'in_progress') live.set(data.gameId, Date.now());
  else if (data.status) live.delete(data.gameId);
}

function compose(event) {
  const time = new Date().toISOString();
  // A refused message is mended under its own number; every other takes the next one.
  const sequence = event.replaces ?? (sequences.get(event.game) ?? 0) + 1;
  const data = { gameId: event.game, sequence, providerTime: time };
  if (event.do === 'status') Object.assign(data, { status: event.status, reason: event.reason, startsAt: event.startsAt });
  else if (event.do === 'box') Object.assign(data, { coveredStats: event.coveredStats, lines: lines(event.athletes) });
  else if (event.do === 'play' || event.do === 'withdraw') {
    const revision = (revisions.get(`${event.game}/${event.event}`) ?? 0) + (event.replaces ? 0 : 1);
    Object.assign(data, {
      eventId: event.event, revision, op: event.do === 'play' ? 'upsert' : 'delete', official: event.official ?? true,
      athletes: event.do === 'play' ? lines(event.athletes) : [], clock: event.clock,
    });
  } else throw new Error(`"do" is ${event.do}; expected status, play, withdraw or box`);
  return { type: `feed.${event.do === 'withdraw' ? 'play' : event.do}.v1`, id: `${source}/${event.game}/${sequence}`, time, data };
}

const lines = (athletes) => Object.entries(athletes).map(([athleteId, stats]) => ({ athleteId, stats }));

// --- sending ----------------------------------------------------------------------------------------------------------
async function send(messages) {
  await producer.send({
    topic,
    acks: -1, // every in-sync replica has it
    compression: CompressionTypes.GZIP,
    messages: messages.map(({ type, id, time, data }) => ({
      key: data.gameId,
      value: JSON.stringify(data),
      headers: {
        ce_specversion: '1.0', ce_id: id, ce_type: type, ce_source: source, ce_time: time, 'content-type': 'application/json',
      },
    })),
  });
  for (const { data } of messages) if (live.has(data.gameId)) live.set(data.gameId, Date.now());
}

async function heartbeats() {
  const now = Date.now();
  for (const [gameId, at] of live) {
    if (now - at < 8000) continue;
    const time = new Date(now).toISOString();
    const data = { gameId, lastSequence: sequences.get(gameId), providerTime: time };
    await send([{ type: 'feed.heartbeat.v1', id: `${source}-heartbeat/${gameId}/${now}`, time, data }]);
  }
}

// --- what the pipeline lacks ------------------------------------------------------------------------------------------
async function recover({ gameId, fromSequence, toSequence }) {
  if (!sequences.has(gameId)) return; // another provider's game
  // As they were, under their ids: what had come all the same is a repetition.
  const again = [...journal.values()].filter(({ data }) =>
    data.gameId === gameId && data.sequence >= fromSequence && data.sequence <= toSequence);
  if (again.length > 0) await send(again);
  const time = new Date().toISOString();
  const data = { gameId, lastSequence: sequences.get(gameId), providerTime: time };
  await send([{ type: 'feed.snapshot-complete.v1', id: `${source}-complete/${gameId}/${time}`, time, data }]);
  console.log(`recovered ${gameId} from ${fromSequence}: ${again.length} messages`);
}

// --- what the pipeline says: refusals, and games of which something is missing -------------------------------------------
let refused = 0;
async function listen() {
  const consumer = kafka.consumer({ groupId: `${prefix}feed-${source}-rejections` });
  await consumer.connect();
  await consumer.subscribe({ topics: [`${topic}.rejected`, `${prefix}feed.recovery.v1`], fromBeginning: true });
  const joined = new Promise((done) => consumer.on(consumer.events.GROUP_JOIN, done));
  await consumer.run({
    eachMessage: async ({ topic: from, message }) => {
      const told = JSON.parse(message.value);
      if (from !== `${topic}.rejected`) return recover(told);
      if (told.headers.ce_source !== source) return;
      refused++;
      console.log(`refused ${told.headers.ce_id}: ${told.reason}, field ${told.field}, expected ${told.expected}, got ${told.got}`);
    },
  });
  await joined;
  return consumer;
}

await producer.connect();
for (const message of journal.values()) note(message);
const rejections = await listen();
// Whatever was composed may not have been sent: all of it again. A repetition with the same ce_id and body does no harm.
if (journal.size > 0) await send([...journal.values()]);
console.log(`repeated ${journal.size}`);

const timer = setInterval(() => heartbeats().catch((error) => { console.error(error.message); process.exit(1); }), 1000);
const out = fs.openSync(journalPath, 'a');
let sent = 0;
for await (const line of readline.createInterface({ input: process.stdin })) {
  if (line.trim() === '') continue;
  const message = compose(JSON.parse(line));
  fs.writeSync(out, `${JSON.stringify(message)}\n`);
  fs.fsyncSync(out);
  journal.set(message.id, message);
  note(message);
  await send([message]);
  sent++;
}

clearInterval(timer);
console.log(`sent ${sent}`);
// Whoever stays connected hears of a refusal when it happens; this program waits a little before it ends.
await new Promise((done) => setTimeout(done, Number(process.env.LISTEN_MS ?? 3000)));
await Promise.all([producer.disconnect(), rejections.disconnect()]);
console.log(`refused ${refused}`);
process.exit(refused > 0 ? 1 : 0);
