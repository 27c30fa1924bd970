using ContestPipeline.Contracts;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Unit.Payout;

/// <summary>The other pure parts: what an answer of Stripe means, what lines awards make, hashes, pace, settings.</summary>
public sealed class PayoutPartsTests
{
    [Theory]
    [InlineData(409, "invalid_request_error", "idempotency_key_in_use", null, typeof(StripeAnswer.RetryLater))]
    [InlineData(409, "idempotency_error", null, null, typeof(StripeAnswer.RetryLater))]
    [InlineData(429, "invalid_request_error", "rate_limit", null, typeof(StripeAnswer.RetryLater))]
    [InlineData(429, "invalid_request_error", "lock_timeout", null, typeof(StripeAnswer.RetryLater))]
    [InlineData(400, "invalid_request_error", "lock_timeout", null, typeof(StripeAnswer.RetryLater))]
    [InlineData(401, "invalid_request_error", null, null, typeof(StripeAnswer.RetryLater))]
    [InlineData(500, "api_error", null, null, typeof(StripeAnswer.Unknown))]
    [InlineData(503, null, null, null, typeof(StripeAnswer.Unknown))]
    [InlineData(400, null, null, null, typeof(StripeAnswer.Unknown))]
    [InlineData(400, "idempotency_error", null, null, typeof(StripeAnswer.KeyConflict))]
    [InlineData(400, "invalid_request_error", "balance_insufficient", null, typeof(StripeAnswer.InsufficientFunds))]
    [InlineData(
        400, "invalid_request_error", "insufficient_capabilities_for_transfer", null, typeof(StripeAnswer.AccountNotReady))]
    [InlineData(400, "invalid_request_error", "account_closed", null, typeof(StripeAnswer.AccountNotReady))]
    [InlineData(404, "invalid_request_error", "resource_missing", "destination", typeof(StripeAnswer.AccountNotReady))]
    [InlineData(404, "invalid_request_error", "resource_missing", "source", typeof(StripeAnswer.Refused))]
    [InlineData(400, "invalid_request_error", "a_code_of_next_year", null, typeof(StripeAnswer.Refused))]
    [InlineData(402, "card_error", null, null, typeof(StripeAnswer.Refused))]
    public void An_error_of_Stripe_falls_into_one_outcome_class(
        int status, string? type, string? code, string? param, Type expected) =>
        Assert.IsType(expected, ClassifyRefusal.Of(status, type, code, param, "message"));

    [Theory]
    [InlineData(401, null, KeyFault.Refused)]
    [InlineData(401, "api_key_expired", KeyFault.Refused)]
    [InlineData(400, "platform_api_key_expired", KeyFault.Refused)]
    [InlineData(403, null, KeyFault.NotAllowed)]
    [InlineData(429, null, KeyFault.None)]
    public void A_key_that_is_not_accepted_is_told_from_one_that_lacks_a_permission(
        int status, string? code, KeyFault expected) =>
        Assert.Equal(expected,
            Assert.IsType<StripeAnswer.RetryLater>(
                ClassifyRefusal.Of(status, "invalid_request_error", code, null, "message")).Key);

    [Fact]
    public void Awards_become_one_line_per_prize_and_one_fee_line_per_player()
    {
        var lines = AwardLines.Prizes("c", 1, "usd",
            [new Award(0, "p1", "e1", 100, 3, 97), new Award(0, "p1", "e2", 50, 1, 49), new Award(0, "p2", "e3", 10, 0, 10)]);

        Assert.Equal(["award/c/1/e1", "award/c/1/e2", "fee/c/1/p1", "award/c/1/e3"], lines.Select(l => l.Words));
        Assert.Equal([100, 50, 4, 10], lines.Select(l => l.AmountMinor));
    }

    [Fact]
    public void The_pool_is_fed_by_fees_less_rake_and_surplus_and_by_the_overlay()
    {
        var totals = new SettledTotals("c", 1, 1, 1, EntryFeesMinor: 1000, RakeMinor: 100, PoolMinor: 850, OverlayMinor: 0,
            SurplusMinor: 50, 843, 25, 818, 7);

        var lines = AwardLines.Pool(totals, "usd", s_grounds).Concat(AwardLines.Remainder(totals, "usd")).ToArray();

        Assert.Equal(
            [("entry_fees", "prize_pool:c", 850L), ("entry_fees", "platform_fees", 100L), ("entry_fees", "house_overlay", 50L),
                ("prize_pool:c", "house_rounding", 7L)],
            lines.Select(l => (l.DebitAccount, l.CreditAccount, l.AmountMinor)));
    }

    [Fact]
    public void The_platforms_part_of_what_was_forfeited_is_posted_by_that_name()
    {
        var totals = new SettledTotals("c", 1, 1, 2, EntryFeesMinor: 4000, RakeMinor: 400, PoolMinor: 3600, OverlayMinor: 0,
            SurplusMinor: 0, 3600, 48, 3552, 0);

        Assert.Equal([("entry-fees/c/1", "prize_pool:c", 3600L), ("forfeits/c/1", "platform_fees", 400L)],
            AwardLines.Pool(totals, "usd", s_grounds with { StakeMinor = 9 })
                .Select(l => (l.Words, l.CreditAccount, l.AmountMinor)));
    }

