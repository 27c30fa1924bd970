using Microsoft.Extensions.Logging;

namespace ContestPipeline.Plumbing;

/// <summary>How a batch ended.</summary>
/// <param name="Handled">How many of its items, from the first on, are committed and may be acknowledged.</param>
/// <param name="Fenced">A partition was lost: what is left must be forgotten, not repeated.</param>
internal readonly record struct BatchResult(int Handled, bool Fenced);

/// <summary>
/// Gets a batch through: all at once; when that fails for good, in halves, down to the one message that fails, whose key is
/// parked. What may work later is tried again a bounded number of times and then left to be read again. What is cut short is too
/// long, or unlucky: many are tried in halves, one message as often as what may work later, and then parked, for a time limit
/// would end it every time.
/// </summary>
internal sealed partial class BatchProcessor(
    WorkerDatabase database, PartitionOwnership ownership, TimeProvider clock, ILogger log)
{
    private const int AttemptsMax = 10;

    internal async Task<BatchResult> Process(IReadOnlyList<ConsumedRecord> items, CancellationToken ct)
    {
        var handled = 0;
        var ranges = new Stack<int>();
        ranges.Push(items.Count);
        while (ranges.TryPop(out var end))
        {
            if (end == handled) continue;
            var share = items.Skip(handled).Take(end - handled).ToArray();
            switch (await Attempt(() => Handle(share, ct), share.Length, ct))
            {
                case Outcome.Done:
                    handled = end;
                    break;
                case Outcome.Poison poison when share.Length == 1:
                    Log.Poison(log, poison.Error, share[0].Envelope.Topic, share[0].Envelope.Partition, share[0].Envelope.Offset);
                    var parking = await Attempt(() => database.Run(tx => Park(share[0], poison.Error, tx), ct), ct);
                    if (parking is Outcome.Poison trouble)
                        Log.NotParked(
                            log, trouble.Error, share[0].Envelope.Topic, share[0].Envelope.Partition, share[0].Envelope.Offset);
                    if (parking is not Outcome.Done) return Left(handled, parking);
                    handled = end;
                    break;
                case Outcome.Poison poison:
                    Log.Halved(log, share.Length, poison.Error.Message);
                    ranges.Push(end);
                    ranges.Push(handled + share.Length / 2);
                    break;
                case var other:
                    return Left(handled, other);
            }
        }

        return new BatchResult(handled, Fenced: false);
    }

    /// <summary>
    /// Has its turn at the keys that are to be tried again; new records come in between, however much was parked.
    /// </summary>
    /// <returns>True when there is more to do at the next turn.</returns>
    /// <exception cref="FencedException">
    /// Somebody has taken over a partition that the group gave to this process, or the database went back: whoever asked is told,
    /// and the group is to be asked anew.
    /// </exception>
    internal async Task<bool> RetryParked(IReadOnlyDictionary<string, TopicPlan> plans, int messagesMax, CancellationToken ct)
    {
        var requests = await database.Run(
            async tx =>
            {
                await ownership.StillThere(tx);
                return await Parked.RetryRequests(tx);
            }, ct);
        var ours = requests
            .Where(r => plans.ContainsKey(r.Topic) && ownership.Owns(r.Topic, r.Partition)).Take(messagesMax).ToArray();
        var more = false;
        foreach (var asked in ours) more |= await RetryKey(asked, plans, messagesMax / ours.Length, ct);
        return more;
    }

    /// <summary>
    /// Handles what waits under a key again, in order, each message in a transaction of its own, until one fails, none is left,
    /// or this turn's share is done.
    /// </summary>
    private async Task<bool> RetryKey(
        Parked.RetryRequest asked, IReadOnlyDictionary<string, TopicPlan> plans, int messagesMax, CancellationToken ct)
    {
        var (topic, key) = (asked.Topic, asked.Key);
        for (var handled = 0; handled < messagesMax; handled++)
        {
            ParkedMessage? message = null;
            var outcome = await Worker.Attempt(() => database.Run(async tx =>
            {
                await ownership.Hold(tx, [(topic, asked.Partition)]);
                message = await Parked.First(tx, topic, key);
                if (message is null) await Parked.RemoveKey(tx, topic, key);
                else await HandleParked(message, plans[topic], tx);
            }, ct), ct);
            if (outcome is Outcome.Done && message is not null) continue;
            if (outcome is Outcome.Fenced)
            {
                Log.RetryFenced(log, topic, asked.Partition);
                await Attempt(() => database.Run(tx => Parked.Fenced(tx, asked), ct), ct);
                throw new FencedException(topic, asked.Partition);
            }

            // What may work later is asked for still, and tried at a later turn.
            if (outcome is Outcome.Transient transient) Log.Later(log, transient.Error.Message);
            if (outcome is Outcome.Poison poison && message is not null)
                await Attempt(
                    () => database.Run(
                        tx => Parked.FailedAgain(
                            tx, message, asked.RequestNo, $"{poison.Error.GetType().Name}: {poison.Error.Message}"), ct), ct);
            return false;
        }

        return true;
    }

    /// <summary>One transaction; how long it took counts also when it failed.</summary>
    private async Task Handle(IReadOnlyList<ConsumedRecord> share, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        var result = "failed";
        try
        {
            await database.Run(tx => BatchRun.Handle(share, ownership, tx), ct);
            result = "done";
        }
        finally
        {
            Metrics.BatchSeconds.Record(
                clock.GetElapsedTime(started).TotalSeconds, new(Metrics.Worker, database.Worker), new("result", result));
        }
    }

    private static async Task HandleParked(ParkedMessage message, TopicPlan plan, Tx tx)
    {
        var envelope = message.Envelope();
        var item = new ConsumedRecord(envelope, EnvelopeReader.Read(envelope, plan.Reader), plan);
        Invariant.Holds(
            item.Result is not DecodeResult.Malformed || plan.Malformed == Malformed.Reject, "the message is still malformed");
        await BatchRun.HandleLive([item], tx);
        await Parked.Remove(tx, message);
    }

    private async Task Park(ConsumedRecord item, Exception error, Tx tx)
    {
        await ownership.Hold(tx, [item.Place]);
        await Parked.Add(tx, [new Aside(item.Envelope, $"{error.GetType().Name}: {error.Message}")]);
        await ownership.Note(tx, [item]);
    }

    private Task<Outcome> Attempt(Func<Task> work, CancellationToken ct) => Attempt(work, messages: 1, ct);

    /// <param name="messages">How many the work is about.</param>
    private async Task<Outcome> Attempt(Func<Task> work, int messages, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var outcome = await Worker.Attempt(work, ct);
            var trouble = outcome switch
            {
                Outcome.Transient transient => transient.Error,
                Outcome.Poison poison when messages == 1 && Worker.IsCutShort(poison.Error) => poison.Error,
                _ => null,
            };
            if (trouble is null || attempt == AttemptsMax) return outcome;
            Log.Again(log, attempt, trouble.Message);
            await Backoff.Wait(Backoff.After(attempt), clock, ct);
        }
    }

    private static BatchResult Left(int handled, Outcome outcome) => new(handled, outcome is Outcome.Fenced);

    /// <summary>Log messages.</summary>
    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "{Topic}[{Partition}] at {Offset} cannot be handled: its key is parked")]
        internal static partial void Poison(ILogger log, Exception error, string topic, int partition, long offset);

        [LoggerMessage(LogLevel.Error, "{Topic}[{Partition}] at {Offset} cannot be parked either: the partition waits")]
        internal static partial void NotParked(ILogger log, Exception error, string topic, int partition, long offset);

        [LoggerMessage(LogLevel.Warning, "A batch of {Count} failed and is tried in halves: {Cause}")]
        internal static partial void Halved(ILogger log, int count, string cause);

        [LoggerMessage(LogLevel.Warning,
            "A parked key of {Topic}[{Partition}] was to be tried again, and the partition has a new owner: nothing was done, "
                + "the group is asked anew")]
        internal static partial void RetryFenced(ILogger log, string topic, int partition);

        [LoggerMessage(LogLevel.Warning, "A parked message is tried again later: {Cause}")]
        internal static partial void Later(ILogger log, string cause);

        [LoggerMessage(LogLevel.Warning, "Attempt {Attempt} failed, the partition waits: {Cause}")]
        internal static partial void Again(ILogger log, int attempt, string cause);
    }
}
