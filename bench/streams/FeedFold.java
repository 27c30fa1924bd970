import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * The fold from plays to absolute lines as a Kafka Streams application with exactly_once_v2: the latest revision of each play and the line of each athlete in
 * state stores, every changed line to an output topic that is read to its end with read_committed. Run twice over the same topic; the second run is timed.
 */
public final class FeedFold {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PARTITIONS = 8;
    private static final int THREADS = 2;
    private static final long PATIENCE_NANOS = Duration.ofMinutes(5).toNanos();

    private static final AtomicLong processed = new AtomicLong();
    private static final AtomicLong forwarded = new AtomicLong();
    private static final AtomicLong startedAt = new AtomicLong();

    /** Arguments: bootstrap servers, input topic, number of its messages, folder for state, memory or rocksdb. */
    public static void main(String[] args) throws Exception {
        run(args, "warm");
        double seconds = run(args, "timed");
        long peakKib = Files.lines(Path.of("/proc/self/status")).filter(l -> l.startsWith("VmHWM:"))
            .map(l -> Long.parseLong(l.replaceAll("\\D", ""))).findFirst().orElse(0L);
        System.out.printf(java.util.Locale.ROOT, "streams %.4f %d %s%n", seconds, peakKib >> 10, digest);
        System.exit(0);
    }

    private static String digest = "";

    private static double run(String[] args, String name) throws Exception {
        String output = args[1] + ".lines-" + name;
        long messages = Long.parseLong(args[2]);
        processed.set(0);
        forwarded.set(0);
        startedAt.set(0);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) args[0]))) {
            admin.createTopics(List.of(new NewTopic(output, PARTITIONS, (short) 1))).all().get();
        }

        Map<String, byte[]> lines = new TreeMap<>();
        try (KafkaStreams streams = new KafkaStreams(topology(args[1], output, args[4]), settings(args, name))) {
            streams.start();
            long endedAt = readToEnd(args[0], output, messages, lines);
            double seconds = (endedAt - startedAt.get()) / 1e9;
            digest = digestOf(lines);
            return seconds;
        }
    }

    private static Properties settings(String[] args, String name) {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, args[1] + ".fold-" + name);
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]);
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, THREADS);
        settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, args[3]);
        settings.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
        return settings;
    }

    private static Topology topology(String input, String output, String kind) {
        var strings = Serdes.String();
        var bytes = Serdes.ByteArray();
        Topology topology = new Topology();
        topology.addSource("feed", strings.deserializer(), bytes.deserializer(), input);
        topology.addProcessor("fold", Fold::new, "feed");
        for (String store : List.of("plays", "lines")) {
            KeyValueBytesStoreSupplier supplier = kind.equals("rocksdb") ? Stores.persistentKeyValueStore(store) : Stores.inMemoryKeyValueStore(store);
            topology.addStateStore(Stores.keyValueStoreBuilder(supplier, strings, bytes), "fold");
        }

        topology.addSink("out", output, strings.serializer(), bytes.serializer(), "fold");
        return topology;
    }

    /** Ends when every message was folded and every line that the fold sent has come out committed. */
    private static long readToEnd(String servers, String output, long messages, Map<String, byte[]> lines) {
        Map<String, Object> settings = Map.of("bootstrap.servers", servers, "isolation.level", "read_committed", "auto.offset.reset", "earliest");
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            var partitions = IntStream.range(0, PARTITIONS).mapToObj(p -> new TopicPartition(output, p)).toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long received = 0;
            long givenUpAt = System.nanoTime() + PATIENCE_NANOS;
            while (System.nanoTime() < givenUpAt) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(20))) {
                    lines.put(record.key(), record.value());
                    received++;
                }

                if (processed.get() == messages && received == forwarded.get()) return System.nanoTime();
            }

            throw new IllegalStateException(processed + " of " + messages + " messages folded, " + received + " of " + forwarded + " lines read");
        }
    }

    /** Over the last value of every line, in order of key: what it must have in common with any other fold of the same messages. */
    private static String digestOf(Map<String, byte[]> lines) throws Exception {
        MessageDigest hash = MessageDigest.getInstance("SHA-256");
        for (var line : lines.entrySet()) {
            Map<String, Long> stats = new TreeMap<>();
            JSON.readTree(line.getValue()).get("stats").properties().forEach(s -> stats.put(s.getKey(), s.getValue().asLong()));
            StringBuilder words = new StringBuilder(line.getKey());
            stats.forEach((stat, sum) -> words.append(' ').append(stat).append('=').append(sum));
            hash.update(words.append('\n').toString().getBytes(StandardCharsets.UTF_8));
        }

        return HexFormat.of().formatHex(hash.digest());
    }

    /** One message in, the lines it changed out. */
    private static final class Fold implements Processor<String, byte[], String, byte[]> {
        private ProcessorContext<String, byte[]> context;
        private KeyValueStore<String, byte[]> plays;
        private KeyValueStore<String, byte[]> lines;

        @Override
        public void init(ProcessorContext<String, byte[]> context) {
            this.context = context;
            plays = context.getStateStore("plays");
            lines = context.getStateStore("lines");
        }

        @Override
        public void process(Record<String, byte[]> record) {
            startedAt.compareAndSet(0, System.nanoTime());
            try {
                var type = record.headers().lastHeader("ce_type");
                if (type != null && new String(type.value(), StandardCharsets.UTF_8).equals("feed.play.v1")) play(record);
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }

            processed.incrementAndGet();
        }

        private void play(Record<String, byte[]> record) throws java.io.IOException {
            JsonNode play = JSON.readTree(record.value());
            String key = record.key() + "/" + play.get("eventId").asText();
            byte[] known = plays.get(key);
            Map<String, ObjectNode> changed = new TreeMap<>();
            if (known != null) {
                JsonNode before = JSON.readTree(known);
                if (before.get("revision").asInt() >= play.get("revision").asInt()) return;
                add(record.key(), before, -1, changed);
            }

            plays.put(key, record.value());
            add(record.key(), play, 1, changed);
            for (var line : changed.entrySet()) {
                ObjectNode next = line.getValue();
                next.put("version", next.path("version").asLong() + 1);
                byte[] body = JSON.writeValueAsBytes(next);
                lines.put(line.getKey(), body);
                context.forward(record.withKey(line.getKey()).withValue(body));
                forwarded.incrementAndGet();
            }
        }

        private void add(String gameId, JsonNode play, int sign, Map<String, ObjectNode> changed) throws java.io.IOException {
            if (play.get("op").asText().equals("delete") || !play.get("official").asBoolean()) return;
            for (JsonNode athlete : play.get("athletes")) {
                String athleteId = athlete.get("athleteId").asText();
                String key = gameId + "/" + athleteId;
                for (var stat : athlete.get("stats").properties()) {
                    long amount = stat.getValue().asLong();
                    if (amount == 0) continue;
                    ObjectNode line = changed.get(key);
                    if (line == null) changed.put(key, line = line(key, gameId, athleteId));
                    ObjectNode stats = (ObjectNode) line.get("stats");
                    long sum = stats.path(stat.getKey()).asLong() + sign * amount;
                    if (sum == 0) stats.remove(stat.getKey());
                    else stats.put(stat.getKey(), sum);
                }
            }
        }

        private ObjectNode line(String key, String gameId, String athleteId) throws java.io.IOException {
            byte[] known = lines.get(key);
            if (known != null) return (ObjectNode) JSON.readTree(known);
            ObjectNode line = JSON.createObjectNode();
            line.put("gameId", gameId).put("athleteId", athleteId);
            line.putObject("stats");
            return line;
        }
    }
}
