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

/// <summary>What is asked back of a connected account.</summary>
/// <param name="AmountMinor">0: nothing is there.</param>
/// <param name="IsBlind">The account shows no balance in this currency, so only Stripe can say whether it holds as much.</param>
public sealed record AmountToReverse(long AmountMinor, bool IsBlind = false);

/// <summary>What a connected account holds: no more is asked back than that, since Stripe would refuse it all.</summary>
public static class ConnectedBalance
{
    /// <summary>Stripe turns what it transfers into the currency that the account holds, and takes it back at its own rate: of such a transfer all is asked for, once.</summary>
    /// <returns>At most <paramref name="wantedMinor"/>; 0 of an account that is closed to us; null when Stripe does not answer now.</returns>
    public static async Task<AmountToReverse?> Reversible(StripeGateway stripe, string accountId, string currency, long wantedMinor, CancellationToken ct)
    {
        var answer = await stripe.Look(
            "balance.get",
            async (client, token) => await new BalanceService(client).GetAsync(new RequestOptions { StripeAccount = accountId }, token), ct);
        return answer switch
        {
            StripeAnswer.Found { Object: global::Stripe.Balance balance } => Of(balance, currency, wantedMinor),
            StripeAnswer.Refused or StripeAnswer.AccountNotReady => new AmountToReverse(0),
            _ => null,
        };
    }

    private static AmountToReverse Of(global::Stripe.Balance balance, string currency, long wantedMinor)
    {
        var held = (balance.Available ?? []).Where(a => a.Currency == currency).ToArray();
        return held.Length == 0 ? new AmountToReverse(wantedMinor, IsBlind: true) : new AmountToReverse(Math.Clamp(held.Sum(a => a.Amount), 0, wantedMinor));
    }
}
