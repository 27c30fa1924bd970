namespace ContestPipeline.Demo;

/// <summary>Waits for something that others do, never longer than its patience.</summary>
/// <param name="poll">How long it rests between two looks; null: 50 ms.</param>
public sealed class Await(TimeProvider clock, TimeSpan patience, TimeSpan? poll = null)
{
    private readonly TimeSpan rest = poll ?? TimeSpan.FromMilliseconds(50);

    /// <param name="what">A sentence: what is awaited.</param>
    /// <param name="explain">Where things stand, for when it does not happen.</param>
    /// <exception cref="TimeoutException">It did not happen in time.</exception>
    public Task Until(string what, Func<bool> holds, Func<string> explain, CancellationToken ct) =>
        Until(what, () => Task.FromResult(holds()), explain, ct);

    /// <inheritdoc cref="Until(string, Func{bool}, Func{string}, CancellationToken)"/>
    public async Task Until(string what, Func<Task<bool>> holds, Func<string> explain, CancellationToken ct)
    {
        var startedAt = clock.GetTimestamp();
        while (!await holds())
        {
            if (clock.GetElapsedTime(startedAt) > patience)
                throw new TimeoutException($"waited {patience.TotalSeconds:F0} s in vain until {what}:\n{explain()}");
            await Task.Delay(rest, clock, ct);
        }
    }
}
