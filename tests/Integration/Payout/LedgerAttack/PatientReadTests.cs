using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Integration.Payout.LedgerAttack;

/// <summary>What reads the whole ledger takes longer than the time-out of the connection, and is not ended by it.</summary>
public sealed class PatientReadTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private const string Impatient = ";Command Timeout=1;Pooling=false";

    [Theory]
    [InlineData("ledger_account")]
    [InlineData("settlement")]
    public async Task Verification_of_the_ledger_waits_for_a_table_that_takes_longer_than_the_time_out(string table)
    {
        await using var connection = new NpgsqlConnection(world.AdminConnection + Impatient);
        await connection.OpenAsync();
        var held = await Held(table);

        var report = await LedgerVerify.Run(connection, CancellationToken.None);

        await held;
        Assert.True(report.Clean);
    }

    [Fact]
    public async Task Balances_wait_for_a_table_that_takes_longer_than_the_time_out()
    {
        await using var connection = new NpgsqlConnection(world.AdminConnection + Impatient);
        await connection.OpenAsync();
        var held = await Held("ledger_account");

        Assert.NotNull(await LedgerBalance.All(connection, CancellationToken.None));

        await held;
    }

    [Theory]
    [InlineData("entry_payment")]
    [InlineData("stripe_event")]
    public async Task The_comparison_with_Stripe_waits_for_a_table_that_takes_longer_than_the_time_out(string table)
    {
        await using var database = new WorkerDatabase("payout", world.AdminConnection + Impatient, world.Clock);
        var held = await Held(table);

        var now = world.Clock.GetUtcNow();
        var report = await ReconcileRun.Run(database, world.Stripe(), now.AddDays(-1), now, TimeSpan.Zero, world.Clock, (_, _) =>
        {
        }, CancellationToken.None);

        await held;
        Assert.True(report.Clean);
    }

    /// <summary>Somebody else has the table for twice as long as the time-out.</summary>
    /// <returns>Once it is held: what ends when it is free again.</returns>
    private async Task<Task> Held(string table)
    {
        var connection = new NpgsqlConnection(world.AdminConnection + ";Pooling=false");
        await connection.OpenAsync();
        var transaction = await connection.BeginTransactionAsync();
        await Dapper.SqlMapper.ExecuteAsync(connection, $"lock table payout.{table} in access exclusive mode");
        return Free();

        async Task Free()
        {
            await Dapper.SqlMapper.ExecuteAsync(connection, "select pg_sleep(2)");
            await transaction.CommitAsync();
            await connection.DisposeAsync();
        }
    }
}
