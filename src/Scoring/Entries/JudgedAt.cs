namespace ContestPipeline.Scoring;

/// <summary>
/// By which moment a message is judged. As a rule that is when it is handled: a late command is late whatever its sender's clock
/// says. Where the database went back, its messages are read again, perhaps after the lock, and what was in time is in time
/// still.
/// </summary>
public static class JudgedAt
{
    /// <param name="isAgain">Records are read again because the database lacks what came of them.</param>
    /// <param name="sentAt">When the message says that it was sent, UTC.</param>
    /// <param name="lastStepAt">When the contest took its last step, UTC; null: there is no such contest.</param>
    /// <param name="now">UTC.</param>
    /// <returns>Never later than now. When read again: when it was sent, but not before the contest's last step.</returns>
    public static DateTimeOffset Of(bool isAgain, DateTimeOffset sentAt, DateTimeOffset? lastStepAt, DateTimeOffset now)
    {
        if (!isAgain) return now;
        var at = lastStepAt is { } step && step > sentAt ? step : sentAt;
        return at < now ? Plumbing.Tx.Stored(at) : now;
    }
}
