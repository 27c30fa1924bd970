using ContestPipeline.Contracts;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Reports;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Unit.Payout.Earnings;

/// <summary>Prize records as winners see them, and a year's winnings as the tax office does.</summary>
public sealed class EarningsAndTaxTests
{
    private static readonly DateTimeOffset s_at = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(PayoutStates.Pending, "pending", true)]
    [InlineData(PayoutStates.Held, "pending", true)]
    [InlineData(PayoutStates.AwaitingAccount, "pending", true)]
    [InlineData(PayoutStates.AwaitingFunds, "pending", true)]
    [InlineData(PayoutStates.Submitting, "processing", true)]
    [InlineData(PayoutStates.Paid, "paid", false)]
    [InlineData(PayoutStates.Failed, "failed", false)]
    [InlineData(PayoutStates.Rejected, "failed", false)]
    public void A_prize_has_one_of_the_four_states_and_says_what_it_waits_for(string payoutState, string status, bool waits)
    {
        var prize = Assert.Single(PrizeRecord.Of([Row(payoutState)]));

        Assert.Equal((status, waits), (prize.Status, prize.WaitingFor is not null));
        Assert.Equal(status == "paid", prize.PaidAt is not null);
    }

    [Fact]
    public void Every_state_of_a_payout_has_a_state_of_a_prize() =>
        Assert.All(PayoutStates.All,
            s => Assert.Contains(PrizeRecord.StatusOf(s), (string[])["pending", "processing", "paid", "failed"]));

    [Fact]
    public void Totals_add_up_by_currency()
    {
        WonRow Won(string currency, string? payoutState, int wins, long lostMinor) =>
            new(currency, payoutState, wins, wins * 10_000, wins * 300, wins * 9_700, lostMinor);

        var totals = EarningTotals.Of(
        [
            Won("usd", PayoutStates.Reversed, 2, 10_000), Won("usd", PayoutStates.Held, 3, 9_700),
            Won("usd", PayoutStates.Submitting, 1, 0), Won("usd", PayoutStates.Failed, 1, 9_700),
            Won("usd", PayoutStates.Rejected, 1, 0), Won("usd", null, 1, 0), Won("eur", PayoutStates.Paid, 1, 0),
        ]);

        Assert.Equal(
            [new EarningTotals("eur", 1, 10_000, 300, 9_700, 9_700, 0, 0),
                new("usd", 9, 90_000, 2_700, 87_300, 9_400 + 9_700, 19_400 + 9_700, 10_000 + 9_700 + 9_700 + 9_700)],
            totals);
    }

    [Fact]
    public void What_was_taken_back_for_one_entry_leaves_the_prizes_of_the_others_paid()
    {
        var prizes = PrizeRecord.Of(
        [
            Row(PayoutStates.Reversed) with { EntryId = "kept", ReversedMinor = 9_700 },
            Row(PayoutStates.Reversed) with { EntryId = "disputed", ReversedMinor = 9_700, DisputedMinor = 9_700 },
        ]);

        Assert.Equal(
            [("kept", "paid", 0L), ("disputed", "failed", 9_700L)], prizes.Select(p => (p.EntryId, p.Status, p.LostMinor)));
    }

    [Fact]
    public void What_a_person_took_back_counts_against_the_prizes_of_the_payout_one_after_the_other()
    {
        var prizes =
            PrizeRecord.Of([.. ((string[])["a", "b",
                "c"]).Select(e => Row(PayoutStates.Reversed) with { EntryId = e, ReversedMinor = 10_000 })]);

        Assert.Equal([("a", "failed", 9_700L), ("b", "paid", 300L), ("c", "paid", 0L)],
            prizes.Select(p => (p.EntryId, p.Status, p.LostMinor)));
    }

    [Fact]
    public void A_voided_prize_has_failed_and_waits_for_nothing_while_the_others_wait()
    {
        var prizes = PrizeRecord.Of([Row(PayoutStates.Held) with { EntryId = "void", VoidedMinor = 9_700 },
            Row(PayoutStates.Held) with { EntryId = "left" }]);

        Assert.Equal(
            [("void", "failed", null), ("left", "pending", "a review")], prizes.Select(p => (p.EntryId, p.Status, p.WaitingFor)));
    }

    [Theory]
    [InlineData(2024, 60_000)]
    [InlineData(2025, 60_000)]
    [InlineData(2026, 200_000)]
    [InlineData(2031, 200_000)]
    public void The_threshold_is_six_hundred_dollars_through_2025_and_two_thousand_from_2026(int year, long minor) =>
        Assert.Equal(minor, TaxOptions.Default.ThresholdMinor(year));

    [Fact]
    public void Later_thresholds_are_configured()
    {
        var options = TaxOptions.From(Settings(("TAX_THRESHOLDS", "2027=210000,2029=230000"), ("TAX_POLICY", "gross")));

        Assert.Equal([200_000L, 210_000, 210_000, 230_000], ((int[])[2026, 2027, 2028, 2029]).Select(options.ThresholdMinor));
        Assert.Equal(TaxPolicy.Gross, options.Policy);
        Assert.Equal("TAX_THRESHOLDS",
            Assert.Throws<SettingException>(() => TaxOptions.From(Settings(("TAX_THRESHOLDS", "2026=1")))).Setting);
        Assert.Equal("TAX_THRESHOLDS",
            Assert.Throws<SettingException>(() => TaxOptions.From(Settings(("TAX_THRESHOLDS", "soon")))).Setting);
        Assert.Equal(
            "TAX_POLICY", Assert.Throws<SettingException>(() => TaxOptions.From(Settings(("TAX_POLICY", "none")))).Setting);
    }

    [Fact]
    public void The_form_names_who_reached_the_threshold_to_the_cent()
    {
        YearPaid[] paid =
        [
            new("cat", 2026, "usd", 199_999, 6_186, 3), new("ann", 2026, "usd", 200_000, 6_186, 2),
            new("ben", 2026, "eur", 900_000, 0, 1), new("dan", 2025, "usd", 900_000, 0, 1),
        ];

        Assert.Equal(["ann"], Form1099.Reported(paid, 2026, TaxOptions.Default, all: false).Select(p => p.PlayerId));
        Assert.Equal(["ann", "cat"],
            Form1099.Reported(paid, 2026, TaxOptions.Default with { Policy = TaxPolicy.Gross }, all: false)
                .Select(p => p.PlayerId));
        Assert.Equal(["ann", "cat"], Form1099.Reported(paid, 2026, TaxOptions.Default, all: true).Select(p => p.PlayerId));
        Assert.Equal(["dan"], Form1099.Reported(paid, 2025, TaxOptions.Default, all: false).Select(p => p.PlayerId));
    }

    [Fact]
    public void The_csv_quotes_what_would_break_it_and_lets_no_formula_through()
    {
        var options = TaxOptions.Default with { PayerName = "Contests, \"Inc.\"", PayerTin = "12-3456789" };
        var lines = Form1099.Csv([new("=cmd|calc", 2026, "usd", 200_001, 0, 2)], 2026, options).Split("\r\n");

        Assert.Equal("tax_year,payer_name,payer_tin,recipient_id,box3_other_income,contests,threshold", lines[0]);
        Assert.Equal("2026,\"Contests, \"\"Inc.\"\"\",12-3456789,'=cmd|calc,2000.01,2,2000.00", lines[1]);
    }

    private static PrizeRow Row(string payoutState) => new(
        "c", 1, "Title", "winner_takes_all", "e", 1, 2_850, 10_000, 300, 9_700, "usd", 0, 0, 0, "po", payoutState, null, "tr",
        s_at, s_at);

    private static IConfiguration Settings(params (string Name, string Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(v => KeyValuePair.Create(v.Name, (string?)v.Value)))
            .Build();
}
