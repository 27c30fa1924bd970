using System.Globalization;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Explaining;

/// <summary>The chain as text for people.</summary>
internal static class ExplainText
{
    public static void Write(IAnsiConsole console, Explanation explanation)
    {
        foreach (var entry in explanation.Entries) Entry(console, entry);
        if (explanation.Money is { } money) Money(console, money);
        foreach (var fault in explanation.Faults) console.WriteLine(fault);
        console.WriteLine(
            explanation.Agrees ? "every step leads to the next" : "something published or paid is NOT what these steps lead to");
    }

    private static void Entry(IAnsiConsole console, ExplainedEntry entry)
    {
        console.WriteLine(
            $"entry {entry.EntryId} of {entry.PlayerId} in {entry.ContestId} revision {entry.Revision}, acceptance no "
                + $"{entry.AcceptanceNo}, rules {entry.RuleSet}");
        foreach (var place in entry.Messages) console.WriteLine($"  {place}  {place.Type}");
        foreach (var slot in entry.Slots) Slot(console, slot, entry.Scale);
        console.WriteLine($"  points {Output.Points(entry.Points, entry.Scale)}");
        var s = entry.Steps;
        console.WriteLine($"  rank {s.Rank}, {s.Tied} with these points");
        if (s.PlacesMinor.Count > 0)
        {
            console.WriteLine(
                $"  their places win {string.Join(" + ", s.PlacesMinor.Select(minor => Output.Money(minor, entry.Currency)))} "
                    + $"= {Output.Money(s.PooledMinor, entry.Currency)}; over {s.Tied}: "
                    + $"{Output.Money(s.ShareMinor, entry.Currency)} each, "
                + $"{s.SpareCents} odd cents to {s.SpareCentsGoTo}, turn {s.TurnForSpare}: "
                + $"{(s.GotSpareCent ? "one more cent" : "none")}");
        }

        console.WriteLine(
            $"  gross {Output.Money(s.GrossMinor, entry.Currency)}, fee {s.FeeBps} bps of the player's "
                + $"{Output.Money(s.PlayerGrossMinor, entry.Currency)} is {Output.Money(s.PlayerFeeMinor, entry.Currency)}, "
            + $"of which here {Output.Money(s.FeeMinor, entry.Currency)}; net {Output.Money(s.NetMinor, entry.Currency)} "
            + $"{entry.Currency}");
        if (entry.Revision > 1)
        {
            var change = entry.Change;
            console.WriteLine(
                $"  to what earlier revisions awarded this one adds {Output.Money(change.MoreNetMinor, entry.Currency)} net "
                    + $"(fee {Output.Money(change.MoreFeeMinor, entry.Currency)}) "
                + $"and takes back {Output.Money(change.LessNetMinor, entry.Currency)} (fee "
                + $"{Output.Money(change.LessFeeMinor, entry.Currency)})");
        }

        console.WriteLine(entry.Published is null
            ? "  no prize was published"
            : $"  published {Output.Money(entry.Published.NetMinor, entry.Currency)} at {entry.PublishedAt}");
        console.WriteLine($"  digest published {entry.PublishedDigest}, computed {entry.ComputedDigest}");
    }

    private static void Slot(IAnsiConsole console, ExplainedSlot slot, int scale)
    {
        console.WriteLine(
            $"  {slot.Slot} {slot.AthleteId} in {slot.GameId}: {Output.Points(slot.AthletePoints, scale)} x "
                + $"{slot.MultiplierHundredths}% = {Output.Points(slot.Points, scale)}"
            + (slot.RuledOut ? ", the game is ruled out" : ""));
        console.WriteLine(slot.LineVersion == 0 ? "    no line" : $"    line version {slot.LineVersion} at {slot.LineAt}");
        foreach (var rule in slot.Rules) console.WriteLine($"    {rule.Rule} = {Output.Points(rule.Points, scale)}");
        foreach (var f in slot.Feed)
        {
            var stats = string.Join(", ", f.Stats.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key} {s.Value}"));
            var isOld = slot.Feed.Any(other => other.EventId == f.EventId && other.Revision > f.Revision);
            console.WriteLine(
                $"    feed {f.Place}  {f.EventId} revision {f.Revision} "
                    + $"{f.Op}{(f.Official ? "" : ", not official")}{(isOld ? ", replaced" : "")}: "
                    + $"{(stats.Length > 0 ? stats : "nothing")}");
        }
    }

    private static void Money(IAnsiConsole console, ExplainedMoney money)
    {
        var currency = money.Payout.Currency;
        console.WriteLine(
            $"payout {money.Payout.PayoutId}: {Output.Money(money.Payout.AmountMinor, currency)} {currency} to "
                + $"{money.Payout.PlayerId}, {money.Payout.State}, transfer {money.Payout.TransferId ?? "-"}");
        foreach (var award in money.Awarded) console.WriteLine($"  {Awarded(award, money.Payout)}");
        if (money.Chain is not [{ TakenMinor: null }]) foreach (var payout in money.Chain)
            console.WriteLine($"  {Chained(payout, currency)}");
        foreach (var line in money.Ledger)
            console.WriteLine(
                $"  {Time(line.PostedAt)} {line.Code}: {Output.Money(line.AmountMinor, currency)} from {line.DebitAccount} to "
                    + $"{line.CreditAccount}, line {line.TransferId} for {line.Reference}");
        foreach (var change in money.History)
            console.WriteLine($"  {Time(change.At)} {change.State} {change.Reason} {change.TransferId}".TrimEnd());
        foreach (var a in money.Attempts)
            console.WriteLine(
                $"  attempt {a.AttemptNo} with key {a.IdempotencyKey} to {a.Destination}: {a.Outcome} {a.TransferId}".TrimEnd());
    }

    private static string Awarded(AwardedEntry award, PayoutRow payout)
    {
        var before = payout.Revision == 1 ? ""
            : $"awarded before revision {payout.Revision} {Output.Money(award.AwardedBeforeMinor, payout.Currency)}, more "
                + $"{Output.Money(award.MoreMinor, payout.Currency)}, ";
        return $"of {award.EntryId}: prize of revision {payout.Revision} {Output.Money(award.PrizeMinor, payout.Currency)}, "
            + $"{before}"
            + $"fee {Output.Money(award.FeeMinor, payout.Currency)}: {Output.Money(award.NetMinor, payout.Currency)}";
    }

    private static string Chained(ChainedPayout payout, string currency)
    {
        var stands =
            $"{(payout.ReductionNo == 0 ? "first" : "then")} payout {payout.PayoutId} of "
                + $"{Output.Money(payout.AmountMinor, currency)}, {payout.State}";
        if (payout.TakenMinor is not { } takenMinor) return stands;
        var refunds = payout.Refunds is null ? "" : $" ({payout.Refunds})";
        return $"{stands}; taken out of {payout.EntryId}: {Output.Money(takenMinor, currency)} by a {payout.Cause}{refunds}: "
            + $"{payout.Reason}";
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
