using Stripe;

namespace ContestPipeline.Payout;

/// <summary>Requests about reversals of transfers: each carries what it is for as a mark, by which it is found again.</summary>
public static class TransferReversals
{
    public const string Endpoint = "transfers.reversals.create";

    public static Task<TransferReversal> Create(
        IStripeClient stripe, string transferId, long amountMinor, string payoutId, (string Name, string Value) mark, RequestOptions options, CancellationToken ct) =>
        new TransferReversalService(stripe).CreateAsync(
            transferId,
            new TransferReversalCreateOptions
            {
                Amount = amountMinor, Metadata = new Dictionary<string, string> { ["payout_id"] = payoutId, [mark.Name] = mark.Value },
            },
            options, ct);

    public static async Task<TransferReversal?> Find(IStripeClient stripe, string transferId, (string Name, string Value) mark, CancellationToken ct)
    {
        var options = new TransferReversalListOptions { Limit = 100 };
        await foreach (var reversal in new TransferReversalService(stripe).ListAutoPagingAsync(transferId, options, cancellationToken: ct))
            if (reversal.Metadata?.GetValueOrDefault(mark.Name) == mark.Value) return reversal;
        return null;
    }
}

/// <summary>What a connected account holds: no more is asked back than that, since Stripe would refuse it all.</summary>
public static class ConnectedBalance
{
    /// <returns>Minor units; 0 of an account that is closed to us; null when Stripe does not answer now.</returns>
    public static async Task<long?> Available(StripeGateway stripe, string accountId, string currency, CancellationToken ct)
    {
        var answer = await stripe.Look(
            "balance.get",
            async (client, token) => await new BalanceService(client).GetAsync(new RequestOptions { StripeAccount = accountId }, token), ct);
        return answer switch
        {
            StripeAnswer.Found { Object: global::Stripe.Balance balance } => balance.Available?.Where(a => a.Currency == currency).Sum(a => a.Amount) ?? 0,
            StripeAnswer.Refused or StripeAnswer.AccountNotReady => 0,
            _ => null,
        };
    }
}
