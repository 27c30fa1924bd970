using ContestPipeline.Contracts;
using ContestPipeline.Demo;
using ContestPipeline.Integration.EndToEnd;

namespace ContestPipeline.Integration.Contestctl;

/// <summary>
/// A result is corrected by two commands: one makes the messages, one shows what they change and publishes them.
/// </summary>
public sealed class FeedPublishTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_play_is_corrected_shown_to_the_cent_and_published_as_it_was_shown()
    {
        await using var run = await SlateRun.Start(
            "test-feed-publish", broker: null, Workers.All, new Dictionary<string, string>(), Ct);
        await run.PlayToTheEnd(Ct);
        var wanted = (FeedPlayV1)LateCorrectionTests.Correct(run.Slate)[0].Message;
        var file = run.Stage.Folder.Sub("corrected.jsonl");
        var set = string.Concat(wanted.Athletes.SelectMany(a => a.Stats.Select(s => $" --set {a.AthleteId}.{s.Key}={s.Value}")));

        await run.Say($"feed correct {wanted.GameId} nobody-knows-it --withdraw --out {file}", expected: 1);
        var made = await run.Ask($"feed correct {wanted.GameId} {wanted.EventId}{set} --out {file}");
        Assert.Equal(["feed.play.v1", "feed.box.v1"], made.GetProperty("messages").EnumerateArray().Select(m => m.GetString()));
        Assert.Equal(wanted.Revision, made.GetProperty("revision").GetInt32());
        await run.Say($"feed correct {wanted.GameId} {wanted.EventId}{set} --out {file}", expected: 2);

        var shown = await run.Ask($"feed publish {file} --who ann --why case-121", expected: 1);
        Assert.Contains("--yes", shown.GetProperty("refused")[0].GetString(), StringComparison.Ordinal);
        Assert.True(shown.GetProperty("plan").GetProperty("effect").GetProperty("contests").GetArrayLength() > 0);
        var published = await run.Ask($"feed publish {file} --who ann --why case-121 --yes");

        Assert.Equal(0, published.GetProperty("differences").GetArrayLength());
        Assert.Equal(2, published.GetProperty("run").GetProperty("produced").GetInt64());
        Assert.Equal(shown.GetProperty("plan").GetProperty("effect").ToString(),
            published.GetProperty("plan").GetProperty("effect").ToString());
    }
}
