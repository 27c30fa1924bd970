using ContestPipeline.Plumbing;
using Npgsql;
using Stripe;

namespace ContestPipeline.Contestctl.Checks;

/// <summary>Does the Stripe key belong to this environment, does Stripe accept it, and has its balance the currencies in which contests are to be paid?</summary>
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
        return [Finding.Ok("Stripe key", $"a {mode} key"), .. await Ask(key, session, environment, ct)];
    }

    /// <summary>Transfers come out of the balance in the contest's currency: where Stripe keeps none, fees are converted as they come in and no prize is ever paid.</summary>
    /// <param name="owed">In which contests that are not over are to be paid.</param>
    internal static IEnumerable<Finding> Currencies(IReadOnlyList<CurrencyRow> owed, Balance balance)
    {
        var held = (balance.Available ?? []).Concat(balance.Pending ?? []).Select(b => b.Currency).ToHashSet(StringComparer.Ordinal);
        foreach (var row in owed)
        {
            var check = $"balance in {row.Currency}";
            yield return held.Contains(row.Currency) ? Finding.Ok(check, $"{row.Contests} contests that are not over are to be paid in it")
                : Finding.Failed(
                    check, $"Stripe keeps none ({string.Join(", ", held.Order(StringComparer.Ordinal))}), and {row.Contests} contests that are not over, such as {row.First}, are to be paid in it",
                    $"let the platform's account settle in {row.Currency} (a bank account in {row.Currency} at Stripe) and fund it, or cancel these contests: their payouts would wait for funds for ever");
        }
    }

    /// <summary>Nothing when the database cannot be asked: DatabaseChecks says so.</summary>
    private static async Task<IReadOnlyList<CurrencyRow>> Owed(Session session, CancellationToken ct)
    {
        if (session.Settings.Optional("ADMIN_DATABASE") is not { } admin) return [];
        try
        {
            await using var connection = new NpgsqlConnection(admin);
            await connection.OpenAsync(ct);
            return await connection.CurrenciesToPay(ct);
        }
        catch (NpgsqlException)
        {
            return [];
        }
        catch (ArgumentException)
        {
            return [];
        }
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

    private static async Task<IReadOnlyList<Finding>> Ask(string key, Session session, string environment, CancellationToken ct)
    {
        var apiBase = session.Settings.Optional("STRIPE_API_BASE");
        using var http = new HttpClient { Timeout = s_patience };
        var options = new StripeClientOptions { ApiKey = key, HttpClient = new SystemNetHttpClient(http, maxNetworkRetries: 0) };
        if (apiBase is not null) options.ApiBase = apiBase;
        var where = apiBase ?? "Stripe";
        try
        {
            var balance = await new StripeClient(options).V1.Balance.GetAsync(cancellationToken: ct);
            if (balance.Livemode != (environment == "live"))
                return [Finding.Failed("Stripe", $"{where} answers in {(balance.Livemode ? "live" : "test")} mode", "use the key and the address of this environment")];
            return [Finding.Ok("Stripe", $"{where} accepts the key"), .. Currencies(await Owed(session, ct), balance)];
        }
        catch (StripeException e)
        {
            return [Finding.Failed("Stripe", $"{where} refuses: {e.Message}", "check the key and its permissions (balance, transfers, accounts)")];
        }
        catch (HttpRequestException e)
        {
            return [Finding.Failed("Stripe", $"{where} does not answer: {e.Message}", "check STRIPE_API_BASE and the network; start the simulator when it is meant")];
        }
        catch (TaskCanceledException) when (!ct.IsCancellationRequested)
        {
            return [Finding.Failed("Stripe", $"{where} does not answer within {s_patience.TotalSeconds} s", "check STRIPE_API_BASE and the network")];
        }
    }
}
