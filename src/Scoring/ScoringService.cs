using ContestPipeline.Plumbing;
using Microsoft.Extensions.Hosting;

namespace ContestPipeline.Scoring;

/// <summary>Declares the Scoring worker.</summary>
public static class ScoringService
{
    public const string Name = "scoring";

    public static void AddScoring(this IHostApplicationBuilder builder) =>
        builder.AddWorker(Name, typeof(ScoringService).Assembly, worker => { _ = worker; });
}
