using ContestPipeline.Contracts;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Risk;
using FsCheck;
using FsCheck.Fluent;

namespace ContestPipeline.Unit.Payout;

/// <summary>
/// Whatever a player wins and whenever it is looked at: no window is ever exceeded, and everything goes in the end.
/// </summary>
public sealed class LimitsHoldTests
{
    private static readonly TimeSpan s_day = TimeSpan.FromHours(24);
    private static readonly RiskPolicy s_daily = RiskPolicy.Default with
    {
        ReviewFromPayoutsPerDay = 1000, ReviewAboveShareOfWinningsPercent = 100,
        Currencies = new Dictionary<string, CurrencyLimits> { ["usd"] = new(100, 100, 100, 250, 1_000, 100, null) },
    };

    private static readonly DateTimeOffset s_start = new(2026, 1, 30, 22, 0, 0, TimeSpan.Zero);

    [Fact]
    public void No_window_is_ever_exceeded_and_every_payout_goes_in_the_end()
    {
        var payouts = Gen.ListOf(Gen.Choose(1, 100).Zip(Gen.Choose(0, 40_000))).Where(l => l.Count is > 0 and <= 60);

        Prop.ForAll(payouts.ToArbitrary(), wins => EverythingGoesWithinTheLimits(s_daily, wins))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Fact]
    public void A_payout_above_the_day_s_limit_that_was_approved_goes_although_small_ones_come_all_the_time()
    {
        var due = new PriorityQueue<PayoutRecord, DateTimeOffset>();
        var large = Payout("large", 300);
        due.Enqueue(large, s_start.AddMinutes(-30));
        foreach (var hour in Enumerable.Range(0, 24 * 40)) due.Enqueue(Payout($"small{hour}", 1), s_start.AddHours(hour - 1));
        var (sent, waits) = (new List<SentPayout>(), (WaitingPayout?)null);
        while (!sent.Exists(s => s.PayoutId == "large") && due.TryDequeue(out var payout, out var at))
        {
            var isApproved = payout == large;
            var history = History(sent, at) with { Older = payout == large ? null : waits };
            switch (AssessPayout.Decide(payout, isApproved, history, s_daily, at))
            {
                case AssessPayout.Pass:
                    sent.Add(new SentPayout(payout.PayoutId, "usd", payout.AmountMinor, at));
                    break;
                case AssessPayout.Delay delay:
                    due.Enqueue(payout, delay.Until);
                    if (payout == large) waits = new WaitingPayout(large.AmountMinor, delay.Until);
                    break;
            }
        }

        Assert.Equal(s_start.AddHours(23), sent[^1].At);
        Assert.Equal(["small0", "large"], sent.Select(s => s.PayoutId));
    }

    /// <param name="wins">Amount, and seconds after the one before.</param>
    private static bool EverythingGoesWithinTheLimits(RiskPolicy policy, IEnumerable<(int AmountMinor, int SecondsLater)> wins)
    {
        var due = new PriorityQueue<(PayoutRecord Payout, DateTimeOffset At), DateTimeOffset>();
        var at = s_start;
        foreach (var (amountMinor, secondsLater) in wins)
        {
            at = at.AddSeconds(secondsLater);
            due.Enqueue((Payout($"po{due.Count}", amountMinor), at), at);
        }

        var sent = new List<SentPayout>();
        var steps = 0;
        while (due.TryDequeue(out var next, out _))
        {
            if (++steps > 20_000) return false;
            switch (AssessPayout.Decide(next.Payout, false, History(sent, next.At), policy, next.At))
            {
                case AssessPayout.Pass:
                    sent.Add(new SentPayout(next.Payout.PayoutId, "usd", next.Payout.AmountMinor, next.At));
                    break;
                case AssessPayout.Delay delay when delay.Until > next.At:
                    due.Enqueue((next.Payout, delay.Until), delay.Until);
                    break;
                default:
                    return false;
            }
        }

        return sent.TrueForAll(last => WithinLimits(sent, last));
    }

    private static PayoutRecord Payout(string payoutId, long amountMinor) =>
        new(payoutId, "c", 1, "ann", amountMinor, "usd", PayoutState.Pending, null, 1, 1, null);

    private static PlayerHistory History(List<SentPayout> sent, DateTimeOffset now) =>
        new(s_start.AddYears(-1), [.. sent.Where(s => s.At > now.AddDays(-32))], sent.Count > 0, 1, 1_000_000);

    private static bool WithinLimits(List<SentPayout> sent, SentPayout last)
    {
        var day = sent.Where(s => s.At <= last.At && s.At > last.At - s_day).ToArray();
        var month = sent.Where(s => s.At <= last.At && (s.At.Year, s.At.Month) == (last.At.Year, last.At.Month));
        var earlier = sent.Where(s => s != last && s.At <= last.At).ToArray();
        return day.Length <= 3 && day.Sum(s => s.AmountMinor) <= 250 && month.Sum(s => s.AmountMinor) <= 1_000
            && (earlier.Length == 0 || last.At - earlier.Max(s => s.At) >= TimeSpan.FromSeconds(300));
    }
}
