import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Sends a provider's events to ContestPipeline. Run: java -cp 'KAFKA/libs/*' Provider.java HOST:PORT TOPIC_PREFIX SOURCE JOURNAL < events.jsonl
 * What the events look like, and what the journal is for: ../README.md. Needs kafka-clients and Jackson, which are in Kafka's own libs.
 */
public final class Provider {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long HEARTBEAT_AFTER_NANOS = TimeUnit.SECONDS.toNanos(8);

    private final String source;
    private final String topic;
    private final KafkaProducer<String, String> producer;
    private final Map<String, Long> sequences = new ConcurrentHashMap<>(); // game -> the last number used
    private final Map<String, Integer> revisions = new ConcurrentHashMap<>(); // game/event -> the last revision used
    private final Map<String, Long> live = new ConcurrentHashMap<>(); // game being played -> when we last sent something of it
    private final Map<String, ObjectNode> kept = new LinkedHashMap<>(); // id -> message; a later one takes the place of a refused one

    private Provider(Properties connection, String prefix, String source) {
        this.source = source;
        this.topic = prefix + "feed.games.v1";
        var properties = new Properties();
        properties.putAll(connection);
        properties.put("acks", "all"); // every in-sync replica has it
        properties.put("enable.idempotence", "true"); // in order, and not twice, however often the client sends again
        properties.put("compression.type", "zstd");
        producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer()); // places keys by murmur2
    }

    public static void main(String[] args) throws Exception {
        if (args.length != 4) {
            System.err.println("usage: java -cp 'KAFKA/libs/*' Provider.java HOST:PORT TOPIC_PREFIX SOURCE JOURNAL < events.jsonl");
            System.exit(2);
        }
        var connection = connection(args[0]);
        var provider = new Provider(connection, args[1], args[2]);
        var said = provider.subscribe(connection, args[1]);
        var refused = provider.run(Path.of(args[3]), said);
        System.out.println("refused " + refused);
        System.exit(refused > 0 ? 1 : 0);
    }

    private static Properties connection(String bootstrap) {
        var connection = new Properties();
        connection.put("bootstrap.servers", bootstrap);
        var user = System.getenv("KAFKA_USERNAME");
        if (user != null) {
            connection.put("security.protocol", "SASL_SSL");
            connection.put("sasl.mechanism", "SCRAM-SHA-512");
            connection.put("sasl.jaas.config", "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
                .formatted(user, System.getenv("KAFKA_PASSWORD")));
            connection.put("ssl.truststore.type", "PEM");
            connection.put("ssl.truststore.location", System.getenv("KAFKA_CA"));
        }
        return connection;
    }

    private int run(Path journal, KafkaConsumer<String, byte[]> said) throws Exception {
        for (var line : Files.exists(journal) ? Files.readAllLines(journal) : List.<String>of()) {
            var message = (ObjectNode) JSON.readTree(line);
            kept.put(message.get("id").asText(), message);
        }
        kept.values().forEach(this::note);
        // Whatever was composed may not have been sent: all of it again. A repetition with the same ce_id and body does no harm.
        send(List.copyOf(kept.values()));
        System.out.println("repeated " + kept.size());

        var timer = Executors.newSingleThreadScheduledExecutor();
        timer.scheduleAtFixedRate(this::heartbeats, 1, 1, TimeUnit.SECONDS);
        var sent = 0;
        try (var out = FileChannel.open(journal, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                if (line.isBlank()) continue;
                var message = compose(JSON.readTree(line));
                // Numbered and on disk before it is sent: after a crash the same message goes under the same number.
                out.write(ByteBuffer.wrap((JSON.writeValueAsString(message) + "\n").getBytes(StandardCharsets.UTF_8)));
                out.force(false);
                kept.put(message.get("id").asText(), message);
                note(message);
                send(List.of(message));
                sent++;
            }
        }
        timer.shutdown();
        timer.awaitTermination(10, TimeUnit.SECONDS);
        System.out.println("sent " + sent);
        // Whoever stays connected hears of a refusal when it happens; this program waits a little before it ends.
        var refused = listen(said, Duration.ofMillis(Long.parseLong(System.getenv().getOrDefault("LISTEN_MS", "3000"))));
        producer.close();
        said.close();
        return refused;
    }

    private void note(JsonNode message) {
        var data = message.get("data");
        var game = data.get("gameId").asText();
        sequences.merge(game, data.get("sequence").asLong(), Math::max);
        if (data.has("eventId")) revisions.put(game + "/" + data.get("eventId").asText(), data.get("revision").asInt());
        if (!data.has("status")) return;
        if (data.get("status").asText().equals("in_progress")) live.put(game, System.nanoTime());
        else live.remove(game);
    }

    private ObjectNode compose(JsonNode event) {
        var game = event.get("game").asText();
        var kind = event.get("do").asText();
        var now = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
        // A refused message is mended under its own number; every other takes the next one.
        var replaces = event.path("replaces").asLong();
        var sequence = replaces > 0 ? replaces : sequences.getOrDefault(game, 0L) + 1;
        var data = JSON.createObjectNode().put("gameId", game).put("sequence", sequence).put("providerTime", now);
        switch (kind) {
            case "status" -> copy(event, data, "status", "reason", "startsAt");
            case "box" -> {
                copy(event, data, "coveredStats");
                data.set("lines", lines(event.get("athletes")));
            }
            case "play", "withdraw" -> {
                var id = event.get("event").asText();
                data.put("eventId", id).put("revision", revisions.getOrDefault(game + "/" + id, 0) + (replaces > 0 ? 0 : 1));
                data.put("op", kind.equals("play") ? "upsert" : "delete").put("official", !event.has("official") || event.get("official").asBoolean());
                data.set("athletes", kind.equals("play") ? lines(event.get("athletes")) : JSON.createArrayNode());
                copy(event, data, "clock");
            }
            default -> throw new IllegalArgumentException("\"do\" is " + kind + "; expected status, play, withdraw or box");
        }
        var message = JSON.createObjectNode().put("type", "feed." + (kind.equals("withdraw") ? "play" : kind) + ".v1");
        message.put("id", source + "/" + game + "/" + sequence).put("time", now).set("data", data);
        return message;
    }

    private static void copy(JsonNode from, ObjectNode to, String... names) {
        for (var name : names) if (from.has(name)) to.set(name, from.get(name));
    }

    private static ArrayNode lines(JsonNode athletes) {
        var lines = JSON.createArrayNode();
        athletes.properties().forEach(a -> lines.addObject().put("athleteId", a.getKey()).set("stats", a.getValue()));
        return lines;
    }

    private synchronized void send(List<ObjectNode> messages) throws Exception {
        var sending = new ArrayList<Future<?>>();
        for (var message : messages) {
            var record = new ProducerRecord<>(topic, message.get("data").get("gameId").asText(), JSON.writeValueAsString(message.get("data")));
            Map.of("ce_specversion", "1.0", "ce_id", message.get("id").asText(), "ce_type", message.get("type").asText(), "ce_source", source,
                "ce_time", message.get("time").asText(), "content-type", "application/json")
                .forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
            sending.add(producer.send(record));
        }
        for (var one : sending) one.get(60, TimeUnit.SECONDS);
        for (var message : messages) live.computeIfPresent(message.get("data").get("gameId").asText(), (game, at) -> System.nanoTime());
    }

    private void heartbeats() {
        live.forEach((game, at) -> {
            if (System.nanoTime() - at < HEARTBEAT_AFTER_NANOS) return;
            var now = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
            var data = JSON.createObjectNode().put("gameId", game).put("lastSequence", sequences.get(game)).put("providerTime", now);
            var message = JSON.createObjectNode().put("type", "feed.heartbeat.v1").put("id", source + "-heartbeat/" + game + "/" + now);
            message.put("time", now).set("data", data);
            try {
                send(List.of(message));
            } catch (Exception e) {
                System.err.println("heartbeat: " + e.getMessage());
            }
        });
    }

    private KafkaConsumer<String, byte[]> subscribe(Properties connection, String prefix) {
        var properties = new Properties();
        properties.putAll(connection);
        properties.put("group.id", prefix + "feed-" + source + "-rejections");
        properties.put("auto.offset.reset", "earliest");
        properties.put("enable.auto.commit", "false");
        properties.put("isolation.level", "read_committed");
        var consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of(topic + ".rejected", prefix + "feed.recovery.v1"));
        return consumer;
    }

    /** Something of a game is missing: what is asked for goes again as it was; what had come all the same is a repetition. */
    private void recover(JsonNode request) throws Exception {
        var game = request.get("gameId").asText();
        if (!sequences.containsKey(game)) return; // another provider's game
        var first = request.get("fromSequence").asLong();
        var again = kept.values().stream().filter(m -> m.get("data").get("gameId").asText().equals(game)
            && m.get("data").get("sequence").asLong() >= first
            && m.get("data").get("sequence").asLong() <= request.get("toSequence").asLong()).toList();
        send(again);
        var now = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
        var data = JSON.createObjectNode().put("gameId", game).put("lastSequence", sequences.get(game)).put("providerTime", now);
        var message = JSON.createObjectNode().put("type", "feed.snapshot-complete.v1").put("id", source + "-complete/" + game + "/" + now);
        message.put("time", now).set("data", data);
        send(List.of(message));
        System.out.printf("recovered %s from %d: %d messages%n", game, first, again.size());
    }

    /** Refusals, and games of which something is missing. */
    private int listen(KafkaConsumer<String, byte[]> consumer, Duration patience) throws Exception {
        var refused = 0;
        for (var until = System.nanoTime() + patience.toNanos(); System.nanoTime() < until; consumer.commitSync()) {
            for (var record : consumer.poll(Duration.ofMillis(200))) {
                var told = JSON.readTree(record.value());
                if (!record.topic().equals(topic + ".rejected")) {
                    recover(told);
                    continue;
                }
                if (!source.equals(told.get("headers").path("ce_source").asText())) continue;
                refused++;
                System.out.printf("refused %s: %s, field %s, expected %s, got %s%n", told.get("headers").path("ce_id").asText(),
                    told.path("reason").asText(), told.path("field").asText(), told.path("expected").asText(), told.path("got").asText());
            }
        }
        return refused;
    }
}
