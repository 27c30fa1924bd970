using System.Diagnostics;
using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Payout.Reviews;

/// <summary>
/// The way out of a hold for a mismatch: two persons say which transfer paid the payout, or that none did. Stripe is asked once
/// more before either is done, and what it shows is kept as evidence; a look-up that is not complete decides nothing.
/// </summary>
public sealed class MismatchService(WorkerDatabase database, StripeGateway stripe)
{
    /// <returns>Null when there is no such payout.</returns>
    public async Task<MismatchStep?> Say(string payoutId, MismatchWish wish, CancellationToken ct)
    {
        var asked = await database.Run(tx => Note(payoutId, wish, tx), ct);
        if (asked.Step is not MismatchStep.CarryOut) return asked.Step;
        return wish.Decision == MismatchWish.Adopt
            ? await Adopt(payoutId, wish, ct) : await EstablishNone(payoutId, wish, asked, ct);
    }

    /// <summary>The first person's word is only written down.</summary>
    private static async Task<Asked> Note(string payoutId, MismatchWish wish, Tx tx)
    {
        if (await tx.LockPayout(payoutId) is not { } locked) return new Asked(null, null, [], []);
        var attempts = await tx.Attempts(payoutId);
        var (step, reference, words) = await Decide(locked.Payout, wish, attempts, tx);
        if (step is MismatchStep.AwaitSecond) await tx.InsertWord(payoutId, words + 1, reference!, wish, evidence: null);
        if (step is not MismatchStep.CarryOut) await Audit(locked.Payout, wish, step, tx);
        return new Asked(step, locked.Payout, attempts, await tx.AccountsNow(locked.Payout.PlayerId));
    }

    private async Task<MismatchStep> Adopt(string payoutId, MismatchWish wish, CancellationToken ct)
    {
        var answer = await stripe.Look("transfers.get",
            async (client, token) => await new TransferService(client).GetAsync(wish.TransferId, cancellationToken: token), ct);
        if (answer is not StripeAnswer.Found { Object: Transfer { Id: { Length: > 0 } } shown })
            return new MismatchStep.NotNow($"Stripe does not show transfer {wish.TransferId}: {answer.Words}");
        var transfer = TransferFacts.Of(shown);
        return await CarryOut(payoutId, wish, $"Stripe shows {Words(transfer)}", async (locked, attempts, release, tx) =>
        {
            var (contest, payout) = locked;
            var differs = shown.AmountReversed > 0
                ? $"{shown.AmountReversed} of transfer {transfer.TransferId} were taken back"
                : MismatchStep.Differs(
                    payout, transfer, await tx.PlayerOfOurAccount(transfer.Destination), await tx.PaidBy(transfer.TransferId));
            if (differs is not null) return new MismatchStep.Refuse($"Not adopted: {differs}.");
            await release();
            foreach (var open in attempts.Where(a => a.Outcome == AttemptOutcome.Open))
                await tx.CloseAttempt(open, AttemptOutcome.Absent, "another transfer was adopted", null);
            var attemptNo = attempts.Count + 1;
            var adopted = new PayoutAttempt(
                payoutId, attemptNo, $"payout/{payoutId}/a{attemptNo}", payout.ParameterHash(transfer.Destination),
                transfer.Destination, tx.Now, AttemptOutcome.Open, 0, null, null);
            await tx.InsertAttempt(adopted);
            await tx.CommitTransfer(contest, payout, adopted, transfer with { TransferGroup = payoutId }, adopted: true);
            return new MismatchStep.Done(PayoutState.Paid);
        }, ct);
    }

