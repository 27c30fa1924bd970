using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Npgsql;
using NpgsqlTypes;

namespace ContestPipeline.Bench;

/// <summary>
/// What the feed is compared with: the same messages merely consumed and copied, and the same fold as a Kafka Streams
/// application.
/// </summary>
public static class FeedBaselines
{
    private const int BatchCountMax = 2_000;

    /// <summary>
    /// Consumes the topic and copies its bytes into a table without any index, a transaction and a COPY per batch of the size our
    /// consumer takes.
    /// </summary>
    /// <returns>Seconds from the first record to the last commit.</returns>
    public static async Task<double> RawCopy(KafkaSettings kafka, NpgsqlDataSource admin, int messages, string table)
    {
        await Execute(admin,
            $"create table {table} (partition int not null, record_offset bigint not null, key text not null, body bytea not "
                + $"null)");
        var topic = kafka.TopicPrefix + Topics.FeedGames;
        using var consumer = new ConsumerBuilder<string, byte[]>(new ConsumerConfig
        {
            BootstrapServers = kafka.BootstrapServers, GroupId = kafka.TopicPrefix + table, EnableAutoOffsetStore = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).SetLogHandler((_, _) => { }).Build();
        consumer.Assign(Enumerable.Range(0, Topics.Find(Topics.FeedGames).Partitions)
            .Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));
        await using var connection = await admin.OpenConnectionAsync();
        var watch = new Stopwatch();
        for (var copied = 0; copied < messages;)
        {
            var batch = new List<ConsumeResult<string, byte[]>>(BatchCountMax);
            while (batch.Count < BatchCountMax && copied + batch.Count < messages)
            {
                batch.Add(consumer.Consume(TimeSpan.FromSeconds(30))
                    ?? throw new TimeoutException($"{copied + batch.Count} of {messages} messages came"));
                watch.Start();
            }

            await Copy(connection, table, batch);
            foreach (var record in batch) consumer.StoreOffset(record);
            copied += batch.Count;
        }

        watch.Stop();
        consumer.Close();
        return watch.Elapsed.TotalSeconds;
    }

    /// <summary>Compiles and runs the application in <c>bench/streams</c>: once to warm up, once timed.</summary>
    /// <param name="libraries">Of Kafka Streams.</param>
    /// <param name="store"><c>memory</c> or <c>rocksdb</c>.</param>
    /// <returns>Seconds from the first message to the last line read back committed, most memory it held in MiB, digest of all
    /// lines.</returns>
    public static async Task<(double Seconds, long PeakMib, string Digest)> Streams(
        KafkaSettings kafka, string kafkaHome, string libraries, string source, string folder, int messages, string store)
    {
        var classes = Path.Combine(folder, "classes");
        var path = string.Join(':', classes, Path.Combine(kafkaHome, "libs", "*"), Path.Combine(libraries, "*"));
        await Run("javac", "-d", classes, "-cp", path, Path.Combine(source, "FeedFold.java"));
        var output = await Run(
            "java", "-Xmx1g", "-cp", path, "FeedFold", kafka.BootstrapServers, kafka.TopicPrefix + Topics.FeedGames,
            $"{messages}", Path.Combine(folder, "streams-state"), store);
        var result = output.Split('\n').Last(l => l.StartsWith("streams ", StringComparison.Ordinal)).Split(' ');
        return (double.Parse(result[1], CultureInfo.InvariantCulture), long.Parse(result[2], CultureInfo.InvariantCulture),
            result[3].Trim());
    }

    private static async Task Copy(NpgsqlConnection connection, string table, List<ConsumeResult<string, byte[]>> batch)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            $"copy {table} (partition, record_offset, key, body) from stdin (format binary)");
        foreach (var record in batch)
        {
            await copy.StartRowAsync();
            await copy.WriteAsync(record.Partition.Value, NpgsqlDbType.Integer);
            await copy.WriteAsync(record.Offset.Value, NpgsqlDbType.Bigint);
            await copy.WriteAsync(record.Message.Key, NpgsqlDbType.Text);
            await copy.WriteAsync(record.Message.Value, NpgsqlDbType.Bytea);
        }

        await copy.CompleteAsync();
    }

    private static async Task<string> Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        var words = await output + await errors;
        Invariant.Holds(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {words}");
        return await output;
    }

    private static async Task Execute(NpgsqlDataSource admin, string sql)
    {
        await using var command = admin.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
