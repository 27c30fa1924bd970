using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Clawbacks;

/// <summary>A prize that was paid and is to go back, for one reason.</summary>
public interface IPaidPrize
{
    string Currency { get; }

    /// <summary>Decides once more, with the payout locked, and does what needs no Stripe.</summary>
    Task<ClawbackStep> Decide(Tx tx);

    /// <summary>It is looked at again then.</summary>
    Task PutOff(DateTimeOffset at, Tx tx);

    /// <returns>The request.</returns>
    IWantedReversal Wanted(string payoutId, string transferId, AmountToReverse amount);

    /// <summary>Stores that it is asked for, or, with nothing to ask for, that it is lost.</summary>
    /// <returns>Ledger lines that come with it; null: it was stored before.</returns>
    Task<IReadOnlyList<LedgerLine>?> Begin(IWantedReversal wanted, Tx tx);
}

/// <summary>What asking came to.</summary>
public enum ReversalAsked
{
    /// <summary>It is stored to be made, or known to be lost.</summary>
    Stored,

    /// <summary>Stripe does not say now what the account holds.</summary>
    NotShown,

    /// <summary>Something else was taken of it since it was decided.</summary>
    Overtaken,
}

/// <summary>
/// Asks back what of a prize was paid, as far as the player's account at Stripe holds it; the rest is a loss of the house.
/// </summary>
public static class AskReversal
{
    public static async Task<ReversalAsked> Of(
        IPaidPrize prize, ClawbackStep.TakeBack back, WorkerDatabase database, StripeGateway stripe, CancellationToken ct)
    {
        var paid = await database.Run(tx => tx.PaidPayout(back.PayoutId), ct);
        var look = await ConnectedBalance.Reversible(stripe, paid, prize.Currency, back.AmountMinor, ct);
        if (look.Amount is not { } now)
        {
            if (!stripe.IsSilent) await database.Run(tx => look.AskAgain(tx, back.PayoutId, at => prize.PutOff(at, tx)), ct);
            return ReversalAsked.NotShown;
        }

        return await database.Run(tx => Store(prize, back, prize.Wanted(back.PayoutId, paid.TransferId, now), tx), ct);
    }

    private static async Task<ReversalAsked> Store(
        IPaidPrize prize, ClawbackStep.TakeBack back, IWantedReversal wanted, Tx tx)
    {
        if (await prize.Decide(tx) != back) return ReversalAsked.Overtaken;
        await BalanceLook.WasShown(tx, back.PayoutId);
        if (await prize.Begin(wanted, tx) is not { } lines) return ReversalAsked.Stored;
        if (wanted.AmountMinor > 0) await tx.Call(wanted.ToCall());
        if (back.AmountMinor - wanted.AmountMinor is > 0 and var shortMinor)
        {
            lines = [.. lines, .. wanted.LossLines(ReversalShort.AtFirst, shortMinor)];
            wanted.TellLoss(
                ReversalShort.AtFirst,
                $"the player's account at Stripe holds {wanted.AmountMinor} of {back.AmountMinor}", tx);
        }

        await tx.Post(lines);
        return ReversalAsked.Stored;
    }
}
