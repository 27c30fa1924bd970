using Stripe;

namespace ContestPipeline.Payout;

/// <summary>What Stripe lists of a span of time, as it came.</summary>
public sealed record StripeLists(
    IReadOnlyList<BalanceTransaction> Movements, IReadOnlyList<Transfer> Transfers, IReadOnlyList<Charge> Charges, IReadOnlyList<Refund> Refunds,
    IReadOnlyList<Dispute> Disputes);

/// <summary>Reads Stripe's side of a comparison, list by list, page by page. Looks only, so a restricted key will do.</summary>
public static class StripeSide
{
    private const int PageSize = 100;
    private const int TellEvery = 500;

    /// <param name="tell">Hears now and then which list is being read and how far it has come.</param>
    public static async Task<StripeLists> Read(IStripeClient stripe, DateTimeOffset from, DateTimeOffset to, Action<string, int> tell, CancellationToken ct)
    {
        DateRangeOptions Span() => new() { GreaterThanOrEqual = from.UtcDateTime, LessThan = to.UtcDateTime };
        return new StripeLists(
            await All("balance transactions", new BalanceTransactionService(stripe).ListAutoPagingAsync(
                new BalanceTransactionListOptions { Created = Span(), Limit = PageSize }, cancellationToken: ct), tell),
            await All("transfers", new TransferService(stripe).ListAutoPagingAsync(
                new TransferListOptions { Created = Span(), Limit = PageSize }, cancellationToken: ct), tell),
            await All("charges", new ChargeService(stripe).ListAutoPagingAsync(
                new ChargeListOptions { Created = Span(), Limit = PageSize }, cancellationToken: ct), tell),
            await All("refunds", new RefundService(stripe).ListAutoPagingAsync(
                new RefundListOptions { Created = Span(), Limit = PageSize }, cancellationToken: ct), tell),
            await All("disputes", new DisputeService(stripe).ListAutoPagingAsync(
                new DisputeListOptions { Created = Span(), Limit = PageSize }, cancellationToken: ct), tell));
    }

    private static async Task<List<T>> All<T>(string what, IAsyncEnumerable<T> pages, Action<string, int> tell)
    {
        var all = new List<T>();
        tell(what, 0);
        await foreach (var one in pages)
        {
            all.Add(one);
            if (all.Count % TellEvery == 0) tell(what, all.Count);
        }

        return all;
    }
}
