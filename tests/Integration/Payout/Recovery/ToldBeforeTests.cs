using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Payout.Collection;
using ContestPipeline.Integration.Payout.Wallet;
using ContestPipeline.Integration.Scoring;
using ContestPipeline.Payout.Api.Operators;
using ContestPipeline.Payout.Recovery;
using ContestPipeline.Payout.Withdrawals;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Logging.Abstractions;

namespace ContestPipeline.Integration.Payout.Recovery;

/// <summary>
/// Whoever follows payouts and payments by the numbers of their changes, or drops a message whose id came before, hears what is
/// told after books went back.
/// </summary>
public sealed class ToldBeforeTests(Backbone backbone, PipelineScope scope) : IAsyncLifetime, IClassFixture<PipelineScope>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;
    private readonly PayoutWorld world = new(backbone);

    [Theory]
    [InlineData("offsets")]
    [InlineData("a person")]
    public async Task What_is_told_of_a_payout_counts_on_from_what_the_lost_books_have_told(string shownBy)
    {
        var earlier = await world.BackUp();
        await world.GivenSettled(ContestBuilder.Of("c-told", "told"));
        await world.RunToRest(world.Runner());
        await world.GivenAccount("told", ready: false);
        await world.RunToRest(world.Runner());
        var told = await world.Sent<PayoutChangedV1>();
        Assert.True(told.Count > 1, "one change shows nothing");
        await world.Restore(earlier);

        await GoBack(shownBy, told);
        await world.GivenSettled(ContestBuilder.Of("c-told", "told"));
        Assert.Null(await world.Database.Run(tx => RecoveryRoutes.Start("go on", "olga", tx), ct));
        await world.GivenAccount("told");
        await world.RunToRest(world.Runner());

        var again = await world.Sent<PayoutChangedV1>();
        Assert.Equal(PayoutStates.Paid, again[^1].State);
        Assert.Equal(
            Enumerable.Range(told.Max(t => t.ChangeNo) + 1, again.Count), again.Select(a => a.ChangeNo));
        Assert.Equal(again.Select(a => (long)a.ChangeNo), await Numbers("payout.payout_change"));
        Assert.Equal(again[^1].ChangeNo, await world.Scalar<int>("select change_no from payout.payout"));
    }

    [Theory]
    [InlineData("offsets")]
    [InlineData("a person")]
    public async Task What_is_told_of_a_payment_counts_on_from_what_the_lost_books_have_told(string shownBy)
    {
        var required = new EntryPaymentRequiredV1(
            "submit", "c-fee", "e0", "c-fee-p0", 1, CollectionRig.FeeMinor, "usd", Slate.Lock, DateTimeOffset.UnixEpoch);
        var earlier = await world.BackUp();
        var rig = new CollectionRig(world, scope);
        await rig.Hear(required);
        await rig.Run();
        var told = await world.Sent<EntryPaymentChangedV1>();
        Assert.NotEmpty(told);
        await world.Restore(earlier);

        await GoBack(shownBy, told);
        rig = new CollectionRig(world, scope);
        await rig.Hear(required);
        Assert.Null(await world.Database.Run(tx => RecoveryRoutes.Start("go on", "olga", tx), ct));
        await rig.Run();

        var again = await world.Sent<EntryPaymentChangedV1>();
        Assert.Equal(
            Enumerable.Range(told.Max(t => t.ChangeNo) + 1, again.Count), again.Select(a => a.ChangeNo));
        Assert.NotEmpty(again);
        Assert.Equal(again.Select(a => (long)a.ChangeNo), await Numbers("payout.entry_payment_change"));
    }

    [Fact]
    public async Task What_is_told_of_a_stake_counts_on_from_what_the_lost_books_have_told()
    {
        var rig = new WalletRig(world);
        await rig.Publish("c-stake");
        await rig.Deposit("c-stake-p1", 1_500, "first");
        var earlier = await world.BackUp();
        EntryWithdrawnV1 leaves = new("back", "c-stake", "e1", "c-stake-p1", world.Clock.GetUtcNow());
        await rig.Tell(rig.Required("c-stake", 1), leaves);
        var told = await world.Sent<EntryPaymentChangedV1>();
        Assert.Equal([1, 2], told.Select(t => t.ChangeNo));
        await world.Restore(earlier);

        await GoBack("offsets", told);
        await new WalletRig(world).Tell(rig.Required("c-stake", 1), leaves);

        Assert.Equal(
            [(3, EntryPaymentStates.Paid), (4, EntryPaymentStates.Refunded)],
            (await world.Sent<EntryPaymentChangedV1>()).Select(t => (t.ChangeNo, t.State)));
    }

    [Fact]
    public async Task A_recovery_does_not_end_before_what_was_told_is_read_back_and_a_silent_broker_is_asked_again()
    {
        await Stop();
        Assert.Null(await world.Database.Run(tx => RecoveryRoutes.Start("go on", "olga", tx), ct));
        var silent = new ToldBefore(
            world.Database, (_, _, _, _) => throw new TimeoutException("no broker"), NullLogger<ToldBefore>.Instance);
        Assert.Equal(0, await silent.ReadStale(ct));
        await world.Database.Run(async tx => await tx.DepositsWereSeen((await tx.DepositsLostSince())!.Value), ct);
        Assert.StartsWith("what payout itself has told", await End(), StringComparison.Ordinal);

        Assert.Equal(1, await Reader([]).ReadStale(ct));
        Assert.Equal(0, await Reader([]).ReadStale(ct));
        Assert.StartsWith("nothing was compared", await End(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_withdrawal_is_made_again_also_where_a_person_has_seen_the_loss()
    {
        var told = new PayoutChangedV1(
            "payout", 1, "withdrawal/p/first", 1, "p", 500, "usd", PayoutStates.Pending, null, null, world.Clock.GetUtcNow());
        await GoBack("a person", [told]);

        Assert.Equal("withdrawal/p/first", await world.Scalar<string>("select withdrawal_id from payout.lost_withdrawal"));
    }

    public ValueTask InitializeAsync() => world.InitializeAsync();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    private async Task GoBack(string shownBy, IReadOnlyList<IMessage> told)
    {
        var written = told.Select(t => world.EnvelopeOf(t)).ToArray();
        if (shownBy == "offsets")
        {
            var lost = new WentBack("payout", "it went back", world.Clock.GetUtcNow()) { Written = written };
            await world.Database.Run(tx => ToldBefore.ReadBack(lost, tx), ct);
            Assert.Equal(0, await Reader(written).ReadStale(ct));
            return;
        }

        await Stop();
        Assert.Equal(1, await Reader(written).ReadStale(ct));
    }

    private ToldBefore Reader(IReadOnlyList<Envelope> written) => new(
        world.Database, (topic, _, _, _) => [.. written.Where(e => e.Topic == topic)], NullLogger<ToldBefore>.Instance);

    private async Task Stop() => Assert.Null(await world.Database.Run(
        tx => RecoveryRoutes.Stop(new StopReason("restored", world.Clock.GetUtcNow().AddHours(-1)), "olga", tx), ct));

    private Task<string?> End() => world.Database.Run(tx => RecoveryRoutes.End("compared", "ann", tx), ct);

    private async Task<IReadOnlyList<long>> Numbers(string history) =>
        [.. (await world.Scalar<long[]>($"select array_agg(change_no::bigint order by change_no) from {history}"))!];
}
