using ContestPipeline.Plumbing;
using Microsoft.Extensions.Hosting;

namespace ContestPipeline.Payout;

/// <summary>Declares the Payout worker.</summary>
public static class PayoutService
{
    public const string Name = "payout";

    public static void AddPayout(this IHostApplicationBuilder builder) =>
        builder.AddWorker(Name, typeof(PayoutService).Assembly, worker => { _ = worker; });
}
