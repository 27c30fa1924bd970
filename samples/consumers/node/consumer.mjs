// Reads Stripe's events from ContestPipeline. Run: node consumer.mjs HOST:PORT TOPIC_PREFIX GROUP SEEN
// What it does and why: ../README.md. The signing secrets of the endpoints: STRIPE_PLATFORM_SECRETS and STRIPE_CONNECT_SECRETS,
// while one is replaced both, with a comma between. Needs kafkajs: npm ci
import crypto from 'node:crypto';
import fs from 'node:fs';
import { Kafka, logLevel } from 'kafkajs';

const [bootstrap, prefix, groupId, seenPath] = process.argv.slice(2);
if (!seenPath) {
  console.error('usage: node consumer.mjs HOST:PORT TOPIC_PREFIX GROUP SEEN');
  process.exit(2);
}

const secrets = {
  platform: (process.env.STRIPE_PLATFORM_SECRETS ?? '').split(',').filter(Boolean),
  connect: (process.env.STRIPE_CONNECT_SECRETS ?? '').split(',').filter(Boolean),
};
const sasl = process.env.KAFKA_USERNAME
  && { mechanism: 'scram-sha-512', username: process.env.KAFKA_USERNAME, password: process.env.KAFKA_PASSWORD };
const ssl = process.env.KAFKA_CA && { ca: [fs.readFileSync(process.env.KAFKA_CA)] };
const kafka = new Kafka({ clientId: groupId, brokers: [bootstrap], sasl, ssl, logLevel: logLevel.ERROR });

// Yours: a table with a unique key, written in the transaction of the work. Here: a file, one event id a line.
const seen = new Set(fs.existsSync(seenPath) ? fs.readFileSync(seenPath, 'utf8').split('\n').filter(Boolean) : []);
const file = fs.openSync(seenPath, 'a');
const counts = { new: 0, repeated: 0, forged: 0 };

// Over the bytes as they are, never parsed and written anew; the age does not matter, since a record may have waited.
function isFromStripe(body, signature, endpoint) {
  const items = signature.split(',').map((item) => item.trim().split('='));
  const time = items.find(([name]) => name === 't')?.[1];
  return items.filter(([name]) => name === 'v1').some(([, given]) => (secrets[endpoint] ?? []).some((secret) => {
    const expected = crypto.createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex');
    return given.length === expected.length && crypto.timingSafeEqual(Buffer.from(given), Buffer.from(expected));
  }));
}

async function handle(event, account) {
  // A hint, not the truth: your work reads the object from Stripe again before it believes anything.
  console.log(`event ${event.id} ${event.type}${account ? ` of ${account}` : ''}`);
}

let last = Date.now();
// kafkajs reads committed records only, unless it is told otherwise.
const consumer = kafka.consumer({ groupId });
await consumer.connect();
await consumer.subscribe({ topic: `${prefix}stripe.webhooks.v1`, fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachMessage: async ({ topic, partition, message }) => {
    last = Date.now();
    const header = (name) => message.headers[name]?.toString() ?? '';
    const id = header('stripe-event-id');
    if (!isFromStripe(message.value, header('stripe-signature'), header('stripe-endpoint'))) {
      // Somebody who may write to the topic wrote it: skipped, counted, and told to people.
      counts.forged++;
      console.error(`forged: partition ${partition}, offset ${message.offset}, which calls itself ${id}`);
    } else if (seen.has(id)) {
      counts.repeated++; // Stripe repeats for three days
    } else {
      await handle(JSON.parse(message.value), header('stripe-account'));
      fs.writeSync(file, `${id}\n`);
      fs.fsyncSync(file);
      seen.add(id);
      counts.new++;
    }

    // After the work, never before.
    await consumer.commitOffsets([{ topic, partition, offset: (BigInt(message.offset) + 1n).toString() }]);
  },
});

// Yours goes on for ever; this one ends when nothing has come for a while.
const quiet = Number(process.env.LISTEN_MS ?? 5000);
while (Date.now() - last < quiet) await new Promise((done) => setTimeout(done, 100));
await consumer.disconnect();
console.log(`new ${counts.new}, repeated ${counts.repeated}, forged ${counts.forged}`);
process.exit(counts.forged > 0 ? 1 : 0);
