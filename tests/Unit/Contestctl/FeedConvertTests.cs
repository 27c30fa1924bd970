using ContestPipeline.Contestctl;
using ContestPipeline.Unit.Ingestion;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Unit.Contestctl;

/// <summary><c>contestctl feed convert</c> on documents as the provider publishes them.</summary>
public sealed class FeedConvertTests : IDisposable
{
    private const string Game = "nfl-gamecenter/2016/2016100212.json.gz";
    private const string OtherGame = "nfl-gamecenter/2016/2016100300.json.gz";
    private readonly string folder = Directory.CreateTempSubdirectory("feed-convert-").FullName;

    private string Feed => Path.Combine(folder, "feed.jsonl");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_document_becomes_the_feed_file_that_the_samples_have()
    {
        Assert.Equal(
            ExitCodes.Success, await Convert(Document(Game), "--schedule", SharedData.Require("nfl-gamecenter/schedule.csv")));

        Assert.Equal(
            await File.ReadAllBytesAsync(Path.Combine(SharedData.Repository, "samples", "kc-at-pit-2016-week-4.jsonl"),
                TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(Feed, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_same_document_again_adds_nothing_and_an_unconfirmed_one_leaves_the_game_open()
    {
        var document = Document(Game);
        Assert.Equal(ExitCodes.Success, await Convert(document));
        var once = File.ReadLines(Feed).Count();
        Assert.Equal(ExitCodes.Success, await Run("feed", "convert", document, document, "--out", Feed));

        Assert.Equal(once, File.ReadLines(Feed).Count());
        Assert.Contains("\"closed\"", File.ReadLines(Feed).Last(), StringComparison.Ordinal);

        Assert.Equal(ExitCodes.Success, await Convert(document, "--unconfirmed"));
        Assert.DoesNotContain(File.ReadLines(Feed), l => l.Contains("\"closed\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Documents_of_two_games_what_is_no_document_and_no_file_at_all_are_refused_and_nothing_is_written()
    {
        var broken = Path.Combine(folder, "broken.json");
        await File.WriteAllTextAsync(broken, "{\"2016100212\": 7}", TestContext.Current.CancellationToken);

        Assert.Equal(ExitCodes.Usage, await Run("feed", "convert", Document(Game), Document(OtherGame), "--out", Feed));
        Assert.Equal(ExitCodes.Usage, await Convert(broken));
        Assert.Equal(ExitCodes.Usage, await Convert(Path.Combine(folder, "no-such-file.json")));
        Assert.False(File.Exists(Feed));
    }

    [Fact]
    public async Task A_document_that_is_packed_is_read_as_it_is_and_one_that_is_cut_off_is_refused()
    {
        var packed = SharedData.Require(Game);
        Assert.Equal(ExitCodes.Success, await Convert(packed));
        var feed = await File.ReadAllBytesAsync(Feed, TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Success, await Convert(Document(Game)));
        Assert.Equal(feed, await File.ReadAllBytesAsync(Feed, TestContext.Current.CancellationToken));
        File.Delete(Feed);
        var cut = Path.Combine(folder, "cut.json.gz");
        var bytes = await File.ReadAllBytesAsync(packed, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(cut, bytes[..^1000], TestContext.Current.CancellationToken);

        Assert.Equal(ExitCodes.Usage, await Convert(cut));
        Assert.False(File.Exists(Feed));
    }

    private string Document(string game)
    {
        var path = Path.Combine(folder, Path.GetFileNameWithoutExtension(game));
        File.WriteAllBytes(path, SharedData.Unzipped(SharedData.Require(game)));
        return path;
    }

    private Task<int> Convert(string document, params string[] options) =>
        Run(["feed", "convert", document, "--out", Feed, .. options]);

    private static Task<int> Run(params string[] arguments) =>
        CommandLine.Run(arguments, new Session(new ConfigurationBuilder().Build(), TimeProvider.System),
            TestContext.Current.CancellationToken);
}
