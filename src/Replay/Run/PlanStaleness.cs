using ContestPipeline.Harness;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay.Effect;
using ContestPipeline.Scoring;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace ContestPipeline.Replay.Run;

/// <summary>Looks whether what a plan was made for is still so. Reads only.</summary>
internal sealed class PlanStaleness(IConfiguration settings, KafkaSettings kafka, TimeProvider clock)
{
    private string Admin => settings.AdminDatabase();

    /// <returns>What has moved, in words; nothing: the plan holds.</returns>
    internal async Task<IReadOnlyList<string>> Since(ReplayPlan plan, CancellationToken ct)
    {
        var moved = new List<string>();
        if (plan.Environment != settings.PipelineEnvironment())
            moved.Add($"the plan was made in {plan.Environment}, this is {settings.PipelineEnvironment()}");
        if (plan.TopicPrefix != kafka.TopicPrefix)
            moved.Add($"the plan was made with TOPIC_PREFIX '{plan.TopicPrefix}', here it is '{kafka.TopicPrefix}'");
        if (moved.Count > 0) return moved;
        if (await Migrations(ct) != plan.Migrations) moved.Add("the tables were migrated since");
        moved.AddRange(Records(plan, ct));
        moved.AddRange(await Contests(plan, CheckStates.Moved, ct));
        return moved;
    }

    /// <returns>Contests that did not come to what was planned, in words.</returns>
    internal Task<IReadOnlyList<string>> Missed(ReplayPlan plan, CancellationToken ct) => Contests(plan, CheckStates.Missed, ct);

    private async Task<IReadOnlyList<string>> Contests(
        ReplayPlan plan, Func<ContestEffect, ContestState?, IEnumerable<string>> check, CancellationToken ct)
    {
        await using var live = new WorkerDatabase(ScoringService.Name, EffectSql.ReadOnly(Admin), clock);
        var different = new List<string>();
        foreach (var contest in plan.Effect.Contests)
        {
            var now = await live.Run(
                async tx =>
                {
                    await tx.HoldStill();
                    return await ContestState.Read(tx, contest.ContestId);
                }, ct);
            different.AddRange(check(contest, now));
        }

        return different;
    }

    internal async Task<string> Migrations(CancellationToken ct)
    {
        await using var live = new NpgsqlConnection(EffectSql.ReadOnly(Admin));
        await live.OpenAsync(ct);
        return await LiveMigrations.Check(live, DeclaredWorkers.Schemas, ct);
    }

    private IEnumerable<string> Records(ReplayPlan plan, CancellationToken ct)
    {
        if (plan.File is not null) yield break;
        var planning = new PlanReplay(settings, kafka, clock, _ => { });
        var count = new SelectionCount();
        foreach (var record in planning.Selected(plan.Source, count, ct)) count.Add(record.Envelope, record.WrittenAt);
        var now = count.Done();
        if (now.Hash != plan.Selection.Hash)
            yield return $"{now.Messages} records are selected, and not the {plan.Selection.Messages} of the plan: the broker "
                + $"has dropped some of them";
        if (planning.NewerLeftOut(plan.Source, ct) is { } leftOut) yield return leftOut;
    }
}
