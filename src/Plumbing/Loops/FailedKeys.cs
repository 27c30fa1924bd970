namespace ContestPipeline.Plumbing;

/// <summary>
/// For jobs that go through many things, one after the other: what a job began and did not commit has failed, and is passed over
/// for a while, so that it does not keep the others waiting. The failure itself is the job's, and raises its alert.
/// </summary>
public sealed class FailedKeys
{
    public static readonly TimeSpan PassedOverFor = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, DateTimeOffset> passedOver = new(StringComparer.Ordinal);
    private string? underway;

    /// <summary>Once at the beginning of each run of the job.</summary>
    /// <returns>What this run leaves alone.</returns>
    public string[] PassedOver(Tx tx)
    {
        foreach (var (key, until) in passedOver.ToArray())
            if (until <= tx.Now) passedOver.Remove(key);
        if (underway is not null) passedOver[underway] = tx.Now + PassedOverFor;
        underway = null;
        tx.AfterCommit(() => underway = null);
        return [.. passedOver.Keys];
    }

    /// <summary>From here until the commit, or until it is said of another one, a failure is due to this one.</summary>
    public void Begin(string key) => underway = key;
}
