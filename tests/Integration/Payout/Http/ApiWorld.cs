using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ContestPipeline.Embedded;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Api;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ContestPipeline.Integration.Payout;

/// <summary>Payout's parts with their HTTP API in front, and callers with tokens.</summary>
public sealed class ApiWorld(Backbone backbone) : IAsyncLifetime
{
    public const string FilesKey = "a third key of at least thirty-two bytes";

    private readonly DirectoryInfo files = Directory.CreateTempSubdirectory("contestpipeline-proofs-");
    private readonly List<PayoutApi> apis = [];
    private readonly List<ServiceProvider> workers = [];

    public static JwtRules Tokens { get; } = new(
        Encoding.UTF8.GetBytes("a key of at least thirty-two bytes"), "contest-pipeline", "payout-api");

    public PayoutWorld Payouts { get; } = new(backbone);

    public Uri Address { get; private set; } = null!;

    /// <summary>Where files of proofs are kept.</summary>
    public string Files => files.FullName;

    /// <summary>Everything that answers.</summary>
    public IReadOnlyList<ApiRoute> Routes => apis[0].Routes;

    public async ValueTask InitializeAsync()
    {
        await Payouts.InitializeAsync();
        Payouts.Risk = RiskPolicy.Default;
        Address = await Serve(ratePerMinute: 100_000);
    }

    public static OnboardingOptions Onboarding { get; } = new(
        "http://pay.test", Encoding.UTF8.GetBytes("another key of at least thirty-two bytes"), TimeSpan.FromDays(14), "US",
        ReminderSchedule.Default, MayReset: true);

    /// <param name="isTest">False: with the routes of the live environment.</param>
    /// <param name="tokens">Which are believed; null: <see cref="Tokens"/>.</param>
    public async Task<Uri> Serve(int ratePerMinute, bool isTest = true, JwtRules? tokens = null)
    {
        var services = Worker(isTest);
        workers.Add(services);
        var api = new PayoutApi(
            Payouts.Database, new PayoutApiOptions("http://127.0.0.1:0", tokens ?? Tokens, ratePerMinute), Payouts.Clock,
            services, NullLoggerFactory.Instance);
        await api.StartAsync(CancellationToken.None);
        apis.Add(api);
        return new Uri(api.Address!);
    }

    /// <summary>The same with a database that does not answer.</summary>
    public async Task<Uri> ServeWithoutDatabase(ILoggerFactory? log = null)
    {
        var away = new WorkerDatabase(
            PayoutWorker.Name, $"Host=127.0.0.1;Port={FreePorts.One()};Username=payout;Timeout=2", Payouts.Clock);
        var services = Worker(isTest: true, away);
        workers.Add(services);
        var api = new PayoutApi(away, new PayoutApiOptions("http://127.0.0.1:0", Tokens, 100_000), Payouts.Clock, services,
            log ?? NullLoggerFactory.Instance);
        await api.StartAsync(CancellationToken.None);
        apis.Add(api);
        return new Uri(api.Address!);
    }

    /// <param name="subject">The person; for players the player id.</param>
    public string Token(string subject, params string[] roles) =>
        Jwt.Make(Tokens, new JwtBearer(subject, roles, Payouts.Clock.GetUtcNow().AddDays(3650)), Payouts.Clock.GetUtcNow());

    public async Task<(int Status, JsonElement Body)> Ask(
        HttpMethod method, string path, string? token, object? body = null, Uri? address = null)
    {
        using var client = new HttpClient { BaseAddress = address ?? Address };
        using var request = new HttpRequestMessage(method, path);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null) request.Content = body as HttpContent ?? JsonContent.Create(body);
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        if ((int)response.StatusCode >= 400)
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var api in apis) await api.StopAsync(CancellationToken.None);
        foreach (var worker in workers) await worker.DisposeAsync();
        await Payouts.DisposeAsync();
        files.Delete(recursive: true);
    }

    private ServiceProvider Worker(bool isTest, WorkerDatabase? database = null)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["PIPELINE_ENVIRONMENT"] = "test", ["STRIPE_API_KEY"] = "sk_test_x",
            ["STRIPE_API_BASE"] = Payouts.Gateway().Options.StripeApiBase,
            ["PAYOUT_RISK_POLICY_FILE"] = "default",
            ["PROOF_FILES_STORE"] = files.FullName, ["PROOF_FILES_KEY"] = FilesKey, ["PROOF_FILES_PLAYER_MB"] = "21",
        }).Build();
        return new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(Payouts.Clock).AddPayoutParts(settings)
            .AddSingleton(Onboarding with { MayReset = isTest })
            .AddKeyedSingleton(PayoutWorker.Name, database ?? Payouts.Database).BuildServiceProvider();
    }
}
