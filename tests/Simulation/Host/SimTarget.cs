using ContestPipeline.Harness;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Simulation;

/// <summary>Takes what a relay sends to the log; the relay may die halfway, and what was sent stays sent.</summary>
internal sealed class SimTarget(SimWorld world, SimProcess process) : IRelayTarget
{
    private readonly List<OutboxRow> sent = [];

    public void Send(OutboxRow row) => sent.Add(row);

    public async Task<IReadOnlyDictionary<short, string>> AllAcknowledged(CancellationToken ct)
    {
        foreach (var row in sent) await Append(row);
        sent.Clear();
        await world.Point(process, $"{process.Worker}, after the broker");
        return new Dictionary<short, string>();
    }

    public Task Tell(OutboxRow row, CancellationToken ct) => Append(row);

    private async Task Append(OutboxRow row)
    {
        await world.Point(process, $"{process.Worker}, before the broker");
        world.Note($"{process.Name} sends {row.WireName} {row.MessageId}");
        if (!world.IsReplaying && world.Forger?.HasForged != true && !world.HasGoneBack(process.Worker)
            && world.Broker.WhatIsWrongWith(process.Worker, row) is { } wrong) world.Wrongs.Add(wrong);
        world.Broker.Append(HarnessRecord.Of(row, process.Worker));
    }
}
