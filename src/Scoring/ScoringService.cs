using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Scoring;

/// <summary>Declares the Scoring worker.</summary>
public static class ScoringService
{
    public const string Name = "scoring";

    private static readonly TimeSpan s_lifecycleEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_earlyEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_standingsEvery = TimeSpan.FromMilliseconds(100);

    public static void AddScoring(this IHostApplicationBuilder builder) =>
        builder.AddWorker(Name, typeof(ScoringService).Assembly, worker =>
        {
            worker
                .Topic(Topics.ContestCommands, Malformed.Reject, Dedupe.ByHandler).OnBatch<CommandHandler>(Topics.ContestCommands)
                .Topic(Topics.ContestOperations, Malformed.Reject, Dedupe.ByHandler)
                .OnBatch<CommandHandler>(Topics.ContestOperations)
                .On<PublishRulesV1, PublishRulesHandler>()
                .AtStart(FormerCommands.NoteEnds)
                .WhenDatabaseWentBack([Topics.ContestEvents], PublishedBefore.Stands, PublishedBefore.ReadBack)
                .OnBatch<LinesHandler>(Topics.StatLines)
                .On<ContestSettledV1, ContestSettledHandler>()
                .On<RecallAnsweredV1, RecallHandler>()
                .On<ContestPaidV1, ContestPaidHandler>()
                .On<EntryPaymentChangedV1, EntryPaymentHandler>()
                .On<PublishChallengeV1, PublishChallengeHandler>()
                .Job<LifecycleJob>("lifecycle", s_lifecycleEvery)
                .Job<EarlyCommandsJob>("early-commands", s_earlyEvery)
                .Job<StandingsJob>("standings", s_standingsEvery);
            worker.Services.AddKeyedSingleton<IMeasure, ScoringMeasures>(Name);
            worker.Services.AddSingleton(HoldPatience.From(builder.Configuration));
            worker.Services.AddSingleton<ContestDefinitions>();
            worker.Services.AddSingleton<LiveStandings>();
            worker.Services.AddSingleton<Ranks>();
            if (RankServerOptions.From(builder.Configuration) is not { } ranks) return;
            worker.Services.AddSingleton(services =>
                new RankServer(services.GetRequiredService<Ranks>(), ranks, services.GetRequiredService<ILogger<RankServer>>()));
            worker.Services.AddSingleton<IHostedService>(services => services.GetRequiredService<RankServer>());
        });
}
