namespace Stripe;

/// <summary>Makes, reads, changes, confirms, cancels and lists payment intents.</summary>
public sealed class PaymentIntentService(IStripeClient client) : Service(client)
{
    private const string Path = "/v1/payment_intents";

    public Task<PaymentIntent> CreateAsync(
        PaymentIntentCreateOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Post<PaymentIntent>(Path, options, requestOptions, cancellationToken);

    public Task<PaymentIntent> GetAsync(
        string id, PaymentIntentGetOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Get<PaymentIntent>($"{Path}/{Segment(id)}", options, requestOptions, cancellationToken);

    public Task<PaymentIntent> UpdateAsync(
        string id, PaymentIntentUpdateOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Post<PaymentIntent>($"{Path}/{Segment(id)}", options, requestOptions, cancellationToken);

    public Task<PaymentIntent> ConfirmAsync(
        string id, PaymentIntentConfirmOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Post<PaymentIntent>($"{Path}/{Segment(id)}/confirm", options, requestOptions, cancellationToken);

    public Task<PaymentIntent> CancelAsync(
        string id, PaymentIntentCancelOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Post<PaymentIntent>($"{Path}/{Segment(id)}/cancel", options, requestOptions, cancellationToken);

    public Task<StripeList<PaymentIntent>> ListAsync(
        PaymentIntentListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Get<StripeList<PaymentIntent>>(Path, options, requestOptions, cancellationToken);

    public IAsyncEnumerable<PaymentIntent> ListAutoPagingAsync(
        PaymentIntentListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        AllPages<PaymentIntent>(Path, options, requestOptions, cancellationToken);
}
