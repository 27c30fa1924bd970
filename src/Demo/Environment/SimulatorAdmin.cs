using System.Net.Http.Json;
using System.Text.Json;

namespace ContestPipeline.Demo;

/// <summary>A transfer as the simulated Stripe has it.</summary>
public sealed record SimulatedTransfer(string Id, long AmountMinor, string Currency, string Destination, string TransferGroup);

/// <summary>
/// The simulated Stripe seen from outside the pipeline: makes accounts and funds, and counts what was really transferred.
/// </summary>
public sealed class SimulatorAdmin(Uri baseAddress, string apiKey) : IDisposable
{
    private readonly HttpClient http = new()
    {
        BaseAddress = baseAddress,
        DefaultRequestHeaders = { Authorization = new("Bearer", apiKey) },
        Timeout = TimeSpan.FromSeconds(20),
    };

    public Uri Address => baseAddress;

    /// <returns>The account's id.</returns>
    public async Task<string> CreateAccount(string playerId, CancellationToken ct)
    {
        var account = await Post("/v1/accounts", new()
        {
            ["country"] = "US", ["email"] = $"{playerId}@example.com", ["capabilities[transfers][requested]"] = "true",
            ["metadata[player_id]"] = playerId,
        }, ct);
        return account.GetProperty("id").GetString()!;
    }

    /// <summary>Decides whether an account may receive transfers.</summary>
    public Task SetTransfers(string accountId, bool active, CancellationToken ct) =>
        PostJson($"/_admin/accounts/{accountId}/capabilities", new { transfers = active ? "active" : "inactive" }, ct);

    public Task Fund(long amountMinor, CancellationToken ct) =>
        PostJson("/_admin/funds", new { amount_minor = amountMinor, currency = "usd" }, ct);

    /// <summary>Requests a second that Stripe lets through, per endpoint and in all; 0 is no limit.</summary>
    public Task Limit(int perEndpoint, int inAll, CancellationToken ct) =>
        PostJson("/_admin/limits", new { endpoint_per_second_max = perEndpoint, global_per_second_max = inAll }, ct);

    /// <summary>Every transfer that exists, whoever knows of it.</summary>
    public async Task<IReadOnlyList<SimulatedTransfer>> Transfers(CancellationToken ct)
    {
        var all = await http.GetFromJsonAsync<JsonElement>("/_admin/transfers", ct);
        return
        [
            .. all.GetProperty("transfers").EnumerateArray().Select(t => new SimulatedTransfer(
                t.GetProperty("id").GetString()!, t.GetProperty("amount_minor").GetInt64(),
                t.GetProperty("currency").GetString()!, t.GetProperty("destination").GetString()!,
                t.GetProperty("transfer_group").GetString() ?? "")),
        ];
    }

    /// <returns>An object about which there are two events of the type; null when there is none.</returns>
    public async Task<string?> TwinOf(string type, CancellationToken ct)
    {
        var all = await http.GetFromJsonAsync<JsonElement>("/_admin/events", ct);
        return all.GetProperty("data").EnumerateArray().Where(item => item.GetProperty("type").GetString() == type)
            .GroupBy(item => item.GetProperty("data").GetProperty("object").GetProperty("id").GetString())
            .FirstOrDefault(g => g.Count() > 1)?.Key;
    }

    /// <summary>How many objects a list of Stripe's has, of at most a hundred.</summary>
    /// <param name="list">Path and filter, such as <c>refunds?payment_intent=pi_1</c>.</param>
    public async Task<int> Count(string list, CancellationToken ct) =>
        (await http.GetFromJsonAsync<JsonElement>($"/v1/{list}&limit=100", ct)).GetProperty("data").GetArrayLength();

    /// <summary>Deliveries that no endpoint has taken yet.</summary>
    public async Task<int> OpenDeliveries(CancellationToken ct) =>
        (await http.GetFromJsonAsync<JsonElement>("/_admin/webhooks", ct)).GetProperty("open").GetArrayLength();

    /// <summary>As after a day: what a key was answered with counts no longer.</summary>
    public Task ForgetKeys(CancellationToken ct) => PostJson("/_admin/keys", new { forget = true }, ct);

    public Task RetryWebhooks(TimeSpan first, CancellationToken ct) =>
        PostJson("/_admin/webhooks", new { retry_first_ms = (long)first.TotalMilliseconds }, ct);

    /// <summary>The platform's own money, sent to Stripe from its bank.</summary>
    public Task TopUp(long amountMinor, CancellationToken ct) => Post("/v1/topups", new()
    {
        ["amount"] = amountMinor.ToString(System.Globalization.CultureInfo.InvariantCulture), ["currency"] = "usd",
        ["description"] = "prizes",
    }, ct);

