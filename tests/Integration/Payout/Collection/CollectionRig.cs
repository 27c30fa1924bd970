using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Scoring;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Logging.Abstractions;
using Stripe;

namespace ContestPipeline.Integration.Payout.Collection;

/// <summary>
/// Scoring and Payout as they stand, each with a database of its own, and between them everything they have committed to send,
/// carried over in order; and players who pay at a simulated Stripe.
/// </summary>
public sealed class CollectionRig
{
    public const long FeeMinor = 2_500;

    /// <summary>Payout's clock and Stripe's are the real ones: for them contests do not lock.</summary>
    private static readonly DateTimeOffset s_lock = new(2099, 10, 4, 17, 0, 0, TimeSpan.Zero);
    private readonly PayoutWorld world;
    private readonly PipelineScope scope;
    private readonly CallRunner calls;
    private readonly PaymentReader reader;
    private readonly PaymentIntentService intents;
    private readonly RefundService refunds;
    private long carriedFromScoring;
    private long carriedFromPayout;

    /// <param name="wire">What stands between Payout and Stripe; null: nothing.</param>
    public CollectionRig(PayoutWorld world, PipelineScope scope, DelegatingHandler? wire = null)
    {
        this.world = world;
        this.scope = scope;
        calls = world.Calls(
            wire, new PaymentIntentRequestHandler(), new CancelIntentRequestHandler(), new RefundRequestHandler());
        var (options, stripe) = world.Gateway();
        reader = new PaymentReader(world.Database, stripe, options, NullLogger<PaymentReader>.Instance);
        var client = StripeWire.Client(options, new SocketsHttpHandler());
        (intents, refunds) = (new PaymentIntentService(client), new RefundService(client));
        Scoring = new ScoringRig(scope, new HandClock(Slate.Published));
    }

    public ScoringRig Scoring { get; }

    public Task Publish(string contestId, int maxEntries = 1_000, int perPlayer = 100, int minEntries = 0)
    {
        var create = Slate.Create(contestId, maxEntries, perPlayer);
        return Scoring.Command(
            create with { Definition = create.Definition with { EntryFeeMinor = FeeMinor, LockAt = s_lock,
                GuaranteedPoolMinor = minEntries > 0 ? null : 100_000, MinEntries = minEntries } });
    }

    /// <summary>
    /// Entries number 0 … of a contest, each of a player of its own, and the intents that Stripe made for them.
    /// </summary>
    public async Task Enter(string contestId, int count)
    {
        await Scoring.Command([.. Enumerable.Range(0, count).Select(n => Entry(contestId, n))]);
        await Run();
    }

    public static SubmitEntryV1 Entry(string contestId, int n) =>
        Slate.Submit(contestId, n, 1, 2, 3, 4) with { PlayerId = $"{contestId}-p{n}" };

    /// <summary>A contest with so many entries, all paid and taking part.</summary>
    public async Task EnterPaid(string contestId, int count, string card = "pm_card_visa")
    {
        await Publish(contestId);
        await Enter(contestId, count);
        for (var n = 0; n < count; n++) Assert.True(await Pay(contestId, n, card));
        await Run();
        Assert.Equal(count, await Accepted(contestId));
    }

