using System.Security.Cryptography;
using System.Text;

namespace ContestPipeline.Payout.Options;

/// <summary>How long things take and how often they are tried.</summary>
/// <param name="Retries">Pauses before the second, third … attempt; after as many refusals and one more the payout has failed;
/// those of an account that shows itself ready are counted as well.</param>
/// <param name="KeyUsable">How long after its first use a key may be repeated; Stripe forgets keys after 24 hours.</param>
/// <param name="AccountSweep">An account that is not ready is read again after this long even if no event came.</param>
public sealed record PayoutPolicy(IReadOnlyList<TimeSpan> Retries, TimeSpan KeyUsable, TimeSpan AccountSweep)
{
    /// <summary>
    /// What is owed for longer is looked up at Stripe before each sending, the first too: it may have been sent under keys that
    /// Stripe has forgotten and that this database, restored from an earlier time, knows nothing of. Less than the 24 hours that
    /// Stripe keeps a key.
    /// </summary>
    public TimeSpan LooksFirstAfter { get; init; } = TimeSpan.FromHours(20);

    public static PayoutPolicy Default { get; } = new(
        [TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(20)], TimeSpan.FromHours(23),
        TimeSpan.FromHours(1));

    /// <summary>
    /// The pause after the n-th answer, lengthened by up to a tenth so that payouts that failed together do not return together.
    /// </summary>
    /// <param name="n">1, 2, 3 …; beyond the list the last pause stays.</param>
    /// <returns>Whole microseconds, as the database keeps a time: a payout that comes due a fraction too early would be claimed
    /// and put back until the clock has moved.</returns>
    public TimeSpan Pause(int n, string payoutId)
    {
        var pause = Retries[Math.Clamp(n, 1, Retries.Count) - 1];
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{payoutId}/{n}"));
        return TimeSpan.FromMicroseconds(Math.Floor((pause + pause * (hash[0] / 2560.0)).TotalMicroseconds));
    }

    /// <summary>The pause when Stripe did not take a request up: two seconds, or less where the pauses are shorter.</summary>
    public TimeSpan SoonPause(string payoutId)
    {
        var shortest = Pause(1, payoutId);
        var soon = TimeSpan.FromSeconds(2) * (shortest / Retries[0]);
        return soon < shortest ? soon : shortest;
    }
}
