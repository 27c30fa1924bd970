using ContestPipeline.Contracts;

namespace ContestPipeline.Demo;

/// <summary>Creates the contests and submits every entry.</summary>
public sealed class OpenContests : IAct
{
    private static int Free(DemoSnapshot told) => told.Contests.Where(c => c.ContestId != PaidContest.Id).Sum(c => c.Accepted);

    public async Task Play(DemoContext context, CancellationToken ct)
    {
        var definitions = DemoContests.All(context.Slate.Athletes);
        await Task.WhenAll(
            definitions.Select(d =>
                context.Producer.Publish(new CreateContestV1($"create/{d.ContestId}", d.ContestId, d, IssuedBy: "demo"))));
        await context.Until("every contest is published", told => told.Contests.Count == definitions.Count, ct);
        var entries = DemoEntries.Commands(definitions, context.Options.Seed);
        context.EntriesSubmitted = entries.Count;
        await Task.WhenAll(entries.Select(e => context.Producer.Publish(e)));
        var free = entries.Count(e => e.ContestId != PaidContest.Id);
        await context.Until("every entry without a fee has its answer", told => Free(told) + told.Refused.Count >= free, ct);
        context.Say(
            $"{Free(context.Told)} entries accepted in {definitions.Count - 1} contests without a fee; {PaidContest.Entries} "
                + $"more are asked for their {Figures.Usd(PaidContest.FeeMinor)}");
    }
}
