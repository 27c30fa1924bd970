using System.Diagnostics.Metrics;

namespace ContestPipeline.Plumbing;

/// <summary>Counts what became of a batch's messages; told once the batch is committed.</summary>
internal sealed class BatchTally
{
    private readonly Dictionary<(Counter<long> What, string Topic), long> counts = [];

    internal BatchTally(Tx tx) => tx.AfterCommit(() =>
    {
        foreach (var ((what, topic), count) in counts) what.Add(count, Metrics.Of(tx.Schema, topic));
    });

    internal void Count(Item item, Claim claim)
    {
        if (What(item, claim) is not { Enabled: true } what) return;
        counts[(what, item.Envelope.Topic)] = counts.GetValueOrDefault((what, item.Envelope.Topic)) + 1;
    }

    private static Counter<long>? What(Item item, Claim claim) => (claim, item.Reading) switch
    {
        (Claim.Repeated, _) => Metrics.Duplicates,
        (Claim.Reused, _) => Metrics.Reused,
        (_, Reading.Malformed) => Metrics.Malformed,
        (_, Reading.Understood) => Metrics.Handled,
        _ => null,
    };
}
