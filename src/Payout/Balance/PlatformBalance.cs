using System.Collections.Concurrent;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Rereads;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Stripe;

namespace ContestPipeline.Payout.Balance;

/// <summary>
/// Reads the platform's balance at Stripe, judges it against what the ledger owes, raises alerts, and says which payouts it
/// covers. When it covers not all, the older ones go and the others wait for funds; once it does, they go by themselves.
/// </summary>
public sealed class PlatformBalance(
    [FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database, StripeGateway stripe, PayoutOptions options,
    TimeProvider clock)
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_week = TimeSpan.FromDays(7);
    private readonly ConcurrentDictionary<string, QueueEnd> shortOf = new(StringComparer.Ordinal);
    private DateTimeOffset readAt = DateTimeOffset.MinValue;

    /// <summary>Before a batch of payouts: looks again if the last look is old and there is anything to pay.</summary>
    public async Task BeforeBatch(CancellationToken ct)
    {
        if (clock.GetUtcNow() < readAt + options.BalanceReadKeeps || !await database.Run(tx => tx.AnythingDue(), ct)) return;
        await Check("batch", ct);
    }

    /// <returns>True when the payout has to wait until there is more in Stripe's balance. Nothing known: it may try, and Stripe
    /// says what it says.</returns>
    public async Task<bool> MustWait(PayoutRecord payout, Tx tx)
    {
        if (!shortOf.TryGetValue(payout.Currency, out var end)) return false;
        if (end.CreatedAt is not { } lastCovered) return true;
        var madeAt = await tx.MadeAt(payout.PayoutId);
        return madeAt > lastCovered || madeAt == lastCovered && string.CompareOrdinal(payout.PayoutId, end.PayoutId) > 0;
    }

    /// <param name="cause"><c>schedule</c>, <c>batch</c> or <c>asked</c>.</param>
    /// <returns>One report per currency that is held or owed; null when Stripe's balance could not be read now.</returns>
    public async Task<IReadOnlyList<BalanceReport>?> Check(string cause, CancellationToken ct)
    {
        var answer = await stripe.Look(
            "balance.read", async (client, token) => await new BalanceService(client).GetAsync(cancellationToken: token), ct);
        if (answer is not StripeAnswer.Found { Object: Stripe.Balance balance })
        {
            shortOf.Clear();
            readAt = clock.GetUtcNow() - options.BalanceReadKeeps
                + (answer is StripeAnswer.RetryLater { Key: KeyFault.NotAllowed } ? RereadEach.NotAllowedFor : s_retry);
            return null;
        }

        var reports = await database.Run(tx => Judge(balance, cause, tx), ct);
        readAt = clock.GetUtcNow();
        return reports;
    }

    private async Task<IReadOnlyList<BalanceReport>> Judge(Stripe.Balance balance, string cause, Tx tx)
    {
        var owed = (await tx.Obligations()).ToDictionary(o => o.Currency, o => o.AmountMinor);
        var available = Sums(balance.Available);
        var pending = Sums(balance.Pending);
        var reports = new List<BalanceReport>();
        foreach (var currency in owed.Keys.Union(available.Keys).Order(StringComparer.Ordinal))
        {
            var figures = new BalanceFigures(currency, available.GetValueOrDefault(currency), pending.GetValueOrDefault(currency),
                owed.GetValueOrDefault(currency));
            var report = ClassifyBalance.Decide(
                figures, await tx.BalanceHistory(currency, tx.Now - s_week), options.Balance, tx.Now);
            var statusBefore = await tx.LastBalanceStatus(currency);
            if (cause != "batch" || report.Status != statusBefore) await tx.InsertSnapshot(cause, report);
            await Raise(tx, report, statusBefore);
            await Cover(tx, figures);
            reports.Add(report);
        }

        return reports;
    }

    /// <summary>
    /// One alert per status and day; a worse status is another alert at once, and a level that is fallen below once more the same
    /// day is told once more.
    /// </summary>
    private static async Task Raise(Tx tx, BalanceReport report, string? statusBefore)
    {
        var figures = report.Figures;
        var day = tx.Now.UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var cause =
            $"available {figures.AvailableMinor}, obligations {figures.ObligationsMinor}, reserve {report.ReserveMinor} minor "
                + $"units of {figures.Currency}";
        var key = $"platform-balance/{figures.Currency}/{report.Status}/{day}";
        if (report.Status != BalanceStatus.Healthy && (await tx.ClaimAlert(key) || report.Status != statusBefore))
        {
            tx.Alert(BalanceAlerts.Status(key, report, cause));
        }

        var falling = $"platform-balance-falling/{figures.Currency}/{day}";
        if (report.Direction == "decreasing" && await tx.ClaimAlert(falling))
        {
            tx.Alert(BalanceAlerts.Falling(falling, report, cause));
        }
    }

    /// <summary>After the commit the runner knows how far the balance reaches; those it reaches are woken.</summary>
    private async Task Cover(Tx tx, BalanceFigures figures)
    {
        var end = await tx.QueueEnd(figures.Currency, Math.Max(0, figures.AvailableMinor));
        if (end.CreatedAt is not null) await tx.WakeFunded(end);
        tx.AfterCommit(() =>
        {
            if (end.QueuedMinor > figures.AvailableMinor) shortOf[figures.Currency] = end;
            else shortOf.TryRemove(figures.Currency, out _);
        });
    }

    private static Dictionary<string, long> Sums(List<BalanceAmount>? amounts) =>
        (amounts ?? []).GroupBy(a => a.Currency, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Sum(a => a.Amount), StringComparer.Ordinal);
}
