using ContestPipeline.Contracts;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Requests;

namespace ContestPipeline.Integration.Payout.Disputes;

/// <summary>
/// Disputes that a bank decides more than once: the books say what holds now, and a person is told that a prize was forfeited for
/// what is no loss any more.
/// </summary>
public sealed class DecidedAgainTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private const string LostAndWon = "A lost dispute was won after all";
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("unpaid", false, false)]
    [InlineData("unpaid-appeal", false, true)]
    [InlineData("paid", true, false)]
    [InlineData("paid-appeal", true, true)]
    public async Task Lost_and_won_after_all_leaves_no_loss_and_what_was_forfeited_is_for_people_to_decide(
        string name, bool paidFirst, bool appealIsSeen)
    {
        var (player, contest) = ($"again-{name}", $"c-again-{name}");
        var dispute = await Given(player, contest, paidFirst);
        await Decide(dispute, "lost");
        Assert.Equal((0, 1_000),
            (await Booked(contest, LedgerAccounts.DisputeHolds),
                await Booked(contest, LedgerAccounts.DisputeLosses, "dispute-%")));
        Assert.Equal(0, await Booked(contest, LedgerAccounts.DisputeLosses));
        if (appealIsSeen) await Hear(dispute, new ShownWire("/v1/disputes/", d => d["status"] = "appeal_under_review"));

        await Decide(dispute, "won");
        await world.RunToRest(world.Runner());

        Assert.Equal(("won/won", paidFirst ? "reversed" : "rejected"), (await Standing(dispute), await world.State(contest)));
        Assert.Equal(
            (0, 0), (await Booked(contest, LedgerAccounts.DisputeHolds), await Booked(contest, LedgerAccounts.DisputeLosses)));
        Assert.Equal(-9_700, await Booked(contest, LedgerAccounts.PrizeUnpaid(contest)));
        Assert.Equal([LostAndWon], await Told(dispute, "dispute-won"));
        await world.LedgerIsClean();
    }

    [Fact]
    public async Task Who_decides_again_and_again_is_followed_and_each_time_is_told_of()
    {
        var dispute = await Given("again-often", "c-again-often", paidFirst: false);
        foreach (var outcome in (string[])["won", "lost", "won", "lost", "won"]) await Decide(dispute, outcome);

        Assert.Equal(("won/won", 0, 0),
            (await Standing(dispute), await Booked("c-again-often", LedgerAccounts.DisputeHolds),
                await Booked("c-again-often", LedgerAccounts.DisputeLosses)));
        Assert.Equal(["A dispute was won", LostAndWon, LostAndWon], await Told(dispute, "dispute-won"));
        var told = (await world.Sent<NotificationV1>()).Where(n => n.Subject == dispute).ToArray();
        Assert.Equal((6, 6), (told.Length, told.Select(n => n.IdempotencyKey).Distinct().Count()));

        await Decide(dispute, "lost");
        Assert.Equal((0, 1_000),
            (await Booked("c-again-often", LedgerAccounts.DisputeHolds),
                await Booked("c-again-often", LedgerAccounts.DisputeLosses)));
        await world.LedgerIsClean();
    }

    [Fact]
    public async Task What_is_decided_between_two_readings_leaves_nothing_behind_and_nothing_to_decide()
    {
        var dispute = await Given("again-unseen", "c-again-unseen", paidFirst: false);
        await world.Admin($"disputes/{dispute}/close", new { outcome = "lost" });
        await Decide(dispute, "won");
        await world.RunToRest(world.Runner());

        await world.IsPaidOnce("c-again-unseen");
        Assert.Equal((0, 0),
            (await Booked("c-again-unseen", LedgerAccounts.DisputeHolds),
                await Booked("c-again-unseen", LedgerAccounts.DisputeLosses)));
        Assert.Equal(["A dispute was won"], await Told(dispute, "dispute-won"));
    }

    /// <summary>Stripe takes the prize back only when the dispute is won already: it makes nothing good.</summary>
    [Fact]
    public async Task What_comes_back_of_a_prize_after_the_dispute_was_won_waits_with_the_contest()
    {
        var dispute = await Given("again-late", "c-again-late", paidFirst: true);
        await world.Admin($"disputes/{dispute}/close", new { outcome = "lost" });
        await world.Hint("charge.dispute.closed", dispute);
        await world.DisputeReader().ReadStale(ct);
        await world.Admin($"disputes/{dispute}/close", new { outcome = "won" });
        await world.Hint("charge.dispute.closed", dispute);
        await world.DisputeReader().ReadStale(ct);
        Assert.Equal("paid", await world.State("c-again-late"));

        await world.Calls(null, new ReversalCall<ReversalToMake>()).RunOnce(ct);

        Assert.Equal("reversed", await world.State("c-again-late"));
        Assert.Equal(0, await Booked("c-again-late", LedgerAccounts.DisputeLosses));
        Assert.Equal(-9_700, await Booked("c-again-late", LedgerAccounts.PrizeUnpaid("c-again-late")));
        Assert.Equal([LostAndWon], await Told(dispute, "dispute-won"));
        await world.LedgerIsClean();
    }

    /// <summary>
    /// An event has booked the reversal before the request is known to have made it: its mark was edited since, so that the
    /// look-up finds none.
    /// </summary>
    [Fact]
    public async Task What_is_taken_back_already_is_not_asked_for_again_when_Stripe_shows_no_reversal_of_ours()
    {
        var dispute = await Given("again-gone", "c-again-gone", paidFirst: true);
        await Decide(dispute, "lost");
        Assert.Equal("reversed", await world.State("c-again-gone"));
        var key = (await world.Scalar<string>(
            $"select key from payout.stripe_call where kind = '{ReversalToMake.KindName}' and body::text like '%{dispute}%'"))!;
        var body = (await world.Scalar<string>($"select body::text from payout.stripe_call where key = '{key}'"))!;
        var call = new OpenCall(key, ReversalToMake.KindName, "", body, "", default, default, 1, null, 2);

        await world.Database.Run(
            async tx =>
            {
                await new ReversalCall<ReversalToMake>().Apply(new StripeCallAnswer.Gone("none is listed"), call, tx);
                return true;
            }, ct);

        Assert.Equal(0, await world.Scalar<long>($"select count(*) from payout.reversal_again where call_key = '{key}'"));
        await world.LedgerIsClean();
    }

    /// <summary>A player whose payment is disputed, and who has won with its entry.</summary>
    private async Task<string> Given(string player, string contest, bool paidFirst)
    {
        await world.GivenReady(player);
        var dispute = await world.GivenDispute(player, contest);
        await world.GivenSettled(ContestBuilder.Of(contest, player));
        if (paidFirst) await world.RunToRest(world.Runner());
        await Hear(dispute);
        return dispute;
    }

    private async Task Decide(string dispute, string outcome)
    {
        await world.Admin($"disputes/{dispute}/close", new { outcome });
        await Hear(dispute);
    }

    /// <summary>An event, and everything that follows from the dispute as Stripe then shows it.</summary>
    private async Task Hear(string dispute, ShownWire? wire = null)
    {
        await world.Hint("charge.dispute.updated", dispute);
        var (reader, calls) = (world.DisputeReader(wire), world.Calls(null, new ReversalCall<ReversalToMake>()));
        for (var round = 0; round < 3; round++)
        {
            await reader.ReadStale(ct);
            await calls.RunOnce(ct);
        }
    }

    private Task<string?> Standing(string dispute) =>
        world.Scalar<string>($"select phase || '/' || applied from payout.dispute where dispute_id = '{dispute}'");

    /// <summary>What persons were told of the dispute, in order.</summary>
    private async Task<IEnumerable<string>> Told(string dispute, string kind) =>
        (await world.Sent<AlertRaisedV1>()).Where(a => a.Kind == kind && a.Subject == dispute).Select(a => a.Cause.Split(':')[0]);

    /// <summary>What lines of the contest have left in an account: debits less credits.</summary>
    private Task<long> Booked(string contestId, string account, string codes = "%") => world.Scalar<long>(
        $"""
        select coalesce(sum(case when debit_account = '{account}' then amount_minor else -amount_minor end), 0)::bigint
        from payout.ledger_transfer
        where '{account}' in (debit_account, credit_account) and contest_id = '{contestId}' and code like '{codes}'
        """);
}
