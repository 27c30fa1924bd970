using ContestPipeline.Contracts;
using ContestPipeline.Harness;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay.Effect;

namespace ContestPipeline.Replay;

/// <summary>Counts what the workers would make of messages, just before they get them.</summary>
internal sealed class JudgeMessages(IReadOnlyList<WorkerHarness> workers, WorkerDatabase database)
{
    internal const string Known = "known";
    internal const string PassedOver = "passed over";
    private const string Fresh = "fresh";

    /// <summary>Seen earlier in this very replay: by now they are in the inbox, or will be with their batch.</summary>
    private readonly HashSet<Guid> seen = [];

    private readonly HashSet<string> seenCommands = new(StringComparer.Ordinal);

    internal SortedDictionary<string, long> Counts { get; } = new(StringComparer.Ordinal);

    /// <summary>That the messages name.</summary>
    internal HashSet<string> Contests { get; } = new(StringComparer.Ordinal);

    /// <summary>That the messages name.</summary>
    internal HashSet<string> Games { get; } = new(StringComparer.Ordinal);

    internal async Task Judge(IReadOnlyList<HarnessRecord> records, CancellationToken ct)
    {
        foreach (var topic in records.GroupBy(r => r.Topic, StringComparer.Ordinal))
        {
            var ofTopic = topic.ToArray();
            var judgements = new List<IReadOnlyList<Standing>>();
            foreach (var worker in workers.Where(w => w.Topics.Contains(topic.Key)))
                judgements.Add(await worker.Judge(ofTopic, ct));
            var areCommands = topic.Key is Topics.ContestCommands or Topics.ContestOperations;
            var commands = areCommands ? await KnownCommands(ofTopic, ct) : [];
            for (var i = 0; i < ofTopic.Length; i++)
            {
                var envelope = ofTopic[i].Envelope();
                if (ReplaySource.Member(envelope, "contestId") is { } contest) Contests.Add(contest);
                if (ReplaySource.Member(envelope, "gameId") is { } game) Games.Add(game);
                var answers = judgements.Select(j => j[i]).Where(s => s != Standing.PassedOver).Distinct().ToArray();
                var again = !seen.Add(envelope.MessageId);
                again |= areCommands && ReplaySource.Member(envelope, "commandId") is { } command
                    && (commands.Contains(command) | !seenCommands.Add(command));
                Count(answers switch
                {
                    [] => PassedOver,
                    [Standing.Known] => Known,
                    _ when again && !answers.Contains(Standing.Malformed) => Known,
                    _ => Fresh,
                });
            }
        }
    }

    /// <summary>Commands are recognised by a permanent key of their own, not by the inbox.</summary>
    private async Task<HashSet<string>> KnownCommands(IReadOnlyList<HarnessRecord> records, CancellationToken ct)
    {
        var ids = records.Select(r => ReplaySource.Member(r.Envelope(), "commandId")).OfType<string>().Distinct().ToArray();
        return [.. await database.Run(tx => tx.KnownCommands(ids), ct)];
    }

    private void Count(string what) => Counts[what] = Counts.GetValueOrDefault(what) + 1;
}
