using ContestPipeline.Contestctl;
using ContestPipeline.Integration.Infrastructure;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Integration.Contestctl;

/// <summary>The command line about parked messages.</summary>
public sealed class ParkedCommandTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    [Fact]
    public async Task Nothing_parked_is_well_and_a_key_that_is_not_parked_is_not_found()
    {
        Assert.Equal(ExitCodes.Well, await Run("parked list --worker payout --json"));
        Assert.Equal(ExitCodes.Well, await Run("parked discarded --worker payout"));
        Assert.Equal(ExitCodes.Found, await Run("parked show payout t none"));
        Assert.Equal(ExitCodes.Found, await Run("parked retry payout t none"));
        Assert.Equal(ExitCodes.Found, await Run("parked discard payout t none --offset 1 --by ann --reason r"));
    }

    [Fact]
    public async Task A_parked_key_is_shown_retried_and_its_first_message_discarded_once()
    {
        await scope.Execute("insert into scoring.parked_key values ('t', 'k', 0, now())");
        await scope.Execute("""insert into scoring.parked values ('t', 0, 7, 'k', '{"ce_id":"one"}', '\xff00', 'wrong', now()), ('t', 0, 8, 'k', '{}', 'x', 'waits', now())""");

        Assert.Equal(ExitCodes.Well, await Run("parked list"));
        Assert.Equal(ExitCodes.Well, await Run("parked show scoring t k"));
        Assert.Equal(ExitCodes.Well, await Run("parked show scoring t k --json"));
        Assert.Equal(ExitCodes.Well, await Run("parked retry scoring t k"));
        Assert.True(await scope.Scalar<bool>("select retry_requested from scoring.parked_key where key = 'k'"));
        Assert.Equal(ExitCodes.Found, await Run("parked discard scoring t k --offset 8 --by ann --reason r"));
        Assert.Equal(ExitCodes.Well, await Run("parked discard scoring t k --offset 7 --by ann --reason r --json"));
        Assert.Equal(ExitCodes.Found, await Run("parked discard scoring t k --offset 7 --by ann --reason r"));
        Assert.Equal(ExitCodes.Well, await Run("parked discarded --json"));
        Assert.Equal("7 ann r", await scope.Scalar<string>("select record_offset || ' ' || discarded_by || ' ' || reason from scoring.parked_discarded"));
        Assert.Equal(8, await scope.Scalar<long>("select record_offset from scoring.parked"));
    }

    private Task<int> Run(string arguments) => CommandLine.Run(
        arguments.Split(' '), new Session(new ConfigurationBuilder().AddInMemoryCollection(scope.Settings()).Build(), TimeProvider.System),
        TestContext.Current.CancellationToken);
}
