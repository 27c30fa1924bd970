using System.Security.Cryptography;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;

namespace ContestPipeline.Contestctl.Feeds;

/// <summary>What was judged, and how every rule came out of it.</summary>
/// <param name="Source">A file's name, or the topic.</param>
/// <param name="Sha256">Of the file as it was judged; null: a topic.</param>
internal sealed record FeedJudgement(
    string Source, string? Sha256, int Messages, IReadOnlyList<string> Games, IReadOnlyList<RuleVerdict> Rules,
    IReadOnlyList<FeedFinding> Findings)
{
    /// <summary>Whether no rule failed.</summary>
    public bool IsKept => Rules.All(r => r.Verdict != "fail");

    /// <param name="rules">Whose stats are known; null: they are not judged.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static async Task<FeedJudgement> OfFile(FileInfo file, RuleSet? rules, TimeProvider clock, CancellationToken ct) =>
        await LongWork.While($"judging {file.Name}", clock, async work =>
        {
            string sha256;
            await using (var whole = file.OpenRead()) sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(whole, ct));
            await using var stream = file.OpenRead();
            var content = await FeedFile.Read(stream, ct);
            return Of(file.Name, sha256, FeedEntry.Of(content), content.Records.Count + content.Problems.Count, rules, work, ct);
        });

    /// <param name="total">How many entries there are; 0: nobody knows.</param>
    public static FeedJudgement Of(
        string source, string? sha256, IEnumerable<FeedEntry> entries, long total, RuleSet? rules,
        IProgress<(long Done, long Total)>? progress, CancellationToken ct)
    {
        var judge = new JudgeFeed(rules);
        foreach (var entry in entries)
        {
            ct.ThrowIfCancellationRequested();
            judge.Take(entry);
            progress?.Report((judge.Messages, total));
        }

        var verdicts = judge.End();
        return new FeedJudgement(
            source, sha256, judge.Messages, [.. judge.Games.Order(StringComparer.Ordinal)], verdicts, judge.Findings);
    }

    /// <param name="text">A rule set as <c>name</c> (its highest version) or <c>name@version</c>; null: none.</param>
    /// <exception cref="InvalidDataException">None of that name ships.</exception>
    public static RuleSet? RulesNamed(string? text)
    {
        if (text is null) return null;
        var (name, version) = text.Split('@') is [var n, var v] ? (n, v) : (text, null);
        return RuleSets.All.LastOrDefault(r => r.Name == name
                && (version is null || r.Version.ToString(System.Globalization.CultureInfo.InvariantCulture) == version))
            ?? throw new InvalidDataException(
                $"no rule set {text} ships{(Near(name) is { } near ? $"; did you mean {near}?" : "")}");
    }

    private static string? Near(string name) => KnownStats.Nearest(RuleSets.All.Select(r => r.Name).Distinct(), name);
}
