using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Integration.Payout;

/// <summary>Its database: which one it is, and back-ups of it.</summary>
public sealed partial class PayoutWorld
{
    /// <summary>How winners are brought to accounts.</summary>
    public static readonly OnboardingOptions Onboarding = new(
        "http://pay.test", Encoding.UTF8.GetBytes("a key of at least thirty-two bytes"), TimeSpan.FromDays(14), "US",
        ReminderSchedule.Default, MayReset: true);

    private readonly Dictionary<(string ContestId, int Revision), DateTimeOffset> settled = [];
    private string name = "";

    public string DatabaseName => name;

    /// <summary>A back-up of the database as it is now. Runners made before are of no use afterwards.</summary>
    public async Task<string> BackUp()
    {
        await Database.DisposeAsync();
        var copy = await backbone.CopyOf(name);
        Use(name);
        return copy;
    }

    /// <summary>From here on the database is what it was when it was backed up.</summary>
    public async Task Restore(string copy)
    {
        await Database.DisposeAsync();
        Use(await backbone.CopyOf(copy));
    }

    /// <summary>When it was first said here; a repetition says the same.</summary>
    private DateTimeOffset SettledAt(ContestSettledV1 contest)
    {
        if (!settled.TryGetValue((contest.ContestId, contest.Revision), out var at))
            settled.Add((contest.ContestId, contest.Revision), at = Clock.GetUtcNow());
        return at;
    }

    private void Use(string database)
    {
        if (AdminConnection.Length > 0) NpgsqlConnection.ClearPool(new NpgsqlConnection(AdminConnection));
        name = database;
        AdminConnection = backbone.Postgres.ConnectionString(name, "postgres");
        Database = new WorkerDatabase("payout", backbone.Postgres.ConnectionString(name, "payout"), Clock, Log);
    }
}
