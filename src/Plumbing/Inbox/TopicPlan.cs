using System.Collections.Frozen;
using ContestPipeline.Contracts;

namespace ContestPipeline.Plumbing;

/// <summary>What a worker does with one topic.</summary>
internal sealed record TopicPlan(
    string Topic, Malformed Malformed, Dedupe Dedupe, Func<Envelope, IMessage?>? Reader,
    FrozenDictionary<Type, Handling[]> ByType, Handling[] Batches)
{
    /// <summary>False: nobody here asked for it, it is passed over.</summary>
    internal bool Wants(IMessage message) => Batches.Length > 0 || ByType.ContainsKey(message.GetType());

    internal static FrozenDictionary<string, TopicPlan> Of(WorkerBuilder worker, IServiceProvider services) => worker.Consumptions
        .GroupBy(c => c.Topic)
        .Select(topic => Of(topic.Key, [.. topic], worker, services))
        .ToFrozenDictionary(plan => plan.Topic, StringComparer.Ordinal);

    private static TopicPlan Of(string topic, Consumption[] consumptions, WorkerBuilder worker, IServiceProvider services)
    {
        var (malformed, dedupe) = worker.TopicRules.GetValueOrDefault(topic, (Malformed.Park, Dedupe.ByInbox));
        var byType = consumptions.Where(c => c.MessageType is not null).GroupBy(c => c.MessageType!)
            .ToFrozenDictionary(g => g.Key, g => g.Select(c => c.Handler(services)).ToArray());
        return new TopicPlan(
            topic, malformed, dedupe, worker.Readers.GetValueOrDefault(topic), byType,
            [.. consumptions.Where(c => c.MessageType is null).Select(c => c.Handler(services))]);
    }

    /// <summary>
    /// Runs the handlers over messages of this topic: in order, what goes to a batch handler as long as possible at once.
    /// </summary>
    internal async Task Handle(IReadOnlyList<Received<IMessage>> messages, Tx tx)
    {
        for (var start = 0; start < messages.Count;)
        {
            var end = start + 1;
            if (!ByType.TryGetValue(messages[start].Message.GetType(), out var handlers))
            {
                handlers = Batches;
                while (end < messages.Count && !ByType.ContainsKey(messages[end].Message.GetType())) end++;
            }

            await Handle(handlers, messages.Skip(start).Take(end - start).ToArray(), tx);
            start = end;
        }
    }

    private static async Task Handle(Handling[] handlers, IReadOnlyList<Received<IMessage>> share, Tx tx)
    {
        using var spans = HandledSpans.Begin(tx.Schema, ref share);
        foreach (var handle in handlers) await handle(share, tx);
        spans.Done();
    }
}
