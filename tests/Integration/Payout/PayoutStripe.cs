using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Disputes;
using ContestPipeline.Payout.StripeEvents;
using Stripe;

namespace ContestPipeline.Integration.Payout;

/// <summary>Stripe as the payout tests use it: its events, heard in whatever order a test likes.</summary>
internal static class PayoutStripe
{
    /// <summary>Events of a type as Stripe lists them, the oldest first.</summary>
    public static async Task<IReadOnlyList<StripeEventV1>> StripeEvents(
        this PayoutWorld world, string type, string? account = null)
    {
        var events = new List<StripeEventV1>();
        var options = new EventListOptions { Type = type, Limit = 100 };
        await foreach (var e in new EventService(world.Stripe())
            .ListAutoPagingAsync(options, new RequestOptions { StripeAccount = account }))
            events.Insert(0, new StripeEventV1(
                e.Id, e.Type,
                new StripeEventDataV1(JsonSerializer.Deserialize<JsonElement>(((StripeEntity)e.Data.Object).ToJson())), account,
                new DateTimeOffset(e.Created, TimeSpan.Zero).ToUnixTimeSeconds()));
        return events;
    }

    public static Task Take(this PayoutWorld world, StripeEventV1 stripeEvent) =>
        world.Handle(new StripeEventHandler(EventSecrets.None), stripeEvent);

    /// <summary>An event that says no more than which object may have changed.</summary>
    public static Task Hint(
        this PayoutWorld world, string type, string objectId, string? account = null) => world.Take(new StripeEventV1(
        $"evt_{type}_{objectId}_{world.NextEvent()}", type,
        new StripeEventDataV1(JsonSerializer.SerializeToElement(new { id = objectId })), account));

    public static DisputeReader DisputeReader(this PayoutWorld world, DelegatingHandler? wire = null)
    {
        var stripe = world.Gateway(wire).Stripe;
        return new DisputeReader(world.Database, stripe, new DisputeEffects(world.Database, stripe), world.Clock);
    }

    /// <summary>What Stripe says was moved into and out of the platform's balance.</summary>
    public static async Task<long> StripeNetMinor(this PayoutWorld world, Func<BalanceTransaction, bool> counts)
    {
        var netMinor = 0L;
        await foreach (var movement in new BalanceTransactionService(world.Stripe())
            .ListAutoPagingAsync(new BalanceTransactionListOptions { Limit = 100 }))
            if (counts(movement)) netMinor += movement.Net;
        return netMinor;
    }

    /// <summary>What the ledger says was moved into and out of it.</summary>
    public static Task<long> BookedNetMinor(this PayoutWorld world) =>
        world.Scalar<long>(
            "select coalesce(-sum(balance_minor), 0)::bigint from payout.ledger_account where account = 'stripe_balance'");

    public static TransferReader TransferReader(this PayoutWorld world, DelegatingHandler? wire = null) =>
        new(world.Database, world.Gateway(wire).Stripe);

    /// <summary>A transfer that somebody makes who has the key.</summary>
    /// <returns>Its id.</returns>
    public static async Task<string> TransferByHand(
        this PayoutWorld world, string accountId, long amountMinor, string? group, string currency = "usd") =>
        (await new TransferService(world.Stripe()).CreateAsync(
            new TransferCreateOptions { Amount = amountMinor, Currency = currency, Destination = accountId,
                TransferGroup = group })).Id;

    /// <summary>An account that somebody else makes at Stripe who can, and that names a player.</summary>
    public static async Task<string> ForeignAccount(this PayoutWorld world, IReadOnlyDictionary<string, string> metadata)
    {
        var account = await new AccountService(world.Stripe()).CreateAsync(new AccountCreateOptions
        {
            Metadata = new Dictionary<string, string>(metadata),
            Capabilities =
                new AccountCapabilitiesOptions { Transfers = new AccountCapabilitiesTransfersOptions { Requested = true } },
        });
        await world.MakeReady(account.Id);
        return account.Id;
    }

    /// <summary>What an entry costs whose payment is disputed.</summary>
    public const long DisputedMinor = 1_000;

    /// <summary>A payment for the first entry of a player in a contest.</summary>
    /// <param name="isOurs">False: nothing here asked for it, whatever its metadata say.</param>
    /// <returns>The intent.</returns>
    public static async Task<string> GivenPayment(
        this PayoutWorld world, string player, string contest, string currency = "usd", bool isOurs = true)
    {
        var intent = await new PaymentIntentService(world.Stripe()).CreateAsync(new PaymentIntentCreateOptions
        {
            Amount = DisputedMinor, Currency = currency,
            AutomaticPaymentMethods = new PaymentIntentAutomaticPaymentMethodsOptions { Enabled = true },
            Metadata = new Dictionary<string, string> { ["contest_id"] = contest, ["entry_id"] = $"{contest}-{player}-0",
                ["player_id"] = player },
        });
        await world.Admin($"payment_intents/{intent.Id}/pay", new { });
        if (isOurs) await world.Record(intent.Id, player, contest, currency);
        return intent.Id;
    }

    /// <summary>What Payout knows of a payment that it asked for.</summary>
    public static Task Record(
        this PayoutWorld world, string intentId, string player, string contest, string currency = "usd") => world.Scalar<object>(
        $"""
        insert into payout.entry_payment
            (contest_id, entry_id, player_id, player_entry_no, amount_minor, currency, pay_before, state, entry_state, intent_id, created_at)
        values
            ('{contest}', '{contest}-{player}-0', '{player}', 1, {DisputedMinor}, '{currency}', now(), 'requires_payment', 'awaiting', '{intentId}', now())
        """);

    /// <returns>The dispute of such a payment.</returns>
    public static async Task<string> GivenDispute(
        this PayoutWorld world, string player, string contest, string currency = "usd") =>
        await world.Dispute(await world.GivenPayment(player, contest, currency));

    /// <summary>The payer asks the bank for a payment back.</summary>
    /// <param name="amountMinor">Null: all of it.</param>
    /// <returns>The dispute's id.</returns>
    public static async Task<string> Dispute(this PayoutWorld world, string intentId, long? amountMinor = null)
    {
        await world.Admin("disputes",
            amountMinor is null
                ? new { payment_intent = intentId } : new { payment_intent = intentId, amount_minor = amountMinor });
        return (await new DisputeService(world.Stripe()).ListAsync(new DisputeListOptions { Limit = 1 })).Data[0].Id;
    }
}
