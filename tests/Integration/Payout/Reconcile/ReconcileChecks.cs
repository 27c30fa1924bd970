using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Payout.StripeEvents;
using Stripe;

namespace ContestPipeline.Integration.Payout.Reconcile;

/// <summary>What the tests of reconciliation do to a world again and again.</summary>
internal static class ReconcileChecks
{
    /// <summary>Everything of so many days up to now, nothing given time to settle.</summary>
    public static Task<ReconcileReport> Reconcile(this PayoutWorld world, int days = 30) => ReconcileRun.Run(
        world.Database, world.Stripe(), world.Clock.GetUtcNow().AddDays(-days), world.Clock.GetUtcNow().AddSeconds(2),
        TimeSpan.Zero, world.Clock, (_, _) =>
        {
        },
        CancellationToken.None);

    /// <summary>What the webhooks would have brought.</summary>
    public static async Task TakeEvents(this PayoutWorld world)
    {
        await foreach (var e in new EventService(world.Stripe()).ListAutoPagingAsync(new EventListOptions { Limit = 100 }))
        {
            var subject = e.Data.Object is StripeEntity known ? known.ToJson() : "{}";
            await world.Handle(new StripeEventHandler(EventSecrets.None), new StripeEventV1(
                e.Id, e.Type, new StripeEventDataV1(JsonSerializer.Deserialize<JsonElement>(subject)), e.Account,
                new DateTimeOffset(e.Created, TimeSpan.Zero).ToUnixTimeSeconds()));
        }
    }
}
