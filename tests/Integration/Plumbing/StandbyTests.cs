using System.Diagnostics;
using ContestPipeline.Contracts;
using ContestPipeline.Embedded;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using ContestPipeline.Settlement;
using Npgsql;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>A standby has the tables and answers every question, late: no worker may take it for the truth.</summary>
public sealed class StandbyTests(PipelineScope scope, PrimaryAndStandby servers)
    : IClassFixture<PipelineScope>, IClassFixture<PrimaryAndStandby>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_worker_refuses_to_start_on_a_standby_and_names_the_setting()
    {
        var settings = new Dictionary<string, string?> { ["SETTLEMENT_DATABASE"] = OfStandby };

        var refused = await Assert.ThrowsAsync<SettingException>(() => scope.Start(builder => builder.AddSettlement(), settings));

        Assert.StartsWith("SETTLEMENT_DATABASE names a standby", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_reaches_a_standby_is_refused_as_trouble_that_passes_by()
    {
        await using var database = new WorkerDatabase(SettlementService.Name, OfStandby, TimeProvider.System);

        var pooled = await Assert.ThrowsAsync<StandbyException>(() => database.Run(tx => tx.QueryOne<int>("select 1"), Ct));
        var lasting = await Assert.ThrowsAsync<StandbyException>(async () => await database.OpenLasting(Ct));

        Assert.All((Exception[])[pooled, lasting], trouble => Assert.True(WorkerDatabase.IsTransient(trouble)));
    }

    /// <summary>By a standby's answer rows would be passed over for good: it knows none of the writers' locks.</summary>
    [Fact]
    public async Task A_standby_does_not_say_how_far_the_outbox_may_be_read()
    {
        await using var connection = new NpgsqlConnection(OfStandby);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(
            $"select horizon, newest from {SettlementService.Name}.outbox_horizon()", connection);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Ct));

        Assert.Equal(PostgresErrorCodes.CannotConnectNow, refused.SqlState);
        Assert.True(WorkerDatabase.IsTransient(refused));
    }

    [Fact]
    public async Task Of_several_servers_a_worker_uses_the_primary_alone_and_everything_it_commits_is_sent()
    {
        const int Messages = 40;
        var either =
            $"Host=127.0.0.1:{servers.Standby.Port},127.0.0.1:{servers.Primary.Port};Database=postgres;Username={SettlementService.Name};Timeout=15";
        var host = await scope.Start(
            builder => builder.AddSettlement(), new Dictionary<string, string?> { ["SETTLEMENT_DATABASE"] = either });
        await using var database = new WorkerDatabase(SettlementService.Name, either, TimeProvider.System);

        for (var n = 1; n <= Messages; n++)
        {
            await database.Run(
                tx =>
                {
                    tx.Alert(new Alert($"either/{n}", AlertSeverity.Warning, "a-kind", "a subject", "a cause", "do something"));
                    return Task.CompletedTask;
                }, Ct);
        }

        await PipelineScope.Eventually(
            async () => await database.Run(
                tx => tx.QueryOne<long>(
                    "select count(*) from settlement.outbox o join settlement.outbox_slice s using (slice) where o.position > "
                        + "s.sent_position"), Ct) == 0,
            "everything counts as sent");
        await scope.Stop(host);

        Assert.Equal(Messages,
            scope.ReadTopic<AlertRaisedV1>().Select(a => a.DedupKey).Where(k => k.StartsWith("either/", StringComparison.Ordinal))
                .Distinct().Count());
    }

    private string OfStandby => servers.Standby.ConnectionString("postgres", SettlementService.Name);
}

/// <summary>Two servers with the same tables: a primary, and a standby that has not heard of it since.</summary>
public sealed class PrimaryAndStandby : IAsyncLifetime
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"contestpipeline-standby-{Environment.ProcessId}");

    public PrivatePostgres Primary { get; private set; } = null!;

    public PrivatePostgres Standby { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var (first, second) = (Path.Combine(folder, "primary"), Path.Combine(folder, "standby"));
        await using (var primary = await PrivatePostgres.Start(first, durable: false))
            await new Migrator(primary.AdminConnectionString + ";Pooling=false", "test").Apply(Backbone.Workers);
        using (var copy = Process.Start("cp", ["-r", first, second])) await copy.WaitForExitAsync();
        await File.WriteAllTextAsync(Path.Combine(second, "pg", "standby.signal"), "");
        Primary = await PrivatePostgres.Start(first, durable: false);
        Standby = await PrivatePostgres.Start(second, durable: false);
    }

    public async ValueTask DisposeAsync()
    {
        if (Standby is not null) await Standby.DisposeAsync();
        if (Primary is not null) await Primary.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