    private async Task<MismatchStep> EstablishNone(string payoutId, MismatchWish wish, Asked asked, CancellationToken ct)
    {
        var destinations = asked.Attempts.Select(a => a.Destination).Union(asked.Accounts).ToArray();
        if (destinations.Length == 0)
            return new MismatchStep.Refuse(
                "Nothing was ever sent for this payout, and its player has no account: there is nothing to look up.");
        var since = (asked.Attempts.Count > 0
            ? asked.Attempts[0].FirstUsedAt : DateTimeOffset.UnixEpoch + FindTransfer.ClocksDiffer) - FindTransfer.ClocksDiffer;
        var lists = new List<TransfersShown>();
        foreach (var destination in destinations)
        {
            var found = await stripe.LookUp(asked.Payout!, destination, since, ct);
            if (found is not LookUpResult.Found { Made: TransfersShown shown })
                return new MismatchStep.NotNow(
                    $"Stripe's lists could not be read to their end: {(found as LookUpResult.AskAgain)?.Reason}");
            lists.Add(shown);
        }

        var evidence = string.Create(CultureInfo.InvariantCulture,
            $"complete lists: {lists[0].OfGroup.Items.Count} transfers of the group; since {since:u} ") +
            string.Join(", ",
                lists.Zip(destinations,
                    (shown, destination) =>
                        string.Create(CultureInfo.InvariantCulture, $"{shown.ToDestination.Items.Count} to {destination}")))
                        + ": " +
            string.Join("; ", lists.SelectMany(l => l.All).DistinctBy(t => t.TransferId).Take(EvidenceMax).Select(Words));
        return await CarryOut(payoutId, wish, evidence, async (locked, attempts, release, tx) =>
        {
            var decided = new List<LookUpResult>();
            foreach (var shown in lists) decided.Add(FindTransfer.Decide(locked.Payout, shown, await tx.KnownOf(shown.All)));
            switch (decided.Find(d => d is not LookUpResult.FoundNone) ?? decided[0])
            {
                case LookUpResult.FoundNone:
                    await release();
                    foreach (var open in attempts.Where(a => a.Outcome == AttemptOutcome.Open))
                        await tx.CloseAttempt(open, AttemptOutcome.Absent, "established by two persons", null);
                    await tx.EstablishNone(payoutId, attempts.Count);
                    await tx.ShowHolds(locked.Contest, locked.Payout);
                    return new MismatchStep.Done(
                        (await tx.OpenHolds(payoutId)).Count > 0 ? PayoutState.Held : PayoutState.Pending);
                case LookUpResult.Found { Made: TransferFacts transfer }:
                    return new MismatchStep.Refuse(
                        $"Stripe has {Words(transfer)}, which bears this payout's mark: adopt it, or find out what it is.");
                case LookUpResult.Unexplained unexplained:
                    return new MismatchStep.Refuse($"Not established: {unexplained.What}.");
                case LookUpResult.AskAgain again:
                    return new MismatchStep.NotNow(again.Reason);
                default:
                    throw new UnreachableException();
            }
        }, ct);
    }

    /// <summary>In one transaction, and only if it still stands as the two persons saw it.</summary>
    private Task<MismatchStep> CarryOut(
        string payoutId, MismatchWish wish, string evidence,
        Func<LockedPayout, IReadOnlyList<PayoutAttempt>, Func<Task>, Tx, Task<MismatchStep>> act,
        CancellationToken ct) => database.Run(
        async tx =>
        {
            var locked = await tx.LockPayout(payoutId) ?? throw new InvariantException($"payout {payoutId} is gone");
            var attempts = await tx.Attempts(payoutId);
            var (step, reference, words) = await Decide(locked.Payout, wish, attempts, tx);
            if (step is not MismatchStep.CarryOut carry) return step;
            var by = $"{carry.First} and {wish.Person}";
            var done = await act(locked, attempts, () => tx.CloseHold(payoutId, HoldCause.Mismatch, reference!, by), tx);
            if (done is MismatchStep.Done)
            {
                await tx.InsertWord(payoutId, words + 1, reference!, wish, evidence);
                tx.ResolveAlertsUnder($"payout-held/{payoutId}/", $"{by} decided: {wish.Decision}.");
            }

            await Audit(locked.Payout, wish, done, tx);
            return done;
        }, ct);

    private const int EvidenceMax = 100;

    private static async Task<(MismatchStep Step, string? Reference, int Words)> Decide(
        PayoutRecord payout, MismatchWish wish, IReadOnlyList<PayoutAttempt> attempts, Tx tx)
    {
        var open = await tx.OpenHolds(payout.PayoutId);
        var earlier = await tx.MismatchWords(payout.PayoutId);
        return (MismatchStep.Decide(payout, open, attempts, earlier, wish),
            open.FirstOrDefault(h => h.Cause == HoldCause.Mismatch)?.Reference, earlier.Count);
    }

    private static Task Audit(PayoutRecord payout, MismatchWish wish, MismatchStep step, Tx tx) => tx.Audit(new AuditEntry(
        wish.Person, $"payout-mismatch-{wish.Decision}", wish.TransferId ?? payout.PayoutId, payout.ContestId, payout.PlayerId,
        payout.PayoutId, wish.Note, step switch
        {
            MismatchStep.Done done => $"done: {done.State.Word()}",
            MismatchStep.AwaitSecond => "a second person is needed",
            MismatchStep.Refuse refuse => $"refused: {refuse.Why}",
            MismatchStep.NotYours notYours => $"refused: {notYours.Why}",
            MismatchStep.NotNow notNow => $"not now: {notNow.Why}",
            _ => throw new UnreachableException(),
        }));

    private static string Words(TransferFacts t) =>
        string.Create(CultureInfo.InvariantCulture,
            $"transfer {t.TransferId} of {t.AmountMinor} {t.Currency} to {t.Destination}, group {t.TransferGroup ?? "(none)"}, "
                + $"made {t.MadeAt:u}");

    /// <summary>What was known when the word was said.</summary>
    private sealed record Asked(
        MismatchStep? Step, PayoutRecord? Payout, IReadOnlyList<PayoutAttempt> Attempts, IReadOnlyList<string> Accounts);
}
