namespace ContestPipeline.Demo;

/// <summary>
/// The platform has less at Stripe than it owes: the older prizes go, the others wait for funds, and somebody is told.
/// </summary>
public sealed class RunShort : IAct
{
    /// <summary>
    /// With the deposits of the challenge that is played beside it still less than the prizes of the contest with an entry fee
    /// alone, so that some of its winners have to wait.
    /// </summary>
    private const long FundsMinor = 200_00;

    /// <summary>The platform begins with little, and with thresholds of its size.</summary>
    public static Task Prepare(DemoEnvironment environment, CancellationToken ct) => Prepare(environment, FundsMinor, ct);

    /// <inheritdoc cref="Prepare(DemoEnvironment, CancellationToken)"/>
    public static Task Prepare(DemoEnvironment environment, long fundsMinor, CancellationToken ct)
    {
        environment.Settings["PAYOUT_BALANCE_READ_SECONDS"] = "1";
        environment.Settings["PAYOUT_BALANCE_CRITICAL_MINOR"] = "10000";
        environment.Settings["PAYOUT_BALANCE_WARNING_MINOR"] = "20000";
        environment.Settings["PAYOUT_BALANCE_HEALTHY_MINOR"] = "40000";
        return environment.Stripe.Fund(fundsMinor, ct);
    }

    public async Task Play(DemoContext context, CancellationToken ct)
    {
        await context.Until("what the balance covers is paid and the rest waits for funds", told =>
            Prizes.AllMade(told) && told.Payouts.All(p => p.State is "paid" or "awaiting_account" or "awaiting_funds" or "held")
            && told.Payouts.Any(p => p.State == "awaiting_funds") && told.Alerts.Any(IsCritical), ct);
        var told = context.Told;
        var waiting = told.Payouts.Where(p => p.State == "awaiting_funds").ToArray();
        var alert = told.Alerts.First(IsCritical);
        context.Say(
            $"funds: {told.Payouts.Count(p => p.State == "paid")} prizes paid, then the balance ran short: {waiting.Length} "
                + $"over {Figures.Usd(waiting.Sum(p => p.AmountMinor))} wait");
        context.Say(
            $"alert: {alert.Kind} ({alert.Severity}), with the amount that is missing, for whoever looks after the balance");
    }

    private static bool IsCritical(Contracts.AlertRaisedV1 alert) =>
        alert.Severity == "critical" && alert.Kind.StartsWith("platform-balance", StringComparison.Ordinal);
}
