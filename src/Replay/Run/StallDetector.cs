namespace ContestPipeline.Replay.Run;

/// <summary>
/// How long something may be waited for that does not get on. It gets on only by falling below the least it has been: what grows
/// again meanwhile, because others give it work, would else never run out.
/// </summary>
internal sealed class StallDetector(TimeSpan limit)
{
    private long least = long.MaxValue;
    private TimeSpan since;

    /// <param name="left">What is still to be done.</param>
    /// <param name="waited">Since the waiting began.</param>
    internal bool RanOut(long left, TimeSpan waited)
    {
        if (left < least) (least, since) = (left, waited);
        return waited - since > limit;
    }
}
