using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Payout.Halts;

/// <summary>How many within how long are a burst.</summary>
/// <param name="Window">How far back is counted.</param>
/// <param name="Failures">Payouts that failed.</param>
/// <param name="Refunds">Refunds that somebody asked for here or made at Stripe; what the pipeline gives back by itself, such as
/// the fees of a cancelled contest, does not count.</param>
/// <param name="Disputes">Disputes that became known.</param>
public sealed record BurstOptions(TimeSpan Window, int Failures, int Refunds, int Disputes)
{
    public static BurstOptions From(IConfiguration settings) => new(
        TimeSpan.FromMinutes(settings.Whole("PAYOUT_BURST_MINUTES")), settings.Whole("PAYOUT_BURST_FAILURES"),
        settings.Whole("PAYOUT_BURST_REFUNDS"), settings.Whole("PAYOUT_BURST_DISPUTES"));
}

/// <summary>What happened within the window.</summary>
public sealed record MoneyTrouble(long Failures, long Refunds, long Disputes);

/// <summary>One kind of trouble, how often it came, and from how often on it is a burst.</summary>
/// <param name="What">The word in the alert's key.</param>
public sealed record Burst(string What, long Count, int From)
{
    public bool IsOne => Count >= From;

    public string AlertKey => $"money-burst/{What}";
}

/// <summary>Tells once that much goes wrong with money at once, and ends it when the window holds fewer again.</summary>
public sealed class BurstsJob(BurstOptions options) : IJob
{
    public async Task<bool> Run(Tx tx)
    {
        foreach (var burst in Of(await tx.TroubleSince(tx.Now - options.Window), options))
        {
            if (burst.IsOne) tx.Alert(HaltAlerts.Burst(burst, options.Window));
            else tx.ResolveAlert(burst.AlertKey, $"Fewer than {burst.From} {burst.What} in the window.");
        }

        return false;
    }

    /// <returns>Every kind, a burst or not.</returns>
    public static IReadOnlyList<Burst> Of(MoneyTrouble trouble, BurstOptions options) =>
    [
        new("failures", trouble.Failures, options.Failures), new("refunds", trouble.Refunds, options.Refunds),
        new("disputes", trouble.Disputes, options.Disputes),
    ];
}
