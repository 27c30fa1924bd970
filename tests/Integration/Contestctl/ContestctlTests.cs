using ContestPipeline.Contestctl;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using Dapper;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Integration.Contestctl;

/// <summary>The command line against a real database and the Kafka protocol.</summary>
public sealed class ContestctlTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    [Fact]
    public async Task Migrating_a_migrated_database_does_nothing_and_is_well()
    {
        var before = await scope.Scalar<long>("select count(*) from payout.migration");

        Assert.Equal(ExitCodes.Success, await Run("migrate"));
        Assert.Equal(before, await scope.Scalar<long>("select count(*) from payout.migration"));
    }

    [Fact]
    public async Task A_database_of_the_other_environment_is_refused()
    {
        var database = await scope.Backbone.NewDatabase();
        var owner = scope.Backbone.Postgres.ConnectionString(database, "postgres");
        await using (var connection = new Npgsql.NpgsqlConnection(owner + ";Pooling=false"))
            await connection.ExecuteAsync("update pipeline.environment set name = 'live'");

        Assert.Equal(ExitCodes.Usage, await Run("migrate", ("ADMIN_DATABASE", owner)));
    }

    [Theory]
    [InlineData("migrate", "ADMIN_DATABASE")]
    [InlineData("topics list", "KAFKA_SECURITY_PROTOCOL")]
    [InlineData("balance", "PAYOUT_API_URL")]
    public async Task In_live_nothing_is_asked_in_plaintext(string command, string setting)
    {
        var errors = new StringWriter();
        var settings = scope.Settings();
        foreach (var (name, value) in (ValueTuple<string, string?>[])[("PIPELINE_ENVIRONMENT", "live"), ("TOPIC_PREFIX", null),
            ("PAYOUT_API_URL", "http://payout.example.org"), ("PAYOUT_API_TOKEN", "token")])
            settings[name] = value;
        var session = new Session(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), TimeProvider.System);

        Assert.Equal(
            ExitCodes.Usage, await CommandLine.Run(command.Split(' '), session, errors, TestContext.Current.CancellationToken));

        Assert.Contains($"{setting} must", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_a_setting_named() =>
        Assert.Equal(
            ExitCodes.Usage, await Run("ledger verify", ("ADMIN_DATABASE", "Host=127.0.0.1;Port=1;Username=nobody;Timeout=2")));

    [Fact]
    public async Task A_broker_that_does_not_answer_is_a_setting_named() =>
        Assert.Equal(ExitCodes.Usage, await Run("topics list", ("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")));

    [Fact]
    public async Task The_topics_of_a_fresh_pipeline_are_those_declared() =>
        Assert.Equal(ExitCodes.Success, await Run("topics list --json"));

    [Fact]
    public async Task Topics_under_another_prefix_are_missing() =>
        Assert.Equal(ExitCodes.CheckFailed, await Run("topics list", ("TOPIC_PREFIX", "nobodys.")));

    [Fact]
    public async Task An_empty_ledger_is_balanced() => Assert.Equal(ExitCodes.Success, await Run("ledger verify --json"));

    [Fact]
    public async Task Payouts_are_listed_and_an_unknown_one_is_not_found()
    {
        Assert.Equal(ExitCodes.CheckFailed, await Run("payouts list --contest none --json"));
        Assert.Equal(ExitCodes.Success, await Run("payouts list --player none --json"));
        Assert.Equal(ExitCodes.CheckFailed, await Run("payouts show none"));
    }

    [Fact]
    public async Task A_contest_nobody_knows_is_neither_shown_nor_verified()
    {
        Assert.Equal(ExitCodes.CheckFailed, await Run("contest show nobodys"));
        Assert.Equal(ExitCodes.CheckFailed, await Run("verify nobodys"));
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_is_passed_over_by_whoever_reads_its_topic()
    {
        await scope.Producer.PublishRaw(Topics.ContestEvents, "garbled",
            new Dictionary<string, string> { ["ce_type"] = "contest.entry-accepted.v1" }, "{"u8.ToArray());

        Assert.Equal(ExitCodes.CheckFailed, await Run("verify garbled"));
        Assert.Equal(ExitCodes.CheckFailed, await Run("explain entry nobodys"));
        Assert.Equal(ExitCodes.CheckFailed, await Run("explain entry nobodys --contest garbled"));
    }

    [Fact]
    public async Task The_doctor_asks_in_which_currencies_contests_that_are_not_over_are_to_be_paid()
    {
        await scope.Execute(
            """
            insert into scoring.contest (contest_id, definition, definition_hash, state, lifecycle_version, last_step_at,
                entry_count, last_acceptance_no, last_change_no)
            select 'owed-' || n, format('{"currency":"%s"}', c), 'h', s, 1, now(), 0, 0, 0
            from (values (1, 'eur', 'LIVE'), (2, 'eur', 'SETTLED'), (3, 'usd', 'SCHEDULED'), (4, 'gbp', 'PAID'), (5, 'gbp',
                'CANCELLED')) v (n, c, s)
            """);
        await using var connection = new Npgsql.NpgsqlConnection(scope.AdminConnection);

        Assert.Equal([new CurrencyRow("eur", 2, "owed-1"), new CurrencyRow("usd", 1, "owed-3")],
            await connection.CurrenciesToPay(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_doctor_tells_a_standing_pipeline_from_its_missing_stripe_key() =>
        Assert.Equal(ExitCodes.CheckFailed, await Run("doctor --json"));

    [Fact]
    public async Task A_feed_is_played_whole_with_its_duplicates_under_the_same_ids()
    {
        var sample = Path.Combine(Root(), "samples", "nyg-at-min-2016-week-4.jsonl");
        var lines = File.ReadLines(sample).Count();

        Assert.Equal(ExitCodes.Success, await Run($"feed play {sample} --speed 0 --duplicates 20 --reorder 8 --seed 7"));

        var envelopes = scope.ReadTopic(Topics.FeedGames);
        Assert.True(envelopes.Count > lines, $"{envelopes.Count} records of {lines} messages");
        Assert.Equal(lines, envelopes.Select(e => e.MessageId).Distinct().Count());
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ContestPipeline.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }

    private Task<int> Run(string arguments, params (string Name, string Value)[] changes)
    {
        var settings = scope.Settings();
        foreach (var (name, value) in changes) settings[name] = value;
        var session = new Session(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), TimeProvider.System);
        return CommandLine.Run(arguments.Split(' '), session, TestContext.Current.CancellationToken);
    }
}
