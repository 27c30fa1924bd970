namespace Stripe;

/// <summary>A single-use address where an account holder gives what Stripe wants to know. It expires within minutes.</summary>
public sealed class AccountLink : StripeEntity<AccountLink>, IHasObject
{
    public string Object { get; set; }

    public DateTime Created { get; set; } = DateTime.UnixEpoch;

    public DateTime ExpiresAt { get; set; } = DateTime.UnixEpoch;

    public string Url { get; set; }
}

/// <summary>For which account, and where the holder comes back to.</summary>
public sealed class AccountLinkCreateOptions : BaseOptions
{
    public string Account { get; set; }

    public string Collect { get; set; }

    public string RefreshUrl { get; set; }

    public string ReturnUrl { get; set; }

    public string Type { get; set; }
}

/// <summary>Makes account links.</summary>
public sealed class AccountLinkService(IStripeClient client) : Service(client)
{
    public Task<AccountLink> CreateAsync(
        AccountLinkCreateOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        Post<AccountLink>("/v1/account_links", options, requestOptions, cancellationToken);
}

/// <summary>A single-use address of the account holder's own dashboard.</summary>
public sealed class LoginLink : StripeEntity<LoginLink>, IHasObject
{
    public string Object { get; set; }

    public DateTime Created { get; set; } = DateTime.UnixEpoch;

    public string Url { get; set; }
}

/// <summary>Nothing but what to expand.</summary>
public sealed class AccountLoginLinkCreateOptions : BaseOptions;

/// <summary>Makes login links.</summary>
public sealed class AccountLoginLinkService(IStripeClient client) : Service(client)
{
    public Task<LoginLink> CreateAsync(
        string parentId, AccountLoginLinkCreateOptions options = null, RequestOptions requestOptions = null,
        CancellationToken cancellationToken = default) =>
        Post<LoginLink>($"/v1/accounts/{Segment(parentId)}/login_links", options, requestOptions, cancellationToken);
}
