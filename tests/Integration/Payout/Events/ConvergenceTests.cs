using ContestPipeline.Contracts;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.StripeEvents;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Logging.Abstractions;
using Stripe;

namespace ContestPipeline.Integration.Payout.Events;

/// <summary>
/// Whatever happens to events on their way - shuffled, doubled, days late, lost - everything ends as it is at Stripe.
/// </summary>
public sealed class ConvergenceTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private const int LostPercent = 30;
    private const int TwicePercent = 30;
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Events_in_any_order_doubled_late_and_lost_end_in_what_Stripe_shows(int seed)
    {
        var chance = new SeededRandom((ulong)seed);
        var player = $"conv-{seed}";
        var account = await world.GivenAccount(player);
        await world.Runner().RunOnce(ct);
        var bankPayouts = await HistoryOf(account, chance);
        var dispute = await DisputeOf(player, chance);

        await Deliver(await Heard(account, chance), chance);
        using var sweep = new EventBackfill(world.Database, world.Gateway().Stripe, EventBackfillOptions.Default, world.Clock,
            NullLogger<EventBackfill>.Instance);
        await sweep.Everything(ct);
        await Read();
        var alerts = await AlertsOfEffects();
        var notices = (await world.Sent<NotificationV1>()).Count;
        await Deliver(await All(account), chance);
        await sweep.Everything(ct);
        await Read();

        await IsAsAtStripe(account, bankPayouts, dispute);
        Assert.Equal(alerts, await AlertsOfEffects());
        Assert.Equal(notices, (await world.Sent<NotificationV1>()).Count);
        await world.LedgerIsClean();
    }

    [Fact]
    public async Task Rows_of_old_events_are_forgotten_and_a_replay_after_that_has_no_second_effect()
    {
        var account = await world.GivenAccount("replayed");
        await world.Admin($"accounts/{account}/balance", new { delta_minor = 500 });
        await world.Admin($"accounts/{account}/payouts", new { amount_minor = 500 });
        var made = (await world.StripeEvents("payout.created", account))[^1];
        await world.Admin($"payouts/{made.Data.Text("id")}/paid", new { });
        var paid = (await world.StripeEvents("payout.paid", account))[^1];
        await world.Take(paid);
        await Read();
        world.Clock.Forward(TimeSpan.FromDays(EventSql.KeptDays + 1));

        while (await world.Database.Run(tx => new ForgetEventsJob().Run(tx), ct))
        {
        }

        Assert.Equal(0, await world.Scalar<long>($"select count(*) from payout.stripe_event where event_id = '{paid.Id}'"));
        await world.Take(paid);
        await Read();
        Assert.Single(await world.Sent<NotificationV1>(), n => n.Subject == made.Data.Text("id"));
    }

    [Fact]
    public async Task A_second_event_of_the_same_fact_is_recorded_and_so_is_no_event_twice()
    {
        var one = new StripeEventV1("evt_twin_1", "transfer.paid",
            new StripeEventDataV1(System.Text.Json.JsonSerializer.SerializeToElement(new { id = "tr_twin" })), null,
            1_700_000_000);

        await world.Take(one);
        await world.Take(one with { Id = "evt_twin_2" });
        await world.Take(one);

        Assert.Equal("evt_twin_1,evt_twin_2", await world.Scalar<string>(
            "select string_agg(event_id, ',' order by event_id) from payout.stripe_event where object_id = 'tr_twin'"));
    }

    /// <summary>
    /// Not those that say that an event was missed: as days go by Stripe makes new ones, such as balance.available, that nobody
    /// delivers here.
    /// </summary>
    private async Task<IReadOnlyList<string>> AlertsOfEffects() =>
        [.. (await world.Sent<AlertRaisedV1>()).Where(a => a.Kind != "stripe-events-missed").Select(a => a.DedupKey)];

    /// <summary>Things that happen at Stripe, some of which are undone again.</summary>
    private async Task<List<string>> HistoryOf(string account, SeededRandom chance)
    {
        var bankPayouts = new List<string>();
        await world.Admin($"accounts/{account}/balance", new { delta_minor = 10_000 });
        for (var step = 0; step < 4; step++)
        {
            await world.Admin($"accounts/{account}/capabilities", new { transfers = "active" });
            await world.Admin($"accounts/{account}/payouts", new { amount_minor = 100 + step });
            var id = (await world.StripeEvents("payout.created", account))[^1].Data.Text("id")!;
            bankPayouts.Add(id);
            var end = chance.Next(4);
            if (end == 0) await world.Admin($"payouts/{id}/canceled", new { });
            if (end is 1 or 2) await world.Admin($"payouts/{id}/paid", new { });
            if (end == 2) await world.Admin($"payouts/{id}/failed", new { });
            if (chance.Chance(50))
                await world.Admin(
                    $"accounts/{account}/capabilities", new { transfers = "inactive", disabled_reason = "under_review" });
        }

        return bankPayouts;
    }

    private async Task<string> DisputeOf(string player, SeededRandom chance)
    {
        var intent = await new PaymentIntentService(world.Stripe()).CreateAsync(
            new PaymentIntentCreateOptions
            {
                Amount = 1_000, Currency = "usd",
                AutomaticPaymentMethods = new PaymentIntentAutomaticPaymentMethodsOptions { Enabled = true },
                Metadata = new Dictionary<string, string> { ["contest_id"] = $"c-{player}", ["entry_id"] = "e",
                    ["player_id"] = player },
            },
            cancellationToken: ct);
        await world.Admin($"payment_intents/{intent.Id}/pay", new { });
        var dispute = await world.Dispute(intent.Id);
        var end = chance.Next(3);
        if (end > 0) await world.Admin($"disputes/{dispute}/close", new { outcome = end == 1 ? "won" : "lost" });
        return dispute;
    }

    private async Task<List<StripeEventV1>> All(string account)
    {
        var all = new List<StripeEventV1>();
        foreach (var type in StripeEventTypes.Connected.Where(t => t != StripeEventTypes.AccountDeauthorized))
            all.AddRange(await world.StripeEvents(type, account));
        foreach (var type in StripeEventTypes.Platform.Where(t => t.StartsWith("charge.dispute", StringComparison.Ordinal)))
            all.AddRange(await world.StripeEvents(type));
        return all;
    }

    /// <summary>Some are lost, some come twice, in any order.</summary>
    private async Task<List<StripeEventV1>> Heard(string account, SeededRandom chance)
    {
        var heard = (await All(account)).Where(_ => !chance.Chance(LostPercent)).ToList();
        heard.AddRange(heard.Where(_ => chance.Chance(TwicePercent)).ToArray());
        chance.Shuffle(heard);
        return heard;
    }

    /// <summary>In between things are read again, and up to three days go by.</summary>
    private async Task Deliver(IReadOnlyList<StripeEventV1> events, SeededRandom chance)
    {
        foreach (var stripeEvent in events)
        {
            await world.Take(stripeEvent);
            if (chance.Chance(20)) await Read();
            if (chance.Chance(5)) world.Clock.Forward(TimeSpan.FromDays(chance.Next(1, 4)));
        }
    }

    private async Task Read()
    {
        var (options, stripe) = world.Gateway();
        await new AccountReader(world.Database, stripe, options).ReadStale(ct);
        await new BankPayoutReader(world.Database, stripe, world.Clock).ReadStale(ct);
        await world.DisputeReader().ReadStale(ct);
    }

    private async Task IsAsAtStripe(string account, List<string> bankPayouts, string dispute)
    {
        var atStripe = await new AccountService(world.Stripe()).GetAsync(account, cancellationToken: ct);
        Assert.Equal(
            atStripe.Capabilities.Transfers,
            await world.Scalar<string>(
                $"select transfers from payout.stripe_account where account_id = '{account}' and not stale"));
        foreach (var id in bankPayouts)
        {
            var payout = await new global::Stripe.PayoutService(world.Stripe())
                .GetAsync(id, requestOptions: new RequestOptions { StripeAccount = account }, cancellationToken: ct);
            Assert.Equal(payout.Status,
                await world.Scalar<string>($"select status from payout.bank_payout where bank_payout_id = '{id}' and not stale"));
        }

        var phase = DisputePhase.Of(
            (await new DisputeService(world.Stripe()).GetAsync(dispute, cancellationToken: ct)).Status, []);
        Assert.Equal($"{phase}/{phase}",
            await world.Scalar<string>(
                $"select phase || '/' || applied from payout.dispute where dispute_id = '{dispute}' and not stale"));
    }
}
