using ContestPipeline.Ingestion;
using ContestPipeline.Payout;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;
using ContestPipeline.Settlement;

if (args is [var unknown, ..] && !unknown.StartsWith('-'))
{
    await Console.Error.WriteLineAsync(
        $"Unknown command '{unknown}': none is expected; the four workers run as environment variables set them.");
    return 2;
}

return await WorkerHost.Run(args, builder =>
{
    builder.AddIngestion();
    builder.AddScoring();
    builder.AddSettlement();
    builder.AddPayout();
});
