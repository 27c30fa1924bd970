using System.Net.Http.Json;
using System.Text.Json;
using ContestPipeline.StripeSimulator.Shell;
using Stripe;

namespace ContestPipeline.Integration.Stripe;

/// <summary>
/// A simulator in this process with one account that can be paid, and the client as Payout uses it: no repetitions of its own.
/// </summary>
internal sealed class StripePlatform : IAsyncDisposable
{
    private readonly StripeSimulatorHost host;
    private readonly DirectoryInfo folder;
    private readonly HttpClient http = new();

    private StripePlatform(StripeSimulatorHost host, DirectoryInfo folder)
    {
        this.host = host;
        this.folder = folder;
        Client = NewClient(host.Url, maxNetworkRetries: 0);
    }

    public string Url => host.Url;

    public StripeClient Client { get; }

    public string AccountId { get; private set; } = "";

    public static async Task<StripePlatform> Start()
    {
        var folder = Directory.CreateTempSubdirectory("stripe-simulator-");
        var platform = new StripePlatform(await StripeSimulatorHost.Start(folder.FullName), folder);
        platform.AccountId = await Prepare(platform.Client, platform.Url);
        return platform;
    }

    /// <returns>The id of an account that may receive transfers; the platform has a million to pay it with.</returns>
    public static async Task<string> Prepare(StripeClient client, string url)
    {
        var account = await client.V1.Accounts.CreateAsync(new AccountCreateOptions
        {
            Capabilities = new() { Transfers = new() { Requested = true } }, Metadata = new() { ["player_id"] = "player-1" },
        });
        using var http = new HttpClient();
        await Post(http, url, $"accounts/{account.Id}/capabilities", new { transfers = "active" });
        await Post(http, url, "funds", new { amount_minor = 1_000_000 });
        await Post(http, url, "limits", new { endpoint_per_second_max = 0, global_per_second_max = 0 });
        return account.Id;
    }

    public static StripeClient NewClient(string url, int maxNetworkRetries) =>
        new("sk_test_1", httpClient: new SystemNetHttpClient(new HttpClient(), maxNetworkRetries), apiBase: url);

    public Task<JsonElement> Admin(string name, object body) => Post(http, Url, name, body);

    public Task Fault(string kind, int count = 1, string endpoint = "transfers.create") =>
        Admin("faults", new { kind, count, endpoint });

    public Task<JsonElement> Look(string name) => http.GetFromJsonAsync<JsonElement>($"{Url}/_admin/{name}");

    public async Task<int> TransferCount() => (await Look("transfers")).GetProperty("count").GetInt32();

    public TransferCreateOptions TransferOf(long amountMinor, string group = "contest-1") => new()
    {
        Amount = amountMinor, Currency = "usd", Destination = AccountId, TransferGroup = group,
        Metadata = new() { ["payout_id"] = group },
    };

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await host.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private static async Task<JsonElement> Post(HttpClient http, string url, string name, object body)
    {
        var answer = await http.PostAsJsonAsync($"{url}/_admin/{name}", body);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
