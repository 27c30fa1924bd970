using ContestPipeline.Contracts;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Reviews;
using ContestPipeline.Payout.Sending;
using FsCheck;
using FsCheck.Fluent;

namespace ContestPipeline.Unit.Payout;

/// <summary>What a dispute means, its ledger lines to the cent, and who may send a failed payout again.</summary>
public sealed class DisputePartsTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Arbitrary<(string Status, int Count)[]> s_readings = Gen.Elements(
        "warning_needs_response", "needs_response", "under_review", "appeal_needs_response", "won", "lost",
        DisputePhase.Prevented)
        .SelectMany(_ => Gen.Choose(0, 6), (status, count) => (status, count)).ArrayOf().Resize(12).ToArbitrary();

    private static readonly PayoutRecord s_payout = new("po", "c", 1, "p", 9_700, "usd", PayoutState.Failed, null, 4, 7, null);

    [Theory]
    [InlineData("warning_needs_response", DisputePhase.Inquiry)]
    [InlineData("warning_under_review", DisputePhase.Inquiry)]
    [InlineData("warning_closed", DisputePhase.Won)]
    [InlineData("needs_response", DisputePhase.Open)]
    [InlineData("under_review", DisputePhase.Open)]
    [InlineData("a_status_of_next_year", DisputePhase.Open)]
    [InlineData("won", DisputePhase.Won)]
    [InlineData("lost", DisputePhase.Lost)]
    public void A_phase_follows_from_the_status(string status, string phase) => Assert.Equal(phase, DisputePhase.Of(status, []));

    [Theory]
    [InlineData(DisputePhase.Won)]
    [InlineData(DisputePhase.Lost, -1_000L)]
    [InlineData(DisputePhase.Lost, -1_000L, 400L)]
    [InlineData(DisputePhase.Won, -1_000L, 1_000L)]
    public void A_prevented_dispute_is_lost_if_money_has_gone_and_stayed_away(string phase, params long[] amountsMinor)
    {
        var movements = Movements(amountsMinor);

        Assert.Equal(phase, DisputePhase.Of(DisputePhase.Prevented, movements));
        var lines = Lines(Dispute(DisputePhase.Prevented) with { Movements = movements });
        Assert.Equal(
            (0, -amountsMinor.Sum()), (Debits(lines, LedgerAccounts.DisputeHolds), Debits(lines, LedgerAccounts.DisputeLosses)));
    }

    /// <summary>
    /// Whatever the bank decides, as often as it likes, and whatever of it is never read: each reading is a status and how many
    /// movements there were by then.
    /// </summary>
    [Fact]
    public void After_any_readings_the_books_hold_what_is_held_now_and_have_lost_what_is_lost_now() =>
        Prop.ForAll(s_readings, readings =>
        {
            var posted = new Dictionary<string, LedgerLine>(StringComparer.Ordinal);
            return readings.OrderBy(r => r.Count).Select((r, i) => (r.Status, r.Count, No: i)).All(shown =>
            {
                var reading = Dispute(shown.Status) with
                {
                    Movements = Movements([-1_000L, 1_000L, -1_000L, 400L, -400L, 1_000L], shown.Count),
                    Asked = new StaleDispute("du", Hints: 1, Readings: shown.No),
                };
                foreach (var line in DisputeLines.Of(
                    reading, "c", new Dictionary<string, long> { ["usd"] = Booked(posted.Values) }))
                {
                    if (!posted.TryAdd(line.Words, line) && posted[line.Words] != line) return false;
                }

                var goneMinor = -reading.Movements.Sum(m => m.AmountMinor);
                var lostMinor = reading.Phase == DisputePhase.Lost ? goneMinor : 0;
                LedgerLine[] all = [.. posted.Values];
                return (Debits(all, LedgerAccounts.DisputeHolds), Debits(all, LedgerAccounts.DisputeLosses),
                    Debits(all, LedgerAccounts.StripeBalance))
                    == (goneMinor - lostMinor, lostMinor, -goneMinor);
            });
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_booked_as_lost_by_then_is_booked_no_second_time_and_taken_back_when_the_dispute_is_won()
    {
        var booked = new Dictionary<string, long> { ["usd"] = 1_000 };

        Assert.DoesNotContain(
            DisputeLines.Of(Dispute("lost"), "c", booked), l => l.Code is DisputeLines.Lost or DisputeLines.Regained);
        Assert.Equal(-1_000, Debits(DisputeLines.Of(Dispute("won"), "c", booked), LedgerAccounts.DisputeLosses));
    }

    [Theory]
    [InlineData("needs_response", 1_000, 0, 1_500)]
    [InlineData("won", 0, 0, 1_500)]
    [InlineData("lost", 0, 1_000, 1_500)]
    public void Withdrawn_money_is_held_until_it_comes_back_or_is_lost(
        string status, long heldMinor, long lostMinor, long feeMinor)
    {
        var lines = Lines(Dispute(status));

        Assert.Equal(heldMinor, Debits(lines, LedgerAccounts.DisputeHolds));
        Assert.Equal(lostMinor, Debits(lines, LedgerAccounts.DisputeLosses));
        Assert.Equal(feeMinor, Debits(lines, LedgerAccounts.StripeFees));
        Assert.Equal(-(heldMinor + lostMinor + feeMinor), Debits(lines, LedgerAccounts.StripeBalance));
    }

    [Fact]
    public void What_was_booked_while_open_is_booked_the_same_when_closed()
    {
        var whileOpen = Lines(Dispute("needs_response"));

        Assert.All(whileOpen, line => Assert.Contains(line, Lines(Dispute("won"))));
        Assert.All(whileOpen, line => Assert.Contains(line, Lines(Dispute("lost"))));
    }

    [Fact]
    public void A_forfeited_prize_is_split_without_losing_a_cent() =>
        Prop.ForAll(Gen.Choose(1, 1_000_000).Two().ToArbitrary(), pair =>
        {
            var (amountMinor, lossMinor) = pair;
            var lines = DisputeLines.Forfeit("void/po", "du", s_payout, amountMinor, lossMinor);
            return lines.Sum(l => l.AmountMinor) == amountMinor
                && lines.Where(l => l.CreditAccount == LedgerAccounts.DisputeLosses).Sum(l => l.AmountMinor)
                    == Math.Min(amountMinor, lossMinor);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(PayoutState.Failed, AttemptOutcome.Refused, true)]
    [InlineData(PayoutState.Failed, AttemptOutcome.Account, true)]
    [InlineData(PayoutState.Failed, AttemptOutcome.Open, false)]
    [InlineData(PayoutState.Failed, AttemptOutcome.Mismatch, false)]
    [InlineData(PayoutState.Failed, AttemptOutcome.Absent, false)]
    [InlineData(PayoutState.Paid, AttemptOutcome.Paid, false)]
    [InlineData(PayoutState.Pending, AttemptOutcome.Refused, false)]
    [InlineData(PayoutState.Rejected, AttemptOutcome.Refused, false)]
    public void Only_a_failed_payout_whose_last_attempt_was_refused_for_certain_is_sent_again(
        PayoutState state, AttemptOutcome outcome, bool goes) =>
        Assert.Equal(goes,
            RetryPayout.Decide(s_payout with { State = state }, [Attempt(1, AttemptOutcome.Refused), Attempt(2, outcome)])
                is RetryAnswer.Go);

    [Fact]
    public void An_attempt_that_may_have_moved_money_forbids_a_retry_whatever_came_after_it() =>
        Assert.IsType<RetryAnswer.No>(
            RetryPayout.Decide(s_payout, [Attempt(1, AttemptOutcome.Mismatch), Attempt(2, AttemptOutcome.Refused)]));

    [Fact]
    public void After_a_retry_the_next_attempt_begins_at_once_with_a_new_key_and_old_refusals_count_no_more()
    {
        PayoutAttempt[] attempts = [.. Enumerable.Range(1, 4).Select(n => Attempt(n, AttemptOutcome.Refused))];
        var account = new PayoutAccount("acct_1", "p", "active", false, s_now, 1);
        var pending = s_payout with { State = PayoutState.Pending };

        Assert.IsType<PayoutStep.Fail>(NextPayoutStep.Decide(pending, attempts, account, s_now, PayoutPolicy.Default, s_now));
        var begin = Assert.IsType<PayoutStep.Begin>(
            NextPayoutStep.Decide(pending, attempts, account, s_now, PayoutPolicy.Default, s_now, forgivenUpTo: 4));
        Assert.Equal("payout/po/a5", begin.Attempt.IdempotencyKey);
    }

    private static DisputeReading Dispute(string status) => new(
        "du", "ch", "pi", "c", "e", "p", 1_000, "usd", "fraudulent", status,
        status == "won"
            ? [new DisputeMovement("txn_1", -1_000, 1_500, "usd"), new DisputeMovement("txn_2", 1_000, 0, "usd")]
            : [new DisputeMovement("txn_1", -1_000, 1_500, "usd")],
        s_now, new StaleDispute("du", Hints: 1, Readings: 0));

    /// <summary>Of a dispute of which nothing is booked as lost.</summary>
    private static List<LedgerLine> Lines(DisputeReading reading) =>
        DisputeLines.Of(reading, "c", new Dictionary<string, long>());

    /// <summary>What the ledger would say is booked as lost.</summary>
    private static long Booked(IEnumerable<LedgerLine> lines) =>
        lines.Where(l => l.Code is DisputeLines.Lost or DisputeLines.Regained)
            .Sum(l => l.Code == DisputeLines.Lost ? l.AmountMinor : -l.AmountMinor);

    private static DisputeMovement[] Movements(long[] amountsMinor, int first = int.MaxValue) =>
        [.. amountsMinor.Take(first).Select((amountMinor, i) => new DisputeMovement($"txn_{i + 1}", amountMinor, 0, "usd"))];

    private static PayoutAttempt Attempt(int no, AttemptOutcome outcome) => new(
        "po", no, $"payout/po/a{no}", "hash", "acct_1", s_now, outcome, 0, "no", outcome == AttemptOutcome.Open ? null : s_now);

    private static long Debits(IReadOnlyList<LedgerLine> lines, string account) =>
        lines.Where(l => l.DebitAccount == account).Sum(l => l.AmountMinor)
            - lines.Where(l => l.CreditAccount == account).Sum(l => l.AmountMinor);
}
