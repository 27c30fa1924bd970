using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Payout.Collection;
using ContestPipeline.Integration.Scoring;
using ContestPipeline.Payout.Api.Operators;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.StripeApi;
using Stripe;

namespace ContestPipeline.Integration.Payout.Recovery;

/// <summary>Books that went back to before a second request for a fee: the first had been refused or lost.</summary>
public sealed class RestoredIntentsTests(Backbone backbone, PipelineScope scope)
    : IAsyncLifetime, IClassFixture<PipelineScope>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;
    private readonly PayoutWorld world = new(backbone);

    [Fact]
    public async Task What_was_paid_by_a_request_that_the_books_have_lost_is_the_fee_and_nothing_is_asked_again()
    {
        var rig = new CollectionRig(world, scope);
        Assert.Null(await world.Database.Run(
            tx => RecoveryRoutes.Stop(new StopReason("restored", world.Clock.GetUtcNow().AddHours(-1)), "olga", tx), ct));
        Assert.Null(await world.Database.Run(tx => RecoveryRoutes.Start("go on", "olga", tx), ct));
        var intents = new PaymentIntentService(StripeWire.Client(world.Gateway().Options, new SocketsHttpHandler()));
        var lost = await intents.CreateAsync(
            new PaymentIntentCreateOptions
            {
                Amount = CollectionRig.FeeMinor, Currency = "usd",
                AutomaticPaymentMethods = new PaymentIntentAutomaticPaymentMethodsOptions { Enabled = true },
                Metadata = new Dictionary<string, string>
                {
                    ["contest_id"] = "c-second", ["entry_id"] = "e0", ["player_id"] = "c-second-p0",
                    [IntentCalls.KeyMark] = "entry/c-second/c-second-p0/1/2",
                },
            }, cancellationToken: ct);
        await intents.ConfirmAsync(
            lost.Id, new PaymentIntentConfirmOptions { PaymentMethod = "pm_card_visa", ReturnUrl = "https://pipeline.example/" },
            cancellationToken: ct);

        await rig.Hear(new EntryPaymentRequiredV1(
            "submit", "c-second", "e0", "c-second-p0", 1, CollectionRig.FeeMinor, "usd", Slate.Lock, DateTimeOffset.UnixEpoch));
        await rig.RunToRest();

        Assert.Equal((lost.Id, "paid"), (await rig.Intent("c-second", 0), await rig.State("c-second", 0)));
        Assert.Single((await intents.ListAsync(cancellationToken: ct)).Data);
    }

    public ValueTask InitializeAsync() => world.InitializeAsync();

    public ValueTask DisposeAsync() => world.DisposeAsync();
}
