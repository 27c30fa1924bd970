namespace Stripe;

/// <summary>Creates, reads, changes and lists connected accounts.</summary>
public sealed class AccountService : Service
{
    private const string Path = "/v1/accounts";

    public AccountService(IStripeClient client)
        : base(client) => LoginLinks = new AccountLoginLinkService(client);

    public AccountLoginLinkService LoginLinks { get; }

    public Task<Account> CreateAsync(
        AccountCreateOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Post<Account>(Path, options, requestOptions, cancellationToken);

    public Task<Account> GetAsync(
        string id, AccountGetOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Get<Account>($"{Path}/{Segment(id)}", options, requestOptions, cancellationToken);

    public Task<Account> UpdateAsync(
        string id, AccountUpdateOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Post<Account>($"{Path}/{Segment(id)}", options, requestOptions, cancellationToken);

    public Task<Account> DeleteAsync(
        string id, AccountDeleteOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Delete<Account>($"{Path}/{Segment(id)}", options, requestOptions, cancellationToken);

    public Task<Account> RejectAsync(
        string id, AccountRejectOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Post<Account>($"{Path}/{Segment(id)}/reject", options, requestOptions, cancellationToken);

    public Task<StripeList<Account>> ListAsync(
        AccountListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Get<StripeList<Account>>(Path, options, requestOptions, cancellationToken);

    public IAsyncEnumerable<Account> ListAutoPagingAsync(
        AccountListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        AllPages<Account>(Path, options, requestOptions, cancellationToken);
}
