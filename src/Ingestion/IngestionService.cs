using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ContestPipeline.Ingestion;

/// <summary>Declares the Ingestion worker.</summary>
public static class IngestionService
{
    public const string Name = "ingestion";

    public static void AddIngestion(this IHostApplicationBuilder builder) =>
        builder.AddWorker(Name, typeof(IngestionService).Assembly, worker =>
        {
            worker.Services.AddSingleton<GameMemory>();
            worker.Topic(Topics.FeedGames, Malformed.Reject, Dedupe.ByInbox).OnBatch<FeedHandler>(Topics.FeedGames);
            worker.Job<SilenceJob>("silence", TimeSpan.FromSeconds(2));
        });
}
