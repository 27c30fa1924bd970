using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Stripe;

namespace ContestPipeline.Payout.StripeEvents;

/// <summary>What a sweep came to.</summary>
/// <param name="Scopes">How many lists were compared: the platform's and those of connected accounts.</param>
/// <param name="Found">Events of our types that Stripe lists.</param>
/// <param name="Filled">Those that had not arrived and were applied now.</param>
/// <param name="Unread">Lists that could not be read to the end now; they are tried again.</param>
public sealed record EventBackfillResult(int Scopes, int Found, int Filled, int Unread)
{
    public static EventBackfillResult operator +(EventBackfillResult a, EventBackfillResult b) =>
        new(a.Scopes + b.Scopes, a.Found + b.Found, a.Filled + b.Filled, a.Unread + b.Unread);
}

/// <summary>
/// Compares Stripe's own list of events - 30 days, the platform's and each connected account's - with what arrived, and applies
/// what did not by the same way as if it had: so a webhook that was never delivered changes nothing but the time.
/// </summary>
public sealed class EventBackfill(
    [FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database, StripeGateway stripe, EventBackfillOptions options,
    TimeProvider clock, ILogger<EventBackfill> log) : PollingLoop(database, options.Every, clock, log, LongRound)
{
    /// <summary>Stripe lists no older ones.</summary>
    public static readonly TimeSpan Listed = TimeSpan.FromDays(30);

    private const int PageSize = 100;

    /// <summary>
    /// Pages of one list in one run; what is left is found by the next, since the list is then swept up to nowhere.
    /// </summary>
    private const int PagesMax = 10_000;

    private readonly WorkerDatabase database = database;
    private readonly TimeProvider clock = clock;
    private readonly ILogger log = log;
    private readonly SemaphoreSlim oneAtATime = new(1, 1);

    /// <summary>On demand: everything, up to this moment.</summary>
    public Task<EventBackfillResult> Everything(CancellationToken ct) =>
        Sweep(clock.GetUtcNow(), int.MaxValue, TimeSpan.Zero, ct);

    /// <summary>On a schedule: the platform, and some connected accounts, as far as events are not still on their way.</summary>
    public Task<EventBackfillResult> Scheduled(CancellationToken ct) =>
        Sweep(clock.GetUtcNow() - options.Grace, options.AccountsPerRound, options.AccountEvery, ct);

    public override void Dispose()
    {
        oneAtATime.Dispose();
        base.Dispose();
    }

    protected override async Task<bool> Round(CancellationToken ct)
    {
        if (stripe.IsSilent)
            await database.Run(
                async tx => await tx.Failed(
                    await tx.PlatformScope(), "not asked: Stripe is taken to be down, or this process may not ask yet"), ct);
        else await Scheduled(ct);
        return false;
    }

    private async Task<EventBackfillResult> Sweep(
        DateTimeOffset until, int accountsMax, TimeSpan accountEvery, CancellationToken ct)
    {
        await oneAtATime.WaitAsync(ct);
        try
        {
            var result = await Guarded(await database.Run(tx => tx.PlatformScope(), ct), until, ct);
            foreach (var account in await database.Run(tx => tx.AccountScopes(clock.GetUtcNow() - accountEvery, accountsMax), ct))
                result += await Guarded(account, until, ct);
            return result;
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    /// <summary>A list that cannot be worked through is somebody's business, and no reason to leave out the others.</summary>
    private async Task<EventBackfillResult> Guarded(EventBackfillScope scope, DateTimeOffset until, CancellationToken ct)
    {
        var sweeping = SweepOne(scope, until, ct);
        await ((Task)sweeping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Broken(sweeping, ct) is not { } broken) return await sweeping;
        log.ScopeBroken(broken, scope.Scope);
        await database.Run(
            async tx =>
            {
                await tx.AlertOf(scope, broken);
                await tx.Failed(scope, broken.Message);
            }, ct);
        return new EventBackfillResult(1, 0, 0, 1);
    }

    /// <returns>What a person has to look at; null when it went well, when the worker is being stopped, or when it is the
    /// database's trouble.</returns>
    private static Exception? Broken(Task work, CancellationToken ct) =>
        work.IsCompletedSuccessfully || ct.IsCancellationRequested
            || work.Exception?.InnerException is { } trouble && WorkerDatabase.IsTransient(trouble)
            ? null : work.Exception?.InnerException;

    private async Task<EventBackfillResult> SweepOne(EventBackfillScope scope, DateTimeOffset until, CancellationToken ct)
    {
        var oldest = clock.GetUtcNow() - Listed;
        var from = scope.SweptUntil is { } swept && swept - options.Grace > oldest ? swept - options.Grace : oldest;
        var onItsWay = clock.GetUtcNow() - options.Grace;
        int found = 0, filled = 0, missed = 0;
        DateTimeOffset? firstBroken = null;
        string? after = null;
        for (var page = 0; page < PagesMax; page++)
        {
            var answer = await stripe.Look(
                "events.list", (client, token) => List(client, scope.Account, from, until, after, token), ct);
            if (answer is not StripeAnswer.Found { Object: StripeList<Event> events })
                return await Unreadable(scope, from, answer, new EventBackfillResult(1, found, filled, 1), ct);
            var (ours, missing) = await Missing(events, ct);
            found += ours;
            foreach (var listed in missing)
            {
                var createdAt = new DateTimeOffset(listed.Created, TimeSpan.Zero);
                if (await Take(listed, scope.Account, ct) is not { } outcome)
                    firstBroken = firstBroken < createdAt ? firstBroken : createdAt;
                else if (outcome is EventOutcome.Applied)
                {
                    filled++;
                    if (createdAt < onItsWay) missed++;
                }
            }

            if (!events.HasMore || events.Data.Count == 0)
            {
                // As far as everything took effect: what did not is tried by every sweep, as long as Stripe lists it.
                await database.Run(
                    tx => Finish(scope, oldest, firstBroken < until ? firstBroken.Value : until, found, filled, missed, tx), ct);
                return new EventBackfillResult(1, found, filled, firstBroken is null ? 0 : 1);
            }

            after = events.Data[^1].Id;
        }

        return new EventBackfillResult(1, found, filled, 1);
    }

    /// <summary>A list that Stripe will not show, because the account is no more ours, is not asked for again at once.</summary>
    private async Task<EventBackfillResult> Unreadable(
        EventBackfillScope scope, DateTimeOffset from, StripeAnswer answer, EventBackfillResult result, CancellationToken ct)
    {
        if (answer is not StripeAnswer.AccountNotReady || scope.Account is null)
        {
            await database.Run(tx => tx.Failed(scope, answer.Words), ct);
            return result;
        }

        await database.Run(tx => tx.SaveSweep(scope.Scope, from, result.Found, result.Filled), ct);
        return result with { Unread = 0 };
    }

    private static async Task Finish(
        EventBackfillScope scope, DateTimeOffset oldest, DateTimeOffset until, int found, int filled, int missed, Tx tx)
    {
        await tx.SaveSweep(scope.Scope, until, found, filled);
        tx.ResolveAlert(EventBackfillTrouble.AlertKey(scope.Scope), "Stripe's list of events was read to its end.");
        if (missed > 0)
            tx.Alert(EventAlerts.Missed(scope, missed, tx.Now));
        if (scope.SweptUntil is { } swept && swept < oldest)
            tx.Alert(EventAlerts.Lost(scope, swept, oldest, tx.Now));
    }

    /// <summary>One page of events, newest first.</summary>
    /// <param name="account">In whose name; null: the platform.</param>
    /// <param name="from">Inclusive, UTC.</param>
    /// <param name="until">Inclusive, UTC.</param>
    /// <param name="after">The last event of the page before; null: the first page.</param>
    /// <exception cref="IncompleteListException">The page is not whole: what it does not show may be there.</exception>
    public static async Task<object> List(
        IStripeClient client, string? account, DateTimeOffset from, DateTimeOffset until, string? after, CancellationToken ct)
    {
        var page = await new EventService(client).ListAsync(
            new EventListOptions
            {
                Created = new DateRangeOptions { GreaterThanOrEqual = from.UtcDateTime, LessThanOrEqual = until.UtcDateTime },
                Limit = PageSize,
                StartingAfter = after,
            },
            new RequestOptions { StripeAccount = account }, ct);
        CompleteLists.HasMore(page.StripeResponse, page.Data?.Count);
        return page;
    }

    /// <returns>Null when the event cannot be taken: a person is told, and the others go on.</returns>
    private async Task<EventOutcome?> Take(Event listed, string? account, CancellationToken ct)
    {
        var taking = database.Run(tx => tx.Take(Read(listed, account), EventSources.Sweep), ct);
        await ((Task)taking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Broken(taking, ct) is not { } broken) return await taking;
        log.EventBroken(broken, listed.Id, listed.Type);
        await database.Run(tx => tx.AlertOf(listed.Id, listed.Type, broken), ct);
        return null;
    }

    private async Task<(int Ours, IReadOnlyList<Event> Missing)> Missing(StripeList<Event> events, CancellationToken ct)
    {
        var ours = events.Data.Where(e => StripeEvents.IsOurs(e.Type)).ToArray();
        if (ours.Length == 0) return (0, []);
        var known = (await database.Run(tx => tx.KnownEvents([.. ours.Select(e => e.Id)]), ct)).ToHashSet(StringComparer.Ordinal);
        return (ours.Length, [.. ours.Where(e => !known.Contains(e.Id)).Reverse()]);
    }

    /// <summary>
    /// An object of a kind the client library does not know is left out: events are hints, and its id stands beside it.
    /// </summary>
    private static StripeEventV1 Read(Event stripeEvent, string? account) => new(
        stripeEvent.Id, stripeEvent.Type,
        new StripeEventDataV1(
            JsonSerializer.Deserialize<JsonElement>(stripeEvent.Data?.Object is StripeEntity known ? known.ToJson() : "{}")),
        stripeEvent.Account ?? account, new DateTimeOffset(stripeEvent.Created, TimeSpan.Zero).ToUnixTimeSeconds());
}
