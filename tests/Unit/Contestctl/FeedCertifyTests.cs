using ContestPipeline.Contestctl;
using ContestPipeline.Contestctl.Feeds;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Unit.Plumbing;
using ContestPipeline.Unit.Tidy;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>The games that ship keep every rule; spoilt in one way they fail under the rule of that way and no other.</summary>
public sealed class FeedCertifyTests
{
    private const string Rules = "draftkings-nfl-classic";
    private static readonly RuleSet s_rules = FeedJudgement.RulesNamed(Rules)!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Ways { get; } = [.. Spoil.Keys];

    /// <summary>How a feed is spoilt, under the rule by which it is found.</summary>
    private static Dictionary<string, Func<List<FeedRecord>, IEnumerable<FeedRecord>>> Spoil => new(StringComparer.Ordinal)
    {
        [FeedRules.Numbering] = feed => After(feed, Bare(feed), Bare(feed) with { EventId = "9999" }),
        [FeedRules.Gap] = feed => feed.Where(r => !ReferenceEquals(r.Message, Bare(feed))),
        [FeedRules.Duplicate] = feed => After(feed, Bare(feed), Bare(feed) with { Clock = "another" }),
        [FeedRules.Disorder] = feed => [.. feed.Where(r => !ReferenceEquals(r.Message, Bare(feed))),
            new FeedRecord(feed[^1].AtMs + 400_000, feed[^1].Time, Bare(feed))],
        [FeedRules.Revision] = feed => Append(feed, Scored(feed) with { Athletes = [] }),
        [FeedRules.Withdrawal] = feed => Append(feed, Bare(feed) with { EventId = "9999", Op = PlayOps.Delete, Athletes = [] }),
        [FeedRules.Unofficial] = feed => Append(feed, Bare(feed) with { Revision = 2, Official = false }),
        [FeedRules.Silence] = feed => feed.Where(r => r.Message is not FeedHeartbeatV1),
        [FeedRules.Flood] = feed => Flood(feed, FeedRules.FloodMax + 1),
        [FeedRules.Correction] = feed => Append(feed, More(Scored(feed)) with { Revision = 2 }),
        [FeedRules.UnknownStat] = feed => feed.Select(r => !ReferenceEquals(r.Message, Scored(feed)) ? r
            : r with { Message = More(Scored(feed), "rush_ydz") }),
        [FeedRules.Box] = feed => feed.Select(r => !ReferenceEquals(r.Message, Scored(feed)) ? r
            : r with { Message = More(Scored(feed)) }),
    };

    [Theory]
    [InlineData("kc-at-pit-2016-week-4.jsonl")]
    [InlineData("nyg-at-min-2016-week-4.jsonl")]
    public async Task A_game_that_ships_keeps_every_rule_and_is_certified(string sample)
    {
        var path = Source.Full($"samples/{sample}");
        var judged = await FeedJudgement.OfFile(new FileInfo(path), s_rules, new SteppedClock(), Ct);

        Assert.Empty(judged.Findings);
        Assert.Equal(["pass"], judged.Rules.Where(r => r.Rule is FeedRules.Readable or FeedRules.Numbering or FeedRules.Gap
            or FeedRules.Silence or FeedRules.UnknownStat or FeedRules.Box).Select(r => r.Verdict).Distinct());
        Assert.Equal(FeedRules.All.Select(r => r.Name), judged.Rules.Select(r => r.Rule));
        Assert.Equal(ExitCodes.Success, await Run($"feed certify {path} --rules {Rules}"));
        Assert.Equal(ExitCodes.CheckFailed, await Run($"feed certify {path} --rules {Rules} --complete"));
        Assert.Equal(ExitCodes.Success, await Run($"feed validate {path} --rules {Rules}"));
    }

