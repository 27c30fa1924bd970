using System.Net;
using Stripe;

namespace ContestPipeline.Unit.Stripe;

/// <summary>When the client repeats a request by itself.</summary>
public sealed class StripeRetryTests
{
    [Theory]
    [InlineData(200, null, false)]
    [InlineData(400, null, false)]
    [InlineData(409, null, true)]
    [InlineData(409, "false", false)]
    [InlineData(429, null, false)]
    [InlineData(429, "true", true)]
    [InlineData(500, null, true)]
    [InlineData(500, "false", false)]
    [InlineData(503, "maybe", true)]
    public void The_header_decides_and_then_the_status(int status, string? header, bool retried) =>
        Assert.Equal(retried, RetryRule.ShouldRetry(0, 2, networkFailed: false, (HttpStatusCode)status, header));

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void A_network_failure_is_retried_until_the_retries_are_used_up(int retries, bool retried) =>
        Assert.Equal(retried, RetryRule.ShouldRetry(retries, 2, networkFailed: true, null, null));

    [Theory]
    [InlineData(1, 750, 500)]
    [InlineData(1, 1000, 500)]
    [InlineData(2, 750, 750)]
    [InlineData(3, 1000, 2000)]
    [InlineData(4, 1000, 4000)]
    [InlineData(5, 1000, 5000)]
    [InlineData(60, 750, 3750)]
    public void The_wait_doubles_within_its_floor_and_its_cap(int retry, int jitterPermille, int expectedMs) =>
        Assert.Equal(TimeSpan.FromMilliseconds(expectedMs), RetryRule.Delay(retry, jitterPermille));
}
