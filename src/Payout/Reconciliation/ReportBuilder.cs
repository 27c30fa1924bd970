namespace ContestPipeline.Payout.Reconciliation;

/// <summary>Counts while facts are compared; nothing but what lies in the window is counted or reported.</summary>
internal sealed class ReportBuilder(ReconcileWindow window, ReconcilePolicy policy)
{
    private const int Digits = 6;
    private readonly List<Difference> differences = [];
    private int matched;
    private int absent;
    private int pending;
    private int prompt;
    private decimal clearedMinor;
    private decimal unclearedMinor;

    /// <summary>Alike on both sides, except that ours may have come too late.</summary>
    public void Match(string leg, string subject, DateTimeOffset theirs, DateTimeOffset ours, TimeSpan lateAfter,
        long amountMinor, string currency)
    {
        if (!window.Holds(theirs)) return;
        matched++;
        if (leg == ReconcileLegs.Balance) clearedMinor += Math.Abs((decimal)amountMinor);
        if (ours - theirs <= policy.Prompt) prompt++;
        if (ours - theirs <= lateAfter) return;
        differences.Add(new Difference(
            leg, DifferenceKinds.Late, subject, $"came {ours - theirs:d\\.hh\\:mm\\:ss} after Stripe's own time", amountMinor,
            amountMinor, currency, theirs));
    }

    /// <summary>On one side only.</summary>
    public void Absent(string leg, string kind, string subject, string what, long? oursMinor, long? theirsMinor, string? currency,
        DateTimeOffset at)
    {
        if (!window.Holds(at)) return;
        if (at >= window.SettledBefore)
        {
            pending++;
            return;
        }

        absent++;
        Uncleared(leg, oursMinor ?? theirsMinor);
        differences.Add(new Difference(leg, kind, subject, what, oursMinor, theirsMinor, currency, at));
    }

    /// <summary>On both sides and not alike, or more often than it should be.</summary>
    public void Differs(string leg, string kind, string subject, string what, long? oursMinor, long? theirsMinor,
        string? currency, DateTimeOffset at)
    {
        if (!window.Holds(at)) return;
        Uncleared(leg, oursMinor ?? theirsMinor);
        differences.Add(new Difference(leg, kind, subject, what, oursMinor, theirsMinor, currency, at));
    }

    /// <summary>Of no moment in the window but of now.</summary>
    public void DiffersNow(
        string leg, string kind, string subject, string what, long? oursMinor, long? theirsMinor, string? currency) =>
        differences.Add(new Difference(leg, kind, subject, what, oursMinor, theirsMinor, currency, window.To));

    /// <summary>Found by another comparison, and not of a moment in the window.</summary>
    public void Add(IEnumerable<Difference> found) => differences.AddRange(found);

    public ReconcileReport Report(IReadOnlyList<OutsideMovement> outside)
    {
        var inWindow = outside.Where(m => window.Holds(m.At)).ToArray();
        return new ReconcileReport(
            window.From, window.To, matched, pending, inWindow.Length, inWindow.Sum(m => m.NetMinor),
            Share(clearedMinor, clearedMinor + unclearedMinor), Share(matched, matched + absent), Share(prompt, matched),
            [.. differences.OrderBy(d => d.At).ThenBy(d => d.Leg, StringComparer.Ordinal)
                .ThenBy(d => d.Subject, StringComparer.Ordinal)]);
    }

    private void Uncleared(string leg, long? amountMinor)
    {
        if (leg == ReconcileLegs.Balance && amountMinor is { } amount) unclearedMinor += Math.Abs((decimal)amount);
    }

    /// <summary>Rounded down: 1 is said only of all.</summary>
    private static decimal Share(decimal part, decimal whole) =>
        whole == 0 ? 1 : Math.Round(part / whole, Digits, MidpointRounding.ToZero);
}
