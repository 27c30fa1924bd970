import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads Stripe's events from ContestPipeline. Run: java -cp 'KAFKA/libs/*' Consumer.java HOST:PORT TOPIC_PREFIX GROUP SEEN
 * What it does and why: ../README.md. The signing secrets of the endpoints: STRIPE_PLATFORM_SECRETS and STRIPE_CONNECT_SECRETS,
 * while one is replaced both, with a comma between. Needs kafka-clients and Jackson, which are in Kafka's own libs.
 */
public final class Consumer {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path seenPath;
    private final Set<String> seen; // Yours: a table with a unique key, written in the transaction of the work.
    private final Map<String, List<String>> secrets =
        Map.of("platform", secrets("STRIPE_PLATFORM_SECRETS"), "connect", secrets("STRIPE_CONNECT_SECRETS"));
    private int fresh;
    private int repeated;
    private int forged;

    private Consumer(Path seenPath) throws Exception {
        this.seenPath = seenPath;
        seen = new HashSet<>(Files.exists(seenPath) ? Files.readAllLines(seenPath) : List.of());
    }

    public static void main(String[] args) throws Exception {
        if (args.length != 4) {
            System.err.println("usage: java -cp 'KAFKA/libs/*' Consumer.java HOST:PORT TOPIC_PREFIX GROUP SEEN");
            System.exit(2);
        }
        var consumer = new Consumer(Path.of(args[3]));
        consumer.run(args[0], args[1], args[2], Long.parseLong(System.getenv().getOrDefault("LISTEN_MS", "5000")));
        System.out.printf("new %d, repeated %d, forged %d%n", consumer.fresh, consumer.repeated, consumer.forged);
        System.exit(consumer.forged > 0 ? 1 : 0);
    }

    private void run(String bootstrap, String prefix, String group, long quietMs) throws Exception {
        var properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        properties.put("group.id", group);
        properties.put("auto.offset.reset", "earliest");
        properties.put("enable.auto.commit", "false");
        properties.put("isolation.level", "read_committed"); // Java's default is everything
        var user = System.getenv("KAFKA_USERNAME");
        if (user != null) {
            properties.put("security.protocol", "SASL_SSL");
            properties.put("sasl.mechanism", "SCRAM-SHA-512");
            properties.put("sasl.jaas.config", "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
                .formatted(user, System.getenv("KAFKA_PASSWORD")));
            properties.put("ssl.truststore.type", "PEM");
            properties.put("ssl.truststore.location", System.getenv("KAFKA_CA"));
        }
        try (var consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(prefix + "stripe.webhooks.v1"));
            // Yours goes on for ever; this one ends when nothing has come for a while.
            for (var last = System.currentTimeMillis(); System.currentTimeMillis() - last < quietMs;) {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    take(record);
                    // After the work, never before.
                    consumer.commitSync(Map.of(
                        new TopicPartition(record.topic(), record.partition()), new OffsetAndMetadata(record.offset() + 1)));
                    last = System.currentTimeMillis();
                }
            }
        }
    }

    private void take(ConsumerRecord<String, byte[]> record) throws Exception {
        var id = header(record, "stripe-event-id");
        if (!isFromStripe(record.value(), header(record, "stripe-signature"), header(record, "stripe-endpoint"))) {
            // Somebody who may write to the topic wrote it: skipped, counted, and told to people.
            forged++;
            System.err.printf("forged: partition %d, offset %d, which calls itself %s%n", record.partition(), record.offset(), id);
        } else if (seen.contains(id)) {
            repeated++; // Stripe repeats for three days
        } else {
            handle(record, id);
            Files.writeString(seenPath, id + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.SYNC);
            seen.add(id);
            fresh++;
        }
    }

    /** A hint, not the truth: your work reads the object from Stripe again before it believes anything. */
    private static void handle(ConsumerRecord<String, byte[]> record, String id) throws Exception {
        var account = header(record, "stripe-account");
        System.out.printf("event %s %s%s%n", id, JSON.readTree(record.value()).get("type").asText(), account.isEmpty() ? "" : " of " + account);
    }

    /** Over the bytes as they are, never parsed and written anew; the age does not matter, since a record may have waited. */
    private boolean isFromStripe(byte[] body, String signature, String endpoint) throws Exception {
        var time = "";
        var given = new ArrayList<String>();
        for (var item : signature.split(",")) {
            var pair = item.trim().split("=", 2);
            if (pair.length == 2 && pair[0].equals("t")) time = pair[1];
            if (pair.length == 2 && pair[0].equals("v1")) given.add(pair[1]);
        }
        for (var secret : secrets.getOrDefault(endpoint, List.of())) {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update((time + ".").getBytes(StandardCharsets.UTF_8));
            var expected = HexFormat.of().formatHex(mac.doFinal(body)).getBytes(StandardCharsets.US_ASCII);
            for (var one : given) if (MessageDigest.isEqual(one.getBytes(StandardCharsets.US_ASCII), expected)) return true;
        }
        return false;
    }

    private static String header(ConsumerRecord<String, byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    private static List<String> secrets(String setting) {
        return Arrays.stream(System.getenv().getOrDefault(setting, "").split(",")).filter(s -> !s.isEmpty()).toList();
    }
}
