using System.Reflection;
using ContestPipeline.Ingestion;
using ContestPipeline.Payout;
using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;
using ContestPipeline.Settlement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace ContestPipeline.Replay;

/// <summary>The four workers in the order of the pipeline: names, migrations, what adds each to a host.</summary>
public static class DeclaredWorkers
{
    public static IReadOnlyList<(string Name, Assembly Assembly, Action<IHostApplicationBuilder> Add)> All { get; } =
    [
        (IngestionService.Name, typeof(IngestionService).Assembly, b => b.AddIngestion()),
        (ScoringService.Name, typeof(ScoringService).Assembly, b => b.AddScoring()),
        (SettlementService.Name, typeof(SettlementService).Assembly, b => b.AddSettlement()),
        (PayoutWorker.Name, typeof(PayoutService).Assembly, b => b.AddPayout()),
    ];

    public static IReadOnlyList<WorkerSchema> Schemas { get; } = [.. All.Select(w => new WorkerSchema(w.Name, w.Assembly))];
}

/// <summary>Which worker reads which topics, as the workers themselves declare it.</summary>
public static class DeclaredTopics
{
    private const string Nowhere = "none";

    /// <summary>The workers are declared with settings that lead nowhere, and nothing of them is started.</summary>
    public static IReadOnlyList<(string Worker, string Topic)> All()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        string[] workers = [.. DeclaredWorkers.All.Select(w => w.Name)];
        builder.Configuration.AddInMemoryCollection(
        [
            .. workers.Select(w => KeyValuePair.Create(Settings.DatabaseSetting(w), (string?)$"Host={Nowhere}")),
            new("PIPELINE_ENVIRONMENT", "test"), new("KAFKA_BOOTSTRAP_SERVERS", $"{Nowhere}:1"),
            new("STRIPE_API_KEY", $"sk_test_{Nowhere}"),
        ]);
        foreach (var (_, _, add) in DeclaredWorkers.All) add(builder);
        return
        [
            .. builder.Services.Select(s => s.IsKeyedService ? null : s.ImplementationInstance).OfType<Subscription>()
                .Select(s => (s.Worker, s.Topic)).Distinct()
                .OrderBy(s => Array.IndexOf(workers, s.Worker)).ThenBy(s => s.Topic, StringComparer.Ordinal),
        ];
    }
}
