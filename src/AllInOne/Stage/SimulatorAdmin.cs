using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace ContestPipeline.AllInOne.Demo;

/// <summary>A transfer as the simulated Stripe has it.</summary>
public sealed record SimulatedTransfer(string Id, long AmountMinor, string Currency, string Destination, string TransferGroup);

/// <summary>The simulated Stripe seen from outside the pipeline: makes accounts and funds, and counts what was really transferred.</summary>
public sealed class SimulatorAdmin(Uri baseAddress, string apiKey) : IDisposable
{
    private const int PagesMax = 1_000;

    private readonly HttpClient http = new()
    {
        BaseAddress = baseAddress,
        DefaultRequestHeaders = { Authorization = new("Bearer", apiKey) },
        Timeout = TimeSpan.FromSeconds(20),
    };

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
                t.GetProperty("id").GetString()!, t.GetProperty("amount_minor").GetInt64(), t.GetProperty("currency").GetString()!,
                t.GetProperty("destination").GetString()!, t.GetProperty("transfer_group").GetString() ?? "")),
        ];
    }

    /// <summary>The <c>account.updated</c> events, newest first, as raw JSON.</summary>
    public async Task<IReadOnlyList<JsonElement>> AccountEvents(CancellationToken ct)
    {
        var events = new List<JsonElement>();
        await foreach (var item in Pages("/v1/events", ct))
        {
            if (item.GetProperty("type").GetString() == "account.updated") events.Add(item);
        }

        return events;
    }

    public void Dispose() => http.Dispose();

    private async IAsyncEnumerable<JsonElement> Pages(string path, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var after = "";
        for (var page = 0; page < PagesMax; page++)
        {
            var list = await http.GetFromJsonAsync<JsonElement>(
                string.Create(CultureInfo.InvariantCulture, $"{path}?limit=100{(after.Length == 0 ? "" : "&starting_after=" + after)}"), ct);
            foreach (var item in list.GetProperty("data").EnumerateArray())
            {
                after = item.GetProperty("id").GetString()!;
                yield return item;
            }

            if (!list.GetProperty("has_more").GetBoolean()) yield break;
        }
    }

    private async Task<JsonElement> Post(string path, Dictionary<string, string> form, CancellationToken ct)
    {
        using var body = new FormUrlEncodedContent(form);
        using var response = await http.PostAsync(path, body, ct);
        return await Answer(path, response, ct);
    }

    private async Task PostJson(string path, object body, CancellationToken ct)
    {
        using var response = await http.PostAsJsonAsync(path, body, ct);
        await Answer(path, response, ct);
    }

    private static async Task<JsonElement> Answer(string path, HttpResponseMessage response, CancellationToken ct)
    {
        var text = await response.Content.ReadAsStringAsync(ct);
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"simulator answered {(int)response.StatusCode} to {path}: {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }
}
