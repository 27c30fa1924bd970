using ContestPipeline.Payout.StripeAccount;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Npgsql;
using Stripe;

namespace ContestPipeline.Contestctl.Checks;

/// <summary>
/// Does the Stripe key belong to this environment, does Stripe accept it, and has its balance the currencies in which contests
/// are to be paid?
/// </summary>
internal static class StripeChecks
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<Finding>> All(Session session, CancellationToken ct)
    {
        if (Key(session) is not { } key) return [];
        var environment = session.Settings.Optional("PIPELINE_ENVIRONMENT");
        var mode = key.StartsWith("sk_live_", StringComparison.Ordinal) || key.StartsWith("rk_live_", StringComparison.Ordinal)
            ? "live"
            : key.StartsWith("sk_test_", StringComparison.Ordinal) || key.StartsWith("rk_test_", StringComparison.Ordinal)
                ? "test" : null;
        if (mode is null)
            return [Finding.Failed("Stripe key", "begins with none of sk_test_, rk_test_, sk_live_, rk_live_",
                "use a secret or restricted key, never a publishable one")];
        if (mode != environment)
            return [Finding.Failed("Stripe key", $"is a {mode} key, PIPELINE_ENVIRONMENT is {environment ?? "not set"}",
                "use the key of this environment; Payout refuses to start")];
        return [Finding.Ok("Stripe key", $"a {mode} key"), .. await Ask(key, session, environment, ct)];
    }

    /// <summary>
    /// Transfers come out of the balance in the contest's currency: where Stripe keeps none, fees are converted as they come in
    /// and no prize is ever paid.
    /// </summary>
    /// <param name="owed">In which contests that are not over are to be paid.</param>
    internal static IEnumerable<Finding> Currencies(IReadOnlyList<CurrencyRow> owed, Balance balance)
    {
        var held = (balance.Available ?? []).Concat(balance.Pending ?? []).Select(b => b.Currency)
            .ToHashSet(StringComparer.Ordinal);
        foreach (var row in owed)
        {
            var check = $"balance in {row.Currency}";
            yield return held.Contains(row.Currency)
                ? Finding.Ok(check, $"{row.Contests} contests that are not over are to be paid in it")
                : Finding.Failed(
                    check,
                    $"Stripe keeps none ({string.Join(", ", held.Order(StringComparer.Ordinal))}), and {row.Contests} contests "
                        + $"that are not over, such as {row.First}, are to be paid in it",
                    $"let the platform's account settle in {row.Currency} (a bank account in {row.Currency} at Stripe) and "
                        + $"fund it, or cancel these contests: their payouts would wait for funds for ever");
        }
    }

    /// <summary>As Payout compares at its start: of which account each key is, and which account the database tells of.</summary>
    private static async Task<IReadOnlyList<Finding>> Accounts(
        string key, Session session, string? apiBase, HttpMessageHandler transport, CancellationToken ct)
    {
        const string Check = "Stripe account";
        var reading = Key(session, CompareAccounts.ReadingSetting);
        var owner = await WhoseKeys.OwnerOf(StripeWire.Client(key, apiBase, s_patience, transport), ct);
        var other = reading is null || reading == key
            ? null : await WhoseKeys.OwnerOf(StripeWire.Client(reading, apiBase, s_patience, transport), ct);
        return CompareAccounts.Decide(
            await FromDatabase(session, connection => connection.StampedAccount(ct), null, ct), owner, other) switch
        {
            KeyVerdict.Other wrong =>
                [Finding.Failed(Check, $"{wrong.Setting} {wrong.What}",
                    "use the keys of the account that the database tells of; Payout refuses to start")],
            KeyVerdict.Later later =>
                [Finding.Failed(Check, $"{later.Setting}: {later.What}",
                    "let the key read its account (GET /v1/account); Payout sends nothing until it knows")],
            KeyVerdict.Same { ReadingNotTold: { } why } => [Finding.Warning(
                Check, $"{CompareAccounts.ReadingSetting} does not say whose it is: {why}",
                $"let it read its account (GET /v1/account); Payout looks things up with {CompareAccounts.MoneySetting} instead")],
            KeyVerdict.Same same => [Finding.Ok(Check, $"all keys are of {same.AccountId}")],
            _ => [],
        };
    }

    private static Task<IReadOnlyList<CurrencyRow>> Owed(Session session, CancellationToken ct) =>
        FromDatabase(session, connection => connection.CurrenciesToPay(ct), [], ct);

    /// <returns>The other when the database cannot be asked: DatabaseChecks or SettingChecks says so.</returns>
    private static async Task<T> FromDatabase<T>(
        Session session, Func<NpgsqlConnection, Task<T>> read, T otherwise, CancellationToken ct)
    {
        try
        {
            await using var connection = new NpgsqlConnection(session.AdminDatabase);
            await connection.OpenAsync(ct);
            return await read(connection);
        }
        catch (SettingException)
        {
            return otherwise;
        }
        catch (NpgsqlException)
        {
            return otherwise;
        }
        catch (ArgumentException)
        {
            return otherwise;
        }
    }

    private static string? Key(Session session, string setting = CompareAccounts.MoneySetting)
    {
        try
        {
            return session.Settings.Optional(setting);
        }
        catch (SettingException)
        {
            return null; // told by SettingChecks
        }
    }

    private static async Task<IReadOnlyList<Finding>> Ask(string key, Session session, string environment, CancellationToken ct)
    {
        var apiBase = session.Settings.Optional("STRIPE_API_BASE");
        using var transport = new SocketsHttpHandler();
        var where = apiBase ?? "Stripe";
        try
        {
            var balance = await new BalanceService(StripeWire.Client(key, apiBase, s_patience, transport))
                .GetAsync(cancellationToken: ct);
            if (balance.Livemode != (environment == "live"))
                return [Finding.Failed("Stripe", $"{where} answers in {(balance.Livemode ? "live" : "test")} mode",
                    "use the key and the address of this environment")];
            return [Finding.Ok("Stripe", $"{where} accepts the key"), .. await Accounts(key, session, apiBase, transport, ct),
                .. Currencies(await Owed(session, ct), balance)];
        }
        catch (StripeException e)
        {
            return [Finding.Failed(
                "Stripe", $"{where} refuses: {e.Message}", "check the key and its permissions (balance, transfers, accounts)")];
        }
        catch (HttpRequestException e)
        {
            return [Finding.Failed("Stripe", $"{where} does not answer: {e.Message}",
                "check STRIPE_API_BASE and the network; start the simulator when it is meant")];
        }
        catch (TaskCanceledException) when (!ct.IsCancellationRequested)
        {
            return [Finding.Failed("Stripe", $"{where} does not answer within {s_patience.TotalSeconds} s",
                "check STRIPE_API_BASE and the network")];
        }
    }
}
