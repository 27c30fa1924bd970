using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;
using ContestPipeline.Contracts;

namespace ContestPipeline.Ingestion.Feed;

/// <summary>Why a message cannot be accepted: what was expected, what came, in which field.</summary>
/// <param name="Reason">A stable lower-case word with dashes (<c>op-unknown</c>).</param>
public sealed record FeedProblem(string Reason, string Field, string Expected, string Got);

/// <summary>
/// Checks what a feed message says, beyond its JSON being complete. Pure; used by the worker and by offline validation alike.
/// </summary>
public static class ValidateFeed
{
    /// <summary>Those of which the published pattern allows ids to consist.</summary>
    private static readonly SearchValues<char> s_plain = SearchValues.Create(
        [.. Enumerable.Range(0, 128).Select(c => (char)c).Where(c => Regex.IsMatch($"{c}", FeedLimits.IdPattern))]);

    internal const string Types =
        "feed.play.v1, feed.box.v1, feed.status.v1, feed.heartbeat.v1 or feed.snapshot-complete.v1";

    /// <returns>Null when there is nothing to say against it.</returns>
    public static FeedProblem? Check(IMessage message) => message switch
    {
        FeedPlayV1 play => CheckPlay(play),
        FeedBoxV1 box => CheckBox(box),
        FeedStatusV1 status => CheckStatus(status),
        FeedHeartbeatV1 beat => CheckId("gameId", beat.GameId)
            ?? CheckRange("lastSequence", beat.LastSequence, 0, FeedLimits.SequenceMax) ?? CheckTime(beat.ProviderTime),
        FeedSnapshotCompleteV1 complete => CheckComplete(complete),
        _ => new FeedProblem(
            "type-unknown", "ce_type", Types, message.GetType().Name),
    };

    private static FeedProblem? CheckPlay(FeedPlayV1 play)
    {
        var problem = CheckId("gameId", play.GameId)
            ?? CheckId("eventId", play.EventId) ?? CheckRange("sequence", play.Sequence, 1, FeedLimits.SequenceMax)
            ?? CheckRange("revision", play.Revision, 1, FeedLimits.RevisionMax) ?? CheckTime(play.ProviderTime);
        if (problem is not null) return problem;
        if (!PlayOps.All.Contains(play.Op)) return new FeedProblem("op-unknown", "op", string.Join(" or ", PlayOps.All), play.Op);
        if (play.Op == PlayOps.Delete && play.Athletes.Count > 0)
            return new FeedProblem("delete-with-stats", "athletes", "an empty list", $"{play.Athletes.Count} athletes");
        return CheckAthletes("athletes", play.Athletes, FeedLimits.AthletesMax, FeedLimits.FigureMax);
    }

    private static FeedProblem? CheckBox(FeedBoxV1 box)
    {
        var problem = CheckId("gameId", box.GameId)
            ?? CheckRange("sequence", box.Sequence, 1, FeedLimits.SequenceMax) ?? CheckTime(box.ProviderTime)
            ?? CheckAthletes("lines", box.Lines, FeedBoxV1.LinesMax, FeedLimits.TotalMax);
        if (problem is not null) return problem;
        if (box.CoveredStats.Count > FeedLimits.StatsMax)
            return TooMany("coveredStats", FeedLimits.StatsMax, box.CoveredStats.Count);
        for (var i = 0; i < box.CoveredStats.Count; i++)
        {
            if (CheckId("coveredStats", box.CoveredStats[i]) is { } bad) return bad with { Field = $"coveredStats[{i}]" };
        }

        return CheckSums(box.Sums ?? []);
    }

    private static FeedProblem? CheckSums(IReadOnlyList<BoxSumV1> sums)
    {
        if (sums.Count > FeedBoxV1.LinesMax) return TooMany("sums", FeedBoxV1.LinesMax, sums.Count);
        var seen = new HashSet<(string, string)>();
        for (var i = 0; i < sums.Count; i++)
        {
            var field = string.Create(CultureInfo.InvariantCulture, $"sums[{i}]");
            if (sums[i] is not { } sum) return new FeedProblem("value-missing", field, "a total with weights", "null");
            if ((CheckId($"{field}.athleteId", sum.AthleteId) ?? CheckId($"{field}.name", sum.Name)
                ?? CheckRange($"{field}.total", sum.Total, -FeedLimits.TotalMax, FeedLimits.TotalMax)) is { } bad) return bad;
            if (!seen.Add((sum.AthleteId, sum.Name)))
                return new FeedProblem("athlete-repeated", $"{field}.name", "each total of an athlete once", sum.Name);
            if (sum.Weights.Count > FeedLimits.StatsMax)
                return TooMany($"{field}.weights", FeedLimits.StatsMax, sum.Weights.Count);
            foreach (var (stat, weight) in sum.Weights)
            {
                if ((CheckId($"{field}.weights", stat)
                    ?? CheckRange($"{field}.weights.{stat}", weight, -FeedLimits.FigureMax, FeedLimits.FigureMax)) is { } absurd)
                    return absurd;
            }
        }

        return null;
    }

