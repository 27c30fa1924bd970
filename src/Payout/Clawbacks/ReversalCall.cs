using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Payout.Clawbacks;

/// <summary>When it was seen that less than wanted can be taken back.</summary>
public enum ReversalShort
{
    /// <summary>Before anything was asked for: the account held less.</summary>
    AtFirst,

    /// <summary>Stripe refused, or made none in time, and it is not asked for again.</summary>
    Refused,

    /// <summary>Before it was asked for again: the account held less than the time before.</summary>
    Shrunk,
}

/// <summary>
/// A reversal of a paid payout's transfer, wanted for one reason: the reason supplies the mark it is found by, what is stored of
/// the answer, the ledger lines of a loss and the alert. Its constructor's parameters
/// are stored as JSON with the call; properties that are only read are not.
/// </summary>
public interface IWantedReversal
{
    /// <summary>The kind under which its calls are stored.</summary>
    static abstract string KindName { get; }

    string PayoutId { get; }

    string TransferId { get; }

    /// <summary>In minor units of <see cref="Currency"/>.</summary>
    long AmountMinor { get; }

    string Currency { get; }

    /// <summary>
    /// Above 1: it is asked for again, because Stripe did not make the one before. The mark stays that of the first.
    /// </summary>
    int Try { get; }

    /// <inheritdoc cref="AmountToReverse"/>
    bool IsBlind { get; }

    /// <summary>The idempotency key.</summary>
    string Key { get; }

    /// <summary>What Stripe keeps with it.</summary>
    (string Name, string Value) Mark { get; }

    /// <summary>The request, as it is stored to be made.</summary>
    StripeCall ToCall();

    /// <summary>The next try.</summary>
    IWantedReversal Again(long amountMinor, bool isBlind);

    /// <returns>False when what became of it is known from elsewhere: an answer that Stripe made none changes nothing.</returns>
    Task<bool> IsAsked(Tx tx);

    /// <summary>Stores that nothing (more) is taken back.</summary>
    /// <returns>False when it was known before.</returns>
    Task<bool> End(Tx tx);

    /// <summary>What cannot be taken back stays a loss: its lines, where it is not booked as one already.</summary>
    IReadOnlyList<LedgerLine> LossLines(ReversalShort why, long lostMinor);

    /// <summary>A person may pursue the loss.</summary>
    void TellLoss(ReversalShort why, string what, Tx tx);
}

/// <summary>Takes a transfer back, in full or in part, once.</summary>
public sealed class ReversalCall<TWanted> : IStripeRequestHandler
    where TWanted : IWantedReversal
{
    public string Kind => TWanted.KindName;

    public string Endpoint => TransferReversals.Endpoint;

    public async Task<object> Perform(IStripeClient stripe, OpenCall call, RequestOptions options, CancellationToken ct)
    {
        var wanted = call.Parameters<TWanted>();
        return await TransferReversals.Create(
            stripe, wanted.TransferId, wanted.AmountMinor, wanted.PayoutId, wanted.Mark, options, ct);
    }

    public async Task<LookUpResult> LookUp(IStripeClient stripe, OpenCall call, CancellationToken ct)
    {
        var wanted = call.Parameters<TWanted>();
        return await TransferReversals.Find(stripe, wanted.TransferId, wanted.AmountMinor, wanted.Mark, call.FirstUsedAt, ct);
    }

    public async Task Apply(StripeCallAnswer answer, OpenCall call, Tx tx)
    {
        var wanted = call.Parameters<TWanted>();
        var locked = await tx.LockPayout(wanted.PayoutId)
            ?? throw new InvariantException($"payout {wanted.PayoutId} is not known here");
        if (answer is StripeCallAnswer.Success { Made: TransferReversal reversal })
        {
            await tx.BookReversal(locked, ReversalFacts.Of(reversal, wanted.TransferId));
            return;
        }

        if (!await wanted.IsAsked(tx)) return;
        var what = answer is StripeCallAnswer.Refused refused ? refused.What : "Stripe made none in time";
        if (DecideAgain.IsWorthIt(answer, wanted.Try, wanted.IsBlind))
        {
            await tx.AskAgain(call.Key, what);
            return;
        }

        if (!await wanted.End(tx)) return;
        await tx.Post(wanted.LossLines(ReversalShort.Refused, wanted.AmountMinor));
        wanted.TellLoss(ReversalShort.Refused, what, tx);
    }
}
