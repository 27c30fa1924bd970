using ContestPipeline.Contracts;

namespace ContestPipeline.AllInOne.Demo;

/// <summary>Creates the contests and submits every entry.</summary>
public sealed class OpenContests : IAct
{
    private static int Free(DemoSnapshot told) => told.Contests.Where(c => c.ContestId != PaidContest.Id).Sum(c => c.Accepted);

    public async Task Play(DemoScene scene, CancellationToken ct)
    {
        var definitions = DemoContests.All(scene.Slate.Athletes);
        await Task.WhenAll(definitions.Select(d => scene.Producer.Publish(new CreateContestV1($"create/{d.ContestId}", d.ContestId, d, IssuedBy: "demo"))));
        await scene.Until("every contest is published", told => told.Contests.Count == definitions.Count, ct);
        var entries = DemoEntries.Commands(definitions, scene.Options.Seed);
        scene.EntriesSubmitted = entries.Count;
        await Task.WhenAll(entries.Select(e => scene.Producer.Publish(e)));
        var free = entries.Count(e => e.ContestId != PaidContest.Id);
        await scene.Until("every entry without a fee has its answer", told => Free(told) + told.Refused.Count >= free, ct);
        scene.Say($"{Free(scene.Told)} entries accepted in {definitions.Count - 1} contests without a fee; {PaidContest.Entries} more are asked for their {Figures.Usd(PaidContest.FeeMinor)}");
    }
}
