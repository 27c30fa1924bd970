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

    internal void Count(ConsumedRecord item, Claim claim)
    {
        if (What(item, claim) is not { Enabled: true } what) return;
        counts[(what, item.Envelope.Topic)] = counts.GetValueOrDefault((what, item.Envelope.Topic)) + 1;
    }

    private static Counter<long>? What(ConsumedRecord item, Claim claim) => (claim, item.Result) switch
    {
        (Claim.Duplicate, _) => Metrics.Duplicates,
        (Claim.Conflict, _) => Metrics.Reused,
        (_, DecodeResult.Malformed) => Metrics.Malformed,
        (_, DecodeResult.Decoded) => Metrics.Handled,
        _ => null,
    };
}
