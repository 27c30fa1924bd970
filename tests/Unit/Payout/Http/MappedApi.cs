using System.Text.Json.Nodes;
using ContestPipeline.Payout;
using ContestPipeline.Payout.Api;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace ContestPipeline.Unit.Payout;

/// <summary>Payout's HTTP interface with every route that there is, mapped and not served.</summary>
internal static class MappedApi
{
    /// <summary>The OpenAPI document of the test environment, which has all routes.</summary>
    public static async Task<JsonObject> Document()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["PIPELINE_ENVIRONMENT"] = "test", ["STRIPE_API_KEY"] = "sk_test_none", ["PAYOUT_PUBLIC_URL"] = "https://pay.example",
            ["PAYOUT_LINK_KEY"] = "a key of at least thirty-two bytes",
        }).Build();
        await using var database = new WorkerDatabase(PayoutWorker.Name, "Host=none", TimeProvider.System);
        await using var worker = new ServiceCollection().AddLogging().AddPayoutParts(settings)
            .AddKeyedSingleton(PayoutWorker.Name, database).BuildServiceProvider();
        var api = new PayoutApi(
            database, new PayoutApiOptions(null, new JwtRules([], "", ""), 1), TimeProvider.System, worker,
            NullLoggerFactory.Instance);
        return await api.Describe();
    }
}
