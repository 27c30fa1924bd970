using ContestPipeline.Contracts;

namespace ContestPipeline.AllInOne.Demo;

/// <summary>Creates the contests and submits every entry.</summary>
public sealed class OpenContests : IAct
{
    public async Task Play(DemoScene scene, CancellationToken ct)
    {
        var definitions = DemoContests.All(scene.Slate.Athletes);
        await Task.WhenAll(definitions.Select(d => scene.Producer.Publish(new CreateContestV1($"create/{d.ContestId}", d.ContestId, d, IssuedBy: "demo"))));
        var entries = DemoEntries.Commands(definitions, scene.Options.Seed);
        scene.EntriesSubmitted = entries.Count;
        await Task.WhenAll(entries.Select(e => scene.Producer.Publish(e)));
        await scene.Until("every entry has its answer", told => told.Accepted + told.Refused.Count >= entries.Count, ct);
        scene.Say($"{scene.Told.Accepted} entries accepted in {definitions.Count} contests");
    }
}
