using ContestPipeline.Contracts;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;

namespace ContestPipeline.Integration.Payout;

/// <summary>Limits as the runner keeps them: nothing leaves that should not, nothing is lost.</summary>
public sealed class LimitsTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private static RiskPolicy Policy(int perDay = 1000, long dayMaxMinor = 1_000_000_00) => RiskPolicy.Default with
    {
        NewAccountDays = 0, PayoutsPerDayMax = perDay, SecondsBetweenPayouts = 0, ReviewFromPayoutsPerDay = 100_000,
        ReviewAboveShareOfWinningsPercent = 100,
        Currencies = new Dictionary<string, CurrencyLimits>
        {
            ["usd"] = RiskPolicy.Default.Currencies["usd"] with { DayMaxMinor = dayMaxMinor, MonthMaxMinor = 10_000_000_00 },
        },
    };

    [Fact]
    public async Task Two_hundred_payouts_of_one_player_at_once_never_pay_a_cent_more_than_the_day_allows()
    {
        world.Risk = Policy(dayMaxMinor: 25_000_00);
        await world.GivenReady("many");
        await world.GivenSettled([.. Enumerable.Range(0, 200)
            .Select(i => ContestBuilder.Of($"c-many-{i}", 10, ("many", [1_000_00])))]);

        await RunUntilNothingIsDue();
        var firstDay = await PaidMinor("many");
        world.Clock.Forward(TimeSpan.FromHours(24));
        await RunForHours(10);

        Assert.Equal(25 * 970_00, firstDay);
        Assert.Equal(50 * 970_00, await PaidMinor("many"));
        Assert.Equal(150,
            await world.Scalar<long>(
                "select count(*) from payout.payout where player_id = 'many' and state = 'pending' and due_at is not null"));
        Assert.StartsWith("limit: amount-per-day (2522000 usd-minor, limit 2500000); goes on at ", await world.Scalar<string>(
            "select min(reason) from payout.payout where player_id = 'many' and state = 'pending'"));
        await world.LedgerIsClean();
        await world.Scalar<int>("update payout.payout set due_at = null where player_id = 'many' returning 1");
    }

    [Fact]
    public async Task A_delayed_payout_goes_by_itself_and_the_player_was_told_when()
    {
        world.Risk = Policy(perDay: 1);
        await world.GivenReady("patient");
        await world.GivenSettled(ContestBuilder.Of("c-patient-1", "patient"), ContestBuilder.Of("c-patient-2", "patient"));

        await RunUntilNothingIsDue();
        Assert.Equal(9_700, await PaidMinor("patient"));
        world.Clock.Forward(TimeSpan.FromHours(24));
        await RunUntilNothingIsDue();

        Assert.Equal(19_400, await PaidMinor("patient"));
        var told = Assert.Single(
            await world.Sent<NotificationV1>(), n => n.PlayerId == "patient" && n.Kind == NotificationKinds.PayoutDelayed);
        Assert.Contains("payouts-per-day (2 payouts, limit 1)", told.Facts["reason"]);
        Assert.Equal("delay,pass", await world.Scalar<string>(
            """
            select string_agg(a.decision, ',' order by a.assessment_no) from payout.risk_assessment a join payout.payout p using
                (payout_id)
            where p.player_id = 'patient' group by a.payout_id having count(*) = 2
            """));
    }

    [Fact]
    public async Task Money_whose_answer_is_not_known_counts_as_sent()
    {
        world.Risk = Policy(perDay: 1);
        await world.GivenReady("unsure");
        await world.GivenSettled(ContestBuilder.Of("c-unsure-1", "unsure"), ContestBuilder.Of("c-unsure-2", "unsure"));
        await world.Fault("timeout-after");

        await RunUntilNothingIsDue();

        Assert.Equal(1, await world.TransferCount("c-unsure-1") + await world.TransferCount("c-unsure-2"));
        world.Clock.Forward(TimeSpan.FromHours(25));
        await RunForHours(3);
        Assert.Equal(19_400, await PaidMinor("unsure"));
    }

    [Fact]
    public async Task Two_causes_hold_a_payout_until_the_last_is_released()
    {
        world.Risk = Policy();
        await world.GivenReady("twice-held");
        await world.GivenSettled(ContestBuilder.Of("c-twice-held", 10, ("twice-held", [8_000_00])));
        await RunUntilNothingIsDue();
        var payoutId = (await world.Scalar<string>("select payout_id from payout.payout where contest_id = 'c-twice-held'"))!;
        await Locked(payoutId,
            async (
                tx, payout) => await tx.Hold(payout.Contest, payout.Payout, HoldCause.Dispute, "dp_1", "dispute dp_1 is open"));

        await Locked(
            payoutId, (tx, payout) => tx.ReleaseHold(payout.Contest, payout.Payout, HoldCause.Approval, "assessment/1", "bob"));
        Assert.Equal("held", await world.State("c-twice-held"));
        Assert.Equal("dispute dp_1 is open",
            await world.Scalar<string>("select reason from payout.payout where contest_id = 'c-twice-held'"));
        await Locked(
            payoutId, (tx, payout) => tx.ReleaseHold(payout.Contest, payout.Payout, HoldCause.Dispute, "dp_1", "system"));
        await RunUntilNothingIsDue();

        Assert.Equal("paid", await world.State("c-twice-held"));
    }

    [Fact]
    public async Task A_large_payout_that_was_approved_is_not_overtaken_by_small_ones_that_would_keep_it_waiting()
    {
        world.Risk = Policy(dayMaxMinor: 25_000_00);
        await world.GivenReady("steady");
        await world.GivenSettled(ContestBuilder.Of("c-steady-1", "steady"));
        await RunUntilNothingIsDue();
        await world.GivenSettled(ContestBuilder.Of("c-steady-large", 10, ("steady", [40_000_00])));
        await RunUntilNothingIsDue();
        var payoutId = (await world.Scalar<string>("select payout_id from payout.payout where contest_id = 'c-steady-large'"))!;
        await Locked(
            payoutId, (tx, payout) => tx.ReleaseHold(payout.Contest, payout.Payout, HoldCause.Approval, "assessment/1", "bob"));
        await RunUntilNothingIsDue();
        world.Clock.Forward(TimeSpan.FromHours(12));
        await world.GivenSettled(ContestBuilder.Of("c-steady-2", "steady"));

        await RunUntilNothingIsDue();
        Assert.StartsWith("limit: older-payout-first (3889700 usd-minor, limit 2500000); goes on at ",
            await world.Scalar<string>("select reason from payout.payout where contest_id = 'c-steady-2'"));
        world.Clock.Forward(TimeSpan.FromHours(12));
        await RunUntilNothingIsDue();
        Assert.Equal("paid pending", $"{await world.State("c-steady-large")} {await world.State("c-steady-2")}");
        world.Clock.Forward(TimeSpan.FromHours(24));
        await RunUntilNothingIsDue();
        Assert.Equal("paid", await world.State("c-steady-2"));
    }

    [Fact]
    public async Task Without_a_policy_nothing_is_held()
    {
        world.Risk = null;
        await world.GivenReady("unlimited");
        await world.GivenSettled(ContestBuilder.Of("c-unlimited", 10, ("unlimited", [90_000_00])));

        await RunUntilNothingIsDue();

        Assert.Equal("paid", await world.State("c-unlimited"));
    }

    private Task Locked(string payoutId, Func<ContestPipeline.Plumbing.Tx, LockedPayout, Task> act) =>
        world.Database.Run(async tx => await act(tx, (await tx.LockPayout(payoutId))!), CancellationToken.None);

    /// <summary>Four runners at once, as four processes would be.</summary>
    private async Task RunUntilNothingIsDue()
    {
        var runners = Enumerable.Range(0, 4).Select(_ => world.Runner()).ToArray();
        while ((await Task.WhenAll(runners.Select(r => r.RunOnce(CancellationToken.None)))).Sum() > 0)
        {
        }
    }

    /// <summary>
    /// Payouts of yesterday are looked up first, and one that sees the transfer of another whose answer is not stored yet waits
    /// for that.
    /// </summary>
    private async Task RunForHours(int hours)
    {
        for (var minute = 0; minute < 60 * hours; minute++)
        {
            await RunUntilNothingIsDue();
            world.Clock.Forward(TimeSpan.FromMinutes(1));
        }
    }

    private Task<long> PaidMinor(string playerId) => world.Scalar<long>(
        $"select coalesce(sum(amount_minor), 0)::bigint from payout.payout where player_id = '{playerId}' and state = 'paid'");
}
