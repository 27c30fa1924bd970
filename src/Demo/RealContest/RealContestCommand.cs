using ContestPipeline.Demo;
using ContestPipeline.Ingestion.Feed;

namespace ContestPipeline.Demo.RealContest;

/// <summary>
/// The command <c>real-contest</c>: a published contest through the pipeline, twice; every point and rank exact, both digests the
/// same.
/// </summary>
public static class RealContestCommand
{
    private const ulong Seed = 28890250;

    private static readonly FeedFaults s_disorder = new(
        DuplicatesPercent: 20, Window: 12, LateEditsPercent: 10, WithdrawalsPercent: 5, ReviewsPercent: 5);

    public static Task<int> Run(TimeProvider clock) =>
        Command.Run("real-contest", keep: false, (folder, ct) => Play(folder, clock, ct));

    private static async Task<int> Play(StateFolder folder, TimeProvider clock, CancellationToken ct)
    {
        RealContestData? read;
        try
        {
            read = RealContestData.Read();
        }
        catch (FormatException wrong)
        {
            return await Command.Complain($"The published contest cannot be read: {wrong.Message}", Command.Failed);
        }

        if (read is not { } data)
        {
            Console.WriteLine("skipped: the published contest is not beside this checkout (../shared/data)");
            return Command.Held;
        }

        Console.WriteLine($"{data.Entries.Count} entries, {data.Pool.Count} athletes, {data.Feed.Count} feed messages");
        if (AthleteNames.WhoDidNotPlay(data.Pool) is { Count: > 0 } absent)
            Console.WriteLine($"{absent.Count} took part in no game and have 0 points: {string.Join(", ", absent)}");
        var ordered = await Once("in order", new FeedFaults(), folder, data, clock, ct);
        var disordered = await Once(
            "20 % duplicates, shuffled windows, late edits, withdrawals and reviews", s_disorder, folder, data, clock, ct);
        var same = ordered.Digest == disordered.Digest;
        Console.WriteLine(same
            ? $"identical digest {ordered.Digest}" : $"FAILED: the digests differ: {ordered.Digest} and {disordered.Digest}");
        return same && new[] { ordered, disordered }.All(o => o.Comparison.Exact == o.Comparison.Total)
            ? Command.Held : Command.Failed;
    }

    private static async Task<RealContestOutcome> Once(
        string title, FeedFaults faults, StateFolder folder, RealContestData data, TimeProvider clock, CancellationToken ct)
    {
        var round = folder.Round();
        await using var broker = await RealBroker.Find(
            round, $"real-{Environment.ProcessId}-{Path.GetFileName(round.Path)}.", ct);
        await using var environment = await DemoEnvironment.Build(round, broker, withStripe: false, Console.WriteLine, ct);
        var outcome = await new RealContestRun(environment, data, isEmbedded: broker is null, clock).Run(faults, Seed, ct);

        var (comparison, peaks) = (outcome.Comparison, string.Join(", ", outcome.Peaks.Select(p => $"{p.Process} {p.Mib} MiB")));
        Console.WriteLine($"{title}: {comparison.Exact} / {comparison.Total} entries exact in points and rank");
        if (comparison.FirstDifference is { } difference) Console.WriteLine($"    first difference: {difference}");
        Console.WriteLine(
            $"    {outcome.Entering.TotalSeconds:F1} s to enter, {outcome.Scoring.TotalSeconds:F1} s from first play to "
                + $"settled; peak memory {peaks}");
        return outcome;
    }
}
