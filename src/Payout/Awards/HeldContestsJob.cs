using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Awards;

/// <summary>
/// Looks again at contests that are held because something did not agree: what was missing may have come meanwhile, of a topic or
/// of Stripe.
/// </summary>
/// <param name="overlay">How much the house may add to a pool.</param>
public sealed class HeldContestsJob(OverlayLimit overlay) : IJob
{
    /// <summary>One contest is looked at no more often than this.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, DateTimeOffset> looked = new(StringComparer.Ordinal);
    private readonly FailedKeys failed = new();

    public async Task<bool> Run(Tx tx)
    {
        foreach (var (key, at) in looked.ToArray())
            if (at + LookEvery <= tx.Now) looked.Remove(key);
        if (await tx.HeldContest([.. failed.PassedOver(tx), .. looked.Keys]) is not { } contestId) return false;
        failed.Begin(contestId);
        await tx.LockCollections([contestId]);
        await tx.AdvanceAll(contestId, overlay);
        tx.AfterCommit(() => looked[contestId] = tx.Now);
        return true;
    }
}
