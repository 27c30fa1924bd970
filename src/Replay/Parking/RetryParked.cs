using ContestPipeline.Payout.Audit;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay.Run;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Replay.Parking;

/// <summary>What came of a wish to try parked keys again.</summary>
public abstract record RetryAnswer
{
    private RetryAnswer() { }

    /// <param name="Asked">The keys, with the numbers of their requests.</param>
    public sealed record Begun(string RetryId, IReadOnlyList<(string Worker, RetryAsked Asked)> Asked, long LeftOut)
        : RetryAnswer;

    public sealed record Refused(string Why) : RetryAnswer;
}

/// <summary>
/// Has workers try parked keys again - one, a group, all - as one operation that everybody sees. The workers do it; how far it is
/// is read from their tables, so that no process has to stay.
/// </summary>
public sealed class RetryParked(IConfiguration settings, TimeProvider clock)
{
    /// <summary>Keys of one operation; the rest of a larger group is asked for again.</summary>
    public const int KeysMax = 5_000;

    private const int FailedShownMax = 100;
    private const int KeysAtOnce = 500;
    private const int RetriesMax = 20;

    public async Task<RetryAnswer> Ask(ParkedGroup group, string person, string reason, CancellationToken ct)
    {
        if (group.Fault() is { } fault) return new RetryAnswer.Refused(fault);
        if (string.IsNullOrWhiteSpace(reason)) return new RetryAnswer.Refused("say why it is tried again");
        await using var operations = await Operations.Open(settings, clock, ct);
        var keys = new List<GroupKey>();
        var all = 0L;
        foreach (var worker in group.Workers)
        {
            keys.AddRange(await operations.Run(tx => tx.KeysOf(worker, group, KeysMax - keys.Count), ct));
            all += group.Key is null ? await operations.Run(tx => tx.CountOf(worker, group, since: null), ct) : 0;
        }

        if (keys.Count == 0) return new RetryAnswer.Refused("nothing of it is parked");
        var id = DeterministicId.From($"parked-retry/{person}/{clock.GetUtcNow().UtcTicks}").ToString("N")[..16];
        var leftOut = Math.Max(0, all - keys.Count);
        await operations.Run(tx => tx.BeginRetry(id, group, person, reason, leftOut), ct);
        var asked = new List<(string, RetryAsked)>();
        foreach (var ofWorker in keys.GroupBy(k => k.Worker, StringComparer.Ordinal))
        {
            await using var database = new WorkerDatabase(ofWorker.Key, settings.AdminDatabase(), clock);
            foreach (var chunk in ofWorker.Chunk(KeysAtOnce))
                asked.AddRange(await database.Run(tx => Ask(tx, id, chunk, person, reason), ct));
        }

        return new RetryAnswer.Begun(id, asked, leftOut);
    }

    /// <returns>Null: there is no such operation.</returns>
    public async Task<ParkedRetryProgress?> Find(string retryId, CancellationToken ct)
    {
        await using var operations = await Operations.Open(settings, clock, ct);
        return await operations.Run(
            async tx =>
            {
                if (await tx.Retry(retryId) is not { } retry) return null;
                var keys = new List<RetriedKey>();
                var since = 0L;
                foreach (var worker in retry.Group.Workers)
                {
                    keys.AddRange(await tx.KeysNow(retryId, worker));
                    since += retry.Key is null ? await tx.CountOf(worker, retry.Group, retry.AskedAt) : 0;
                }

                return Progress(retry, keys, since);
            }, ct);
    }

    /// <summary>The latest first.</summary>
    public async Task<IReadOnlyList<ParkedRetry>> Latest(CancellationToken ct)
    {
        await using var operations = await Operations.Open(settings, clock, ct);
        return await operations.Run(tx => tx.Retries(RetriesMax), ct);
    }

    internal static ParkedRetryProgress Progress(ParkedRetry retry, IReadOnlyList<RetriedKey> keys, long newSince)
    {
        var answers = keys.Select(k => (Key: k, Answer: KeyRetry.Of(
            new RetryAsked(k.Topic, k.Key, k.RequestNo, k.Messages, k.LastArrival),
            k.AnsweredNo is { } answered ? new RetryProgress(answered, k.Answer, k.Left ?? 0, k.HeadError) : null))).ToArray();
        var failed = answers.Where(a => a.Answer is KeyRetry.Failed).ToArray();
        var handled = answers.LongCount(a => a.Answer is KeyRetry.Done);
        return new ParkedRetryProgress(
            retry, keys.Count, handled, keys.Count - handled - failed.Length, failed.Length,
            [.. failed.Take(FailedShownMax).Select(f => new FailedAgain(
                f.Key.Worker, f.Key.Topic, KeyName.Of(f.Key.Key), ((KeyRetry.Failed)f.Answer).Error))],
            newSince);
    }

    private static async Task<IReadOnlyList<(string, RetryAsked)>> Ask(
        Tx tx, string retryId, IReadOnlyList<GroupKey> keys, string person, string reason)
    {
        var done = new List<(string, RetryAsked)>(keys.Count);
        foreach (var key in keys)
        {
            // It may have been handled since it was listed.
            if (await Parked.Retry(tx, key.Topic, key.Key) is not { } asked) continue;
            await tx.Asked(retryId, key.Worker, asked);
            done.Add((key.Worker, asked));
        }

        await tx.AuditAsRole([.. done.Select(d => new AuditEntry(
            person, "parked-retried", $"{d.Item1} {d.Item2.Topic} {KeyName.Of(d.Item2.Key)}", null, null, null, reason,
            $"{d.Item2.Messages} messages asked for"))]);
        return done;
    }
}
