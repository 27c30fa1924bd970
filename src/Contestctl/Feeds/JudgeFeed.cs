using System.Globalization;
using ContestPipeline.Contracts;

namespace ContestPipeline.Contestctl.Feeds;

/// <summary>
/// Judges a feed rule by rule, as Ingestion takes it in: message by message, then each game as a whole. The same messages give
/// the same verdicts.
/// </summary>
/// <param name="rules">Whose stats are known; null: they are not judged.</param>
internal sealed class JudgeFeed(RuleSet? rules)
{
    /// <summary>Of one rule: more are counted, not told.</summary>
    public const int FindingsMax = 20;

    private readonly IReadOnlySet<string>? known = rules is null ? null : KnownStats.Of(rules);
    private readonly Dictionary<string, GameJudge> games = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> failures = new(StringComparer.Ordinal);
    private readonly List<FeedFinding> findings = [];

    public int Messages { get; private set; }

    public IReadOnlyCollection<string> Games => games.Keys;

    /// <summary>What was found so far, the first of each rule.</summary>
    public IReadOnlyList<FeedFinding> Findings => findings;

    public void Take(FeedEntry entry)
    {
        Messages++;
        See(FeedRules.Readable);
        if (entry.Message is not { } message)
        {
            var p = entry.Problem!;
            if (p.Reason == "delete-with-stats") See(FeedRules.Withdrawal);
            Fail(p.Reason == "delete-with-stats" ? FeedRules.Withdrawal : FeedRules.Readable, null, entry.Place,
                $"{p.Field}: {p.Reason}; expected {p.Expected}, got {p.Got}");
            return;
        }

        var gameId = message.PartitionKey;
        if (!games.TryGetValue(gameId, out var game)) games[gameId] = game = new GameJudge(gameId, this, known);
        game.Take(entry, message);
    }

    /// <summary>Once everything was taken.</summary>
    /// <returns>Every rule, in the order of the report.</returns>
    public IReadOnlyList<RuleVerdict> End()
    {
        foreach (var game in games.Values.OrderBy(g => g.GameId, StringComparer.Ordinal)) game.End();
        foreach (var (rule, count) in failures.Where(f => f.Value > FindingsMax).OrderBy(f => f.Key, StringComparer.Ordinal))
            findings.Add(new FeedFinding(rule, null, null, string.Create(
                CultureInfo.InvariantCulture, $"{count - FindingsMax:N0} more of the kind")));
        return [.. FeedRules.All.Select(r => new RuleVerdict(r.Name, r.Asks, Verdict(r.Name), seen.GetValueOrDefault(r.Name),
            failures.GetValueOrDefault(r.Name)))];
    }

    internal void See(string rule, long times = 1) => seen[rule] = seen.GetValueOrDefault(rule) + times;

    internal void Fail(string rule, string? game, string? place, string words)
    {
        var count = failures[rule] = failures.GetValueOrDefault(rule) + 1;
        if (count <= FindingsMax) findings.Add(new FeedFinding(rule, game, place, words));
    }

    private string Verdict(string rule) =>
        failures.GetValueOrDefault(rule) > 0 ? "fail" : seen.GetValueOrDefault(rule) > 0 ? "pass" : "not-shown";
}
