using System.Globalization;

namespace ContestPipeline.Contestctl.Checks;

/// <summary>
/// Whether this machine's clock agrees with another's. Lock times, pauses and leases go by the clock of whichever process looks
/// at them.
/// </summary>
internal static class ClockCheck
{
    /// <summary>
    /// Clocks that are further apart have not been played by the simulation (docs/developers/proof/simulation.md).
    /// </summary>
    private static readonly TimeSpan s_provenApart = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan s_agree = TimeSpan.FromSeconds(1);

    /// <param name="asked">By this machine's clock, when the other was asked for its time; UTC.</param>
    /// <param name="theirs">What it said.</param>
    /// <param name="answered">By this machine's clock, when the answer came: somewhere in between it was said.</param>
    public static Finding Compare(string whose, DateTimeOffset asked, DateTimeOffset theirs, DateTimeOffset answered)
    {
        var check = $"clock of {whose}";
        var apart = theirs < asked ? theirs - asked : theirs > answered ? theirs - answered : TimeSpan.Zero;
        if (apart.Duration() <= s_agree) return Finding.Ok(check, "agrees with this machine's to the second");
        var what = string.Create(
            CultureInfo.InvariantCulture,
            $"is {apart.Duration().TotalSeconds:F1} s {(apart > TimeSpan.Zero ? "ahead of" : "behind")} this machine's");
        const string Mend = "set both by NTP: a lock, a pause or a lease is so much early or late on one of them";
        return apart.Duration() <= s_provenApart
            ? Finding.Warning(check, what, Mend)
            : Finding.Failed(check,
                string.Create(CultureInfo.InvariantCulture,
                    $"{what}; up to {s_provenApart.TotalSeconds} s are proven to do no harm"), Mend);
    }
}
