using ContestPipeline.Contracts;

namespace ContestPipeline.Plumbing;

/// <summary>
/// What a batch refuses. A refused message claims nothing: its id is free for the message as it should have been. That it was
/// refused is told once for each record, known by its place, however often the record is delivered.
/// </summary>
internal sealed class Refusals(Tx tx)
{
    private readonly int told = tx.Rejections.Count;
    private readonly HashSet<Envelope> claimed = new(ReferenceEqualityComparer.Instance);
    private readonly List<ConsumedRecord> reused = [];

    /// <summary>The message's id was claimed with this batch.</summary>
    internal void Claimed(Envelope envelope) => claimed.Add(envelope);

    /// <summary>An id that was used for something else: an alarm, never work.</summary>
    internal void Reused(ConsumedRecord item)
    {
        reused.Add(item);
        if (item.Plan.Malformed == Malformed.Reject)
            tx.Reject(item.Envelope, "message-id-reused", CloudEvents.Id, "an id never used for another body", null);
    }

    /// <summary>
    /// After the handlers: gives back the ids of what they refused, and takes back what was told of records that were refused
    /// before.
    /// </summary>
    internal async Task Settle()
    {
        var rejections = tx.Rejections.Skip(told).ToArray();
        if (rejections.Length == 0 && reused.Count == 0) return;
        await Inbox.Release(tx, [.. rejections.Select(r => r.Refused).Where(claimed.Contains).DistinctBy(e => e.MessageId)]);

        var places = rejections.Select(r => r.Refused).Concat(reused.Select(r => r.Envelope)).DistinctBy(EnvelopeReader.PlaceId)
            .ToArray();
        var claims = await Inbox.ClaimAll(tx, [.. places.Select(p => (EnvelopeReader.PlaceId(p), p))]);
        var again = places.Where((_, i) => claims[i] == Claim.Duplicate).Select(EnvelopeReader.PlaceId).ToHashSet();
        tx.TakeBack([.. rejections.Where(r => again.Contains(EnvelopeReader.PlaceId(r.Refused))).Select(r => r.Told)]);
        foreach (var item in reused.Where(r => !again.Contains(EnvelopeReader.PlaceId(r.Envelope)))) Alert(item.Envelope);
    }

    private void Alert(Envelope envelope) => tx.Alert(PlumbingAlerts.MessageIdReused(tx.Schema, envelope));
}