    [Fact]
    public async Task A_feed_that_shows_everything_well_done_is_certified_as_complete()
    {
        var feed = await Sample();
        var shown = FeedDisorder.Renumber([.. Flood(feed, FeedRules.FloodMin + 20)]);
        var box = shown.Select(r => r.Message).OfType<FeedBoxV1>().Single();
        var (scored, last) = (Scored(shown), shown[^1]);
        var more = More(scored);
        var athlete = more.Athletes[0].AthleteId;
        shown.Add(last with { Message = more with { Revision = 2, Sequence = Next(shown) } });
        shown.Add(last with
        {
            Message = box with
            {
                Sequence = Next(shown), Lines = [.. box.Lines.Select(l => l.AthleteId == athlete ? With(l, "rush_yds", 1) : l)],
            },
        });

        var judged = await Judge(FeedDisorder.Apply(shown,
            new FeedFaults(DuplicatesPercent: 10, Window: 4, WithdrawalsPercent: 5, ReviewsPercent: 5), seed: 7));

        Assert.Empty(judged.Findings);
        Assert.DoesNotContain(judged.Rules, r => r.Verdict != "pass");
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_feed_that_is_spoilt_in_one_way_fails_under_its_rule(string rule)
    {
        var judged = await Judge([.. Spoil[rule](await Sample())]);

        Assert.Equal([rule], judged.Rules.Where(r => r.Verdict == "fail").Select(r => r.Rule));
        Assert.All(judged.Findings, f => Assert.Equal(rule, f.Rule));
        Assert.NotEmpty(judged.Findings);
    }

    [Fact]
    public async Task A_spoilt_file_fails_both_commands_and_a_line_that_is_no_message_is_named()
    {
        var file = Path.GetTempFileName();
        var lines = await File.ReadAllLinesAsync(Source.Full("samples/kc-at-pit-2016-week-4.jsonl"), Ct);
        var at = Array.FindLastIndex(lines, l => l.Contains("feed.play.v1", StringComparison.Ordinal));
        lines[at] = lines[at].Replace("\"sequence\":", "\"sequence\":-", StringComparison.Ordinal);
        await File.WriteAllLinesAsync(file, lines, Ct);

        var judged = await FeedJudgement.OfFile(new FileInfo(file), s_rules, new SteppedClock(), Ct);

        Assert.Equal(ExitCodes.CheckFailed, await Run($"feed certify {file}"));
        Assert.Equal(ExitCodes.CheckFailed, await Run($"feed validate {file}"));
        Assert.Contains(judged.Findings, f => f.Rule == FeedRules.Readable && f.Place == $"line {at + 1}");
        File.Delete(file);
    }

    [Fact]
    public async Task Of_a_rule_that_fails_often_the_first_are_told_and_the_others_counted()
    {
        var feed = await Sample();

        var judged = await Judge([.. feed.Select(r =>
            r.Message is FeedPlayV1 play ? r with { Message = play with { Official = false } } : r)]);

        var unofficial = judged.Rules.Single(r => r.Rule == FeedRules.Unofficial);
        Assert.True(unofficial.Failures > JudgeFeed.FindingsMax);
        Assert.Equal(JudgeFeed.FindingsMax + 1, judged.Findings.Count(f => f.Rule == FeedRules.Unofficial));
    }

    [Fact]
    public async Task The_game_of_the_providers_page_is_certified_and_the_page_names_every_rule()
    {
        var page = Source.Read("docs/producers/feed.md");
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, page.Split("```jsonl\n")[1].Split("```")[0], Ct);

        Assert.Equal(ExitCodes.Success, await Run($"feed certify {file} --rules {Rules}"));
        Assert.Equal(ExitCodes.Success, await Run($"feed validate {file} --rules {Rules}"));
        Assert.All(FeedRules.All, r => Assert.Contains(r.Name, page, StringComparison.Ordinal));
        File.Delete(file);
    }

    [Theory]
    [InlineData("feed certify")]
    [InlineData("feed certify FILE --topic")]
    [InlineData("feed certify FILE --rules draftkings-nfl-clasic")]
    [InlineData("feed validate FILE --rules draftkings-nfl-classic@3")]
    public async Task What_cannot_be_judged_is_wrong_usage(string line) => Assert.Equal(ExitCodes.Usage,
        await Run(line.Replace("FILE", Source.Full("samples/kc-at-pit-2016-week-4.jsonl"), StringComparison.Ordinal)));