    [Fact]
    public void More_of_the_house_s_money_than_the_limit_is_held_whatever_was_promised()
    {
        var received = new ReceivedContest("c", 1, "usd", PayingState.Receiving, 2, 3, 1000, 30, 970, 0);
        var totals = new SettledTotals("c", 1, 2, 3, 0, 0, 1007, 1007, 0, 1000, 30, 970, 7);

        var hold = Assert.IsType<AdvanceContest.Hold>(
            AdvanceContest.Decide(received, totals, CollectedFees.None, s_grounds, new OverlayLimit(1006)));

        Assert.Equal("overlay: the house adds at most 1006 minor units (CONTEST_OVERLAY_MAX_MINOR), settled 1007", hold.Reason);
        Assert.IsType<AdvanceContest.Post>(
            AdvanceContest.Decide(received, totals, CollectedFees.None, s_grounds, new OverlayLimit(1007)));
        Assert.IsType<AdvanceContest.Hold>(
            AdvanceContest.Decide(received, totals with { Revision = 2 }, CollectedFees.None, s_grounds, new OverlayLimit(1006)));
    }

    private static AdvanceContest Decide(
        ReceivedContest received, SettledTotals? totals, CollectedFees collected, ResultGrounds grounds) =>
        AdvanceContest.Decide(received, totals, collected, grounds, OverlayLimit.Default);

    private static readonly ResultGrounds s_grounds = new(true, "hash", "usd", 0, 1007, "resettle", true, "hash", "hash", 1007);

    [Fact]
    public void What_Scoring_has_not_told_of_waits_and_what_is_not_as_it_was_published_is_held()
    {
        var received = new ReceivedContest("c", 1, "usd", PayingState.Receiving, 2, 3, 1000, 30, 970, 0);
        var totals = new SettledTotals("c", 1, 2, 3, 0, 0, 1007, 1007, 0, 1000, 30, 970, 7);
        var further = totals with { Revision = 2 };

        Assert.All(
            [s_grounds with { IsPublished = false }, s_grounds with { IsFinalized = false }],
            g => Assert.IsType<AdvanceContest.Wait>(Decide(received, totals, CollectedFees.None, g)));
        Assert.All(
            [s_grounds with { Currency = "eur" }, s_grounds with { SettledHash = "other" },
                s_grounds with { FinalizedHash = "other" }, s_grounds with { GuaranteedPoolMinor = 1006 },
                s_grounds with { GuaranteedPoolMinor = null }],
            g => Assert.IsType<AdvanceContest.Hold>(Decide(received, totals, CollectedFees.None, g)));
        Assert.IsType<AdvanceContest.Post>(Decide(received, further, CollectedFees.None, s_grounds));
        Assert.IsType<AdvanceContest.Wait>(
            Decide(received, further, CollectedFees.None, s_grounds with { FirstPoolMinor = null }));
        Assert.All(
            [s_grounds with { FirstPoolMinor = 1006 }, s_grounds with { LateCorrectionPolicy = "freeze" }],
            g => Assert.IsType<AdvanceContest.Hold>(Decide(received, further, CollectedFees.None, g)));
        Assert.IsType<AdvanceContest.Post>(Decide(
            received, totals, CollectedFees.None,
            new ResultGrounds(true, "hash", "usd", null, null, null, true, null, null, null)));
    }

    [Fact]
    public void Fees_bring_in_the_pool_less_rake_and_the_house_adds_what_is_guaranteed_and_no_more()
    {
        var totals = new SettledTotals("c", 1, 1, 1, EntryFeesMinor: 1_999, RakeMinor: 199, PoolMinor: 1_800, OverlayMinor: 0,
            SurplusMinor: 0, 1_800, 0, 1_800, 0);
        var own = s_grounds with { RakeBps = 1_000, GuaranteedPoolMinor = null };

        Assert.Null(own.Fault(totals, "usd"));
        Assert.Equal("rake: by the published definition 199, settled 0",
            own.Fault(totals with { RakeMinor = 0, PoolMinor = 1_999 }, "usd"));
        Assert.Equal("pool: by the published definition 1800, settled 5000",
            own.Fault(totals with { PoolMinor = 5_000, OverlayMinor = 3_200 }, "usd"));
        Assert.Null(
            (own with { GuaranteedPoolMinor = 5_000 }).Fault(totals with { PoolMinor = 5_000, OverlayMinor = 3_200 }, "usd"));
        Assert.Null(
            (own with { GuaranteedPoolMinor = 1_000 }).Fault(totals with { PoolMinor = 1_000, SurplusMinor = 800 }, "usd"));
        Assert.Equal("surplus: by the published definition 800, settled 0",
            (own with { GuaranteedPoolMinor = 1_000 }).Fault(totals with { PoolMinor = 1_000 }, "usd"));
    }

