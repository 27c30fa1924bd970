using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ContestPipeline.Embedded;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using Dapper;
using Npgsql;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>Each worker as the process it is in operation: how it refuses to start, and how it stops.</summary>
public sealed class ProcessTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private const int WrongSetting = 2;
    private static readonly TimeSpan s_stopWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("Ingestion", "PIPELINE_ENVIRONMENT", null)]
    [InlineData("Ingestion", "PIPELINE_ENVIRONMENT", "staging")]
    [InlineData("Scoring", "KAFKA_BOOTSTRAP_SERVERS", null)]
    [InlineData("Scoring", "SCORING_DATABASE", null)]
    [InlineData("Settlement", "SETTLEMENT_DATABASE", "Host=127.0.0.1;Port=1;Database=none;Username=nobody;Timeout=2")]
    [InlineData("Payout", "STRIPE_API_KEY", null)]
    [InlineData("Payout", "STRIPE_API_KEY", "sk_live_of_nobody")]
    [InlineData("Payout", "STRIPE_API_BASE", "simulator")]
    [InlineData("Payout", "CONSUMER_BATCH_COUNT_MAX", "many")]
    [InlineData("Settlement", "TOPIC_PREFIX", "live.")]
    [InlineData("Ingestion", "INGESTION_HTTP_URL", "here")]
    [InlineData("Scoring", "SCORING_HTTP_URL", "http://127.0.0.1:8080/ranks")]
    [InlineData("AllInOne", "PIPELINE_ENVIRONMENT", null)]
    [InlineData("AllInOne", "SETTLEMENT_DATABASE", null)]
    public async Task A_missing_or_wrong_setting_is_one_sentence_that_names_it_and_exit_code_2(
        string worker, string setting, string? value)
    {
        var lines = new ConcurrentQueue<string>();
        await using var process = await Start(worker, lines, (setting, value));
        await process.WaitForExit(TestContext.Current.CancellationToken);

        Assert.Equal(WrongSetting, process.ExitCode);
        Assert.StartsWith(setting + " ", Assert.Single(lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_given_to_all_workers_in_one_process_is_refused_before_anything_starts()
    {
        var lines = new ConcurrentQueue<string>();
        await using var process = await ChildProcess.Start(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "ContestPipeline.AllInOne.dll"), "demo"], scope.Settings(),
            lines.Enqueue);
        await process.WaitForExit(TestContext.Current.CancellationToken);

        Assert.Equal(WrongSetting, process.ExitCode);
        Assert.StartsWith("Unknown command 'demo'", Assert.Single(lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Ingestion", "INGESTION_HTTP_URL")]
    [InlineData("Payout", "PAYOUT_HTTP_URL")]
    [InlineData("Scoring", "SCORING_HTTP_URL")]
    [InlineData("Settlement", "HEALTH_URL")]
    public async Task An_address_that_somebody_else_has_is_one_sentence_that_names_its_setting_and_exit_code_2(
        string worker, string setting)
    {
        using var holder = new TcpListener(IPAddress.Loopback, FreePorts.One());
        holder.Start();
        var lines = new ConcurrentQueue<string>();
        await using var process = await Start(
            worker, lines, (setting, $"http://{holder.LocalEndpoint}"),
            ("PAYOUT_JWT_KEY", "a key that signs the tokens of callers"), ("STRIPE_WEBHOOK_SECRETS", "whsec_one"),
            ("STRIPE_CONNECT_WEBHOOK_SECRETS", "whsec_two"));
        await process.WaitForExit(TestContext.Current.CancellationToken);

        Assert.Equal(WrongSetting, process.ExitCode);
        Assert.Contains(lines,
            line => line.StartsWith(
                $"{setting} names http://{holder.LocalEndpoint}, where this process cannot listen", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Ingestion")]
    [InlineData("Scoring")]
    [InlineData("Settlement")]
    public async Task A_database_of_the_other_environment_is_refused_at_start(string worker)
    {
        var lines = new ConcurrentQueue<string>();
        var setting = $"{worker.ToUpperInvariant()}_DATABASE";
        await using var process = await Start(
            worker, lines, (setting, scope.Backbone.Postgres.ConnectionString(await StampedLive(), worker.ToLowerInvariant())));
        await process.WaitForExit(TestContext.Current.CancellationToken);

        Assert.Equal(WrongSetting, process.ExitCode);
        var sentence = Assert.Single(lines);
        Assert.StartsWith("PIPELINE_ENVIRONMENT is test", sentence, StringComparison.Ordinal);
        Assert.Contains($"{setting} is stamped live", sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Ingestion", "INGESTION_DATABASE", "KAFKA_SECURITY_PROTOCOL")]
    [InlineData("Scoring", "KAFKA_SECURITY_PROTOCOL", "SCORING_DATABASE")]
    [InlineData("Settlement", "KAFKA_SECURITY_PROTOCOL", "SETTLEMENT_DATABASE")]
    [InlineData(
        "Payout", "KAFKA_SECURITY_PROTOCOL", "NOTICE_SMTP_TLS", "NOTICE_WEBHOOK_URL", "PAYOUT_DATABASE", "PAYOUT_PUBLIC_URL")]
    [InlineData(
        "AllInOne", "INGESTION_DATABASE", "KAFKA_SECURITY_PROTOCOL", "NOTICE_SMTP_TLS", "NOTICE_WEBHOOK_URL", "PAYOUT_DATABASE",
        "PAYOUT_PUBLIC_URL", "SCORING_DATABASE",
        "SETTLEMENT_DATABASE")]
    public async Task In_live_plaintext_is_refused_at_start_with_every_setting_that_would_have_it(
        string worker, params string[] refused)
    {
        var lines = new ConcurrentQueue<string>();
        await using var process = await Start(
            worker, lines, ("PIPELINE_ENVIRONMENT", "live"), ("TOPIC_PREFIX", null), ("STRIPE_API_KEY", "sk_live_of_nobody"),
            ("STRIPE_API_BASE", null), ("NOTICE_WEBHOOK_URL", "http://hooks.example.org"), ("NOTICE_WEBHOOK_SECRET", "Qx7secret"),
            ("NOTICE_SMTP_HOST", "mail.example.org"), ("NOTICE_SMTP_TLS", "false"), ("NOTICE_SMTP_FROM", "us@example.org"),
            ("NOTICE_SMTP_TO", "us@example.org"), ("PAYOUT_PUBLIC_URL", "http://pay.example.org"),
            ("PAYOUT_LINK_KEY", "a key that signs the links of players"));
        await process.WaitForExit(TestContext.Current.CancellationToken);

        Assert.Equal(WrongSetting, process.ExitCode);
        Assert.Equal(refused, lines.Select(line => line.Split(' ')[0]).Order(StringComparer.Ordinal));
        Assert.All(lines, line => Assert.Contains("because PIPELINE_ENVIRONMENT is live", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Ingestion")]
    [InlineData("Scoring")]
    [InlineData("Settlement")]
    [InlineData("Payout")]
    public async Task SIGTERM_stops_a_worker_in_the_middle_of_its_work_within_ten_seconds(string worker)
    {
        var lines = new ConcurrentQueue<string>();
        var before = await Claims();
        await using var process = await Start(worker, lines);
        await PipelineScope.Eventually(async () => process.HasExited || await Claims() > before, $"{worker} works");
        Assert.False(process.HasExited, string.Join('\n', lines));

        process.Signal("TERM");
        using var limit = new CancellationTokenSource(s_stopWithin);
        await process.WaitForExit(limit.Token);

        Assert.Equal(0, process.ExitCode);

        // A process of another test may have come as far before it refused to start.
        Task<long> Claims() =>
            scope.Scalar<long>($"select coalesce(sum(epoch), 0)::bigint from {worker.ToLowerInvariant()}.partition_owner");
    }

    [Fact]
    public async Task A_process_ends_with_its_parent_also_when_somebody_has_killed_the_shell_between_them()
    {
        var process = await ChildProcess.Start("sleep", ["600"]);
        var stat = $"/proc/{process.Pid}/stat";
        var shell = (await File.ReadAllTextAsync(stat, TestContext.Current.CancellationToken)).Split(' ')[3];
        using (var kill = Process.Start("/bin/kill", ["-s", "KILL", shell]))
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        await PipelineScope.Eventually(() => Task.FromResult(process.HasExited), "the shell is gone");

        await process.DisposeAsync().AsTask().WaitAsync(s_limit, TestContext.Current.CancellationToken);

        await PipelineScope.Eventually(
            () => Task.FromResult(!File.Exists(stat) || File.ReadAllText(stat).Contains(") Z ", StringComparison.Ordinal)),
            "the process is gone");
    }

    private async Task<string> StampedLive()
    {
        var database = await scope.Backbone.NewDatabase();
        await using var connection = new NpgsqlConnection(
            scope.Backbone.Postgres.ConnectionString(database, "postgres") + ";Pooling=false");
        await connection.ExecuteAsync("update pipeline.environment set name = 'live'");
        return database;
    }

    /// <param name="changes">Settings and their values; null takes one away.</param>
    private Task<ChildProcess> Start(
        string worker, ConcurrentQueue<string> lines, params (string Setting, string? Value)[] changes)
    {
        var settings = scope.Settings();
        settings["STRIPE_API_KEY"] = "sk_test_of_nobody";
        settings["STRIPE_API_BASE"] = "http://127.0.0.1:1";
        foreach (var (setting, value) in changes) settings[setting] = value;
        return ChildProcess.Start(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, $"ContestPipeline.{worker}.dll")], settings, lines.Enqueue);
    }
}
