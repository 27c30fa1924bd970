using ContestPipeline.Plumbing;
using Microsoft.Extensions.Hosting;

namespace ContestPipeline.Settlement;

/// <summary>Declares the Settlement worker.</summary>
public static class SettlementService
{
    public const string Name = "settlement";

    public static void AddSettlement(this IHostApplicationBuilder builder) =>
        builder.AddWorker(Name, typeof(SettlementService).Assembly, worker => { _ = worker; });
}
