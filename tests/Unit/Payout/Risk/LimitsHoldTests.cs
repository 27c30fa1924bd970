using ContestPipeline.Payout;
using FsCheck;
using FsCheck.Fluent;

namespace ContestPipeline.Unit.Payout;

/// <summary>Whatever a player wins and whenever it is looked at: no window is ever exceeded, and everything goes in the end.</summary>
public sealed class LimitsHoldTests
{
    private static readonly TimeSpan s_day = TimeSpan.FromHours(24);
    private static readonly DateTimeOffset s_start = new(2026, 1, 30, 22, 0, 0, TimeSpan.Zero);

    [Fact]
    public void No_window_is_ever_exceeded_and_every_payout_goes_in_the_end()
    {
        var policy = RiskPolicy.Default with
        {
            ReviewFromPayoutsPerDay = 1000, ReviewAboveShareOfWinningsPercent = 100,
            Currencies = new Dictionary<string, CurrencyLimits> { ["usd"] = new(100, 100, 100, 250, 1_000, 100, null) },
        };
        var payouts = Gen.ListOf(Gen.Choose(1, 100).Zip(Gen.Choose(0, 40_000))).Where(l => l.Count is > 0 and <= 60);

        Prop.ForAll(payouts.ToArbitrary(), wins => EverythingGoesWithinTheLimits(policy, wins)).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    /// <param name="wins">Amount, and seconds after the one before.</param>
    private static bool EverythingGoesWithinTheLimits(RiskPolicy policy, IEnumerable<(int AmountMinor, int SecondsLater)> wins)
    {
        var due = new PriorityQueue<(PayoutFacts Payout, DateTimeOffset At), DateTimeOffset>();
        var at = s_start;
        foreach (var (amountMinor, secondsLater) in wins)
        {
            at = at.AddSeconds(secondsLater);
            due.Enqueue((new PayoutFacts($"po{due.Count}", "c", 1, "ann", amountMinor, "usd", PayoutState.Pending, null, 1, 1, null), at), at);
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
