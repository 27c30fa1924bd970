using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ContestPipeline.Settlement;

/// <summary>Declares the Settlement worker.</summary>
public static class SettlementService
{
    public const string Name = "settlement";

    private static readonly TimeSpan s_checkEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(200);

    public static void AddSettlement(this IHostApplicationBuilder builder)
    {
        var alertAfter = TimeSpan.FromSeconds(builder.Configuration.Whole("SETTLEMENT_WAIT_ALERT_SECONDS"));
        builder.Services.AddSingleton(new SettlementOptions(alertAfter, s_checkEvery));
        builder.AddWorker(Name, typeof(SettlementService).Assembly, worker => worker
            .OnBatch<ContestEventsHandler>(Topics.ContestEvents)
            .OnBatch<StatLinesHandler>(Topics.StatLines)
            .On<RulesPublishedV1, RuleSetsHandler>()
            .Job<SettleJob>("settle", s_lookEvery));
    }
}