    private static FeedProblem? CheckStatus(FeedStatusV1 status) =>
        CheckId("gameId", status.GameId)
            ?? CheckRange("sequence", status.Sequence, 1, FeedLimits.SequenceMax) ?? CheckTime(status.ProviderTime)
        ?? (status.StartsAt is { } startsAt ? CheckTime(startsAt, "startsAt") : null)
        ?? (GameStatus.All.Contains(status.Status)
            ? null : new FeedProblem("status-unknown", "status", string.Join(", ", GameStatus.All), status.Status));

    private static FeedProblem? CheckComplete(FeedSnapshotCompleteV1 complete)
    {
        var problem = CheckId("gameId", complete.GameId)
            ?? CheckRange("lastSequence", complete.LastSequence, 0, FeedLimits.SequenceMax) ?? CheckTime(complete.ProviderTime);
        if (problem is not null || complete.UnusedSequences is not { } unused) return problem;
        if (unused.Count > FeedSnapshotCompleteV1.UnusedMax)
            return TooMany("unusedSequences", FeedSnapshotCompleteV1.UnusedMax, unused.Count);
        for (var i = 0; i < unused.Count; i++)
        {
            if (CheckRange("unusedSequences", unused[i], 1, complete.LastSequence) is { } beyond)
                return beyond with { Field = string.Create(CultureInfo.InvariantCulture, $"unusedSequences[{i}]") };
        }

        return null;
    }

    private static FeedProblem? CheckAthletes(string field, IReadOnlyList<AthleteStatsV1> athletes, int max, long figureMax)
    {
        if (athletes.Count > max) return TooMany(field, max, athletes.Count);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < athletes.Count; i++)
        {
            var athlete = athletes[i];
            if (athlete is null) return new FeedProblem("value-missing", $"{field}[{i}]", "an athlete with stats", "null");
            if (CheckId("athleteId", athlete.AthleteId) is { } bad) return bad with { Field = $"{field}[{i}].athleteId" };
            if (!seen.Add(athlete.AthleteId))
                return new FeedProblem("athlete-repeated", $"{field}[{i}].athleteId", "each athlete once", athlete.AthleteId);
            if (athlete.Stats.Count > FeedLimits.StatsMax)
                return TooMany($"{field}[{i}].stats", FeedLimits.StatsMax, athlete.Stats.Count);
            foreach (var (stat, figure) in athlete.Stats)
            {
                // The path is put together only for what is wrong: this runs for every figure of every play.
                if (CheckId("stats", stat) is { } badName) return badName with { Field = $"{field}[{i}].stats" };
                if (CheckRange(stat, figure, -figureMax, figureMax) is { } absurd)
                    return absurd with { Field = $"{field}[{i}].stats.{stat}" };
            }
        }

        return null;
    }

    private static FeedProblem TooMany(string field, int max, int got) => new(
        "too-many-elements", field, string.Create(CultureInfo.InvariantCulture, $"{max} at most"),
        got.ToString(CultureInfo.InvariantCulture));

    private static FeedProblem? CheckRange(string field, long value, long min, long max) => value >= min && value <= max
        ? null
        : new FeedProblem(
            "figure-out-of-range", field, string.Create(CultureInfo.InvariantCulture, $"{min} to {max}"),
            value.ToString(CultureInfo.InvariantCulture));

    private static FeedProblem? CheckTime(DateTimeOffset time, string field = "providerTime") => time.Year is >= 1990 and < 2200
        ? null
        : new FeedProblem(
            "time-out-of-range", field, "a year from 1990 to 2199", time.ToString("O", CultureInfo.InvariantCulture));

    /// <summary>
    /// Ids become keys everywhere: plain characters, no slash (which separates them) and none that a terminal or a log could
    /// stumble over.
    /// </summary>
    private static FeedProblem? CheckId(string field, string id)
    {
        const string expected = "1 to 64 ASCII letters, digits, '.', ':', '_' or '-'";
        if (string.IsNullOrEmpty(id)) return new FeedProblem("id-empty", field, expected, id is null ? "null" : "an empty text");
        if (id.Length > FeedLimits.IdCharactersMax)
            return new FeedProblem(
                "id-too-long", field, expected, string.Create(CultureInfo.InvariantCulture, $"{id.Length} characters"));
        return !id.AsSpan().ContainsAnyExcept(s_plain) ? null : new FeedProblem("id-invalid", field, expected, id);
    }
}
