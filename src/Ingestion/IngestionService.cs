using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Recovery;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ContestPipeline.Ingestion;

/// <summary>Declares the Ingestion worker.</summary>
public static class IngestionService
{
    public const string Name = "ingestion";

    public static void AddIngestion(this IHostApplicationBuilder builder)
    {
        builder.AddWorker(Name, typeof(IngestionService).Assembly, worker =>
        {
            worker.Services.AddSingleton<GameCache>();
            worker.Topic(Topics.FeedGames, Malformed.Reject, Dedupe.ByInbox).OnBatch<FeedHandler>(Topics.FeedGames);
            worker.Job<SilenceJob>("silence", TimeSpan.FromSeconds(2));
            worker.Job<RecoveryJob>("recovery", TimeSpan.FromSeconds(5));
            worker.WhenDatabaseWentBack(async (lost, tx) =>
            {
                await tx.RaiseVersions();
                lost.Tell(tx, "The versions of all lines were raised.");
            });
        });

        // After the worker's own checks: what it needs is there before Stripe is answered.
        if (WebhookOptions.From(builder.Configuration) is not { } webhooks) return;
        var kafka = KafkaSettings.From(builder.Configuration);
        builder.Services.AddSingleton(webhooks);
        builder.Services.AddSingleton(services => new IngressProducer(kafka, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<WebhookReceiver>();
        builder.Services.AddSingleton<WebhookServer>();
        builder.Services.AddSingleton<IHostedService>(services => services.GetRequiredService<WebhookServer>());
    }
}