    /// <summary>What the payer's front end does with a client secret (or the intent's id).</summary>
    /// <returns>False when the card was declined.</returns>
    public async Task<bool> Pay(string clientSecret, CancellationToken ct, string paymentMethod = "pm_card_visa")
    {
        using var response = await http.PostAsJsonAsync(
            $"/_admin/payment_intents/{clientSecret}/pay", new { payment_method = paymentMethod }, ct);
        if (response.StatusCode == System.Net.HttpStatusCode.PaymentRequired) return false;
        await Answer("pay", response, ct);
        return true;
    }

    /// <summary>How long the money of a card payment stays pending.</summary>
    public Task SetAvailability(TimeSpan after, CancellationToken ct) =>
        PostJson("/_admin/payments", new { available_in_seconds = (long)after.TotalSeconds }, ct);

    /// <param name="subject">A charge or a payment intent.</param>
    /// <returns>The dispute's id.</returns>
    public async Task<string> OpenDispute(string subject, CancellationToken ct) =>
        (await PostJson("/_admin/disputes", new { charge = subject }, ct)).GetProperty("id").GetString()!;

    public Task CloseDispute(string disputeId, bool won, CancellationToken ct) =>
        PostJson($"/_admin/disputes/{disputeId}/close", new { outcome = won ? "won" : "lost" }, ct);

    /// <summary>The account holder has given Stripe everything it asked for.</summary>
    public Task CompleteOnboarding(string accountId, CancellationToken ct) =>
        PostJson($"/_admin/accounts/{accountId}/onboarding", new { outcome = "complete" }, ct);

    public Task Restrict(string accountId, CancellationToken ct) =>
        PostJson($"/_admin/accounts/{accountId}/restrict", new { }, ct);

    public Task Deauthorize(string accountId, CancellationToken ct) =>
        PostJson($"/_admin/accounts/{accountId}/deauthorize", new { }, ct);

    /// <summary>Stripe sends what is in an account's balance to its bank.</summary>
    /// <returns>The bank payout's id.</returns>
    public async Task<string> PayOut(string accountId, CancellationToken ct) =>
        (await PostJson($"/_admin/accounts/{accountId}/payouts", new { }, ct)).GetProperty("id").GetString()!;

    /// <param name="outcome">paid, failed or canceled; failed also after paid.</param>
    public Task EndPayOut(string bankPayoutId, string outcome, CancellationToken ct) =>
        PostJson($"/_admin/payouts/{bankPayoutId}/{outcome}", new { }, ct);

    /// <param name="types">Null: every type.</param>
    /// <returns>The secret that deliveries are signed with.</returns>
    public async Task<string> AddWebhook(Uri address, bool connect, CancellationToken ct, IReadOnlyList<string>? types = null)
    {
        var form = new Dictionary<string, string> { ["url"] = address.AbsoluteUri, ["connect"] = connect ? "true" : "false" };
        var wanted = types ?? ["*"];
        for (var i = 0; i < wanted.Count; i++) form[$"enabled_events[{i}]"] = wanted[i];
        var endpoint = await Post("/v1/webhook_endpoints", form, ct);
        return endpoint.GetProperty("secret").GetString()!;
    }

    /// <param name="kind">drop, duplicate, delay, reorder or twin.</param>
    public Task DisturbWebhooks(string kind, int percent, int delayMs, CancellationToken ct) =>
        PostJson("/_admin/webhooks/faults", new { kind, percent, delay_ms = delayMs, type = "*" }, ct);

    /// <summary>The next fact of a type becomes two events, each with an id of its own.</summary>
    public Task TwinNext(string type, CancellationToken ct) =>
        PostJson("/_admin/webhooks/faults", new { kind = "twin", type, count = 1 }, ct);

    public void Dispose() => http.Dispose();

    private async Task<JsonElement> Post(string path, Dictionary<string, string> form, CancellationToken ct)
    {
        using var body = new FormUrlEncodedContent(form);
        using var response = await http.PostAsync(path, body, ct);
        return await Answer(path, response, ct);
    }

    private async Task<JsonElement> PostJson(string path, object body, CancellationToken ct)
    {
        using var response = await http.PostAsJsonAsync(path, body, ct);
        return await Answer(path, response, ct);
    }

    private static async Task<JsonElement> Answer(string path, HttpResponseMessage response, CancellationToken ct)
    {
        var text = await response.Content.ReadAsStringAsync(ct);
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"simulator answered {(int)response.StatusCode} to {path}: {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }
}
