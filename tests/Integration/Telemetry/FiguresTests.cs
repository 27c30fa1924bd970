using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Payout;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Reviews;
using ContestPipeline.Payout.StripeEvents;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Telemetry;

/// <summary>Figures of payouts, reviews, onboarding and events are told once they are committed, and of nothing else.</summary>
public sealed class FiguresTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private static readonly string[] s_told =
        ["payout.time", "payout.review.time", "payout.onboarding.begun", "payout.onboarding.time", "payout.stripe.events",
            "payout.stripe.event.age"];

    [Fact]
    public async Task Each_step_of_a_payout_that_a_person_or_a_player_delays_is_measured_once()
    {
        var ct = TestContext.Current.CancellationToken;
        var found = new ConcurrentQueue<(string Name, string Tags, double Value)>();
        var mine = new AsyncLocal<bool> { Value = true };
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, all) =>
        {
            if (instrument.Meter.Name == ContestPipeline.Plumbing.Telemetry.Name && s_told.Contains(instrument.Name))
                all.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((of, value, tags, _) => Note(of, value, tags));
        listener.SetMeasurementEventCallback<long>((of, value, tags, _) => Note(of, value, tags));
        listener.Start();

        await world.Database.Run(tx => tx.OpenOnboarding("figures", OnboardingReasons.NoAccount), ct);
        await world.Database.Run(tx => tx.OpenOnboarding("figures", OnboardingReasons.NoAccount), ct);
        world.Clock.Forward(TimeSpan.FromHours(2));
        await world.GivenReady("figures");
        await world.GivenSettled(ContestBuilder.Of("c-figures", "figures"));
        var payoutId = (await world.Scalar<string>("select payout_id from payout.payout where contest_id = 'c-figures'"))!;
        await world.Database.Run(async tx =>
        {
            var (contest, payout) = (await tx.LockPayout(payoutId))!;
            Assert.True(await tx.Hold(contest, payout, HoldCause.Approval, "assessment/1", "large"));
        }, ct);
        world.Clock.Forward(TimeSpan.FromHours(3));
        await world.Database.Run(tx => tx.Review(payoutId, new ReviewWish(ReviewWish.Release, "ann", "checked"), null), ct);
        await world.RunToRest(world.Runner());
        var created = world.Clock.GetUtcNow().AddSeconds(-4).ToUnixTimeSeconds();
        var told = new StripeEventV1("evt_figures", "transfer.paid",
            new StripeEventDataV1(JsonDocument.Parse("""{"id":"tr_figures"}""").RootElement), Created: created);
        for (var n = 0; n < 2; n++) await world.Database.Run(tx => tx.Take(told, EventSources.Webhook), ct);
        await Assert.ThrowsAsync<InvariantException>(() => world.Database.Run(async tx =>
        {
            await tx.Take(told with { Id = "evt_taken_back" }, EventSources.Webhook);
            throw new InvariantException("taken back");
        }, ct));

        // Other events of Stripe's may have come meanwhile, that of the account's making for one.
        var (name, applied) = ("payout.stripe.events", "source=webhook,outcome=applied");
        Assert.Contains((name, applied, 1), found);
        Assert.Equal(
            [
                ("payout.onboarding.begun", "reason=no-account", 1), ("payout.onboarding.time", "", 5),
                ("payout.review.time", "decision=release", 3), ("payout.stripe.event.age", "source=webhook", 4),
                (name, "source=webhook,outcome=known", 1), ("payout.time", "state=paid", 3),
            ],
            found.Where(f => f.Tags != applied).Select(f => (f.Name, f.Tags, InHours(f.Name, f.Value))).Order());

        static int InHours(string name, double value) =>
            (int)(name.EndsWith(".time", StringComparison.Ordinal) ? value / 3_600 : value);

        void Note(Instrument of, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (mine.Value) found.Enqueue((of.Name, string.Join(',', tags.ToArray().Select(t => $"{t.Key}={t.Value}")), value));
        }
    }
}
