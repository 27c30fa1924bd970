using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Payout.Collection;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Disputes;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Payout.Rereads;
using ContestPipeline.Payout.StripeEvents;
using Microsoft.Extensions.Logging.Abstractions;

namespace ContestPipeline.Integration.Payout.Events;

/// <summary>
/// The API key lacks a permission: what needs it waits, a person is told which it is, and everything else goes on.
/// </summary>
public sealed class NotAllowedTests(PayoutWorld world, PipelineScope scope)
    : IClassFixture<PayoutWorld>, IClassFixture<PipelineScope>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bank_payouts_that_may_not_be_read_keep_no_payment_waiting_and_are_told_of_once()
    {
        var rig = new CollectionRig(world, scope);
        await rig.Publish("not-allowed");
        await rig.Enter("not-allowed", 1);
        Assert.True(await rig.Pay("not-allowed", 0));
        string[] hinted = [await GivenBankPayout("nobodys-1"), await GivenBankPayout("nobodys-2")];
        var wire = new ForbiddenWire("/v1/payouts/");
        var (options, stripe) = world.Gateway(wire);
        var banks = new BankPayoutReader(world.Database, stripe, world.Clock);

        for (var round = 0; round < 30; round++) Assert.Equal(0, await banks.ReadStale(ct));
        await new PaymentReader(world.Database, stripe, options, NullLogger<PaymentReader>.Instance).ReadStale(ct);

        Assert.Equal("paid", await rig.State("not-allowed", 0));
        Assert.Equal(hinted.Select(id => $"/v1/payouts/{id}"), wire.Refused);
        var told = Assert.Single(
            await world.Sent<AlertRaisedV1>(), a => a.Kind == "stripe-not-allowed" && a.Subject == "payouts.get");
        Assert.Contains("STRIPE_API_KEY: http 403", told.Cause, StringComparison.Ordinal);
        Assert.Contains("rak_payout_read", told.Cause, StringComparison.Ordinal);

        world.Clock.Forward(RereadEach.NotAllowedFor);
        await banks.ReadStale(ct);
        Assert.Equal(2 * hinted.Length, wire.Refused.Count);
        wire.IsOpen = true;
        world.Clock.Forward(RereadEach.NotAllowedFor);

        Assert.Equal(hinted.Length, await banks.ReadStale(ct));
    }

    [Fact]
    public async Task Whatever_else_the_key_may_not_read_is_asked_for_once_in_minutes_too()
    {
        var account = await world.GivenAccount("unseen");
        await world.GivenOwed("cad", ("unseen", 1_000, null, 0, 0));
        await world.Database.Run(
            async tx =>
            {
                await tx.HintTransfer("tr_unseen");
                await tx.HintPayment("pi_cad_unseen");
            }, ct);
        await world.Hint("charge.dispute.created", "du_unseen");
        var wire = new ForbiddenWire("/v1/");
        var (options, stripe) = world.Gateway(wire);
        var accounts = new AccountReader(world.Database, stripe, options);
        IRereads[] readers =
        [
            new PaymentReader(world.Database, stripe, options, NullLogger<PaymentReader>.Instance),
            new TransferReader(world.Database, stripe),
            new DisputeReader(world.Database, stripe, new DisputeEffects(world.Database, stripe), world.Clock),
        ];

        for (var round = 0; round < 5; round++)
        {
            world.Clock.Forward(TimeSpan.FromSeconds(30));
            await accounts.ReadStale(ct);
            foreach (var reader in readers) await reader.ReadStale(ct);
        }

        Assert.Equal(
            [$"/v1/accounts/{account}", "/v1/disputes/du_unseen", "/v1/payment_intents/pi_cad_unseen", "/v1/transfers/tr_unseen"],
            wire.Refused.Where(path => path.EndsWith(account, StringComparison.Ordinal)
                || path.EndsWith("unseen", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Superset(
            (HashSet<string>)["accounts.read", "disputes.get", "payment_intents.read", "transfers.get"],
            (await world.Sent<AlertRaisedV1>()).Where(a => a.Kind == "stripe-not-allowed").Select(a => a.Subject).ToHashSet());
    }

    private async Task<string> GivenBankPayout(string player)
    {
        var account = await world.GivenAccount(player);
        await world.Admin($"accounts/{account}/balance", new { delta_minor = 5_000 });
        await world.Admin($"accounts/{account}/payouts", new { amount_minor = 5_000 });
        var created = (await world.StripeEvents("payout.created", account))[^1];
        await world.Take(created);
        return created.Data.Text("id")!;
    }
}
