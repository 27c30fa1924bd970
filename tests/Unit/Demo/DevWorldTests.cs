using ContestPipeline.Contracts;
using ContestPipeline.Demo;
using ContestPipeline.Demo.Dev;
using ContestPipeline.Unit.Tidy;

namespace ContestPipeline.Unit.Demo;

/// <summary>The arguments and the slates of the world that stays up.</summary>
public sealed class DevWorldTests
{
    [Fact]
    public void Arguments_are_read() => Assert.Equal(
        (new DevOptions(Port: 0, Speed: 60, Seed: 5, Rounds: 2, RealKafka: true, Keep: true), null),
        DevOptions.Parse(["--seed", "5", "--port", "0", "--keep", "--speed", "60", "--rounds", "2", "--real-kafka"]));

    [Theory]
    [InlineData("--port")]
    [InlineData("--port", "65536")]
    [InlineData("--speed", "fast")]
    [InlineData("--rounds", "-1")]
    [InlineData("--loud")]
    public void Anything_else_is_refused_with_one_sentence(params string[] args)
    {
        var (options, error) = DevOptions.Parse(args);

        Assert.Null(options);
        Assert.Contains(args[0], error, StringComparison.Ordinal);
        Assert.Contains(args is ["--loud"] ? DevOptions.Usage : "whole number", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_id_of_a_slate_comes_again_in_the_next()
    {
        var (one, two) = (await Round(1), await Round(2));

        Assert.Empty(Ids(one).Intersect(Ids(two)));
        Assert.Equal(one.Feed.Count, two.Feed.Count);
        Assert.All(one.Entries, e => Assert.Contains(one.Contests, c => c.ContestId == e.ContestId));
        Assert.Equal(one.Contests[0].GameIds.Order(), one.Feed.Select(r => r.Message.PartitionKey).Distinct().Order());
        return;

        static IEnumerable<string> Ids(DevRound round) =>
        [
            .. round.Contests.Select(c => c.ContestId), .. round.Entries.Select(e => e.CommandId),
            .. round.Feed.Select(r => r.Id),
        ];
    }

    [Fact]
    public async Task A_gap_is_one_play_that_says_something_and_comes_later()
    {
        var round = await Round(1);
        var (sent, missing) = DevIncidents.Gap(Incident.FeedGap, round);

        Assert.NotEmpty(((FeedPlayV1)Assert.Single(missing).Message).Athletes);
        Assert.Equal(round.Feed.Count - 1, sent.Count);
        Assert.Empty(DevIncidents.Gap(Incident.None, round).Missing);
    }

    [Fact]
    public void Each_incident_comes_in_its_turn() => Assert.Equal(
        [.. Enum.GetValues<Incident>(), Incident.None], Enumerable.Range(1, 6).Select(DevIncidents.Of));

    [Fact]
    public void Settings_are_written_as_a_shell_reads_them()
    {
        var text = DevAddresses.SettingsFile(
            new Dictionary<string, string?> { ["PAYOUT_HTTP_URL"] = "http://127.0.0.1:1", ["B"] = "it's", ["A"] = null },
            new Uri("http://127.0.0.1:2/"), DateTimeOffset.UnixEpoch);

        Assert.StartsWith("B='it'\\''s'\n", text, StringComparison.Ordinal);
        Assert.Contains("\nPAYOUT_API_TOKEN='ey", text, StringComparison.Ordinal);
        Assert.Contains("\nCONSOLE_API_URL='http://127.0.0.1:2'\n", text, StringComparison.Ordinal);
        Assert.Contains("\nPAYOUT_API_URL='http://127.0.0.1:1'\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\nA=", "\n" + text, StringComparison.Ordinal);
    }

    private static async Task<DevRound> Round(int number) =>
        DevRound.Of(await Slate.ReadGames(Source.Full("samples"), CancellationToken.None), number, seed: 7);
}
