using System.Diagnostics;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>entry.payment-changed.v1 in: a reserved entry that is paid in time takes part, one that is not never does.</summary>
public sealed class EntryPaymentHandler(ContestDefinitions definitions) : IHandler<EntryPaymentChangedV1>
{
    public async Task Handle(Received<EntryPaymentChangedV1> received, Tx tx)
    {
        var payment = received.Message;
        if ((await tx.LockContests([payment.ContestId])).SingleOrDefault() is not { } contest)
        {
            tx.Alert(ScoringAlerts.PaymentOfUnknown(payment));
            return;
        }

        var (isAgain, mayStand) = await tx.LookBack();
        var now = JudgedAt.Of(isAgain, received.Envelope.Time, contest.LastStepAt, tx.NowStored());
        var standing = mayStand
            ? await tx.Published([payment.ContestId], [PublishedBefore.EntryRef(payment.EntryId)]) : [];
        var view = await Load(contest, payment, now, isAgain, tx);
        if (DecideCommand.Locked(view, now) && await AsItWas(contest, view, payment, tx) is { } then) (view, now) = then;
        var decision = DecidePayment.AsBefore(view, payment.State, standing.Select(s => s.Message), ref now)
            ?? DecidePayment.Decide(view, payment.State, now, payment.Reason, payment.PaidAt);
        switch (decision)
        {
            case PaymentDecision.Accept:
                await Accept(contest, view.Reserved!, now, received.Envelope, tx);
                break;
            case PaymentDecision.Refuse refuse:
                await tx.EndReserved([view.Reserved! with { State = ReservationState.Refused, EndedAt = now }]);
                tx.Send(new EntryRefusedV1(payment.ContestId, payment.EntryId, payment.PlayerId, refuse.ReasonCode,
                    refuse.Message, now), received.Envelope);
                break;
            case PaymentDecision.Remove:
                await Remove(contest, payment, now, received.Envelope, tx);
                break;
            case PaymentDecision.Nothing:
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>A payment of before the lock that is heard of later is judged by when it was made.</summary>
    /// <returns>Null: by when it is heard of.</returns>
    private static async Task<(CommandView View, DateTimeOffset At)?> AsItWas(
        ContestRow contest, CommandView view, EntryPaymentChangedV1 payment, Tx tx)
    {
        if (payment is not { State: EntryPaymentStates.Paid, PaidAt: { } paidAt } || view.Rules is not { } rules) return null;
        var lockedAt = contest.State == ContestStates.Scheduled ? rules.Definition.LockAt
            : (await tx.Steps(contest.ContestId)).FirstOrDefault(s => s.State == ContestStates.Locked)?.At;
        var begun = BegunGames.At(rules.Definition, await tx.HeardStarts([contest.ContestId]), paidAt, isAgain: true);
        return PaidInTime.AsItWas(view, paidAt, lockedAt, begun);
    }

    private async Task<CommandView> Load(
        ContestRow contest, EntryPaymentChangedV1 payment, DateTimeOffset now, bool isAgain, Tx tx)
    {
        var rules = await definitions.Find(contest.ContestId, contest.DefinitionHash, tx);
        var begun = BegunGames.At(rules.Definition, await tx.HeardStarts([contest.ContestId]), now, isAgain);
        var entry = (await tx.EntriesNamed([(contest.ContestId, payment.EntryId)])).SingleOrDefault();
        var reserved = (await tx.ReservedNamed([(contest.ContestId, payment.EntryId)])).SingleOrDefault();
        var ofPlayer = (await tx.EntriesOfPlayers([(contest.ContestId, payment.PlayerId)])).Select(p => p.Entries)
            .SingleOrDefault();
        return new CommandView(
            rules, contest.State, contest.EntryCount, begun,
            entry is null
                ? null : new EntryView(
                    entry.EntryId, entry.PlayerId, entry.Version, CommandProcessor.Split(entry.AthleteIds), entry.Withdrawn),
            ofPlayer, Reserved: reserved);
    }

    /// <summary>Its number is an earlier one, so those who follow the standings learn of it as of a change.</summary>
    private static async Task Accept(ContestRow contest, ReservedEntry reserved, DateTimeOffset now, Envelope cause, Tx tx)
    {
        var change = contest.LastChangeNo + 1;
        await tx.EndReserved([reserved with { State = ReservationState.Accepted, EndedAt = now }]);
        await tx.InsertEntries([
            new EntryRow(contest.ContestId, reserved.EntryId, reserved.AcceptanceNo, reserved.PlayerId, 1, reserved.AthleteIds,
                now, Withdrawn: false)]);
        await tx.InsertChanges([(contest.ContestId, change, reserved.AcceptanceNo)]);
        await tx.UpdateCounts(contest.ContestId, contest.EntryCount + 1, contest.LastAcceptanceNo, change);
        tx.Send(
            new EntryAcceptedV1(
                reserved.CommandId, contest.ContestId, reserved.EntryId, reserved.PlayerId,
                CommandProcessor.Split(reserved.AthleteIds), reserved.AcceptanceNo, now),
            cause);
    }

    /// <summary>The refund has been made already; Payout finds nothing more to give back.</summary>
    private static async Task Remove(ContestRow contest, EntryPaymentChangedV1 payment, DateTimeOffset now, Envelope cause, Tx tx)
    {
        var entry = (await tx.EntriesNamed([(contest.ContestId, payment.EntryId)])).Single();
        var change = contest.LastChangeNo + 1;
        await tx.UpdateEntries([entry with { Withdrawn = true }]);
        await tx.InsertChanges([(contest.ContestId, change, entry.AcceptanceNo)]);
        await tx.UpdateCounts(contest.ContestId, contest.EntryCount - 1, contest.LastAcceptanceNo, change);
        tx.Send(
            new EntryWithdrawnV1($"refund/{payment.EntryId}/{payment.ChangeNo}", contest.ContestId, payment.EntryId,
                payment.PlayerId, now), cause);
    }
}
