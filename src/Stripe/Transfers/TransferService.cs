namespace Stripe;

/// <summary>Makes, reads and lists transfers.</summary>
public sealed class TransferService : Service
{
    private const string Path = "/v1/transfers";

    public TransferService(IStripeClient client)
        : base(client) => Reversals = new TransferReversalService(client);

    public TransferReversalService Reversals { get; }

    public Task<Transfer> CreateAsync(
        TransferCreateOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Post<Transfer>(Path, options, requestOptions, cancellationToken);

    public Task<Transfer> GetAsync(
        string id, TransferGetOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Get<Transfer>($"{Path}/{Segment(id)}", options, requestOptions, cancellationToken);

    public Task<StripeList<Transfer>> ListAsync(
        TransferListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Get<StripeList<Transfer>>(Path, options, requestOptions, cancellationToken);

    public IAsyncEnumerable<Transfer> ListAutoPagingAsync(
        TransferListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        AllPages<Transfer>(Path, options, requestOptions, cancellationToken);
}

/// <summary>Makes, reads and lists the reversals of one transfer.</summary>
public sealed class TransferReversalService(IStripeClient client) : Service(client)
{
    public Task<TransferReversal> CreateAsync(
        string parentId, TransferReversalCreateOptions options = null, RequestOptions requestOptions = null,
        CancellationToken cancellationToken = default) =>
        Post<TransferReversal>(PathOf(parentId), options, requestOptions, cancellationToken);

    public Task<TransferReversal> GetAsync(
        string parentId, string id, TransferReversalGetOptions options = null, RequestOptions requestOptions = null,
        CancellationToken cancellationToken = default) =>
        Get<TransferReversal>($"{PathOf(parentId)}/{Segment(id)}", options, requestOptions, cancellationToken);

    public Task<StripeList<TransferReversal>> ListAsync(
        string parentId, TransferReversalListOptions options = null, RequestOptions requestOptions = null,
        CancellationToken cancellationToken = default) =>
        Get<StripeList<TransferReversal>>(PathOf(parentId), options, requestOptions, cancellationToken);

    public IAsyncEnumerable<TransferReversal> ListAutoPagingAsync(
        string parentId, TransferReversalListOptions options = null, RequestOptions requestOptions = null,
        CancellationToken cancellationToken = default) =>
        AllPages<TransferReversal>(PathOf(parentId), options, requestOptions, cancellationToken);

    private static string PathOf(string transferId) => $"/v1/transfers/{Segment(transferId)}/reversals";
}
