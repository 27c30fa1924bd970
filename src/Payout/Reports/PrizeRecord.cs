
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Payouts;

namespace ContestPipeline.Payout.Reports;

/// <summary>One prize with its payout, as it is stored.</summary>
/// <param name="VoidedMinor">Of the net prize: voided before it was paid, because its fee was refunded, its dispute lost or the
/// result corrected.</param>
/// <param name="DisputedMinor">Of the net prize: taken back after it was paid, because its entry's dispute was lost or the result
/// corrected.</param>
/// <param name="ReversedMinor">Of its payout, which may stand for several prizes: taken back for whatever reason.</param>
/// <param name="PayoutId">The latest of the player in the contest; null where nothing is sent.</param>
/// <param name="StakeMinor">Of the gross prize: the player's own stake.</param>
public sealed record PrizeRow(
    string ContestId, int Revision, string? Title, string? Distribution, string EntryId, int Place, long Points, long GrossMinor,
    long FeeMinor, long NetMinor, string Currency, long VoidedMinor, long DisputedMinor, long ReversedMinor, string? PayoutId,
    string? PayoutState, string? Reason, string? TransferId, DateTimeOffset AwardedAt, DateTimeOffset? ChangedAt,
    long StakeMinor = 0);

/// <summary>One prize as its winner sees it.</summary>
/// <param name="Status"><c>pending</c>, <c>processing</c>, <c>paid</c> or <c>failed</c>, as prize records have it.</param>
/// <param name="WaitingFor">Why it is not paid yet, in words; null when it is.</param>
/// <param name="PrizeMinor">Before the platform's fee; = fee + net. All amounts in minor units.</param>
/// <param name="LostMinor">Of the net prize: voided or taken back. A prize of which nothing is left has failed.</param>
/// <param name="StakeMinor">Of the prize: the player's own stake, which a challenge returns and which is no winnings.</param>
public sealed record PrizeRecord(
    string ContestId, string? Title, string? Distribution, string EntryId, int Place, long Points, long PrizeMinor,
    long PlatformFeeMinor, long NetMinor, long LostMinor, string Currency, string Status, string? WaitingFor, string? PayoutId,
    string? StripeTransferId, DateTimeOffset AwardedAt, DateTimeOffset? PaidAt, long StakeMinor = 0)
{
    public const string Pending = "pending";
    public const string Processing = "processing";
    public const string Paid = "paid";
    public const string Failed = "failed";

    /// <summary>
    /// What a person took back of a payout names no prize: it counts against the payout's prizes in their order here, until it is
    /// used up.
    /// </summary>
    /// <param name="rows">All prizes of each payout that is among them.</param>
    public static IReadOnlyList<PrizeRecord> Of(IEnumerable<PrizeRow> rows)
    {
        var all = rows.ToList();
        var byPersons = all.Where(r => r.PayoutId is not null).GroupBy(r => r.PayoutId!)
            .ToDictionary(g => g.Key, g => g.First().ReversedMinor - g.Sum(r => r.DisputedMinor), StringComparer.Ordinal);
        return
        [
            .. all.Select(row =>
            {
                var lostMinor = Math.Min(row.NetMinor, row.VoidedMinor + row.DisputedMinor);
                if (row.PayoutId is null) return Of(row, lostMinor);
                var takenMinor = Math.Clamp(byPersons[row.PayoutId], 0, row.NetMinor - lostMinor);
                byPersons[row.PayoutId] -= takenMinor;
                return Of(row, lostMinor + takenMinor);
            }),
        ];
    }

    private static PrizeRecord Of(PrizeRow row, long lostMinor)
    {
        var status = lostMinor > 0 && lostMinor == row.NetMinor ? Failed : StatusOf(row.PayoutState);
        return new PrizeRecord(
            row.ContestId, row.Title, row.Distribution, row.EntryId, row.Place, row.Points, row.GrossMinor, row.FeeMinor,
            row.NetMinor, lostMinor, row.Currency, status, status == Failed ? null : Waiting(row), row.PayoutId, row.TransferId,
            row.AwardedAt, status == Paid ? row.ChangedAt ?? row.AwardedAt : null,
            row.StakeMinor);
    }

    /// <summary>Of what is left of a prize.</summary>
    /// <param name="payoutState">Null: the prize is all fee and nothing is sent.</param>
    public static string StatusOf(string? payoutState) => payoutState switch
    {
        null => Paid,
        PayoutStates.Paid or PayoutStates.Reversed => Paid,
        PayoutStates.Submitting => Processing,
        PayoutStates.Failed or PayoutStates.Rejected => Failed,
        _ => Pending,
    };

    /// <summary>In words for the player: what Stripe or an operator said is for those who work on it.</summary>
    private static string? Waiting(PrizeRow row) => row.PayoutState switch
    {
        PayoutStates.Pending => row.Reason is null ? "its turn" : "its turn, after a limit or a try that is made again",
        PayoutStates.AwaitingAccount => "your account: set it up or finish its requirements",
        PayoutStates.AwaitingFunds => "funds on the platform's account; it goes by itself",
        PayoutStates.Held => "a review",
        PayoutStates.Submitting => "Stripe's answer",
        _ => null,
    };
}

/// <summary>
/// The prizes of a player in one currency whose payouts are in one state, summed up. All amounts in minor units.
/// </summary>
/// <param name="PayoutState">Null: the prizes are all fee and nothing is sent.</param>
/// <param name="LostMinor">Of the net prizes: voided or taken back.</param>
/// <param name="StakesMinor">Of the gross prizes: the player's own stakes.</param>
public sealed record WonRow(
    string Currency, string? PayoutState, int Wins, long GrossMinor, long FeesMinor, long NetMinor, long LostMinor,
    long StakesMinor = 0);

/// <summary>What a player has won altogether, in one currency and minor units.</summary>
/// <param name="NetMinor">Won less fees: paid + waiting + failed, what was voided or taken back among the failed.</param>
/// <param name="StakesMinor">Of gross and net: the player's own stakes that challenges returned. What was won is the
/// rest.</param>
public sealed record EarningTotals(string Currency, int Wins, long GrossMinor, long FeesMinor, long NetMinor, long PaidMinor,
    long WaitingMinor, long FailedMinor, long StakesMinor = 0)
{
    /// <summary>The same sums as those of the player's prize records, without having every one of them in memory.</summary>
    public static IReadOnlyList<EarningTotals> Of(IEnumerable<WonRow> won) =>
    [
        .. won.GroupBy(w => w.Currency).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => new EarningTotals(
            g.Key, g.Sum(w => w.Wins), g.Sum(w => w.GrossMinor), g.Sum(w => w.FeesMinor), g.Sum(w => w.NetMinor),
            Left(g, PrizeRecord.Paid), Left(g, PrizeRecord.Pending) + Left(g, PrizeRecord.Processing),
            g.Sum(w => w.LostMinor) + Left(g, PrizeRecord.Failed), g.Sum(w => w.StakesMinor))),
    ];

    private static long Left(IEnumerable<WonRow> won, string status) =>
        won.Where(w => PrizeRecord.StatusOf(w.PayoutState) == status).Sum(w => w.NetMinor - w.LostMinor);
}
