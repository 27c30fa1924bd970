namespace ContestPipeline.Replay.Parking;

/// <summary>Which parked keys are meant. What is null does not matter.</summary>
/// <param name="Worker">By its name, such as scoring.</param>
/// <param name="Error">The class of error, as <see cref="Class"/> makes it.</param>
/// <param name="Key">One key, or the name of one that is too long to be shown.</param>
public sealed record ParkedGroup(string? Worker, string? Topic, string? Error, string? Key)
{
    /// <returns>SQL by which an error's class is told: the text without its figures, cut off.</returns>
    /// <param name="error">SQL of the text.</param>
    public static string Class(string error) => $"regexp_replace(left({error}, 160), '[0-9]+', '#', 'g')";

    /// <returns>What is wrong with it, in words; null: nothing.</returns>
    public string? Fault() => this switch
    {
        { Worker: { } worker } when DeclaredWorkers.All.All(w => w.Name != worker) => $"there is no worker '{worker}'",
        { Key: not null, Worker: null } or { Key: not null, Topic: null } => "a key is named with its worker and its topic",
        _ => null,
    };

    internal IEnumerable<string> Workers => DeclaredWorkers.All.Select(w => w.Name).Where(w => Worker is null || w == Worker);
}

/// <summary>An operation that asks workers to try keys again.</summary>
/// <param name="LeftOut">Keys of the group beyond the most that one operation takes.</param>
public sealed record ParkedRetry(
    string RetryId, string? Worker, string? Topic, string? Error, string? Key, string AskedBy, DateTimeOffset AskedAt,
    string Reason, long LeftOut)
{
    public ParkedGroup Group => new(Worker, Topic, Error, Key);
}

/// <summary>A key that failed again, and why.</summary>
public sealed record FailedAgain(string Worker, string Topic, string Key, string Error);

/// <summary>How far an operation is.</summary>
/// <param name="Keys">That were asked for.</param>
/// <param name="Handled">Keys of which everything that was parked is handled.</param>
/// <param name="Waiting">Keys without an answer yet.</param>
/// <param name="Failed">The first of those that failed again.</param>
/// <param name="NewSince">Keys of the group that were parked after the operation was asked for.</param>
public sealed record ParkedRetryProgress(
    ParkedRetry Retry, long Keys, long Handled, long Waiting, long FailedKeys, IReadOnlyList<FailedAgain> Failed, long NewSince)
{
    /// <summary>Every key has its answer.</summary>
    public bool IsOver => Waiting == 0;
}
