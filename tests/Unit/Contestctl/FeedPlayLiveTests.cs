using ContestPipeline.Contestctl;
using ContestPipeline.Unit.Tidy;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>In live nobody publishes plays that never were.</summary>
public sealed class FeedPlayLiveTests
{
    [Theory]
    [InlineData("--late-edits")]
    [InlineData("--withdrawals")]
    public async Task In_live_late_edits_and_withdrawals_are_refused_before_anything_is_published(string option)
    {
        var errors = new StringWriter();
        var session = new Session(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["PIPELINE_ENVIRONMENT"] = "live", ["KAFKA_BOOTSTRAP_SERVERS"] = "127.0.0.1:1",
        }).Build(), TimeProvider.System);

        var code = await CommandLine.Run(
            ["feed", "play", Source.Full("samples/kc-at-pit-2016-week-4.jsonl"), option, "5"], session, errors,
            TestContext.Current.CancellationToken);

        Assert.Equal(ExitCodes.CheckFailed, code);
        Assert.Contains("no play is published that never was", errors.ToString(), StringComparison.Ordinal);
    }
}
