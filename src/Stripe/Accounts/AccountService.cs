namespace Stripe;

/// <summary>Creates, reads, changes and lists connected accounts.</summary>
public sealed class AccountService(IStripeClient client) : Service(client)
{
    private const string Path = "/v1/accounts";

    public Task<Account> CreateAsync(
        AccountCreateOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Post<Account>(Path, options, requestOptions, cancellationToken);

    public Task<Account> GetAsync(
        string id, AccountGetOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Get<Account>($"{Path}/{Segment(id)}", options, requestOptions, cancellationToken);

    public Task<Account> UpdateAsync(
        string id, AccountUpdateOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Post<Account>($"{Path}/{Segment(id)}", options, requestOptions, cancellationToken);

    public Task<StripeList<Account>> ListAsync(
        AccountListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Get<StripeList<Account>>(Path, options, requestOptions, cancellationToken);

    public IAsyncEnumerable<Account> ListAutoPagingAsync(
        AccountListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        AllPages<Account>(Path, options, requestOptions, cancellationToken);
}
