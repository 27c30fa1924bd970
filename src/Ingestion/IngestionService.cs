using ContestPipeline.Plumbing;
using Microsoft.Extensions.Hosting;

namespace ContestPipeline.Ingestion;

/// <summary>Declares the Ingestion worker.</summary>
public static class IngestionService
{
    public const string Name = "ingestion";

    public static void AddIngestion(this IHostApplicationBuilder builder) =>
        builder.AddWorker(Name, typeof(IngestionService).Assembly, worker => { _ = worker; });
}
