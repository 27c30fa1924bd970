using System.Text.Json.Nodes;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Rereads;
using ContestPipeline.Payout.StripeEvents;
using Stripe;

namespace ContestPipeline.Integration.Payout.Events;

/// <summary>
/// What of one object cannot be stored keeps nothing waiting that is behind it: it is passed over, a person is told once, and it
/// is read again.
/// </summary>
public sealed class PassedOverTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dispute_keeps_the_entry_it_was_about_when_somebody_edits_the_payment_and_the_disputes_behind_it_go_on()
    {
        var intent = await world.GivenPayment("edited", "c-edited");
        var (edited, behind) = (await world.Dispute(intent), await GivenDisputed("edited-next"));
        await Read(edited);
        await new PaymentIntentService(world.Stripe()).UpdateAsync(
            intent,
            new PaymentIntentUpdateOptions { Metadata = new Dictionary<string, string> { ["contest_id"] = "c-other",
                ["player_id"] = "eve" } }, cancellationToken: ct);
        await world.Admin($"disputes/{edited}/close", new { outcome = "won" });

        for (var round = 0; round < 3; round++) await Read(edited, behind);
        await world.RunToRest(world.Runner());

        Assert.Equal("c-edited edited won/won false", await Standing(edited));
        Assert.Equal(("open/open", "held"), ((await Standing(behind))?.Split(' ')[2], await world.State("c-edited-next")));
        var told = Assert.Single(await Alerts(), a => a.Subject == edited && a.Kind == "dispute-owner");
        Assert.Contains("contest c-other; the dispute is about entry c-edited-edited-0 of player edited in contest c-edited",
            told.Cause, StringComparison.Ordinal);
        Assert.DoesNotContain(await Alerts(), a => a.Kind == "dispute-passed-over" && a.Subject == edited);
        await world.LedgerIsClean();
    }

    [Fact]
    public async Task A_payment_that_was_not_known_here_at_first_freezes_its_player_when_it_is_and_its_lines_stay_where_they_are()
    {
        await world.GivenReady("late-name");
        var intent = await world.GivenPayment("late-name", "c-late-name", isOurs: false);
        var dispute = await world.Dispute(intent);
        await Read(dispute);

        await world.Record(intent, "late-name", "c-late-name");
        await Read(dispute);
        await world.GivenSettled(ContestBuilder.Of("c-late-name", "late-name"));
        await world.RunToRest(world.Runner());

        Assert.Equal("c-late-name late-name open/open false", await Standing(dispute));
        Assert.Equal("held", await world.State("c-late-name"));
        Assert.Equal("dispute-fee,dispute-withdrawn", await world.Scalar<string>(
            $"select string_agg(code, ',' order by code) from payout.ledger_transfer where contest_id = 'none' and reference "
                + $"in {await Movements(dispute)}"));
        Assert.DoesNotContain(await Alerts(), a => a.Subject == dispute && a.Kind is "dispute-owner" or "dispute-passed-over");
    }

    [Fact]
    public async Task A_dispute_whose_lines_cannot_be_posted_is_passed_over_and_those_behind_it_freeze()
    {
        var broken = await world.GivenDispute("broken", "c-broken");
        await Read(broken);
        var behind = await GivenDisputed("broken-next");
        await world.Hint("charge.dispute.updated", broken);
        await world.Hint("charge.dispute.created", behind);
        var reader = world.DisputeReader(
            new ShownWire($"/v1/disputes/{broken}", d => d["balance_transactions"]![0]!["amount"] = -999));

        for (var round = 0; round < 3; round++) await reader.ReadStale(ct);
        await world.RunToRest(world.Runner());

        Assert.Equal(("c-broken broken open/open true", "held"), (await Standing(broken), await world.State("c-broken-next")));
        Assert.Single(await Alerts(),
            a => a.Kind == "dispute-passed-over" && a.Subject == broken
                && a.Cause.Contains("posted before with another body", StringComparison.Ordinal));
        await world.DisputeReader().ReadStale(ct);
        Assert.Equal("c-broken broken open/open true", await Standing(broken));

        world.Clock.Forward(RereadEach.PassedOverFor);
        await world.DisputeReader().ReadStale(ct);
        Assert.Equal("c-broken broken open/open false", await Standing(broken));
        await world.LedgerIsClean();
    }

    [Fact]
    public async Task A_reversal_that_the_database_refuses_is_passed_over_and_the_transfer_behind_it_is_booked()
    {
        var (broken, behind) = (await GivenTakenBack("refused"), await GivenTakenBack("refused-next"));
        var reader = world.TransferReader(
            new ShownWire($"/v1/transfers/{broken}/reversals", list => list["data"]![0]!["amount"] = 1_000_000));
        await world.Hint("transfer.reversed", broken);
        await world.Hint("transfer.reversed", behind);

        for (var round = 0; round < 3; round++) await reader.ReadStale(ct);

        Assert.Equal(("paid", "reversed"), (await world.State("c-refused"), await world.State("c-refused-next")));
        Assert.Single(await Alerts(), a => a.Kind == "transfer-passed-over" && a.Subject == broken);

        await world.Hint("transfer.reversed", broken);
        await world.TransferReader().ReadStale(ct);
        Assert.Equal("reversed", await world.State("c-refused"));
        await world.LedgerIsClean();
    }

    [Fact]
    public async Task A_bank_payout_and_an_account_that_cannot_be_stored_are_passed_over_and_those_behind_them_are_read()
    {
        var (first, second) = (await world.GivenAccount("unstored"), await world.GivenAccount("unstored-next"));
        var payouts = new List<string>();
        foreach (var account in (string[])[first, second])
        {
            await world.Admin($"accounts/{account}/balance", new { delta_minor = 5_000 });
            await world.Admin($"accounts/{account}/payouts", new { amount_minor = 5_000 });
            var made = (await world.StripeEvents("payout.created", account))[^1];
            payouts.Add(made.Data.Text("id")!);
            await world.Take(made);
        }

        var wire = new ShownWire($"/v1/payouts/{payouts[0]}", p => p["currency"] = null);
        await new BankPayoutReader(world.Database, world.Gateway(wire).Stripe, world.Clock).ReadStale(ct);
        var (options, stripe) = world.Gateway(
            new ShownWire($"/v1/accounts/{first}", a => a["requirements"]!["disabled_reason"] = "\0"));
        await new AccountReader(world.Database, stripe, options).ReadStale(ct);

        Assert.Equal("unread,in_transit", await world.Scalar<string>(
            $"select string_agg(status, ',' order by bank_payout_id) from payout.bank_payout where bank_payout_id in "
                + $"('{payouts[0]}', '{payouts[1]}')"));
        Assert.Equal("unread,active", await world.Scalar<string>(
            $"select string_agg(transfers, ',' order by account_id) from payout.stripe_account where account_id in ('{first}', "
                + $"'{second}')"));
        Assert.Equal(
            ["account-passed-over", "bank-payout-passed-over"],
            (await Alerts()).Where(a => a.Subject == first || a.Subject == payouts[0]).Select(a => a.Kind)
                .Order(StringComparer.Ordinal));
    }

    /// <summary>A player who has won and has disputed the fee.</summary>
    private async Task<string> GivenDisputed(string player)
    {
        await world.GivenReady(player);
        var dispute = await world.GivenDispute(player, $"c-{player}");
        await world.GivenSettled(ContestBuilder.Of($"c-{player}", player));
        return dispute;
    }

    /// <returns>The transfer that paid a player, of which a person has taken a part back.</returns>
    private async Task<string> GivenTakenBack(string player)
    {
        await world.GivenReady(player);
        await world.GivenSettled(ContestBuilder.Of($"c-{player}", player));
        await world.RunToRest(world.Runner());
        var transfer = Assert.Single(await world.OfContest($"c-{player}")).GetProperty("id").GetString()!;
        await new TransferReversalService(world.Stripe())
            .CreateAsync(transfer, new TransferReversalCreateOptions { Amount = 700 }, cancellationToken: ct);
        return transfer;
    }

    /// <summary>Events of these disputes, in this order, and one reading of all.</summary>
    private async Task Read(params string[] disputes)
    {
        foreach (var dispute in disputes) await world.Hint("charge.dispute.updated", dispute);
        await world.DisputeReader().ReadStale(ct);
    }

    private async Task<string> Movements(string dispute) =>
        $"('{string.Join("','", (await new DisputeService(world.Stripe()).GetAsync(dispute, cancellationToken: ct)).BalanceTransactions.Select(t => t.Id))}')";

    private Task<string?> Standing(string dispute) => world.Scalar<string>(
        $"select concat_ws(' ', contest_id, player_id, phase || '/' || applied, stale::text) from payout.dispute where "
            + $"dispute_id = '{dispute}'");

    private Task<IReadOnlyList<AlertRaisedV1>> Alerts() => world.Sent<AlertRaisedV1>();
}
