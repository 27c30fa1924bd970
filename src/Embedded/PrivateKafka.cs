using System.Diagnostics;
using Confluent.Kafka;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Embedded;

/// <summary>
/// A real Apache Kafka node of our own (KRaft, broker and controller in one), from a distribution's <c>libs/</c>, that ends with
/// this process.
/// </summary>
public sealed class PrivateKafka : IAsyncDisposable
{
    private const int AnswerPollsMax = 240;
    private const int StartAttemptsMax = 5;
    private const int LastLines = 5;
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(250);
    private readonly ChildProcess server;

    private PrivateKafka(ChildProcess server, string bootstrapServers) =>
        (this.server, BootstrapServers) = (server, bootstrapServers);

    public string BootstrapServers { get; }

    public int Pid => server.Pid;

    /// <summary>The broker has ended, whoever ended it.</summary>
    public bool HasExited => server.HasExited;

    /// <summary>
    /// KAFKA_HOME, else <c>kafka</c> in the folder <c>shared</c> beside the checkout; null when neither has libraries or there is
    /// no Java.
    /// </summary>
    /// <param name="checkout">Any folder inside the checkout.</param>
    public static string? FindHome(string checkout)
    {
        if (!OnPath("java")) return null;
        if (Environment.GetEnvironmentVariable("KAFKA_HOME") is { Length: > 0 } home && HasLibraries(home)) return home;
        for (var folder = new DirectoryInfo(checkout); folder is not null; folder = folder.Parent)
        {
            var beside = Path.Combine(folder.FullName, "shared", "kafka");
            if (HasLibraries(beside)) return beside;
        }

        return null;
    }

    /// <param name="home">From <see cref="FindHome"/>.</param>
    /// <param name="folder">Keeps the log; the same folder and port again is a restart.</param>
    /// <exception cref="InvariantException">It does not answer; with what it last said.</exception>
    public static async Task<PrivateKafka> Start(
        string home, string folder, int? port = null, IReadOnlyList<string>? settings = null, CancellationToken ct = default)
    {
        Directory.CreateDirectory(folder);
        folder = Path.GetFullPath(folder);
        var log = Path.Combine(folder, "kafka.log");
        for (var attempt = 1; ; attempt++)
        {
            // One for the clients, the next for the controller.
            var broker = port ?? FreePorts.InARow(2);
            var properties = Path.Combine(folder, "server.properties");
            await File.WriteAllLinesAsync(properties, [.. Properties(folder, broker), .. settings ?? []], ct);
            if (!File.Exists(Path.Combine(folder, "log", "meta.properties"))) await Format(home, properties, ct);

            var server = await ChildProcess.Start(
                "/bin/sh", ["-c", "exec \"$@\" >> \"$0\" 2>&1", log, "java", "-Xmx768m", "-Xms256m", "-XX:+UseG1GC",
                    "-XX:+ExitOnOutOfMemoryError", "-cp", Path.Combine(home, "libs", "*"), "kafka.Kafka", properties]);
            var kafka = new PrivateKafka(server, $"127.0.0.1:{broker}");
            for (var poll = 0; poll < AnswerPollsMax && !server.HasExited; poll++)
            {
                if (kafka.Answers()) return kafka;
                await Task.Delay(s_poll, ct);
            }

            // It ends at once when somebody took its port; a restart on its old one waits until that is free.
            var gone = server.HasExited;
            await server.DisposeAsync();
            if (!gone || attempt == StartAttemptsMax)
                throw new InvariantException(
                    $"Kafka in {folder} {(gone ? "ended at once" : "does not answer")}; its log {log} ends with: "
                        + $"{await LastWords(log, ct)}");
        }
    }

    /// <summary>As a power cut would.</summary>
    public Task Kill() => server.Kill();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private static async Task<string> LastWords(string log, CancellationToken ct) =>
        File.Exists(log) ? string.Join(" | ", (await File.ReadAllLinesAsync(log, ct)).TakeLast(LastLines)) : "nothing";

    private bool Answers()
    {
        try
        {
            using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers })
                .SetLogHandler((_, _) =>
            {
            }).Build();
            return admin.GetMetadata(TimeSpan.FromSeconds(2)).Brokers.Count == 1;
        }
        catch (KafkaException)
        {
            return false;
        }
    }

    private static async Task Format(string home, string properties, CancellationToken ct)
    {
        // As one word with its option: an id may begin with a dash.
        var clusterId = Convert.ToBase64String(DeterministicId.From(properties).ToByteArray()).TrimEnd('=').Replace('+', '-')
            .Replace('/', '_');
        var start = new ProcessStartInfo("java",
            ["-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", Path.Combine(home, "libs", "*"), "kafka.tools.StorageTool",
            "format", $"--cluster-id={clusterId}", "-c", properties]) { RedirectStandardOutput = true,
                RedirectStandardError = true };
        using var format = Process.Start(start)!;
        var output = format.StandardOutput.ReadToEndAsync(ct);
        var errors = format.StandardError.ReadToEndAsync(ct);
        await format.WaitForExitAsync(ct);
        var words = await output + await errors;
        Invariant.Holds(format.ExitCode == 0, $"Kafka's storage could not be formatted: {words}");
    }

    private static string[] Properties(string folder, int port) =>
    [
        "process.roles=broker,controller", "node.id=1", $"controller.quorum.voters=1@127.0.0.1:{port + 1}",
        $"listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{port + 1}",
        $"advertised.listeners=PLAINTEXT://127.0.0.1:{port}",
        "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT", "controller.listener.names=CONTROLLER",
        $"log.dirs={folder}/log", "num.partitions=1", "auto.create.topics.enable=false", "offsets.topic.replication.factor=1",
        "offsets.topic.num.partitions=8", "transaction.state.log.replication.factor=1", "transaction.state.log.min.isr=1",
        "transaction.state.log.num.partitions=4", "share.coordinator.state.topic.replication.factor=1",
        "share.coordinator.state.topic.min.isr=1", "group.initial.rebalance.delay.ms=0",
    ];

    private static bool HasLibraries(string home) =>
        Directory.Exists(Path.Combine(home, "libs")) && Directory.EnumerateFiles(Path.Combine(home, "libs"), "kafka_*.jar").Any();

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Any(d => File.Exists(Path.Combine(d, program)));
}
