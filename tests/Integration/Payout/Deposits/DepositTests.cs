using ContestPipeline.Contracts;
using ContestPipeline.Payout.Deposits;
using Dapper;
using Npgsql;

namespace ContestPipeline.Integration.Payout.Deposits;

/// <summary>Money into wallets: asked for within the limit, credited once when Stripe shows it paid, or given up.</summary>
public sealed class DepositTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly DepositRig rig = new(world);

    [Fact]
    public async Task A_deposit_is_credited_once_when_it_is_read_as_paid_whatever_is_repeated_and_a_year_later()
    {
        var (asked, _) = await rig.Ask("once/p", "first/1", 5_000);
        var (again, _) = await rig.Ask("once/p", "first/1", 5_000);
        Assert.Equal(asked, again);
        await rig.Run();
        Assert.Equal(0, await rig.Balance("wallet:once/p"));
        var open = await rig.Of("once/p", "first/1");
        Assert.Equal((DepositState.RequiresPayment, "deposit/once%2Fp/first%2F1"), (open.State, open.DepositId));
        Assert.True(await rig.Pay("once/p", "first/1"));
        Assert.Equal(0, await rig.Balance("wallet:once/p"));
        await rig.Run();

        await rig.Hint(open.IntentId!, 20);
        await rig.Run();
        world.Clock.Forward(TimeSpan.FromDays(400));
        await rig.Ask("once/p", "first/1", 5_000);
        await rig.Hint(open.IntentId!);
        await rig.Run();

        var paid = await rig.Of("once/p", "first/1");
        Assert.Equal((DepositState.Paid, 5_000L), (paid.State, paid.CreditMinor));
        Assert.Equal(5_000, await rig.Balance("wallet:once/p"));
        Assert.Equal($"{paid.DepositId} {paid.ChargeId} 5000", await world.Scalar<string>(
            "select lot_id || ' ' || reference || ' ' || left_minor from payout.wallet_lot where player_id = 'once/p'"));
        Assert.Equal(1, await world.Scalar<long>(
            "select count(*) from payout.stripe_call where kind = 'deposit' and subject = 'deposit/once%2Fp/first%2F1'"));
        Assert.Single(await world.Sent<NotificationV1>(),
            n => n.Kind == NotificationKinds.DepositCredited && n.PlayerId == "once/p" && n.AmountMinor == 5_000);
        await rig.EveryCentIsAccountedFor();
    }

    [Fact]
    public async Task A_key_with_another_amount_is_refused_and_nothing_is_asked_of_Stripe_again()
    {
        await rig.Ask("body", "k", 5_000);

        var (deposit, decision) = await rig.Ask("body", "k", 5_001);

        Assert.Null(deposit);
        Assert.Equal("request k was made before, over 5000 usd", Assert.IsType<DepositDecision.Refuse>(decision).Why);
        Assert.Equal(1, await world.Scalar<long>("select count(*) from payout.stripe_call where subject like 'deposit/body/%'"));
    }

    [Fact]
    public async Task Twenty_who_ask_at_once_never_exceed_the_limit_together()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => rig.Ask("race", $"k{n}", 30_000)));

        Assert.Equal(3, answers.Count(a => a.Decision is DepositDecision.Ask));
        Assert.Equal(90_000, await world.Scalar<long>(
            "select sum(amount_minor)::bigint from payout.wallet_deposit where player_id = 'race' and state <> 'cancelled'"));
        await rig.Run();
        for (var n = 0; n < 20; n++)
            if (answers[n].Deposit is not null) Assert.True(await rig.Pay("race", $"k{n}"));
        await rig.Run();
        Assert.Equal(90_000, await rig.Balance("wallet:race"));
        await rig.EveryCentIsAccountedFor();
    }

    [Fact]
    public async Task A_declined_card_gives_the_limit_back_once_the_intent_is_cancelled_at_Stripe()
    {
        await rig.Ask("declined", "a", 100_000);
        await rig.Run();
        Assert.False(await rig.Pay("declined", "a", "pm_card_chargeDeclined"));
        Assert.IsType<DepositDecision.Refuse>((await rig.Ask("declined", "b", 50)).Decision);
        await rig.Run();

        var given = await rig.Of("declined", "a");
        Assert.Equal((DepositState.Cancelled, "canceled"), (given.State, await rig.AtStripe(given.IntentId!)));
        Assert.IsType<DepositDecision.Ask>((await rig.Ask("declined", "b", 100_000)).Decision);
        Assert.Single(await world.Sent<NotificationV1>(),
            n => n.Kind == NotificationKinds.DepositDeclined && n.PlayerId == "declined");
        Assert.Equal(0, await rig.Balance("wallet:declined"));
        await rig.EveryCentIsAccountedFor();
    }

    [Fact]
    public async Task What_nobody_pays_for_a_day_is_cancelled_and_counts_no_more_and_what_was_paid_counts_for_a_day()
    {
        await rig.Ask("day", "a", 60_000);
        await rig.Credited("day", "b", 40_000);
        Assert.IsType<DepositDecision.Refuse>((await rig.Ask("day", "c", 50)).Decision);

        world.Clock.Forward(DepositRules.Window - TimeSpan.FromMinutes(1));
        await rig.Run();
        Assert.IsType<DepositDecision.Refuse>((await rig.Ask("day", "c", 50)).Decision);
        world.Clock.Forward(TimeSpan.FromMinutes(11));
        Assert.IsType<DepositDecision.Refuse>((await rig.Ask("day", "c", 40_001)).Decision);
        await rig.Run();

        var abandoned = await rig.Of("day", "a");
        Assert.Equal((DepositState.Cancelled, "canceled"), (abandoned.State, await rig.AtStripe(abandoned.IntentId!)));
        Assert.IsType<DepositDecision.Ask>((await rig.Ask("day", "c", 100_000)).Decision);
        Assert.Equal(40_000, await rig.Balance("wallet:day"));
        await rig.EveryCentIsAccountedFor();
    }

    [Fact]
    public async Task What_is_paid_while_it_is_being_cancelled_is_credited()
    {
        await rig.Ask("late", "a", 7_000);
        await rig.Run();
        world.Clock.Forward(DepositRules.Window);
        Assert.True(await rig.Pay("late", "a"));

        await world.Scalar<int>(
            "update payout.wallet_deposit set stripe_status = 'requires_payment_method' where player_id = 'late' returning 1");
        await rig.RunToRest();

        Assert.Equal((DepositState.Paid, 7_000L), ((await rig.Of("late", "a")).State, await rig.Balance("wallet:late")));
        await rig.EveryCentIsAccountedFor();
    }

    [Theory]
    [InlineData("timeout-before")]
    [InlineData("timeout-after")]
    [InlineData("500-committed")]
    [InlineData("500-rolled-back")]
    [InlineData("409")]
    [InlineData("429")]
    public async Task Whatever_Stripe_does_once_there_is_one_intent_and_one_credit(string fault)
    {
        var player = $"fault-{fault}";
        await world.Admin("faults", new { endpoint = "payment_intents.create", kind = fault, count = 1 });
        await rig.Ask(player, "a", 900);
        await rig.RunToRest();
        Assert.True(await rig.Pay(player, "a"));
        await rig.RunToRest();

        Assert.Equal(900, await rig.Balance($"wallet:{player}"));
        await rig.EveryCentIsAccountedFor();
    }

    [Fact]
    public async Task A_deposit_fee_goes_to_the_platform_above_the_threshold_and_the_lot_holds_the_rest()
    {
        var before = await rig.Balance("platform_fees");
        var withFee = new DepositRig(world) { Rules = new DepositRules(FeeBps: 200, FeeAboveMinor: 10_000) };
        await withFee.Credited("fee", "free", 10_000);
        var paid = await withFee.Credited("fee", "dear", 20_000);

        Assert.Equal((400L, 19_600L), (paid.FeeMinor, paid.CreditMinor));
        Assert.Equal(29_600, await rig.Balance("wallet:fee"));
        Assert.Equal(400, await rig.Balance("platform_fees") - before);
        await rig.EveryCentIsAccountedFor();
    }

    [Fact]
    public async Task A_paid_deposit_without_its_lot_does_not_commit()
    {
        await rig.Ask("lotless", "a", 500);
        await using var connection = new NpgsqlConnection(world.AdminConnection);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(
            """
            update payout.wallet_deposit
            set state = 'paid', charge_id = 'ch_forged', charged_at = now(), closed_at = now() where player_id = 'lotless'
            """));

        Assert.Equal(PostgresErrorCodes.CheckViolation, refused.SqlState);
    }
}
