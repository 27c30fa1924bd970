"""Sends a provider's events to ContestPipeline. Run: python3 provider.py HOST:PORT TOPIC_PREFIX SOURCE JOURNAL < events.jsonl

What the events look like, and what the journal is for: ../README.md. Needs kafka-python 2 (Debian: python3-kafka).
"""
import json
import os
import sys
import threading
import time
from datetime import datetime, timezone

from kafka import KafkaConsumer, KafkaProducer

if len(sys.argv) != 5:
    sys.exit("usage: python3 provider.py HOST:PORT TOPIC_PREFIX SOURCE JOURNAL < events.jsonl")
bootstrap, prefix, source, journal_path = sys.argv[1:]
topic = prefix + "feed.games.v1"

security = {}
if "KAFKA_USERNAME" in os.environ:
    security = dict(security_protocol="SASL_SSL", sasl_mechanism="SCRAM-SHA-512", ssl_cafile=os.environ.get("KAFKA_CA"),
                    sasl_plain_username=os.environ["KAFKA_USERNAME"], sasl_plain_password=os.environ["KAFKA_PASSWORD"])

# Its default partitioner is murmur2, as Java's: one game, one partition. One request under way, so that a retry cannot overtake.
producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", retries=10, max_in_flight_requests_per_connection=1,
                         compression_type="gzip", **security)

# --- numbering: every message is in the journal, on disk, before it is sent -------------------------------------------
lock = threading.Lock()
sequences = {}  # game -> the last number used
revisions = {}  # (game, event) -> the last revision used
live = {}       # game -> when we last sent something of a game that is being played


def utc():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def note(message):
    data = message["data"]
    sequences[data["gameId"]] = max(data["sequence"], sequences.get(data["gameId"], 0))
    if "eventId" in data:
        revisions[data["gameId"], data["eventId"]] = data["revision"]
    if data.get("status") == "in_progress":
        live[data["gameId"]] = time.monotonic()
    elif "status" in data:
        live.pop(data["gameId"], None)


def lines(athletes):
    return [{"athleteId": athlete, "stats": stats} for athlete, stats in athletes.items()]


def compose(event):
    game, kind, now = event["game"], event["do"], utc()
    # A refused message is mended under its own number; every other takes the next one.
    data = {"gameId": game, "sequence": event.get("replaces", sequences.get(game, 0) + 1), "providerTime": now}
    if kind == "status":
        data.update({name: event[name] for name in ("status", "reason", "startsAt") if name in event})
    elif kind == "box":
        data.update(coveredStats=event["coveredStats"], lines=lines(event["athletes"]))
    elif kind in ("play", "withdraw"):
        data.update(eventId=event["event"],
                    revision=revisions.get((game, event["event"]), 0) + (0 if "replaces" in event else 1),
                    op="upsert" if kind == "play" else "delete", official=event.get("official", True),
                    athletes=lines(event["athletes"]) if kind == "play" else [])
        if "clock" in event:
            data["clock"] = event["clock"]
    else:
        raise ValueError(f'"do" is {kind}; expected status, play, withdraw or box')
    wire = "play" if kind == "withdraw" else kind
    return {"type": f"feed.{wire}.v1", "id": f"{source}/{game}/{data['sequence']}", "time": now, "data": data}


# --- sending ----------------------------------------------------------------------------------------------------------
def send(messages):
    with lock:
        sending = []
        for message in messages:
            headers = {"ce_specversion": "1.0", "ce_id": message["id"], "ce_type": message["type"], "ce_source": source,
                       "ce_time": message["time"], "content-type": "application/json"}
            sending.append(producer.send(
                topic, key=message["data"]["gameId"].encode(), value=json.dumps(message["data"]).encode(),
                headers=[(name, value.encode()) for name, value in headers.items()]))
        for one in sending:
            one.get(timeout=60)  # every in-sync replica has it, or this raises
        for message in messages:
            if message["data"]["gameId"] in live:
                live[message["data"]["gameId"]] = time.monotonic()


def heartbeats():
    for game, at in list(live.items()):
        if time.monotonic() - at < 8:
            continue
        now = utc()
        data = {"gameId": game, "lastSequence": sequences[game], "providerTime": now}
        send([{"type": "feed.heartbeat.v1", "id": f"{source}-heartbeat/{game}/{now}", "time": now, "data": data}])


def every_second(work, stopped):
    while not stopped.wait(1):
        work()


# --- what the pipeline lacks ------------------------------------------------------------------------------------------
journal = {}  # id -> message; a later line takes the place of a refused one


def recover(request):
    game, first, last = request["gameId"], request["fromSequence"], request["toSequence"]
    if game not in sequences:
        return  # another provider's game
    # As they were, under their ids: what had come all the same is a repetition.
    again = [m for m in journal.values() if m["data"]["gameId"] == game and first <= m["data"]["sequence"] <= last]
    send(again)
    now = utc()
    data = {"gameId": game, "lastSequence": sequences[game], "providerTime": now}
    send([{"type": "feed.snapshot-complete.v1", "id": f"{source}-complete/{game}/{now}", "time": now, "data": data}])
    print(f"recovered {game} from {first}: {len(again)} messages", flush=True)


# --- what the pipeline says: refusals, and games of which something is missing -----------------------------------------
refused = 0


def listen(consumer, seconds):
    global refused
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for records in consumer.poll(timeout_ms=200).values():
            for record in records:
                if not record.headers:
                    continue  # a transaction's marker, which this client does not hide
                told = json.loads(record.value)
                if record.topic != topic + ".rejected":
                    recover(told)
                    continue
                if told["headers"].get("ce_source") != source:
                    continue
                refused += 1
                print(f"refused {told['headers'].get('ce_id')}: {told['reason']}, field {told.get('field')}, "
                      f"expected {told.get('expected')}, got {told.get('got')}", flush=True)
        consumer.commit()


said = KafkaConsumer(topic + ".rejected", prefix + "feed.recovery.v1", bootstrap_servers=bootstrap,
                     group_id=f"{prefix}feed-{source}-rejections", auto_offset_reset="earliest", enable_auto_commit=False,
                     **security)

if os.path.exists(journal_path):
    with open(journal_path, encoding="utf-8") as kept:
        journal = {message["id"]: message for message in map(json.loads, filter(str.strip, kept))}
for message in journal.values():
    note(message)
# Whatever was composed may not have been sent: all of it again. A repetition with the same ce_id and body does no harm.
send(list(journal.values()))
print(f"repeated {len(journal)}", flush=True)

stop = threading.Event()
threading.Thread(target=every_second, args=(heartbeats, stop), daemon=True).start()
sent = 0
with open(journal_path, "a", encoding="utf-8") as kept:
    for line in sys.stdin:
        if not line.strip():
            continue
        message = compose(json.loads(line))
        kept.write(json.dumps(message) + "\n")
        kept.flush()
        os.fsync(kept.fileno())
        journal[message["id"]] = message
        note(message)
        send([message])
        sent += 1

stop.set()
print(f"sent {sent}", flush=True)
# Whoever stays connected hears of a refusal when it happens; this program waits a little before it ends.
listen(said, int(os.environ.get("LISTEN_MS", "3000")) / 1000)
producer.close()
said.close()
print(f"refused {refused}")
sys.exit(1 if refused else 0)
