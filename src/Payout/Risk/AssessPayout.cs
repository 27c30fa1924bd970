using System.Globalization;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;

namespace ContestPipeline.Payout.Risk;

/// <summary>Money of the player that has left or may have left: an attempt whose answer is not known counts as sent.</summary>
public sealed record SentPayout(string PayoutId, string Currency, long AmountMinor, DateTimeOffset At);

/// <summary>An older payout of the player, in the same currency, that a limit keeps waiting.</summary>
/// <param name="ResumesAt">When it is looked at again, UTC; not long past.</param>
public sealed record WaitingPayout(long AmountMinor, DateTimeOffset ResumesAt);

/// <summary>What the checks look at beside the payout itself.</summary>
/// <param name="AccountSince">When Stripe made the account that would be paid; null: it is not known.</param>
/// <param name="Sent">Of the last 24 hours and of this calendar month, without the payout itself, in order of time.</param>
/// <param name="HasSentBefore">Ever.</param>
/// <param name="WonInDay">Payouts made for the player in the last 24 hours, whatever became of them, this one included if it is
/// one of them.</param>
/// <param name="WonMinor">Everything the player has won in the payout's currency and was not refused, this payout
/// included, no stake that came back.</param>
/// <param name="Older">The oldest of those that wait; null: there is none.</param>
/// <param name="Refunds">Made by people for the player within the policy's days.</param>
/// <param name="Disputes">Of the player within the policy's days.</param>
/// <param name="StakeMinor">Of the payout: the player's own stake.</param>
public sealed record PlayerHistory(
    DateTimeOffset? AccountSince, IReadOnlyList<SentPayout> Sent, bool HasSentBefore, int WonInDay, long WonMinor,
    WaitingPayout? Older = null, int Refunds = 0, int Disputes = 0, long StakeMinor = 0);

/// <summary>One check that did not simply pass, with the figures it was based on.</summary>
/// <param name="Flag">Which check, as one stable word with dashes.</param>
/// <param name="Effect"><c>hold</c>, <c>delay</c>, or <c>waived</c> because a person has approved the payout.</param>
/// <param name="Actual">What it would come to, or came to.</param>
/// <param name="Limit">What it may come to.</param>
/// <param name="Unit">Of both: minor units of a currency, payouts, seconds, days, percent.</param>
/// <param name="ResumesAt">When a delay is over.</param>
public sealed record RiskFinding(
    string Flag, string Effect, long Actual, long Limit, string Unit, DateTimeOffset? ResumesAt = null)
{
    public const string Hold = "hold";
    public const string Delay = "delay";
    public const string Waived = "waived";

    /// <summary>For people: <c>approval-amount (600000 usd-minor, limit 500000)</c>.</summary>
    public string Words => string.Create(CultureInfo.InvariantCulture, $"{Flag} ({Actual} {Unit}, limit {Limit})");
}

/// <summary>What the checks of a payout come to. Every finding is kept, also those that did not decide.</summary>
public abstract record AssessPayout(IReadOnlyList<RiskFinding> Findings)
{
    public sealed record Pass(IReadOnlyList<RiskFinding> Findings) : AssessPayout(Findings);

    /// <summary>A velocity limit is reached: the payout goes on by itself.</summary>
    public sealed record Delay(IReadOnlyList<RiskFinding> Findings, DateTimeOffset Until) : AssessPayout(Findings);

    /// <summary>A person has to look at it.</summary>
    public sealed record Hold(IReadOnlyList<RiskFinding> Findings) : AssessPayout(Findings);

    /// <summary>
    /// All checks in their fixed order. Holding comes before delaying: a payout that needs a person should not wait first. What a
    /// person has approved is held no more, but keeps to the velocity limits; one that exceeds a window by itself then waits
    /// until the window is empty.
    /// </summary>
    /// <param name="approved">A person has released this payout.</param>
    public static AssessPayout Decide(
        PayoutRecord payout, bool approved, PlayerHistory history, RiskPolicy policy, DateTimeOffset now)
    {
        var check = new Checks(payout, approved, history, policy, now);
        check.Amounts();
        check.NewAccount();
        check.PayoutsPerDay();
        check.AmountPerDay();
        check.AmountPerMonth();
        check.TimeBetween();
        check.OlderFirst();
        check.Patterns();
        var findings = check.Findings;
        if (findings.Any(f => f.Effect == RiskFinding.Hold)) return new Hold(findings);
        return findings.Max(f => f.ResumesAt) is { } until ? new Delay(findings, until) : new Pass(findings);
    }

    /// <summary>One assessment as it goes through the list.</summary>
    private sealed class Checks(PayoutRecord payout, bool approved, PlayerHistory history, RiskPolicy policy, DateTimeOffset now)
    {
        private static readonly TimeSpan s_day = TimeSpan.FromHours(24);
        private static readonly TimeSpan s_turn = TimeSpan.FromMinutes(1);
        private readonly CurrencyLimits? limits = policy.Currencies.GetValueOrDefault(payout.Currency);
        private readonly string unit = $"{payout.Currency}-minor";
        private readonly SentPayout[] day = [.. history.Sent.Where(s => s.At > now - s_day).OrderBy(s => s.At)];

        public List<RiskFinding> Findings { get; } = [];

        public void Amounts()
        {
            if (limits is null)
            {
                Hold("no-limits-for-currency", payout.AmountMinor, 0, unit);
                return;
            }

            if (payout.AmountMinor > limits.SinglePayoutMaxMinor)
                Hold("single-payout-max", payout.AmountMinor, limits.SinglePayoutMaxMinor, unit);
            if (payout.AmountMinor > limits.ApprovalAboveMinor)
                Hold("approval-amount", payout.AmountMinor, limits.ApprovalAboveMinor, unit);
        }

