namespace Stripe;

/// <summary>Nothing but what to expand.</summary>
public sealed class BalanceGetOptions : BaseOptions;

/// <summary>Nothing but what to expand.</summary>
public sealed class BalanceTransactionGetOptions : BaseOptions;

/// <summary>Which movements of the balance to list.</summary>
public sealed class BalanceTransactionListOptions : ListOptions
{
    public AnyOf<DateTime?, DateRangeOptions> Created { get; set; }

    public string Currency { get; set; }

    public string Payout { get; set; }

    public string Source { get; set; }

    public string Type { get; set; }
}

/// <summary>Reads the balance.</summary>
public sealed class BalanceService(IStripeClient client) : Service(client)
{
    public Task<Balance> GetAsync(RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Get<Balance>("/v1/balance", null, requestOptions, cancellationToken);

    public Task<Balance> GetAsync(
        BalanceGetOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Get<Balance>("/v1/balance", options, requestOptions, cancellationToken);
}

/// <summary>Reads and lists the movements of the balance.</summary>
public sealed class BalanceTransactionService(IStripeClient client) : Service(client)
{
    private const string Path = "/v1/balance_transactions";

    public Task<BalanceTransaction> GetAsync(
        string id, BalanceTransactionGetOptions options = null, RequestOptions requestOptions = null,
        CancellationToken cancellationToken = default) =>
        Get<BalanceTransaction>($"{Path}/{Segment(id)}", options, requestOptions, cancellationToken);

    public Task<StripeList<BalanceTransaction>> ListAsync(
        BalanceTransactionListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Get<StripeList<BalanceTransaction>>(Path, options, requestOptions, cancellationToken);

    public IAsyncEnumerable<BalanceTransaction> ListAutoPagingAsync(
        BalanceTransactionListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        AllPages<BalanceTransaction>(Path, options, requestOptions, cancellationToken);
}
