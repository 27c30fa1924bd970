using System.Collections.Frozen;
using ContestPipeline.Contracts;

namespace ContestPipeline.Plumbing;

/// <summary>A record that was read, not yet handled.</summary>
internal sealed record Item(Envelope Envelope, Reading Reading, TopicPlan Plan)
{
    /// <summary>Under which leader of the partition the record was written; null where the broker does not say.</summary>
    internal int? LeaderEpoch { get; init; }

    internal (string Topic, string Key) Key => (Envelope.Topic, Parked.KeyOf(Envelope));

    internal (string Topic, int Partition) Place => (Envelope.Topic, Envelope.Partition);
}

/// <summary>One transaction over a batch of records: fence, set aside what is parked, claim ids, run handlers.</summary>
internal static class BatchRun
{
    /// <exception cref="FencedException">A partition of the batch has a new owner.</exception>
    internal static async Task Handle(IReadOnlyList<Item> items, PartitionOwnership ownership, Tx tx)
    {
        await ownership.Hold(tx, items.Select(i => i.Place).Distinct().ToArray());
        var live = await SetAsideParked(items, tx);
        await HandleLive(live, tx);
    }

    /// <summary>Claims and handles messages that are neither parked nor behind a parked one.</summary>
    internal static async Task HandleLive(IReadOnlyList<Item> live, Tx tx)
    {
        var asks = live.Select(i => i.Reading is Reading.Malformed || i.Plan.Dedupe == Dedupe.ByInbox).ToArray();
        var answers = await Inbox.ClaimAll(tx, [.. live.Where((_, i) => asks[i]).Select(i => (IdOf(i), i.Envelope))]);
        var next = 0;
        var tally = new BatchTally(tx);
        var ready = new Dictionary<TopicPlan, List<Received<IMessage>>>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < live.Count; i++)
        {
            var item = live[i];
            var claim = asks[i] ? answers[next++] : Claim.Fresh;
            tally.Count(item, claim);
            if (claim == Claim.Reused) await Refuse(item, tx);
            if (claim != Claim.Fresh) continue;
            if (item.Reading is Reading.Malformed wrong) tx.Reject(item.Envelope, wrong.Reason, wrong.Field, wrong.Expected, wrong.Got);
            if (item.Reading is not Reading.Understood understood) continue;
            if (!ready.TryGetValue(item.Plan, out var messages)) ready[item.Plan] = messages = [];
            messages.Add(new Received<IMessage>(understood.Message, item.Envelope));
        }

        foreach (var (plan, messages) in ready) await plan.Handle(messages, tx);
    }

    /// <summary>What is left after records of parked keys, and malformed records of our own topics, went to the parked table.</summary>
    private static async Task<IReadOnlyList<Item>> SetAsideParked(IReadOnlyList<Item> items, Tx tx)
    {
        var keys = items.Select(i => i.Key).Distinct().ToArray();
        var parked = await Parked.Among(tx, [.. keys.Select(k => k.Topic)], [.. keys.Select(k => k.Key)]);
        var live = new List<Item>(items.Count);
        var aside = new List<Aside>();
        foreach (var item in items)
        {
            var wrong = item.Reading as Reading.Malformed;
            var wanted = wrong is not null || item.Reading is Reading.Understood understood && item.Plan.Wants(understood.Message);
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

    internal static string Words(Reading.Malformed wrong) => $"{wrong.Reason}: {wrong.Field} should be {wrong.Expected}, is {wrong.Got ?? "absent"}";

    /// <summary>An id that was used for something else: an alarm, never work.</summary>
    private static async Task Refuse(Item item, Tx tx)
    {
        var envelope = item.Envelope;
        var seen = await Inbox.ClaimAll(tx, [(EnvelopeReader.PlaceId(envelope), envelope)]);
        if (seen[0] != Claim.Fresh) return;
        tx.Alert(
            $"message-id-reused/{tx.Schema}/{envelope.Topic}/{envelope.Partition}/{envelope.Offset}", "critical", "message-id-reused",
            $"{envelope.Topic} key {Rejection.Cut(envelope.Key)}",
            $"ce_id {Rejection.Cut(envelope.Headers.GetValueOrDefault(CloudEvents.Id))} of {Rejection.Cut(envelope.Source)} came before with another body",
            "Find out which producer gives one id to two messages; this one was not handled.");
        if (item.Plan.Malformed == Malformed.Reject) tx.Reject(envelope, "message-id-reused", CloudEvents.Id, "an id never used for another body", null);
    }

    private static Guid IdOf(Item item) => item.Reading is Reading.Malformed ? EnvelopeReader.PlaceId(item.Envelope) : item.Envelope.MessageId;
}