        public void NewAccount()
        {
            var ageDays = history.AccountSince is { } since ? (long)(now - since).TotalDays : 0;
            if (limits is null || ageDays >= policy.NewAccountDays || payout.AmountMinor <= limits.NewAccountMaxMinor) return;
            Hold("new-account-amount", payout.AmountMinor, limits.NewAccountMaxMinor, unit);
            Hold("new-account", ageDays, policy.NewAccountDays, "days");
        }

        public void PayoutsPerDay()
        {
            if (day.Length < policy.PayoutsPerDayMax) return;
            Delay("payouts-per-day", day.Length + 1, policy.PayoutsPerDayMax, "payouts",
                day[day.Length - policy.PayoutsPerDayMax].At + s_day);
        }

        public void AmountPerDay()
        {
            if (limits is null) return;
            var same = Array.FindAll(day, s => s.Currency == payout.Currency);
            var sumMinor = same.Sum(s => s.AmountMinor) + payout.AmountMinor;
            if (sumMinor <= limits.DayMaxMinor) return;
            if (payout.AmountMinor > limits.DayMaxMinor) Hold("amount-per-day", payout.AmountMinor, limits.DayMaxMinor, unit);
            var restMinor = sumMinor;
            foreach (var sent in same)
            {
                restMinor -= sent.AmountMinor;
                if (restMinor > limits.DayMaxMinor && sent != same[^1]) continue;
                Delay("amount-per-day", sumMinor, limits.DayMaxMinor, unit, sent.At + s_day);
                return;
            }
        }

        public void AmountPerMonth()
        {
            if (limits is null) return;
            var month = MonthOf(now);
            var sentMinor = SentMinor(s => s.At >= month);
            if (sentMinor + payout.AmountMinor <= limits.MonthMaxMinor) return;
            if (payout.AmountMinor > limits.MonthMaxMinor)
                Hold("amount-per-month", payout.AmountMinor, limits.MonthMaxMinor, unit);
            if (sentMinor > 0)
                Delay("amount-per-month", sentMinor + payout.AmountMinor, limits.MonthMaxMinor, unit, month.AddMonths(1));
        }

        /// <summary>
        /// What goes now must leave room for the older payout when that one's time comes: else small prizes that come all the
        /// time would keep a large one waiting for ever.
        /// </summary>
        public void OlderFirst()
        {
            if (limits is null || history.Older is not { } older || Findings.Exists(f => f.Effect == RiskFinding.Delay)) return;
            var then = older.ResumesAt > now ? older.ResumesAt : now;
            var dayMinor = now > then - s_day ? SentMinor(s => s.At > then - s_day) + older.AmountMinor + payout.AmountMinor : 0;
            var monthMinor = MonthOf(now) == MonthOf(then)
                ? SentMinor(s => s.At >= MonthOf(then)) + older.AmountMinor + payout.AmountMinor : 0;
            if (dayMinor > limits.DayMaxMinor) Delay("older-payout-first", dayMinor, limits.DayMaxMinor, unit, then + s_turn);
            else if (monthMinor > limits.MonthMaxMinor)
                Delay("older-payout-first", monthMinor, limits.MonthMaxMinor, unit, then + s_turn);
        }

        public void TimeBetween()
        {
            if (day.Length == 0) return;
            var pause = TimeSpan.FromSeconds(policy.SecondsBetweenPayouts);
            var since = now - day[^1].At;
            if (since < pause)
                Delay("time-between-payouts", (long)since.TotalSeconds, policy.SecondsBetweenPayouts, "seconds",
                    day[^1].At + pause);
        }

        public void Patterns()
        {
            if (history.WonInDay >= policy.ReviewFromPayoutsPerDay)
                Hold("frequent-payouts", history.WonInDay, policy.ReviewFromPayoutsPerDay, "payouts");
            if (history.Refunds >= policy.ReviewFromRefunds)
                Hold("recent-refunds", history.Refunds, policy.ReviewFromRefunds, "refunds");
            if (history.Disputes >= policy.ReviewFromDisputes)
                Hold("recent-disputes", history.Disputes, policy.ReviewFromDisputes, "disputes");
            if (history.HasSentBefore)
            {
                var wonMinor = Math.Max(0, payout.AmountMinor - history.StakeMinor);
                var percent = (long)((Int128)wonMinor * 100 / Math.Max(1, history.WonMinor));
                if ((Int128)wonMinor * 100 > (Int128)history.WonMinor * policy.ReviewAboveShareOfWinningsPercent)
                    Hold("share-of-winnings", percent, policy.ReviewAboveShareOfWinningsPercent, "percent");
            }
            else if (limits is not null && payout.AmountMinor > limits.FirstPayoutReviewAboveMinor)
            {
                Hold("large-first-payout", payout.AmountMinor, limits.FirstPayoutReviewAboveMinor, unit);
            }
        }

        private long SentMinor(Func<SentPayout, bool> when) =>
            history.Sent.Where(s => s.Currency == payout.Currency && when(s)).Sum(s => s.AmountMinor);

        private static DateTimeOffset MonthOf(DateTimeOffset moment) =>
            new(moment.UtcDateTime.Year, moment.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero);

        private void Hold(string flag, long actual, long limit, string of) =>
            Findings.Add(new RiskFinding(flag, approved ? RiskFinding.Waived : RiskFinding.Hold, actual, limit, of));

        private void Delay(string flag, long actual, long limit, string of, DateTimeOffset until) =>
            Findings.Add(new RiskFinding(flag, RiskFinding.Delay, actual, limit, of, until));
    }
}
