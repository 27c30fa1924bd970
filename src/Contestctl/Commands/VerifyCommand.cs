using System.CommandLine;
using ContestPipeline.Contestctl.Verifying;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Settlement;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Commands;

/// <summary><c>contestctl verify</c>: the result of a contest computed once more from the topics, and compared.</summary>
internal static class VerifyCommand
{
    private const string About =
        """
        Recomputes a contest from the topics alone - definition, entries, stat lines - and compares with what was published: the digest, the ranking, and every
        award and reduction of this revision and those before it, entry by entry. Awards that retention has removed are named and not compared.
        Where ADMIN_DATABASE is set the ledger's lines are added up, and they and the payouts compared with the result, player by player: before Payout has posted a
        result they are not there. Without it no database is read. Exit code 1 when something is missing or differs.

        Example:
          contestctl verify sunday-night --json
        """;

    public static Command Make(Session session)
    {
        var id = new Argument<string>("CONTEST") { Description = "The contest's id." };
        var revision = new Option<int?>("--revision") { Description = "Which result; without it the newest that was published." };
        var json = Output.JsonOption<Verdict>();
        var command = new Command("verify", About) { id, revision, json };
        command.SetAction(async (parsed, ct) =>
        {
            var copy = await Task.Run(() => Read(new ContestFacts(session.Reader()), parsed.GetRequiredValue(id), ct), ct);
            if (copy.Definition is null) throw new RefusedException($"the topics know no contest '{copy.ContestId}'");
            if (parsed.GetValue(revision) is { } wanted && copy.Settled.Count > 0 && !copy.Settled.ContainsKey(wanted))
                throw new RefusedException(
                    $"{copy.ContestId} has no result with revision {wanted}; published: "
                        + $"{string.Join(", ", copy.Settled.Keys.Order())}");
            var booked = session.Settings.Optional("ADMIN_DATABASE") is null ? null : await Booked(session, copy.ContestId, ct);
            var verdict = await LongWork.While(
                "computing the result", session.Clock,
                _ => Task.Run(
                    () => Judge(copy, parsed.GetValue(revision) ?? copy.Settled.Keys.DefaultIfEmpty(1).Max(), booked), ct));
            Output.Show(parsed, json, verdict, console => Write(console, verdict));
            return verdict.Verified ? ExitCodes.Success : ExitCodes.CheckFailed;
        });
        return command;
    }

    private static ContestCopy Read(ContestFacts facts, string contestId, CancellationToken ct)
    {
        var copy = new ContestCopy(contestId);
        foreach (var message in facts.On(Topics.ContestEvents, contestId, ct)) copy.Apply(message);
        foreach (var message in facts.On(Topics.Results, contestId, ct)) copy.Apply(message);
        if (copy.Definition is not { } definition) return copy;
        foreach (var message in facts.Rules(ct)) copy.Apply(message);
        foreach (var message in facts.Lines(definition.GameIds.ToHashSet(StringComparer.Ordinal), ct)) copy.Apply(message);
        return copy;
    }

    private static async Task<IReadOnlyList<BookedPlayer>> Booked(Session session, string contestId, CancellationToken ct)
    {
        await using var connection = await session.OpenAdmin(ct);
        return await connection.Booked(contestId, ct);
    }

    /// <summary>What the topics prove about one revision of a contest, and whether the books have it.</summary>
    /// <param name="booked">Null: there are no books to compare with.</param>
    internal static Verdict Judge(ContestCopy copy, int revision, IReadOnlyList<BookedPlayer>? booked = null)
    {
        var missing = copy.Missing(revision);
        var published = copy.Settled.GetValueOrDefault(revision);
        if (missing.Count > 0)
            return new Verdict(
                copy.ContestId, revision, false, published?.Digest, null, [.. missing.Select(m => $"missing: {m}")], []);

        Correction[] announced = [.. copy.AnnouncedUpTo(revision)];
        var result = announced[^1].Result;
        var differences = new List<string>();
        if (published is null) differences.Add("no result has been published");
        else if (published.Digest != result.Digest) differences.Add("the digests differ");
        if (published is not null && published.PrizesNetMinor != result.Totals.NetMinor)
            differences.Add($"prizes published {published.PrizesNetMinor}, computed {result.Totals.NetMinor} minor units");
        if (copy.DifferenceFromScoring(result) is { } difference) differences.Add($"ranking: {difference}");
        var awards = CompareAwards.Of(copy, announced);
        differences.AddRange(awards.Differences);
        if (booked is not null && published is not null) differences.AddRange(CompareBooks.Of(announced, booked));
        return new Verdict(
            copy.ContestId, revision, differences.Count == 0, published?.Digest, result.Digest, differences, awards.NotCompared);
    }

    private static void Write(IAnsiConsole console, Verdict verdict)
    {
        console.WriteLine($"published {verdict.PublishedDigest ?? "-"}");
        console.WriteLine($"computed  {verdict.ComputedDigest ?? "-"}");
        foreach (var words in verdict.Differences.Concat(verdict.NotCompared)) console.WriteLine(words);
        console.WriteLine(verdict.Verified
            ? $"{verdict.ContestId} revision {verdict.Revision} is verified"
            : $"{verdict.ContestId} revision {verdict.Revision} is NOT verified");
    }

    /// <summary>What came of it.</summary>
    /// <param name="NotCompared">Prizes that are not on the topics any more.</param>
    internal sealed record Verdict(
        string ContestId, int Revision, bool Verified, string? PublishedDigest, string? ComputedDigest,
        IReadOnlyList<string> Differences, IReadOnlyList<string> NotCompared);
}
