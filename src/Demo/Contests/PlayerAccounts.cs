using Npgsql;

namespace ContestPipeline.Demo;

/// <summary>The players' accounts at the simulated Stripe, which Payout asked for before the story begins.</summary>
/// <param name="players">How many there are, from number 1.</param>
/// <param name="without">A player who has none: Payout makes one when there is something to pay.</param>
public sealed class PlayerAccounts(SimulatorAdmin stripe, NpgsqlDataSource database, TimeProvider clock,
    int players = DemoEntries.Players, string? without = null)
{
    private const int Parallel = 4;

    /// <summary>Stripe's own limits; only making the accounts, which really happens over months, is exempt.</summary>
    private const int RatePerEndpoint = 25;
    private const int RateInAll = 100;

    private readonly Dictionary<string, string> accounts = new(StringComparer.Ordinal);

    /// <summary>Player id to account id.</summary>
    public IReadOnlyDictionary<string, string> ByPlayer => accounts;

    /// <summary>Makes an account per player; those who are late may not receive transfers yet.</summary>
    public async Task Create(CancellationToken ct)
    {
        var gate = new Lock();
        await stripe.Limit(perEndpoint: 0, inAll: 0, ct);
        await System.Threading.Tasks.Parallel.ForEachAsync(
            Enumerable.Range(1, players).Where(n => DemoEntries.PlayerId(n) != without),
            new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = ct }, async (number, token) =>
        {
            var player = DemoEntries.PlayerId(number);
            var account = await Create(stripe, database, clock, player, token);
            await stripe.SetTransfers(account, active: !DemoEntries.IsAccountLate(number), token);
            lock (gate) accounts[player] = account;
        });
        await stripe.Limit(RatePerEndpoint, RateInAll, ct);
    }

    /// <summary>An account at the simulated Stripe that Payout asked for; its holder has not identified himself.</summary>
    /// <returns>The account's id.</returns>
    public static async Task<string> Create(
        SimulatorAdmin stripe, NpgsqlDataSource database, TimeProvider clock, string playerId, CancellationToken ct)
    {
        await database.AskForAccount(playerId, clock.GetUtcNow(), ct);
        var account = await stripe.CreateAccount(playerId, ct);
        await database.AccountMade(playerId, account, clock.GetUtcNow(), ct);
        return account;
    }

    /// <summary>An account that the pipeline made by itself.</summary>
    public void Learn(string playerId, string accountId) => accounts.Add(playerId, accountId);

    /// <summary>The late accounts may receive transfers from now on.</summary>
    public async Task ActivateLate(CancellationToken ct)
    {
        foreach (var number in Enumerable.Range(1, players).Where(DemoEntries.IsAccountLate))
            await stripe.SetTransfers(accounts[DemoEntries.PlayerId(number)], active: true, ct);
    }
}
