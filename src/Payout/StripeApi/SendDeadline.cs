namespace ContestPipeline.Payout.StripeApi;

/// <summary>
/// A request that was not sent, because the lease or the key that it was decided under may be somebody else's, or forgotten, by
/// now.
/// </summary>
public sealed class LeftTooLateException() : HttpRequestException("not sent: the time for it had passed");

/// <summary>
/// Looks at the clock once more where a request leaves the process. Whoever stood still since the request was decided - a stopped
/// process, a machine put to sleep - must not send it: another worker has taken the work over meanwhile, and after 24 hours
/// Stripe would take the old key for a new wish.
/// </summary>
/// <param name="sendBefore">From this moment on, UTC, nothing is sent.</param>
/// <param name="transport">What carries the requests.</param>
internal sealed class SendDeadline(TimeProvider clock, DateTimeOffset sendBefore, HttpMessageHandler transport)
    : DelegatingHandler(transport)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        clock.GetUtcNow() >= sendBefore ? throw new LeftTooLateException() : base.SendAsync(request, cancellationToken);
}
