namespace ContestPipeline.Integration.Payout.LookUps;

/// <summary>
/// Stripe refuses some requests before it looks at their key: such a refusal says nothing of the first time the key was sent.
/// </summary>
public sealed class RefusedAgainTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("400")]
    [InlineData("402-blocked")]
    [InlineData("403-account")]
    [InlineData("403-action")]
    [InlineData("404")]
    [InlineData("transfer-moved")]
    [InlineData("amount-small")]
    public async Task A_transfer_whose_answer_was_lost_and_whose_key_is_then_refused_is_not_made_a_second_time(string refusal)
    {
        var contestId = $"c-again-{refusal}";
        await world.GivenReady(contestId);
        await world.GivenSettled(ContestBuilder.Of(contestId, contestId));
        await world.Fault("timeout-after");
        var runner = world.Runner();
        await runner.RunOnce(ct);

        await world.Fault(refusal);
        world.Clock.Forward(TimeSpan.FromHours(1));
        await world.RunToRest(runner);

        await world.IsPaidOnce(contestId);
        Assert.Equal("paid", await world.Outcomes(contestId));
    }

    [Fact]
    public async Task A_transfer_that_was_never_made_and_whose_key_is_refused_when_it_is_sent_again_is_made_under_another()
    {
        await world.GivenReady("again-never");
        await world.GivenSettled(ContestBuilder.Of("c-again-never", "again-never"));
        await world.Fault("timeout-before");
        var runner = world.Runner();
        await runner.RunOnce(ct);

        await world.Fault("402-blocked");
        world.Clock.Forward(TimeSpan.FromHours(1));
        await world.RunToRest(runner);

        await world.IsPaidOnce("c-again-never");
        Assert.Equal("absent,paid", await world.Outcomes("c-again-never"));
    }
}
