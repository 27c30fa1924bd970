using System.Collections.Frozen;
using ContestPipeline.Contracts;

namespace ContestPipeline.Plumbing;

/// <summary>A record that was read, not yet handled.</summary>
internal sealed record ConsumedRecord(Envelope Envelope, DecodeResult Result, TopicPlan Plan)
{
    /// <summary>Under which leader of the partition the record was written; null where the broker does not say.</summary>
    internal int? LeaderEpoch { get; init; }

    internal (string Topic, string Key) Key => (Envelope.Topic, Parked.KeyOf(Envelope));

    internal (string Topic, int Partition) Place => (Envelope.Topic, Envelope.Partition);
}

/// <summary>
/// One transaction over a batch of records: fence, set aside what is parked, claim ids, run handlers, note how far it got.
/// </summary>
internal static class BatchRun
{
    /// <exception cref="FencedException">A partition of the batch has a new owner.</exception>
    internal static async Task Handle(IReadOnlyList<ConsumedRecord> items, PartitionOwnership ownership, Tx tx)
    {
        await ownership.Hold(tx, items.Select(i => i.Place).Distinct().ToArray());
        var live = await SetAsideParked(items, tx);
        await HandleLive(live, tx);
        await ownership.Note(tx, items);
    }

    /// <summary>Claims and handles messages that are neither parked nor behind a parked one.</summary>
    internal static async Task HandleLive(IReadOnlyList<ConsumedRecord> live, Tx tx)
    {
        foreach (var turn in Turns(live)) await HandleTurn(turn, tx);
    }

    /// <summary>
    /// Cut where an id comes with a second body or key: whether that one may have it is known only when the first has been
    /// handled or refused.
    /// </summary>
    private static IEnumerable<ArraySegment<ConsumedRecord>> Turns(IReadOnlyList<ConsumedRecord> live)
    {
        var items = live.ToArray();
        var firsts = new Dictionary<Guid, Envelope>(items.Length);
        var start = 0;
        for (var i = 0; i < items.Length; i++)
        {
            var envelope = items[i].Envelope;
            if (!Asks(items[i]) || firsts.TryAdd(envelope.MessageId, envelope)
                || SaysTheSame(firsts[envelope.MessageId], envelope)) continue;
            yield return new ArraySegment<ConsumedRecord>(items, start, i - start);
            start = i;
            firsts.Clear();
            firsts.Add(envelope.MessageId, envelope);
        }

        yield return new ArraySegment<ConsumedRecord>(items, start, items.Length - start);
    }

    private static bool SaysTheSame(Envelope one, Envelope other) =>
        one.Key == other.Key && one.WireName == other.WireName && one.Body.Span.SequenceEqual(other.Body.Span);

    private static bool Asks(ConsumedRecord item) => item is { Result: DecodeResult.Decoded, Plan.Dedupe: Dedupe.ByInbox };

    private static async Task HandleTurn(IReadOnlyList<ConsumedRecord> items, Tx tx)
    {
        await Reprocess.Forget(tx, items.Where(Asks).Select(i => i.Envelope));
        var answers = await Inbox.ClaimAll(tx, [.. items.Where(Asks).Select(i => (i.Envelope.MessageId, i.Envelope))]);
        var next = 0;
        var tally = new BatchTally(tx);
        var refusals = new Refusals(tx);
        var ready = new Dictionary<TopicPlan, List<Received<IMessage>>>(ReferenceEqualityComparer.Instance);
        foreach (var item in items)
        {
            var asks = Asks(item);
            var claim = asks ? answers[next++] : Claim.New;
            tally.Count(item, claim);
            if (claim == Claim.Conflict) refusals.Reused(item);
            if (claim != Claim.New) continue;
            if (asks) refusals.Claimed(item.Envelope);
            if (item.Result is DecodeResult.Malformed wrong)
                tx.Reject(item.Envelope, wrong.Reason, wrong.Field, wrong.Expected, wrong.Got);
            if (item.Result is not DecodeResult.Decoded understood) continue;
            if (!ready.TryGetValue(item.Plan, out var messages)) ready[item.Plan] = messages = [];
            messages.Add(new Received<IMessage>(understood.Message, item.Envelope));
        }

        foreach (var (plan, messages) in ready) await plan.Handle(messages, tx);
        await refusals.Settle();
    }

    /// <summary>
    /// What is left after records of parked keys, and malformed records of our own topics, went to the parked table.
    /// </summary>
    private static async Task<IReadOnlyList<ConsumedRecord>> SetAsideParked(IReadOnlyList<ConsumedRecord> items, Tx tx)
    {
        var keys = items.Select(i => i.Key).Distinct().ToArray();
        var parked = await Parked.Among(tx, [.. keys.Select(k => k.Topic)], [.. keys.Select(k => k.Key)]);
        var live = new List<ConsumedRecord>(items.Count);
        var aside = new List<Aside>();
        foreach (var item in items)
        {
            var wrong = item.Result as DecodeResult.Malformed;
            var wanted = wrong is not null
                || item.Result is DecodeResult.Decoded understood && item.Plan.Wants(understood.Message);
            if (!wanted) continue;
            if (parked.Contains(item.Key))
            {
                aside.Add(new Aside(item.Envelope, Error: null));
            }
            else if (wrong is not null && item.Plan.Malformed == Malformed.Park)
            {
                parked.Add(item.Key);
                aside.Add(new Aside(item.Envelope, Words(wrong)));
            }
            else
            {
                live.Add(item);
            }
        }

        await Parked.Add(tx, aside);
        return live;
    }

    internal static string Words(DecodeResult.Malformed wrong) =>
        $"{wrong.Reason}: {wrong.Field} should be {wrong.Expected}, is {wrong.Got ?? "absent"}";
}