    [Fact]
    public void Every_difference_between_chunks_and_totals_holds_the_contest()
    {
        var received = new ReceivedContest("c", 1, "usd", PayingState.Receiving, 2, 3, 1000, 30, 970, 0);
        var totals = new SettledTotals("c", 1, 2, 3, 0, 0, 1007, 1007, 0, 1000, 30, 970, 7);

        Assert.IsType<AdvanceContest.Post>(Decide(received, totals, CollectedFees.None, s_grounds));
        Assert.IsType<AdvanceContest.Wait>(Decide(received, null, CollectedFees.None, s_grounds));
        Assert.IsType<AdvanceContest.Wait>(
            Decide(received with { ChunksReceived = 1 }, totals, CollectedFees.None, s_grounds));
        Assert.IsType<AdvanceContest.Wait>(
            Decide(received with { State = PayingState.Paid }, totals, CollectedFees.None, s_grounds));
        Assert.All(
            [received with { ChunksReceived = 3 }, received with { PlayersReceived = 2 },
                received with { GrossReceivedMinor = 999 },
                received with { FeeReceivedMinor = 31 }, received with { NetReceivedMinor = 971 }],
            wrong => Assert.IsType<AdvanceContest.Hold>(Decide(wrong, totals, CollectedFees.None, s_grounds)));
    }

    [Fact]
    public void An_award_chunk_whose_arithmetic_is_wrong_is_named()
    {
        static string? Fault(params PlayerAwardsV1[] players) =>
            CheckAwards.Fault(new ContestAwardsV1("c", 1, 0, "usd", players));
        var good = new PlayerAwardsV1("p", 100, 3, 97, [new PrizeV1("e", 1, 5, 100, 3, 97)]);

        Assert.Null(Fault(good));
        Assert.Contains("comes twice", Fault(good, good)!, StringComparison.Ordinal);
        Assert.Contains("gross is not fee + net", Fault(good with { NetMinor = 98 })!, StringComparison.Ordinal);
        Assert.Contains("add up", Fault(good with { GrossMinor = 101, NetMinor = 98 })!, StringComparison.Ordinal);
        Assert.Contains("has no prize", Fault(good with { Prizes = [] })!, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_field_of_a_ledger_row_is_in_its_hash()
    {
        var body = new LedgerBody(DeterministicId.From("x"), "a", 0, "b", 1, "usd", 100, "award", "r", "c", 1);
        LedgerBody[] others =
        [
            body with { TransferId = DeterministicId.From("y") }, body with { DebitAccount = "z" }, body with { DebitShard = 2 },
            body with { CreditAccount = "z" },
            body with { CreditShard = 2 }, body with { Currency = "eur" }, body with { AmountMinor = 101 },
            body with { Code = "z" },
            body with { Reference = "z" }, body with { ContestId = "z" }, body with { Revision = 2 },
            body with { Code = "awar", Reference = "dr" },
        ];

        Assert.Equal(others.Length + 1, others.Append(body).Select(b => Convert.ToHexString(b.Hash())).Distinct().Count());
    }

    [Theory]
    [InlineData("test", "sk_live_1", "STRIPE_API_KEY")]
    [InlineData("live", "sk_test_1", "STRIPE_API_KEY")]
    [InlineData("live", "rk_test_1", "STRIPE_API_KEY")]
    [InlineData("test", "", "STRIPE_API_KEY")]
    [InlineData("test", "pk_test_1", "STRIPE_API_KEY")]
    [InlineData("staging", "sk_test_1", "PIPELINE_ENVIRONMENT")]
    public void A_key_of_the_wrong_world_is_refused_with_the_name_of_the_setting(
        string environment, string key, string setting) =>
        Assert.Equal(setting,
            Assert.Throws<SettingException>(() =>
                Options(("PIPELINE_ENVIRONMENT", environment), ("STRIPE_API_KEY", key))).Setting);

    [Fact]
    public void Retries_come_from_the_setting_and_nonsense_is_refused()
    {
        var options = Options(("PIPELINE_ENVIRONMENT", "test"), ("STRIPE_API_KEY", "rk_test_1"), ("PAYOUT_RETRY_SECONDS", "1,2"));

        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)], options.Policy.Retries);
        Assert.Throws<SettingException>(() =>
            Options(("PIPELINE_ENVIRONMENT", "test"), ("STRIPE_API_KEY", "rk_test_1"), ("PAYOUT_RETRY_SECONDS", "soon")));
        Assert.Throws<SettingException>(() =>
            Options(("PIPELINE_ENVIRONMENT", "test"), ("STRIPE_API_KEY", "rk_test_1"), ("PAYOUT_LEASE_SECONDS", "30")));
    }

    private static PayoutOptions Options(params (string Name, string Value)[] settings) => PayoutOptions.From(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value)))
            .Build());
}
