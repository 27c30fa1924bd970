namespace ContestPipeline.Integration.Payout.LookUps;

/// <summary>An account about which events come all the time is no reason to hold a payout of which nothing was sent.</summary>
public sealed class BusyAccountTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_that_come_as_fast_as_the_account_is_read_put_a_payout_off_and_hold_nothing()
    {
        var account = await world.GivenAccount("busy");
        await world.GivenSettled(ContestBuilder.Of("c-busy", "busy"));

        await world.Runner(new HintingWire($"/v1/accounts/{account}", () => world.AccountUpdated(account, "busy"))).RunOnce(ct);
        var state = await world.State("c-busy");
        world.Clock.Forward(TimeSpan.FromMinutes(2));
        await world.RunToRest(world.Runner());

        Assert.Equal("pending", state);
        await world.IsPaidOnce("c-busy");
        Assert.Equal(0,
            await world.Scalar<long>(
                "select count(*) from payout.payout_hold h join payout.payout p using (payout_id) where p.contest_id = 'c-busy'"));
    }

    /// <summary>Something happens while an object is read, every time.</summary>
    private sealed class HintingWire(string path, Func<Task> meanwhile) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = await base.SendAsync(request, cancellationToken);
            if (request.RequestUri!.AbsolutePath != path) return answer;
            await answer.Content.LoadIntoBufferAsync(cancellationToken);
            await meanwhile();
            return answer;
        }
    }
}
