using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Payout;
using Stripe;

namespace ContestPipeline.Integration.Payout;

/// <summary>Stripe as the payout tests use it: its events, heard in whatever order a test likes.</summary>
internal static class PayoutStripe
{
    /// <summary>Events of a type as Stripe lists them, the oldest first.</summary>
    public static async Task<IReadOnlyList<StripeEventV1>> StripeEvents(this PayoutWorld world, string type, string? account = null)
    {
        var events = new List<StripeEventV1>();
        var options = new EventListOptions { Type = type, Limit = 100 };
        await foreach (var e in new EventService(world.Stripe()).ListAutoPagingAsync(options, new RequestOptions { StripeAccount = account }))
            events.Insert(0, new StripeEventV1(
                e.Id, e.Type, new StripeEventDataV1(JsonSerializer.Deserialize<JsonElement>(((StripeEntity)e.Data.Object).ToJson())), account,
                new DateTimeOffset(e.Created, TimeSpan.Zero).ToUnixTimeSeconds()));
        return events;
    }

    public static Task Take(this PayoutWorld world, StripeEventV1 stripeEvent) => world.Handle(new StripeEventHandler(), stripeEvent);

    /// <summary>An event that says no more than which object may have changed.</summary>
    public static Task Hint(this PayoutWorld world, string type, string objectId, string? account = null) => world.Take(new StripeEventV1(
        $"evt_{type}_{objectId}_{world.NextEvent()}", type, new StripeEventDataV1(JsonSerializer.SerializeToElement(new { id = objectId })), account));

    public static DisputeReader DisputeReader(this PayoutWorld world, DelegatingHandler? wire = null)
    {
        var stripe = world.Gateway(wire).Stripe;
        return new DisputeReader(world.Database, stripe, new DisputeEffects(world.Database, stripe), world.Clock);
    }

    /// <summary>What Stripe says was moved into and out of the platform's balance.</summary>
    public static async Task<long> StripeNetMinor(this PayoutWorld world, Func<BalanceTransaction, bool> counts)
    {
        var netMinor = 0L;
        await foreach (var movement in new BalanceTransactionService(world.Stripe()).ListAutoPagingAsync(new BalanceTransactionListOptions { Limit = 100 }))
            if (counts(movement)) netMinor += movement.Net;
        return netMinor;
    }

    /// <summary>What the ledger says was moved into and out of it.</summary>
    public static Task<long> BookedNetMinor(this PayoutWorld world) =>
        world.Scalar<long>("select coalesce(-sum(balance_minor), 0)::bigint from payout.ledger_account where account = 'stripe_balance'");

    public static TransferReader TransferReader(this PayoutWorld world, DelegatingHandler? wire = null) => new(world.Database, world.Gateway(wire).Stripe);

    /// <summary>What an entry costs whose payment is disputed.</summary>
    public const long DisputedMinor = 1_000;

    /// <summary>A payment for the first entry of a player in a contest.</summary>
    /// <returns>The intent.</returns>
    public static async Task<string> GivenPayment(this PayoutWorld world, string player, string contest, string currency = "usd")
    {
        var intent = await new PaymentIntentService(world.Stripe()).CreateAsync(new PaymentIntentCreateOptions
        {
            Amount = DisputedMinor, Currency = currency, AutomaticPaymentMethods = new PaymentIntentAutomaticPaymentMethodsOptions { Enabled = true },
            Metadata = new Dictionary<string, string> { ["contest_id"] = contest, ["entry_id"] = $"{contest}-{player}-0", ["player_id"] = player },
        });
        await world.Admin($"payment_intents/{intent.Id}/pay", new { });
        return intent.Id;
    }

    /// <returns>The dispute of such a payment.</returns>
    public static async Task<string> GivenDispute(this PayoutWorld world, string player, string contest, string currency = "usd") =>
        await world.Dispute(await world.GivenPayment(player, contest, currency));

    /// <summary>The payer asks the bank for a payment back.</summary>
    /// <param name="amountMinor">Null: all of it.</param>
    /// <returns>The dispute's id.</returns>
    public static async Task<string> Dispute(this PayoutWorld world, string intentId, long? amountMinor = null)
    {
        await world.Admin("disputes", amountMinor is null ? new { payment_intent = intentId } : new { payment_intent = intentId, amount_minor = amountMinor });
        return (await new DisputeService(world.Stripe()).ListAsync(new DisputeListOptions { Limit = 1 })).Data[0].Id;
    }
}
