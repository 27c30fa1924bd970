namespace ContestPipeline.Plumbing;

/// <summary>A request that a key be tried again.</summary>
/// <param name="RequestNo">Of the requests about this key.</param>
/// <param name="Messages">How many were parked then.</param>
/// <param name="LastArrival">The number of the last of them.</param>
public sealed record RetryAsked(string Topic, string Key, long RequestNo, long Messages, long LastArrival);

/// <summary>What a key looks like after a request.</summary>
/// <param name="AnsweredNo">The latest request that the worker answered; 0: none.</param>
/// <param name="Answer"><c>failed</c> or <c>fenced</c>.</param>
/// <param name="Left">How many of the messages that were parked at the request still are.</param>
/// <param name="HeadError">Of the latest attempt at the first of them; null: there was none.</param>
public sealed record RetryProgress(long AnsweredNo, string? Answer, long Left, string? HeadError);

/// <summary>What came of a request to try a key again.</summary>
public abstract record KeyRetry
{
    private KeyRetry()
    {
    }

    /// <summary>Everything that was parked is handled.</summary>
    public sealed record Done(long Handled) : KeyRetry;

    /// <summary>The message that is first now could not be handled; those before it were.</summary>
    public sealed record Failed(long Handled, long Left, string Error) : KeyRetry;

    /// <summary>
    /// The process that took it up may not work on the partition any more: nothing was done. The request stands for its new
    /// owner.
    /// </summary>
    public sealed record NotOwner(long Handled, long Left) : KeyRetry;

    /// <summary>No answer yet; some may be handled.</summary>
    public sealed record NotYet(long Handled, long Left) : KeyRetry;

    /// <summary>What the state of a key says about a request. No clock, no database.</summary>
    /// <param name="now">Null: the key is parked no more.</param>
    public static KeyRetry Of(RetryAsked asked, RetryProgress? now)
    {
        if (now is null || now.Left == 0) return new Done(asked.Messages);
        var handled = asked.Messages - now.Left;
        if (now.AnsweredNo < asked.RequestNo) return new NotYet(handled, now.Left);
        return now.Answer == "fenced"
            ? new NotOwner(handled, now.Left) : new Failed(handled, now.Left, now.HeadError ?? "without a word");
    }
}

/// <summary>Asking a worker to try a key again, and what it says.</summary>
public static partial class Parked
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);

    /// <summary>Asks the worker that owns the partition to handle the messages of a key again, from the first one on.</summary>
    /// <param name="key">The key, or the name of one that is too long to be shown (<see cref="KeyName"/>).</param>
    /// <returns>Null when nothing of that key is parked.</returns>
    public static Task<RetryAsked?> Retry(WorkerDatabase database, string topic, string key, CancellationToken ct) =>
        database.Run(tx => Retry(tx, topic, key), ct);

    /// <summary>As the other, within a transaction of the caller's.</summary>
    public static async Task<RetryAsked?> Retry(Tx tx, string topic, string key)
    {
        var asked = await tx.Query<Asked>(
            $"update {tx.Schema}.parked_key set {Request} where topic = @topic and key_hash = any(@hashes) returning key, "
                + $"request_no", new { topic, hashes = KeyName.Meant(key) });
        if (asked is not [var one]) return null;
        var parked = (await tx.QueryOne<Counted>(
            $"select count(*) as messages, coalesce(max(arrival), 0) as last_arrival from {tx.Schema}.parked where topic = "
                + $"@topic and key_hash = @hash",
            new { topic, hash = KeyName.Hash(one.Key) }))!;
        return new RetryAsked(topic, one.Key, one.RequestNo, parked.Messages, parked.LastArrival);
    }

    /// <summary>Waits until the worker has answered, or has done all of it.</summary>
    /// <param name="patience">How long; after that the answer is what is known then.</param>
    public static async Task<KeyRetry> Await(
        WorkerDatabase database, RetryAsked asked, TimeSpan patience, TimeProvider clock, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            var answer = KeyRetry.Of(asked, await database.Run(tx => Progress(tx, asked), ct));
            // A new owner takes up what a fenced process left.
            if (answer is not (KeyRetry.NotYet or KeyRetry.NotOwner) || clock.GetElapsedTime(began) >= patience) return answer;
            await Task.Delay(s_look, clock, ct);
        }
    }

    private static Task<RetryProgress?> Progress(Tx tx, RetryAsked asked) => tx.QueryOne<RetryProgress>(
        $"""
        select k.answered_no, k.answer, waiting.count as "left", (
            select p.last_error from {tx.Schema}.parked p where p.topic = k.topic and p.key_hash = k.key_hash order by p.arrival limit 1) as head_error
        from {tx.Schema}.parked_key k
        cross join lateral (
            select count(*) as count from {tx.Schema}.parked p where p.topic = k.topic and p.key_hash = k.key_hash and p.arrival <= @LastArrival) as waiting
        where k.topic = @Topic and k.key_hash = @hash
        """,
        new { asked.Topic, hash = KeyName.Hash(asked.Key), asked.LastArrival });

    /// <summary>Constructor order is column order.</summary>
    private sealed record Asked(string Key, long RequestNo);

    /// <summary>Constructor order is column order.</summary>
    private sealed record Counted(long Messages, long LastArrival);
}
