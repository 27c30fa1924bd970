using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Contestctl.Checks;

/// <summary>Does the Stripe key belong to this environment, and does Stripe accept it?</summary>
internal static class StripeChecks
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<Finding>> All(Session session, CancellationToken ct)
    {
        if (Key(session) is not { } key) return [];
        var environment = session.Settings.Optional("PIPELINE_ENVIRONMENT");
        var mode = key.StartsWith("sk_live_", StringComparison.Ordinal) || key.StartsWith("rk_live_", StringComparison.Ordinal) ? "live"
            : key.StartsWith("sk_test_", StringComparison.Ordinal) || key.StartsWith("rk_test_", StringComparison.Ordinal) ? "test" : null;
        if (mode is null)
            return [Finding.Failed("Stripe key", "begins with none of sk_test_, rk_test_, sk_live_, rk_live_", "use a secret or restricted key, never a publishable one")];
        if (mode != environment)
            return [Finding.Failed("Stripe key", $"is a {mode} key, PIPELINE_ENVIRONMENT is {environment ?? "not set"}", "use the key of this environment; Payout refuses to start")];
        return [Finding.Ok("Stripe key", $"a {mode} key"), await Ask(key, session.Settings.Optional("STRIPE_API_BASE"), environment, ct)];
    }

    private static string? Key(Session session)
    {
        try
        {
            return session.Settings.Optional("STRIPE_API_KEY");
        }
        catch (SettingException)
        {
            return null; // told by SettingChecks
        }
    }

    private static async Task<Finding> Ask(string key, string? apiBase, string environment, CancellationToken ct)
    {
        using var http = new HttpClient { Timeout = s_patience };
        var options = new StripeClientOptions { ApiKey = key, HttpClient = new SystemNetHttpClient(http, maxNetworkRetries: 0) };
        if (apiBase is not null) options.ApiBase = apiBase;
        var where = apiBase ?? "Stripe";
        try
        {
            var balance = await new StripeClient(options).V1.Balance.GetAsync(cancellationToken: ct);
            return balance.Livemode == (environment == "live") ? Finding.Ok("Stripe", $"{where} accepts the key")
                : Finding.Failed("Stripe", $"{where} answers in {(balance.Livemode ? "live" : "test")} mode", "use the key and the address of this environment");
        }
        catch (StripeException e)
        {
            return Finding.Failed("Stripe", $"{where} refuses: {e.Message}", "check the key and its permissions (balance, transfers, accounts)");
        }
        catch (HttpRequestException e)
        {
            return Finding.Failed("Stripe", $"{where} does not answer: {e.Message}", "check STRIPE_API_BASE and the network; start the simulator when it is meant");
        }
        catch (TaskCanceledException) when (!ct.IsCancellationRequested)
        {
            return Finding.Failed("Stripe", $"{where} does not answer within {s_patience.TotalSeconds} s", "check STRIPE_API_BASE and the network");
        }
    }
}
