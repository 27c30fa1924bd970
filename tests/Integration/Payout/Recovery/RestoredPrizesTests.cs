using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Payout.Collection;
using ContestPipeline.Payout.Api.Operators;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Corrections;
using ContestPipeline.Payout.EntryFees;

namespace ContestPipeline.Integration.Payout.Recovery;

/// <summary>
/// Prizes that shrink while the books lack what was paid: a payout that they take for unsent is not replaced by a smaller one
/// before Stripe was asked, or both would be paid.
/// </summary>
public sealed class RestoredPrizesTests(Backbone backbone, PipelineScope scope) : IClassFixture<PipelineScope>, IAsyncLifetime
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;
    private readonly PayoutWorld world = new(backbone);

    [Fact]
    public async Task A_correction_waits_until_it_is_known_whether_the_prize_was_paid()
    {
        await world.GivenReady("sent");
        var account = await world.GivenAccount("unsent", ready: false);
        await world.GivenSettled(
            ContestBuilder.Of("c-sent", 10, ("sent", [10_000])), ContestBuilder.Of("c-unsent", 10, ("unsent", [10_000])));
        await PayAndLoseIt();

        await Stop();
        foreach (var player in (string[])["sent", "unsent"])
        {
            await world.Finalize($"c-{player}", 2);
            await world.Handle(new ContestReductionsHandler(), new ContestReductionsV1($"c-{player}", 2, 0, "usd",
                [new PlayerAwardsV1(
                    player, 4_000, 120, 3_880, [new PrizeV1($"c-{player}-{player}-0", 2, 90, 4_000, 120, 3_880)])]));
        }

        await TakeBack();
        Assert.Equal(("9700 pending", "9700 pending"), (await Payouts("c-sent"), await Payouts("c-unsent")));

        await world.Database.Run(tx => RecoveryRoutes.Start("go on", "olga", tx), ct);
        await TakeBack();
        await world.MakeReady(account);
        await world.AccountUpdated(account, "unsent");
        for (var round = 0; round < 3; round++)
        {
            await world.RunToRest(world.Runner());
            await TakeBack();
        }

        Assert.Equal(("9700 reversed", "9700 rejected, 5820 paid"), (await Payouts("c-sent"), await Payouts("c-unsent")));
        Assert.Equal((1, 1), (await world.TransferCount("c-sent"), await world.TransferCount("c-unsent")));
        Assert.Empty((await world.VerifyLedger()).Faults);
    }

    [Fact]
    public async Task A_refund_of_the_fee_waits_until_it_is_known_whether_the_prize_was_paid()
    {
        const string contest = "refunded-back";
        var rig = new CollectionRig(world, scope);
        await rig.EnterPaid(contest, 2);
        await rig.LockContest(contest);
        await rig.Settle(contest);
        await world.GivenReady($"{contest}-p0");
        var account = await world.GivenAccount($"{contest}-p1", ready: false);
        await PayAndLoseIt();

        await Stop();
        await world.Database.Run(tx => RecoveryRoutes.Start("go on", "olga", tx), ct);
        rig = new CollectionRig(world, scope);
        foreach (var entry in (string[])["e0", "e1"])
            await world.Database.Run(
                async tx => Assert.NotNull(
                    (await tx.Refund(contest, entry, new RefundRequest("r" + entry, "a mistake", 1_000), "op"))!.Value.Refund),
                    ct);
        await rig.Run();
        await Void();
        Assert.Equal("9700 pending, 9700 pending", await Payouts(contest));

        await world.MakeReady(account);
        await world.AccountUpdated(account, $"{contest}-p1");
        for (var round = 0; round < 3; round++)
        {
            await Run();
            world.Clock.Forward(TimeSpan.FromMinutes(1));
            await Void();
        }

        Assert.Equal("9700 paid, 9700 rejected, 5820 paid", await Payouts(contest));
        Assert.Equal((2, 9_700 + 5_820), (await world.TransferCount(contest), await world.PaidMinor(contest)));
        Assert.Contains(await world.Sent<AlertRaisedV1>(),
            a => a.Kind == "refunded-prize" && a.DedupKey.Contains($"/{contest}/e0/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_prize_whose_dispute_was_lost_while_its_contest_was_missing_is_taken_back_where_it_was_paid_and_not_paid_where_it_was_not()
    {
        await world.GivenReady("lost-sent");
        var account = await world.GivenAccount("lost-unsent", ready: false);
        string[] disputes = [await world.GivenDispute("lost-sent", "c-lost-sent"),
            await world.GivenDispute("lost-unsent", "c-lost-unsent")];
        var before = await world.BackUp();
        await Settle();
        await Run();
        Assert.Equal(1, await world.TransferCount("c-lost-sent"));
        await world.Restore(before);
        await Stop();

        foreach (var dispute in disputes)
        {
            await world.Admin($"disputes/{dispute}/close", new { outcome = "lost" });
            await world.Hint("charge.dispute.closed", dispute);
        }

        while (await world.DisputeReader().ReadStale(ct) > 0) { }
        await Settle();
        await world.Database.Run(tx => RecoveryRoutes.Start("go on", "olga", tx), ct);
        await world.MakeReady(account);
        await world.AccountUpdated(account, "lost-unsent");
        for (var round = 0; round < 5; round++)
        {
            await Run();
            await world.DisputeReader().ReadStale(ct);
            await world.Calls(null, new ReversalCall<ReversalToMake>()).RunOnce(ct);
            world.Clock.Forward(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(("9700 reversed", "9700 rejected"), (await Payouts("c-lost-sent"), await Payouts("c-lost-unsent")));
        Assert.Equal((1, 0), (await world.TransferCount("c-lost-sent"), await world.TransferCount("c-lost-unsent")));
        Assert.DoesNotContain(await world.Sent<AlertRaisedV1>(), a => a.Kind == "forfeit-stuck");
        Assert.Empty((await world.VerifyLedger()).Faults);

        Task Settle() =>
            world.GivenSettled(ContestBuilder.Of("c-lost-sent", 10, ("lost-sent", [10_000])),
                ContestBuilder.Of("c-lost-unsent", 10, ("lost-unsent", [10_000])));
    }

    public ValueTask InitializeAsync() => world.InitializeAsync();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    /// <summary>Pays who can be paid, and restores the books to before; Stripe has forgotten the keys.</summary>
    private async Task PayAndLoseIt()
    {
        var before = await world.BackUp();
        await Run();
        Assert.Equal(1, await world.Scalar<long>("select count(*) from payout.payout where state = 'paid'"));
        await world.Restore(before);
        world.Clock.Forward(TimeSpan.FromHours(25));
        await world.Admin("keys", new { forget = true });
    }

    private async Task Run()
    {
        using var runner = world.Runner();
        for (var round = 0; round < 5; round++) await runner.RunOnce(ct);
    }

    private Task Stop() =>
        world.Database.Run(
            tx => RecoveryRoutes.Stop(new StopReason("restored", world.Clock.GetUtcNow().AddHours(-30)), "olga", tx), ct);

    private async Task TakeBack()
    {
        var (_, stripe) = world.Gateway();
        for (var round = 0; round < 3; round++)
        {
            await new ReductionEffects(world.Database, stripe).ReadStale(ct);
            await world.Calls(null, new ReversalCall<CorrectionToTakeBack>()).RunOnce(ct);
            await new ReversalsAgain(world.Database, stripe).ReadStale(ct);
            world.Clock.Forward(TimeSpan.FromMinutes(1));
        }
    }

    private async Task Void()
    {
        while (await world.Database.Run(new VoidPrizesJob().Run, ct)) { }
    }

    private Task<string?> Payouts(string contestId) => world.Scalar<string>(
        $"select string_agg(amount_minor || ' ' || state, ', ' order by player_id, reduction_no) from payout.payout where "
            + $"contest_id = '{contestId}'");
}
