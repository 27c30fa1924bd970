using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Halts;

/// <summary>
/// Stops payouts and lets them go again. What Stripe was asked for before keeps to its protocol and is only looked up; nothing
/// new is sent. Refunds, reversals and charges go on.
/// </summary>
public static class PayoutHalts
{
    /// <returns>The halt, and whether it was there before.</returns>
    public static async Task<(Halt Halt, bool WasThere)> Halt(this Tx tx, HaltWish wish, string actor)
    {
        await tx.LockHalts();
        var subject = wish.Id ?? "";
        if (await tx.OpenHalt(wish.Scope, subject) is { } open)
        {
            await tx.Audit(Entry(open, actor, "payouts-halted", wish.Reason, $"refused: halted already, no. {open.HaltNo}"));
            return (open, true);
        }

        var halt = (await tx.FindHalt(await tx.InsertHalt(wish.Scope, subject, wish.Reason, actor)))!;
        tx.Alert(HaltAlerts.Halted(halt));
        await tx.Audit(Entry(halt, actor, "payouts-halted", wish.Reason, "done"));
        return (halt, false);
    }

    /// <param name="playerIds">The players that the person is.</param>
    public static async Task<LiftDecision> Lift(
        this Tx tx, long haltNo, string reason, string actor, IReadOnlyList<string> playerIds)
    {
        await tx.LockHalts();
        var halt = await tx.LockHalt(haltNo);
        var isOwn = halt is { Scope: HaltScope.Player } && PersonName.IsOf(halt.Subject, actor, playerIds);
        var decision = LiftDecision.Decide(halt, isOwn);
        if (halt is null) return decision;
        if (decision is LiftDecision.Lift)
        {
            await tx.LiftHalt(haltNo, actor, reason);
            tx.ResolveAlert(halt.AlertKey, $"{actor} has let {halt.What} go again: {reason}");
        }

        await tx.Audit(Entry(halt, actor, "halt-lifted", reason, decision switch
        {
            LiftDecision.Refuse refuse => $"refused: {refuse.Why}",
            LiftDecision.NotYours notYours => $"refused: {notYours.Why}",
            _ => "done",
        }));
        return decision;
    }

    private static AuditEntry Entry(Halt halt, string actor, string action, string reason, string result) => new(
        actor, action, $"halt/{halt.HaltNo}", halt.Scope == HaltScope.Contest ? halt.Subject : null,
        halt.Scope == HaltScope.Player ? halt.Subject : null, null, reason, result);
}

/// <summary>Lets go what a halt that was lifted still holds, one payout a transaction.</summary>
public sealed class LiftHaltsJob : IJob
{
    private readonly FailedKeys failed = new();

    public async Task<bool> Run(Tx tx)
    {
        if (await tx.NextHeldByLifted(failed.PassedOver(tx)) is not { } held) return false;
        failed.Begin(held.PayoutId);
        if (await tx.LockPayout(held.PayoutId) is not { } locked) return false;
        await tx.ReleaseHold(locked.Contest, locked.Payout, HoldCause.Manual, held.Reference, held.LiftedBy);
        return true;
    }
}
