using System.Text.Json.Nodes;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Ledger;

namespace ContestPipeline.Integration.Payout.Disputes;

/// <summary>
/// Disputes that Stripe's prevention has settled: what came and went says for whom; and warnings before any dispute.
/// </summary>
public sealed class PreventedDisputeTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_that_gave_the_payment_back_costs_the_prize_and_is_a_booked_loss()
    {
        var dispute = await Given("given-back");

        await Hear(dispute, Prevented);
        await world.RunToRest(world.Runner());

        Assert.Equal(("lost/lost", "rejected"), (await Standing(dispute), await world.State("c-given-back")));
        Assert.Equal((0, PayoutStripe.DisputedMinor),
            (await Booked("c-given-back", LedgerAccounts.DisputeHolds),
                await Booked("c-given-back", LedgerAccounts.DisputeLosses)));
        Assert.Equal(["A dispute was prevented by giving the payment back"], await Told(dispute, "dispute-lost"));
        await world.LedgerIsClean();
    }

    [Fact]
    public async Task One_that_took_nothing_lets_the_payouts_go_and_a_withdrawal_that_is_seen_later_takes_the_prize_back()
    {
        var dispute = await Given("seen-late");

        await Hear(dispute, shown =>
        {
            Prevented(shown);
            shown["balance_transactions"] = new JsonArray();
        });
        await world.RunToRest(world.Runner());
        await world.IsPaidOnce("c-seen-late");
        Assert.Equal(["A dispute was prevented, and took no money"], await Told(dispute, "dispute-won"));

        await Hear(dispute, Prevented);

        Assert.Equal(("lost/lost", "reversed"), (await Standing(dispute), await world.State("c-seen-late")));
        Assert.Equal(PayoutStripe.DisputedMinor, await Booked("c-seen-late", LedgerAccounts.DisputeLosses));

        await world.Admin($"disputes/{dispute}/close", new { outcome = "won" });
        await Hear(dispute, Prevented);

        Assert.Equal(["A dispute was prevented, and took no money", "A lost dispute was won after all"],
            await Told(dispute, "dispute-won"));
        Assert.Equal(0, await Booked("c-seen-late", LedgerAccounts.DisputeLosses));
        await world.LedgerIsClean();
    }

    [Fact]
    public async Task An_early_fraud_warning_alerts_once_however_often_it_comes()
    {
        var intent = await world.GivenPayment("warned", "c-warned");
        await world.Admin("early_fraud_warnings", new { payment_intent = intent });
        var warning = (await world.StripeEvents("radar.early_fraud_warning.created"))[^1];

        await world.Take(warning);
        await world.Take(warning with { Id = warning.Id + "_twin" });

        Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.Kind == "fraud-warning");
    }

    [Fact]
    public async Task One_whose_withdrawal_came_back_is_won_and_leaves_no_loss_also_if_it_was_seen_in_between()
    {
        var dispute = await Given("came-back");
        await world.GivenSettled(ContestBuilder.Of("c-came-back-too", "came-back"));
        await Hear(dispute, Prevented);

        await world.Admin($"disputes/{dispute}/close", new { outcome = "won" });
        await Hear(dispute, Prevented);
        await world.RunToRest(world.Runner());

        Assert.Equal(("won/won", "rejected"), (await Standing(dispute), await world.State("c-came-back")));
        Assert.Equal((0, 0),
            (await Booked("c-came-back", LedgerAccounts.DisputeHolds),
                await Booked("c-came-back", LedgerAccounts.DisputeLosses)));
        Assert.Equal(["A lost dispute was won after all"], await Told(dispute, "dispute-won"));
        await world.IsPaidOnce("c-came-back-too");
    }

    /// <summary>A player whose payment is disputed, and who has won with its entry; nothing is paid yet.</summary>
    private async Task<string> Given(string player)
    {
        await world.GivenReady(player);
        var dispute = await world.GivenDispute(player, $"c-{player}");
        await world.GivenSettled(ContestBuilder.Of($"c-{player}", player));
        await Hear(dispute, _ => { });
        return dispute;
    }

    /// <summary>An event, and everything that follows from the dispute as Stripe then shows it.</summary>
    private async Task Hear(string dispute, Action<JsonNode> shown)
    {
        await world.Hint("charge.dispute.updated", dispute);
        var reader = world.DisputeReader(new ShownWire("/v1/disputes/", shown));
        var calls = world.Calls(null, new ReversalCall<ReversalToMake>());
        for (var round = 0; round < 3; round++)
        {
            await reader.ReadStale(ct);
            await calls.RunOnce(ct);
        }
    }

    private static void Prevented(JsonNode dispute) => dispute["status"] = DisputePhase.Prevented;

    private Task<string?> Standing(string dispute) =>
        world.Scalar<string>($"select phase || '/' || applied from payout.dispute where dispute_id = '{dispute}'");

    /// <summary>What persons were told of the dispute.</summary>
    private async Task<IEnumerable<string>> Told(string dispute, string kind) =>
        (await world.Sent<AlertRaisedV1>()).Where(a => a.Kind == kind && a.Subject == dispute).Select(a => a.Cause.Split(':')[0]);

    /// <summary>What the dispute's own movements have left in an account, before forfeited prizes make it good.</summary>
    private Task<long> Booked(string contestId, string account) => world.Scalar<long>(
        $"""
        select coalesce(sum(case when debit_account = '{account}' then amount_minor else -amount_minor end), 0)::bigint
        from payout.ledger_transfer
        where '{account}' in (debit_account, credit_account) and contest_id = '{contestId}' and code like 'dispute-%'
        """);
}
