using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ContestPipeline.Payout.StripeAccount;

/// <summary>
/// Shares the account's rate among the Payout processes that live: each says so twice a second and divides the rate by how many
/// there are. One that joins sends nothing until the others have made room; the share of one that died is used again when it has
/// been silent for a while.
/// </summary>
public sealed class RateLimitCoordinator : PollingLoop
{
    public static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    /// <summary>After so long without a word a process is taken to be dead.</summary>
    public static readonly TimeSpan LivesFor = TimeSpan.FromSeconds(3);

    /// <summary>Those who live have made room by then; others are dead and only not forgotten yet.</summary>
    public static readonly TimeSpan RoomWithin = TimeSpan.FromSeconds(2);

    private static int s_made;
    private readonly WorkerDatabase database;
    private readonly StripeRateLimiters paces;
    private readonly TimeProvider clock;
    private readonly string sharer;
    private DateTimeOffset? joinedAt;
    private DateTimeOffset? roomSince;

    /// <param name="clock">Its timestamp tells processes apart that follow each other under one number, as they do in
    /// containers.</param>
    public RateLimitCoordinator(
        [FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database, StripeGateway stripe, TimeProvider clock,
        ILogger<RateLimitCoordinator> log)
        : base(database, Every, clock, log)
    {
        this.database = database;
        this.clock = clock;
        paces = stripe.Paces;
        sharer = $"{Environment.MachineName}/{Environment.ProcessId}/{clock.GetTimestamp()}/{Interlocked.Increment(ref s_made)}";
    }

    /// <summary>It starts before whatever asks Stripe. Where nothing is started, as in the simulation, nobody shares.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        paces.Close();
        return base.StartAsync(cancellationToken);
    }

    public async Task Beat(CancellationToken ct)
    {
        var others = await database.Run(tx => tx.Beat(sharer, LivesFor), ct);
        paces.SharedBy(others.Others + 1);
        if (!paces.IsClosed) return;
        var now = clock.GetUtcNow();
        joinedAt ??= now;
        roomSince = others.Others == 0 || others.DivisorMin > others.Others ? roomSince ?? now : null;
        if (others.Others == 0 || now - roomSince >= StripeRateLimiter.Window || now - joinedAt >= RoomWithin) paces.Open();
    }

    /// <summary>The others may use the share at once.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await database.Run(tx => tx.Leave(sharer), cancellationToken);
        }
        catch (NpgsqlException trouble) when (WorkerDatabase.IsTransient(trouble))
        {
            // It is forgotten by itself, only later.
        }
    }

    protected override async Task<bool> Round(CancellationToken ct)
    {
        await Beat(ct);
        return false;
    }
}
