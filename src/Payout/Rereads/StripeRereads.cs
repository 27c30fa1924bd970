using System.Runtime.ExceptionServices;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ContestPipeline.Payout.Rereads;

/// <summary>Reads again from Stripe what events hinted at, of one kind of object.</summary>
public interface IRereads
{
    /// <returns>How many were read; fewer than there are when Stripe does not answer now.</returns>
    Task<int> ReadStale(CancellationToken ct);
}

/// <summary>How those who read again go through what there is.</summary>
public static class RereadEach
{
    /// <summary>How long what broke a rule is left alone, unless an event hints at it before.</summary>
    public static readonly TimeSpan PassedOverFor = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long what the API key may not read is left alone: no longer than what waits for it should wait once a person has given
    /// the key its permission.
    /// </summary>
    public static readonly TimeSpan NotAllowedFor = TimeSpan.FromMinutes(5);

    /// <summary>
    /// What breaks a rule of ours, or one of the database, is passed over for a while and a person is told, once: nothing behind
    /// it waits for it.
    /// </summary>
    /// <param name="what">What is stored, in one word: the alert is called by it.</param>
    /// <param name="id">Whose: Stripe's id, or the key of a call.</param>
    /// <param name="putOff">Lets it be due again at that moment.</param>
    /// <returns>What <paramref name="store"/> said; false when it was passed over.</returns>
    public static async Task<bool> OrPassOver(
        this WorkerDatabase database, Func<Task<bool>> store, string what, string id, Func<DateTimeOffset, Tx, Task> putOff,
        CancellationToken ct)
    {
        try
        {
            return await store();
        }
        catch (InvariantException broken)
        {
            return await PassOver(broken.Message);
        }
        catch (PostgresException refused) when (refused.SqlState is ['2', '2' or '3', ..])
        {
            return await PassOver(refused.Message);
        }

        Task<bool> PassOver(string why) => database.Run(
            async tx =>
            {
                await putOff(tx.Now + PassedOverFor, tx);
                tx.Alert(RereadAlerts.PassedOver(what, id, why));
                return false;
            }, ct);
    }

    /// <summary>One after the other; what breaks a rule does not keep those after it waiting.</summary>
    /// <returns>Of how many <paramref name="one"/> said true.</returns>
    /// <exception cref="InvariantException">What broke one first, when all others were gone through.</exception>
    public static async Task<int> Reread<T>(this IEnumerable<T> all, Func<T, Task<bool>> one)
    {
        var done = 0;
        InvariantException? broken = null;
        foreach (var each in all)
        {
            try
            {
                if (await one(each)) done++;
            }
            catch (InvariantException e)
            {
                broken ??= e;
            }
        }

        if (broken is not null) ExceptionDispatchInfo.Throw(broken);
        return done;
    }
}

/// <summary>Goes round all kinds of objects that have hints.</summary>
public sealed class StripeRereads(
    [FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database, IEnumerable<IRereads> kinds, StripeGateway stripe,
    TimeProvider clock, ILogger<StripeRereads> log) : PollingLoop(database, TimeSpan.FromMilliseconds(300), clock, log, LongRound)
{
    private readonly IReadOnlyList<IRereads> kinds = [.. kinds];
    private readonly ILogger log = log;

    protected override async Task<bool> Round(CancellationToken ct)
    {
        if (stripe.IsSilent) return false;
        var read = 0;
        foreach (var kind in kinds) read += await ReadStale(kind, ct);
        return read > 0;
    }

    /// <summary>What breaks a rule in one kind does not keep the others waiting; it is tried again.</summary>
    private async Task<int> ReadStale(IRereads kind, CancellationToken ct)
    {
        try
        {
            return await kind.ReadStale(ct);
        }
        catch (InvariantException broken)
        {
            log.RereadBroken(broken, kind.GetType().Name);
            return 0;
        }
    }
}

/// <summary>What reading again logs.</summary>
internal static partial class RereadLog
{
    [LoggerMessage(1, LogLevel.Error, "{Kind} met what cannot be; it is tried again")]
    public static partial void RereadBroken(this ILogger log, Exception broken, string kind);
}
