using ContestPipeline.Payout.Options;
using Stripe;

namespace ContestPipeline.Payout.StripeApi;

/// <summary>
/// The way to Stripe with the key that moves money. Whatever changes something there goes through a client that was made for it
/// and carries its deadline: no other can be had for it.
/// </summary>
/// <param name="transport">What carries the requests; shared by all of them.</param>
/// <param name="onTheWay">What requests pass within the process before the last look at the clock, given what comes behind it;
/// null: nothing.</param>
public sealed class StripeConnection(
    PayoutOptions options, TimeProvider clock, HttpMessageHandler transport,
    Func<HttpMessageHandler, HttpMessageHandler>? onTheWay = null)
{
    /// <summary>For looking.</summary>
    public IStripeClient Looking { get; } = StripeWire.Client(options, onTheWay is null ? transport : onTheWay(transport));

    /// <summary>For one request that changes something; making it costs a tenth of a millisecond.</summary>
    /// <param name="moment">From then on, UTC, the request does not leave the process:
    /// <see cref="LeftTooLateException"/>.</param>
    public IStripeClient SendingBefore(DateTimeOffset moment)
    {
        var checkedTransport = new SendDeadline(clock, moment, transport);
        return StripeWire.Client(options, onTheWay is null ? checkedTransport : onTheWay(checkedTransport));
    }
}
