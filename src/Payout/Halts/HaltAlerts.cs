using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Halts;

/// <summary>What people are told of halts and bursts.</summary>
public static class HaltAlerts
{
    public static Alert Halted(Halt halt) => new Alert(
        halt.AlertKey, AlertSeverity.Warning, "payouts-halted", halt.Subject.Length > 0 ? halt.Subject : halt.Scope,
        $"{halt.HaltedBy} has halted {halt.What}, {halt.Waiting} of which are not over: {halt.Reason}",
        $"when the cause is mended: contestctl halt lift {halt.HaltNo} --reason WHY");

    public static Alert Burst(Burst burst, TimeSpan window) => new Alert(
        burst.AlertKey, AlertSeverity.Critical, "money-burst", burst.What,
        $"{burst.Count} {burst.What} within {window.TotalMinutes:0} minutes; {burst.From} are a burst",
        "find the common cause (contestctl audit, payouts list); if it goes on: contestctl halt payouts --reason WHY");
}
