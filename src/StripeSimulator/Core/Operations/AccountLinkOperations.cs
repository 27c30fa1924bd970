using System.Net;

namespace ContestPipeline.StripeSimulator.Core;

/// <summary>An account link that was handed out.</summary>
public sealed record SimAccountLink(string Token, string Account, long ExpiresAt, string RefreshUrl, string ReturnUrl)
{
    public bool IsUsed { get; init; }
}

/// <summary>
/// Links to Stripe's own pages, and those pages as far as they matter: one for onboarding, one for the dashboard.
/// </summary>
internal sealed class AccountLinkOperations(Books books, AccountOperations accounts)
{
    private const long LifetimeSeconds = 300;

    private static readonly ParameterCheck OfCreate = new(
        ["account!", "type!", "refresh_url", "return_url", "collect"], ["expand", "collection_options"]);

    private static readonly ParameterCheck OfLogin = new([], ["expand"]);

    private readonly OrderedObjects<SimAccountLink> links = new();

    public SimResponse Create(FormParameters parameters, long now)
    {
        if (OfCreate.Refusal(parameters) is { } refusal) return refusal;
        if (books.ConnectedAccount(parameters["account"]!) is not { } account)
            return StripeErrors.NoSuch("account", parameters["account"]!, "account", 400);
        switch (parameters["type"])
        {
            case "account_onboarding": break;
            case "account_update" when account.Type == "custom": break;
            case "account_update":
                return StripeErrors.Business("You cannot create `account_update` type Account Links for this account.");
            default: return StripeErrors.Invalid("type", "Invalid type: must be one of account_onboarding or account_update");
        }

        if (parameters["refresh_url"] is not { } refreshUrl) return StripeErrors.MissingParameter("refresh_url");
        if (parameters["return_url"] is not { } returnUrl) return StripeErrors.MissingParameter("return_url");
        var link = new SimAccountLink(books.NextSecret("account_link"), account.Id, now + LifetimeSeconds, refreshUrl, returnUrl);
        links.Add(link.Token, link);
        return StripeState.Ok(new
        {
            @object = "account_link", created = now, expires_at = link.ExpiresAt,
            url = $"http://{books.Host}/setup/{account.Id}/{link.Token}",
        });
    }

    public SimResponse Login(string accountId, FormParameters parameters, long now)
    {
        if (OfLogin.Refusal(parameters) is { } refusal) return refusal;
        if (books.ConnectedAccount(accountId) is not { } account) return StripeErrors.NoAccess(accountId);
        if (account.Type != "express" || !account.DetailsSubmitted)
            return StripeErrors.Business("Cannot create a login link for an account that has not completed onboarding.");
        return StripeState.Ok(new { @object = "login_link", created = now,
            url = $"http://{books.Host}/express/{accountId}/{books.NextSecret("login_link")}" });
    }

    /// <summary>
    /// The first visit uses the link up. One that was used or has expired leads back to the platform for a fresh one.
    /// </summary>
    public SimResponse Visit(string accountId, string token, long now)
    {
        if (links.Find(token) is not { } link || link.Account != accountId) return Page(404, "This link is not known.");
        if (link.IsUsed || now >= link.ExpiresAt) return Redirect(link.RefreshUrl);
        links.Replace(token, link with { IsUsed = true });
        return Page(200,
            $"""
             Simulated onboarding of {accountId}.
             <form method="post" action="/setup/{accountId}/{token}/complete"><button>Complete</button></form>
             <form method="post" action="/setup/{accountId}/{token}/pending"><button>Submit and let Stripe look</button></form>
             <form method="post" action="/setup/{accountId}/{token}/incomplete"><button>Leave halfway</button></form>
             """);
    }

    /// <summary>What the holder does on the page; then he is sent back, which by itself proves nothing.</summary>
    public SimResponse Finish(string accountId, string token, string outcome, long now)
    {
        if (links.Find(token) is not { IsUsed: true } link || link.Account != accountId
            || outcome is not ("complete" or "pending" or "incomplete"))
            return Page(404, "This link is not known.");
        accounts.Onboard(accountId, outcome, now);
        return Redirect(link.ReturnUrl);
    }

    public static SimResponse Dashboard(string accountId) => Page(200, $"Simulated dashboard of {accountId}.");

    private static SimResponse Page(
        int status, string text) => new(status, $"<!doctype html><title>Simulated Stripe</title><p>{text}", IsSaved: false)
    {
        Headers = new Dictionary<string, string> { ["Content-Type"] = "text/html; charset=utf-8" },
    };

    private static SimResponse Redirect(string url) => new((int)HttpStatusCode.SeeOther, "", IsSaved: false)
    {
        Headers = new Dictionary<string, string> { ["Location"] = url },
    };
}
