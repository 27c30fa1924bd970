using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Integration.Infrastructure;
using NJsonSchema;

namespace ContestPipeline.Integration.Ingestion;

/// <summary>A provider who does what docs/producers/feed.md says is understood: its records, its answers, its limits.</summary>
public sealed partial class FeedPageTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private const string Game = "g1";

    /// <summary>Topics with fixed senders have this reason; the feed's has none.</summary>
    private const string OfOwnTopics = "source-not-allowed";

    private static readonly string s_page = File.ReadAllText(Path.Combine(Root(), "docs", "producers", "feed.md"))
        .ReplaceLineEndings("\n");

    private static string[] Example => Block().Match(s_page).Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public async Task The_game_of_the_page_fits_the_published_schemas_and_has_every_type_of_message()
    {
        var types = new HashSet<string>();
        foreach (var line in Example)
        {
            using var record = JsonDocument.Parse(line);
            var type = record.RootElement.GetProperty("type").GetString()!;
            var schema = await JsonSchema.FromFileAsync(
                Path.Combine(Root(), "src", "Contracts", "Schemas", $"{type}.json"), TestContext.Current.CancellationToken);
            Assert.Empty(schema.Validate(record.RootElement.GetProperty("data").GetRawText()));
            types.Add(type);
        }

        Assert.Equal(Table("## Messages").Order(), types.Order());
    }

    /// <summary>As a provider without a line of ours sends them: bodies as they stand, headers that the page asks for.</summary>
    [Fact]
    public async Task The_game_of_the_page_sent_as_the_page_says_is_closed_without_a_gap_and_its_lines_are_the_box()
    {
        var host = await scope.Start(b => b.AddIngestion());
        foreach (var line in Example) await Send(line);
        await PipelineScope.Eventually(async () => await Status() == "closed false", "the game is closed and complete");
        await PipelineScope.Eventually(() => scope.OutboxIsSent("ingestion"), "everything is sent");
        await scope.Stop(host);

        var lines = scope.ReadTopic<StatLineV1>().Where(l => l.GameId == Game).GroupBy(l => l.AthleteId)
            .Select(g => g.MaxBy(l => l.Version)!).Where(l => l.Stats.Count > 0).ToArray();
        Assert.Equal([("00-0022924", """{"pass_yds":15}""")], lines.Select(l => (l.AthleteId, FoldedText.Of(l.Stats))));
        Assert.Empty(scope.ReadTopic<GameStateV1>().Last(s => s.GameId == Game).Differences);
        Assert.DoesNotContain(scope.ReadTopic(Topics.Rejected(Topics.FeedGames)), r => r.Key == Game);
        Assert.DoesNotContain(scope.ReadTopic<AlertRaisedV1>(), a => a.Subject == Game);
    }

    /// <summary>The words that the page names are those of the code, and the code has no others.</summary>
    [Fact]
    public void The_page_names_every_status_and_every_reason_to_refuse_a_message()
    {
        Assert.Equal(GameStatus.All.Order(), Table("## From start to end").Order());

        var refused = s_page[s_page.IndexOf("## What is refused", StringComparison.Ordinal)..];
        string[] named = [.. Quoted().Matches(refused[refused.IndexOf("| --- |", StringComparison.Ordinal)..])
            .Select(m => m.Groups[1].Value).Distinct()];
        Assert.True(named.Length > 18, $"{named.Length} reasons");
        Assert.Empty(ReasonsOfTheCode().Except(named));
    }

    /// <summary>Every reason for which a message of a feed can be rejected, as the sources name them.</summary>
    internal static IReadOnlyList<string> ReasonsOfTheCode()
    {
        string[] files =
        [
            .. Directory.EnumerateFiles(Path.Combine(Root(), "src", "Ingestion"), "*.cs", SearchOption.AllDirectories)
                .Where(file => !OtherThanFeed().IsMatch(file)),
            .. Directory.EnumerateFiles(Path.Combine(Root(), "src", "Plumbing", "Inbox"), "*.cs"),
            Path.Combine(Root(), "src", "Plumbing", "Kafka", "EnvelopeReader.cs"),
            Path.Combine(Root(), "src", "Plumbing", "Kafka", "BatchRun.cs"),
        ];
        return [.. Reason().Matches(string.Concat(files.Select(File.ReadAllText))).Select(m => m.Groups[1].Value).Distinct()
            .Except([OfOwnTopics])];
    }

    /// <summary>What the page tells a provider to do about a reason.</summary>
    internal static string Rule(string reason) => s_page.Split('\n')
        .Single(line => line.StartsWith("| `", StringComparison.Ordinal) && line.Split('|')[1].Contains($"`{reason}`",
            StringComparison.Ordinal)).Split('|')[2];

    private async Task Send(string line)
    {
        using var record = JsonDocument.Parse(line);
        var root = record.RootElement;
        var body = Encoding.UTF8.GetBytes(root.GetProperty("data").GetRawText());
        await scope.Producer.PublishRaw(Topics.FeedGames, Game, new Dictionary<string, string>
        {
            ["ce_id"] = root.GetProperty("id").GetString()!, ["ce_type"] = root.GetProperty("type").GetString()!,
            ["ce_source"] = "a-provider", ["ce_time"] = root.GetProperty("time").GetString()!,
        }, body);
    }

    private Task<string?> Status() => scope.Scalar<string>(
        "select status || ' ' || (published::json ->> 'incomplete') from ingestion.game where game_id = @Game and published "
            + "<> ''",
        new { Game });

    /// <summary>What stands in backquotes in the first column of the table of a section.</summary>
    private static IEnumerable<string> Table(string heading)
    {
        var from = s_page.IndexOf(heading, StringComparison.Ordinal);
        var until = s_page.IndexOf("\n## ", from + 1, StringComparison.Ordinal);
        return FirstCell().Matches(s_page[from..until]).Select(m => m.Groups[1].Value).Where(word => word != "status");
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ContestPipeline.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }

    [GeneratedRegex("```jsonl\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^\| `([a-z0-9_.]+)` \|", RegexOptions.Multiline)]
    private static partial Regex FirstCell();

    [GeneratedRegex("`([a-z]+(?:-[a-z]+)+)`")]
    private static partial Regex Quoted();

    /// <summary>Webhooks and providers' documents are no feed messages; a file's lines are refused before they are sent.
    /// </summary>
    [GeneratedRegex(@"[\\/](Webhooks|Providers|obj|FeedFile\.cs)")]
    private static partial Regex OtherThanFeed();

    [GeneratedRegex("(?:new FeedProblem|DecodeResult.Malformed|new|Reject)\\((?:[\\w.]+,)?\\s*\"([a-z]+(?:-[a-z]+)+)\"")]
    private static partial Regex Reason();
}