    /// <summary>Somebody gives a fee back at Stripe itself, and Stripe's event comes.</summary>
    /// <param name="amountMinor">Null: all of it.</param>
    /// <returns>The refund's id.</returns>
    public async Task<string> RefundAtStripe(string contestId, int n, long? amountMinor)
    {
        var intentId = await Intent(contestId, n);
        var made = await refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = intentId, Amount = amountMinor });
        await Hint(intentId);
        return made.Id;
    }

    /// <returns>False when the card was declined.</returns>
    public async Task<bool> Pay(string contestId, int n, string card = "pm_card_visa")
    {
        var intentId = await Intent(contestId, n);
        try
        {
            await intents.ConfirmAsync(
                intentId, new PaymentIntentConfirmOptions { PaymentMethod = card, ReturnUrl = "https://pipeline.example/" });
        }
        catch (StripeException declined) when (declined.StripeError.Type == "card_error")
        {
            await Hint(intentId);
            return false;
        }

        await Hint(intentId);
        return true;
    }

    public async Task<string> Intent(string contestId, int n) => await world.Scalar<string>(
        $"select intent_id from payout.entry_payment where contest_id = '{contestId}' and entry_id = 'e{n}'")
        ?? throw new InvariantException("no intent");

    /// <summary>The event that Stripe would send, so often as given.</summary>
    public async Task Hint(string intentId, int times = 1)
    {
        for (var i = 0; i < times; i++) await world.Database.Run(tx => tx.HintPayment(intentId), default);
    }

    /// <summary>Calls, readings, give-backs and messages, until nothing is due. The clock stands.</summary>
    /// <param name="isHeard">False: no message arrives.</param>
    public async Task Run(bool isHeard = true)
    {
        for (var round = 0; round < 400; round++)
        {
            var done = await calls.RunOnce(default) + await reader.ReadStale(default);
            while (await world.Database.Run(new RefundContestsJob().Run, default)) done++;
            if (isHeard) done += await Carry();
            if (done == 0) return;
        }

        Assert.Fail("collection did not come to rest");
    }

    /// <summary>As <see cref="Run"/>, the clock put forward until no call is open.</summary>
    public async Task RunToRest()
    {
        for (var round = 0; round < 300; round++)
        {
            await Run();
            if (await world.Scalar<long>("select count(*) from payout.stripe_call where state = 'open'") == 0) return;
            world.Clock.Forward(TimeSpan.FromMinutes(6));
        }

        Assert.Fail("the calls did not come to rest");
    }

    public async Task LockContest(string contestId)
    {
        Scoring.Clock.Now = s_lock + ContestPipeline.Scoring.PaidInTime.Wait;
        await Scoring.Tick();
        Assert.Contains(await Scoring.State(contestId), (string[])[ContestStates.Locked, ContestStates.Cancelled]);
    }

    /// <summary>Entries 0 … won a hundred each; three per cent go to the platform.</summary>
    public async Task Settle(string contestId, int winners = 2)
    {
        var built = ContestBuilder.Of(contestId, 10,
            [.. Enumerable.Range(0, winners).Select(n => ($"{contestId}-p{n}", new long[] { 10_000 }))]).OfEntered();
        var fees = winners * FeeMinor;
        var settled = built.Settled with { EntryFeesMinor = fees, OverlayMinor = built.Settled.PoolMinor - fees };
        await world.GivenPublished(settled);
        foreach (var chunk in built.Chunks) await world.Handle(new ContestAwardsHandler(OverlayLimit.Default), chunk);
        await world.Handle(new ContestSettledHandler(OverlayLimit.Default), settled);
        var finalized = new ContestFinalizedV1(contestId, 1, "definition", winners, "hash", [], 0, DateTimeOffset.UnixEpoch);
        await Hear(finalized);
        await world.PostAwards();
    }

    /// <summary>Payout takes a message of Scoring's.</summary>
    public Task Hear(IMessage message) =>
        world.Database.Run(
            tx => new CollectionHandler(OverlayLimit.Default)
                .Handle([new Received<IMessage>(message, world.EnvelopeOf(message))], tx), default);

    public Task<string?> State(string contestId, int n) =>
        world.Scalar<string>($"select state from payout.entry_payment where contest_id = '{contestId}' and entry_id = 'e{n}'");

    public Task<long> Count(string contestId, string state) =>
        world.Scalar<long>($"select count(*) from payout.entry_payment where contest_id = '{contestId}' and state = '{state}'");

    public Task<int> Accepted(string contestId) =>
        scope.Scalar<int>("select entry_count from scoring.contest where contest_id = @contestId", new { contestId });

    /// <summary>
    /// What Stripe's balance and the ledger say of charges, fees and refunds is the same to the cent, and the ledger is whole.
    /// </summary>
    public async Task EveryCentIsAccountedFor()
    {
        var atStripe =
            await world.StripeNetMinor(m => m.Type is "charge" or "payment" or "refund" or "payment_refund" or "refund_failure");
        var booked = await world.Scalar<long>(
            """
            select coalesce(sum(case when debit_account = 'stripe_balance' then amount_minor else -amount_minor end), 0)::bigint
            from payout.ledger_transfer
            where 'stripe_balance' in (debit_account, credit_account) and code in ('entry-fee', 'stripe-fee', 'entry-refund',
                'entry-refund-failed')
            """);
        Assert.Equal(atStripe, booked);
        await world.LedgerIsClean();
    }

    private async Task<int> Carry()
    {
        var carried = 0;
        foreach (var (position, name, body) in await scope.Query<(long, string, byte[])>(
            "select position, wire_name, body from scoring.outbox where position > @carriedFromScoring and wire_name like "
                + "'contest.%' order by position", new { carriedFromScoring }))
        {
            carriedFromScoring = position;
            if (WireTypes.Find(name) is not { } type || WireTypes.Of(type).Topic != Topics.ContestEvents) continue;
            await Hear((IMessage)WireJson.Read(body, type));
            carried++;
        }

        foreach (var payment in (await world.Sent<EntryPaymentChangedV1>()).Skip((int)carriedFromPayout))
        {
            carriedFromPayout++;
            await Scoring.Payment(payment);
            carried++;
        }

        return carried;
    }
}
