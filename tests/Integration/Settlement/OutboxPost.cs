using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Scoring;

namespace ContestPipeline.Integration.Settlement;

/// <summary>
/// Carries what Scoring and Settlement have sent from one's outbox to the other's handlers, when a test says so: all there is so
/// far, each time.
/// </summary>
internal sealed class OutboxPost(PipelineScope pipeline)
{
    public async Task ToSettlement(string contestId, SettlementStage stage, Func<IMessage, bool> which) =>
        await stage.Deliver((await Sent("scoring", Topics.ContestEvents, contestId)).Where(which));

    public async Task ToScoring(string contestId, ScoringRig rig)
    {
        foreach (var message in await Sent("settlement", Topics.Results, contestId))
        {
            if (message is RecallAnsweredV1 answer) await rig.Recalled(answer);
            if (message is ContestSettledV1 settled) await rig.Settled(settled);
        }
    }

    public async Task<IReadOnlyList<IMessage>> Sent(string worker, string topic, string contestId) =>
    [
        .. (await pipeline.Query<(string Name, byte[] Body)>(
            $"select wire_name, body from {worker}.outbox where topic = @topic and partition_key = @contestId order by position",
            new { topic, contestId }))
            .Select(m => (IMessage)WireJson.Read(m.Body, WireTypes.Find(m.Name)!)),
    ];
}
