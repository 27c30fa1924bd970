using System.Reflection;
using ContestPipeline.Ingestion;
using ContestPipeline.Payout;
using ContestPipeline.Payout.Options;
using ContestPipeline.Scoring;
using ContestPipeline.Settlement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Demo;

/// <summary>
/// One worker of the pipeline: its name, where its migrations are, how it is added to a host, which application runs it alone.
/// </summary>
public sealed record Worker(string Name, Assembly Assembly, Action<IHostApplicationBuilder> Add)
{
    public string Application => Assembly.GetName().Name!;
}

/// <summary>The four workers, and hosts with some of them inside this process.</summary>
public static class Workers
{
    public static Worker Ingestion { get; } = new(
        IngestionService.Name, typeof(IngestionService).Assembly, b => b.AddIngestion());

    public static Worker Scoring { get; } = new(ScoringService.Name, typeof(ScoringService).Assembly, b => b.AddScoring());

    public static Worker Settlement { get; } = new(
        SettlementService.Name, typeof(SettlementService).Assembly, b => b.AddSettlement());

    public static Worker Payout { get; } = new(PayoutWorker.Name, typeof(PayoutService).Assembly, b => b.AddPayout());

    public static IReadOnlyList<Worker> All { get; } = [Ingestion, Scoring, Settlement, Payout];

    /// <param name="settings">Instead of environment variables.</param>
    public static IHost Host(IReadOnlyDictionary<string, string?> settings, string logFile, params IReadOnlyList<Worker> workers)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.AddFilter("Npgsql", LogLevel.Warning);
        builder.Logging.AddProvider(new FileLog(logFile));
        foreach (var worker in workers) worker.Add(builder);
        return builder.Build();
    }
}