    [Theory]
    [InlineData(Rules, 201502)]
    [InlineData("draftkings-nfl-classic@2014", 2014)]
    public void A_rule_set_is_named_with_or_without_its_version(string text, int version) =>
        Assert.Equal(version, FeedJudgement.RulesNamed(text)!.Version);

    private static async Task<List<FeedRecord>> Sample()
    {
        await using var file = File.OpenRead(Source.Full("samples/kc-at-pit-2016-week-4.jsonl"));
        return [.. (await FeedFile.Read(file, Ct)).Records];
    }

    /// <summary>Through a file, as a provider hands it in.</summary>
    private static async Task<FeedJudgement> Judge(IReadOnlyList<FeedRecord> feed)
    {
        var file = Path.GetTempFileName();
        await using (var stream = File.Create(file)) await FeedFile.Write(stream, feed, Ct);
        var judged = await FeedJudgement.OfFile(new FileInfo(file), s_rules, new SteppedClock(), Ct);
        File.Delete(file);
        return judged;
    }

    /// <summary>A play that adds nothing to anybody, and without which it is not silent for long.</summary>
    private static FeedPlayV1 Bare(List<FeedRecord> feed) => (FeedPlayV1)feed[
        Enumerable.Range(1, feed.Count - 2).First(i => feed[i].Message is FeedPlayV1 { Athletes.Count: 0 }
            && feed[i + 1].AtMs - feed[i - 1].AtMs < 12_000)].Message;

    /// <summary>A play that adds to a stat that the box covers.</summary>
    private static FeedPlayV1 Scored(List<FeedRecord> feed) =>
        feed.Select(r => r.Message).OfType<FeedPlayV1>().First(p => p.Athletes.Any(a => a.Stats.ContainsKey("rush_yds"))
            && p.Athletes[0].Stats.Keys.First() == "rush_yds");

    private static FeedPlayV1 More(FeedPlayV1 play, string stat = "rush_yds") =>
        play with { Athletes = [With(play.Athletes[0], stat, 1), .. play.Athletes.Skip(1)] };

    private static AthleteStatsV1 With(AthleteStatsV1 athlete, string stat, long more) => athlete with
    {
        Stats = new Dictionary<string, long>(athlete.Stats) { [stat] = athlete.Stats.GetValueOrDefault(stat) + more },
    };

    private static IEnumerable<FeedRecord> After(List<FeedRecord> feed, FeedPlayV1 play, FeedPlayV1 another) =>
        feed.SelectMany(r => ReferenceEquals(r.Message, play) ? [r, r with { Message = another }] : (FeedRecord[])[r]);

    private static IEnumerable<FeedRecord> Append(List<FeedRecord> feed, FeedPlayV1 play) =>
        [.. feed, feed[^1] with { Message = play with { Sequence = Next(feed) } }];

    private static long Next(List<FeedRecord> feed) => feed.Max(r => r.Message switch
    {
        FeedPlayV1 play => play.Sequence,
        FeedBoxV1 box => box.Sequence,
        FeedStatusV1 status => status.Sequence,
        _ => 0,
    }) + 1;

    /// <summary>So many heartbeats in one second, as if they had been kept back.</summary>
    private static IEnumerable<FeedRecord> Flood(List<FeedRecord> feed, int beats)
    {
        var at = feed.FindIndex(r => r.Message is FeedHeartbeatV1);
        var beat = (FeedHeartbeatV1)feed[at].Message;
        return [.. feed.Take(at), .. Enumerable.Range(0, beats).Select(n => feed[at] with
            { Message = beat with { ProviderTime = beat.ProviderTime.AddTicks(-n - 1) } }), .. feed.Skip(at)];
    }

    private static Task<int> Run(string line) => CommandLine.Run(line.Split(' '),
        new Session(new ConfigurationBuilder().Build(), new SteppedClock()), new StringWriter(), Ct);
}
