namespace ContestPipeline.Plumbing;

/// <summary>When a loop last came round, and how long it may stay away.</summary>
/// <param name="loop">For people; one word.</param>
/// <param name="silenceMax">A loop that stays away longer is stuck, not busy.</param>
public sealed class Heartbeat(string worker, string loop, TimeSpan silenceMax, TimeProvider clock)
{
    /// <summary>
    /// Longer than any turn takes in which nothing is wrong, the attempts against a database that is down included.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private long beatAt = clock.GetTimestamp();

    public string Worker => worker;

    public string Loop => loop;

    public TimeSpan SilenceMax => silenceMax;

    public TimeSpan Silence => clock.GetElapsedTime(Volatile.Read(ref beatAt));

    public bool IsStuck => Silence > silenceMax;

    public void Beat() => Volatile.Write(ref beatAt, clock.GetTimestamp());
}

/// <summary>A loop that shows that it turns. Every hosted service that is one is watched by <see cref="HealthServer"/>.</summary>
public interface IHasHeartbeat
{
    Heartbeat Heartbeat { get; }
}
