using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Rereads;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Payout.Clawbacks;

/// <summary>Requests about reversals of transfers: each carries what it is for as a mark, by which it is found again.</summary>
public static class TransferReversals
{
    public const string Endpoint = "transfers.reversals.create";

    /// <summary>Reversals of one transfer looked at before giving up; there are few.</summary>
    private const int ReversalsMax = 10_000;

    public static Task<TransferReversal> Create(
        IStripeClient stripe, string transferId, long amountMinor, string payoutId, (string Name, string Value) mark,
        RequestOptions options, CancellationToken ct) =>
        new TransferReversalService(stripe).CreateAsync(
            transferId,
            new TransferReversalCreateOptions
            {
                Amount = amountMinor,
                Metadata = new Dictionary<string, string> { ["payout_id"] = payoutId, [mark.Name] = mark.Value },
            },
            options, ct);

    /// <summary>
    /// Looks for a reversal by its mark. One of the same amount that carries none of our marks may be it: metadata can be edited
    /// in Stripe's dashboard.
    /// </summary>
    /// <param name="since">When it was first asked for.</param>
    public static async Task<LookUpResult> Find(
        IStripeClient stripe, string transferId, long amountMinor, (string Name, string Value) mark, DateTimeOffset since,
        CancellationToken ct)
    {
        var reversals = await All(stripe, transferId, ct);
        if (reversals.Items.FirstOrDefault(r => r.Metadata?.GetValueOrDefault(mark.Name) == mark.Value) is { } made)
            return new LookUpResult.Found(made);
        var from = (since - FindTransfer.ClocksDiffer).UtcDateTime;
        return reversals.Items.FirstOrDefault(r => r.Amount == amountMinor && r.Created >= from && !IsMarked(r)) is { } unmarked
            ? new LookUpResult.Unexplained(
                $"reversal {unmarked.Id} of {amountMinor} of transfer {transferId} carries no mark of ours: it may be this "
                    + $"one, its metadata edited, or somebody else's")
            : LookUpResult.FoundNone.In(reversals);
    }

    private static bool IsMarked(TransferReversal reversal) =>
        reversal.Metadata is { } words
            && (words.ContainsKey(ReversalToMake.MarkName) || words.ContainsKey(CorrectionToTakeBack.MarkName));

    /// <summary>Everything that was taken back of a transfer.</summary>
    public static Task<CompleteList<TransferReversal>> All(IStripeClient stripe, string transferId, CancellationToken ct)
    {
        var service = new TransferReversalService(stripe);
        return CompleteLists.Read(
            new TransferReversalListOptions(), page => service.ListAsync(transferId, page, cancellationToken: ct), ReversalsMax);
    }
}

/// <summary>What is asked back of a connected account.</summary>
/// <param name="AmountMinor">0: nothing is there.</param>
/// <param name="IsBlind">The account shows no balance in this currency, so only Stripe can say whether it holds as much.</param>
public sealed record AmountToReverse(long AmountMinor, bool IsBlind = false);

/// <summary>What looking at a connected account's balance came to.</summary>
/// <param name="Amount">Null: it is not known, whatever the answer was, and asked for again.</param>
/// <param name="Answer">Stripe's.</param>
public sealed record BalanceLook(AmountToReverse? Amount, StripeAnswer Answer)
{
    /// <summary>In the transaction that puts it off.</summary>
    /// <param name="putOff">Lets it be due again at that moment.</param>
    public Task AskAgain(Tx tx, string payoutId, Func<DateTimeOffset, Task> putOff) => tx.NotRead(What, payoutId, Answer, putOff);

    /// <summary>In the transaction that goes on with it.</summary>
    public static Task WasShown(Tx tx, string payoutId) => tx.WasRead(What, payoutId);

    private const string What = "reversal-balance";
}

/// <summary>What a connected account holds: no more is asked back than that, since Stripe would refuse it all.</summary>
public static class ConnectedBalance
{
    /// <summary>
    /// Stripe turns what it transfers into the currency that the account holds, and takes it back at its own rate: of such a
    /// transfer all is asked for, once.
    /// </summary>
    /// <returns>
    /// At most <paramref name="wantedMinor"/>. Of an account that is gone all is asked for, so that Stripe's answer to that says
    /// what is lost: a look that was refused is never a loss.
    /// </returns>
    public static async Task<BalanceLook> Reversible(
        StripeGateway stripe, PaidPayout paid, string currency, long wantedMinor, CancellationToken ct)
    {
        var answer = await stripe.Look(
            "balance.get",
            async (client,
                token) => await new BalanceService(client)
                    .GetAsync(new RequestOptions { StripeAccount = paid.Destination }, token), ct);
        return new BalanceLook(
            answer switch
            {
                StripeAnswer.Found { Object: global::Stripe.Balance balance } => Of(balance, currency, wantedMinor),
                StripeAnswer.AccountNotReady when paid.IsGone => new AmountToReverse(wantedMinor, IsBlind: true),
                _ => null,
            }, answer);
    }

    private static AmountToReverse Of(global::Stripe.Balance balance, string currency, long wantedMinor)
    {
        var held = (balance.Available ?? []).Where(a => a.Currency == currency).ToArray();
        return held.Length == 0
            ? new AmountToReverse(wantedMinor, IsBlind: true)
            : new AmountToReverse(Math.Clamp(held.Sum(a => a.Amount), 0, wantedMinor));
    }
}
