using ContestPipeline.StripeSimulator.Core;
using static ContestPipeline.Unit.StripeSimulator.SimulatedStripe;

namespace ContestPipeline.Unit.StripeSimulator;

/// <summary>Each failure: what the caller sees, what happened to the money, and what the same key gives afterwards.</summary>
public sealed class FaultTests
{
    private readonly SimulatedStripe stripe = new();

    [Theory]
    [InlineData(FaultKind.TimeoutBefore, null, 0, 200, false)]
    [InlineData(FaultKind.TimeoutAfter, null, 1, 200, true)]
    [InlineData(FaultKind.ServerErrorCommitted, 500, 1, 500, true)]
    [InlineData(FaultKind.ServerErrorRolledBack, 500, 0, 500, true)]
    [InlineData(FaultKind.KeyInUse, 409, 0, 200, false)]
    [InlineData(FaultKind.RateLimited, 429, 0, 200, false)]
    [InlineData(FaultKind.RateLimitedNoReason, 429, 0, 200, false)]
    [InlineData(FaultKind.LockTimeout, 429, 0, 200, false)]
    [InlineData("400", 400, 0, 200, false)]
    [InlineData("402-blocked", 402, 0, 200, false)]
    [InlineData("403", 403, 0, 200, false)]
    [InlineData("403-account", 403, 0, 200, false)]
    [InlineData("404", 404, 0, 200, false)]
    [InlineData(FaultKind.InsufficientFunds, 400, 0, 400, true)]
    [InlineData(FaultKind.ForgetKeys, 200, 1, 200, true)]
    [InlineData(FaultKind.Delay, 200, 1, 200, true)]
    public void A_failure_shows_one_thing_and_does_another(string kind, int? seen, int transfers, int seenAgain, bool replayed)
    {
        stripe.Fault(kind);

        var outcome = stripe.Transfer("k");
        var transfersAfterwards = stripe.TransferCount;
        var again = stripe.Transfer("k");

        Assert.Equal(seen, outcome.IsDropped ? null : outcome.Response!.Status);
        Assert.Equal(transfers, transfersAfterwards);
        Assert.Equal(seenAgain, again.Response!.Status);
        Assert.Equal(replayed, IsReplayed(again));
    }

    [Fact]
    public void Only_a_rate_limit_of_the_limiter_names_its_reason()
    {
        stripe.Fault(FaultKind.RateLimited);
        stripe.Fault(FaultKind.RateLimitedNoReason);
        stripe.Fault(FaultKind.LockTimeout);

        var (limited, silent, locked) = (stripe.Transfer("k"), stripe.Transfer("k"), stripe.Transfer("k"));

        Assert.Equal("endpoint-concurrency", limited.Response!.Headers["Stripe-Rate-Limited-Reason"]);
        Assert.DoesNotContain("Stripe-Rate-Limited-Reason", silent.Response!.Headers.Keys);
        Assert.Equal("lock_timeout", Code(locked));
        Assert.Equal("true", locked.Response!.Headers["Stripe-Should-Retry"]);
    }

    [Fact]
    public void Forgotten_keys_execute_again()
    {
        stripe.Transfer("k");
        stripe.Fault(FaultKind.ForgetKeys);

        stripe.Transfer("k");

        Assert.Equal(2, stripe.TransferCount);
    }

    [Fact]
    public void A_counted_failure_befalls_as_many_requests_of_its_endpoint_and_no_other()
    {
        stripe.Fault(FaultKind.TimeoutBefore, count: 2);

        var balance = stripe.Get("/v1/balance");
        var outcomes = new[] { stripe.Transfer("a"), stripe.Transfer("b"), stripe.Transfer("c") };

        Assert.False(balance.IsDropped);
        Assert.Equal([true, true, false], outcomes.Select(outcome => outcome.IsDropped));
        Assert.Empty(stripe.State.FaultOrders);
    }

    [Fact]
    public void A_share_of_failures_is_the_same_for_the_same_seed()
    {
        bool[] Run(int seed)
        {
            var run = new SimulatedStripe();
            run.Admin("faults", $$"""{"kind":"timeout-after","endpoint":"transfers.create","percent":30,"seed":{{seed}}}""");
            return [.. Enumerable.Range(0, 300).Select(n => run.Transfer($"k{n}").IsDropped)];
        }

        var first = Run(7);

        Assert.Equal(first, Run(7));
        Assert.NotEqual(first, Run(8));
        Assert.InRange(first.Count(dropped => dropped), 60, 120);
    }

    [Theory]
    [InlineData("""{"kind":"nonsense"}""")]
    [InlineData("""{"kind":"409","endpoint":"nowhere"}""")]
    [InlineData("""{"kind":"409","percent":101}""")]
    [InlineData("not json")]
    public void An_order_that_makes_no_sense_is_refused(string body)
    {
        Assert.Equal(400, stripe.Admin("faults", body).Response!.Status);
        Assert.Empty(stripe.State.FaultOrders);
    }

    [Fact]
    public void The_limiter_refuses_the_26th_request_of_a_second_and_forgets_it_after_the_second()
    {
        var limited = new SimulatedStripe(limited: true);
        var answers = Enumerable.Range(0, 26).Select(n => limited.Transfer($"k{n}")).ToList();

        Assert.All(answers.Take(25), answer => Assert.Equal(200, answer.Response!.Status));
        Assert.Equal("endpoint-rate", answers[25].Response!.Headers["Stripe-Rate-Limited-Reason"]);
        Assert.Equal("rate_limit", Code(answers[25]));
        Assert.Equal(200, limited.Get("/v1/balance").Response!.Status);

        limited.Now = limited.Now.AddSeconds(1);
        Assert.Equal(200, limited.Transfer("k25").Response!.Status);
    }

    [Fact]
    public void Every_request_is_logged_with_what_became_of_it()
    {
        stripe.Fault(FaultKind.TimeoutAfter);
        stripe.Transfer("k");
        stripe.Transfer("k");

        var logged = stripe.State.Log.Entries.Where(entry => entry.Endpoint == "transfers.create").ToList();

        Assert.Equal([true, false], logged.Select(entry => entry.Dropped));
        Assert.Equal([false, true], logged.Select(entry => entry.Replayed));
        Assert.Equal(logged[0].ParametersHash, logged[1].ParametersHash);
        Assert.All(logged, entry => Assert.Equal("k", entry.IdempotencyKey));
    }
}
