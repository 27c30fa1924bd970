using ContestPipeline.Payout.StripeApi;
using Stripe;

namespace ContestPipeline.Payout.Reconciliation;

/// <summary>What Stripe lists of a span of time, as it came.</summary>
public sealed record StripeLists(
    IReadOnlyList<BalanceTransaction> Movements, IReadOnlyList<Transfer> Transfers, IReadOnlyList<Charge> Charges,
    IReadOnlyList<Refund> Refunds, IReadOnlyList<Dispute> Disputes);

/// <summary>
/// Reads Stripe's side of a comparison, list by list, page by page. Looks only, so a restricted key will do. A page that Stripe
/// does not give at once is asked for again: lists of thousands of pages would else never be read to their end.
/// </summary>
/// <param name="tell">Hears with each page which list is being read and how far it has come.</param>
public sealed class StripeSide(IStripeClient stripe, TimeProvider clock, Action<string, int> tell)
{
    /// <summary>How often one page is asked for before the whole is given up.</summary>
    public const int TriesMax = 5;

    private const int PageSize = 100;
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_pauseMax = TimeSpan.FromMinutes(1);

    /// <param name="from">Stripe's own time of what is listed, inclusive, UTC.</param>
    /// <param name="to">Exclusive, UTC.</param>
    /// <exception cref="StripeException">A list was refused, or a page again and again.</exception>
    /// <exception cref="IncompleteListException">A page was not whole, so that something may be missing.</exception>
    public async Task<StripeLists> Read(DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        DateRangeOptions Span() => new() { GreaterThanOrEqual = from.UtcDateTime, LessThan = to.UtcDateTime };
        return new StripeLists(
            await All("balance transactions", new BalanceTransactionListOptions { Created = Span(), Limit = PageSize },
                page => new BalanceTransactionService(stripe).ListAsync(page, cancellationToken: ct), ct),
            await All("transfers", new TransferListOptions { Created = Span(), Limit = PageSize },
                page => new TransferService(stripe).ListAsync(page, cancellationToken: ct), ct),
            await All("charges", new ChargeListOptions { Created = Span(), Limit = PageSize },
                page => new ChargeService(stripe).ListAsync(page, cancellationToken: ct), ct),
            await All("refunds", new RefundListOptions { Created = Span(), Limit = PageSize },
                page => new RefundService(stripe).ListAsync(page, cancellationToken: ct), ct),
            await All("disputes", new DisputeListOptions { Created = Span(), Limit = PageSize },
                page => new DisputeService(stripe).ListAsync(page, cancellationToken: ct), ct));
    }

    /// <returns>What the balance holds, available and pending, by currency.</returns>
    public async Task<IReadOnlyList<StripeHolds>> Holds(CancellationToken ct)
    {
        tell("balance", 0);
        var balance = await Patiently(() => new BalanceService(stripe).GetAsync(cancellationToken: ct), ct);
        return
        [
            .. balance.Available.Select(a => (a.Currency, a.Amount)).Concat(balance.Pending.Select(p => (p.Currency, p.Amount)))
                .GroupBy(p => p.Currency, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => new StripeHolds(g.Key, g.Sum(p => p.Amount))),
        ];
    }

    private async Task<List<T>> All<T, TOptions>(
        string what, TOptions next, Func<TOptions, Task<StripeList<T>>> list, CancellationToken ct)
        where T : IHasId
        where TOptions : ListOptions
    {
        var all = new List<T>();
        while (true)
        {
            tell(what, all.Count);
            var (page, hasMore) = await Patiently(() => Whole(list, next), ct);
            all.AddRange(page.Data);
            if (!hasMore) return all;
            next.StartingAfter = page.Data[^1].Id;
        }
    }

    private static async Task<(StripeList<T> Page, bool HasMore)> Whole<T, TOptions>(
        Func<TOptions, Task<StripeList<T>>> list, TOptions options)
        where T : IHasId
    {
        var page = await list(options);
        return (page, CompleteLists.HasMore(page.StripeResponse, page.Data?.Count));
    }

    /// <summary>
    /// Reading changes nothing, so whatever may pass by itself is tried again: too many requests, Stripe's own trouble, no
    /// answer.
    /// </summary>
    private async Task<T> Patiently<T>(Func<Task<T>> ask, CancellationToken ct)
    {
        for (var tries = 1; ; tries++)
        {
            TimeSpan? wished = null;
            try
            {
                return await ask();
            }
            catch (StripeException refusal)
                when (tries < TriesMax
                    && ClassifyRefusal.Of(refusal) is StripeAnswer.RetryLater { Key: KeyFault.None } or StripeAnswer.Unknown)
            {
                wished = refusal.StripeResponse?.Headers?.RetryAfter?.Delta;
            }
            catch (HttpRequestException) when (tries < TriesMax)
            {
                // No answer: asked again below.
            }
            catch (OperationCanceledException) when (tries < TriesMax && !ct.IsCancellationRequested)
            {
                // No answer in time: asked again below.
            }

            var pause = wished ?? s_firstPause * (1 << (tries - 1));
            await Task.Delay(pause < s_pauseMax ? pause : s_pauseMax, clock, ct);
        }
    }
}
