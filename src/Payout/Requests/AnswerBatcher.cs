using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Payout.Requests;

/// <summary>A call whose end is known.</summary>
public sealed record AnsweredCall(OpenCall Call, RequestStep.Close End);

/// <summary>
/// Commits the ends of calls of one kind together: as many as have come while the ones before were being committed. What cannot
/// be stored together is stored one by one, so that only the call at fault fails.
/// </summary>
public sealed class AnswerBatcher(WorkerDatabase database, IManyAtOnce kind)
{
    public const int AnswersMax = 200;

    private readonly Lock gate = new();
    private readonly Queue<Waiting> waiting = new();
    private bool isStoring;

    /// <returns>Ends when the call's end is committed, or is nobody's business any more because its lease went to somebody
    /// else.</returns>
    public async Task Store(AnsweredCall answered, CancellationToken ct)
    {
        var mine = new Waiting(answered, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        bool isFirst;
        lock (gate)
        {
            waiting.Enqueue(mine);
            isFirst = !isStoring;
            isStoring = true;
        }

        if (isFirst) await StoreAll(ct);
        await mine.Stored.Task;
    }

    /// <summary>Never throws: each call's own task does.</summary>
    private async Task StoreAll(CancellationToken ct)
    {
        for (var some = Next(); some.Count > 0; some = Next())
        {
            if (await Attempt(some, ct) is not { } trouble) continue;
            if (trouble is OperationCanceledException or NpgsqlException { IsTransient: true } || some.Count == 1)
            {
                foreach (var one in some) one.Stored.TrySetException(trouble);
                continue;
            }

            foreach (var one in some)
                if (await Attempt([one], ct) is { } itsOwn) one.Stored.TrySetException(itsOwn);
        }
    }

    private List<Waiting> Next()
    {
        var some = new List<Waiting>();
        lock (gate)
        {
            while (some.Count < AnswersMax && waiting.TryDequeue(out var one)) some.Add(one);
            if (some.Count == 0) isStoring = false;
        }

        return some;
    }

    /// <returns>Null when they are stored.</returns>
    private async Task<Exception?> Attempt(IReadOnlyList<Waiting> some, CancellationToken ct)
    {
        var storing = database.Run(tx => Store([.. some.Select(s => s.Answered)], tx), ct);
        await storing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!storing.IsCompletedSuccessfully) return storing.Exception?.InnerException ?? new OperationCanceledException(ct);
        foreach (var one in some) one.Stored.TrySetResult();
        return null;
    }

    /// <summary>When a lease is gone nothing is stored: the new holder repeats the key and hears the same.</summary>
    private async Task Store(IReadOnlyList<AnsweredCall> answered, Tx tx)
    {
        var locked = (await tx.LockCalls([.. answered.Select(a => a.Call)])).ToHashSet(StringComparer.Ordinal);
        AnsweredCall[] ours = [.. answered.Where(a => locked.Contains(a.Call.Key))];
        if (ours.Length == 0) return;
        await tx.CloseCalls([.. ours.Select(a => CallDispatch.Closing(a.Call, a.End))]);
        await kind.Apply(ours, tx);
    }

    /// <summary>An end that waits to be stored.</summary>
    private sealed record Waiting(AnsweredCall Answered, TaskCompletionSource Stored);
}
