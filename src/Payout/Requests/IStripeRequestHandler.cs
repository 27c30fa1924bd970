using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Payout.Requests;

/// <summary>One kind of request to Stripe: how it is made, how it is looked up, and what its answer means here.</summary>
public interface IStripeRequestHandler
{
    /// <summary>The name calls of this kind are stored under; one stable word with dashes.</summary>
    string Kind { get; }

    /// <summary>The operation at Stripe, which has a pace of its own (<c>refunds.create</c>).</summary>
    string Endpoint { get; }

    /// <summary>Makes the request. Whatever it throws is sorted by the caller; outside any transaction.</summary>
    /// <param name="options">Carries the idempotency key; a kind that acts for a connected account adds it.</param>
    /// <returns>Stripe's object.</returns>
    Task<object> Perform(IStripeClient stripe, OpenCall call, RequestOptions options, CancellationToken ct);

    /// <summary>
    /// Looks for what the call has made: by its own mark in the metadata, or by the state of the object it changes.
    /// </summary>
    /// <returns>Found, or what Stripe showed whole that does not hold it.</returns>
    Task<LookUpResult> LookUp(IStripeClient stripe, OpenCall call, CancellationToken ct);

    /// <summary>Writes down what the answer means, in the transaction that closes the call. May write further calls.</summary>
    Task Apply(StripeCallAnswer answer, OpenCall call, Tx tx);
}

/// <summary>A kind of which so many are made that their ends are written down together.</summary>
public interface IManyAtOnce : IStripeRequestHandler
{
    /// <summary>
    /// As <see cref="IStripeRequestHandler.Apply"/> for each, in the transaction that closes them all. Locks what it locks in one
    /// fixed order.
    /// </summary>
    Task Apply(IReadOnlyList<AnsweredCall> answered, Tx tx);
}
