namespace ContestPipeline.Payout;

/// <summary>One prize with its payout, as it is stored.</summary>
/// <param name="PayoutMinor">What the payout sends for all prizes of the player in the contest, in minor units; null where nothing is sent.</param>
public sealed record PrizeRow(
    string ContestId, int Revision, string? Title, string? Distribution, string EntryId, int Place, long Points, long GrossMinor, long FeeMinor,
    long NetMinor, string Currency, string? PayoutId, long? PayoutMinor, string? PayoutState, string? Reason, string? TransferId, DateTimeOffset AwardedAt,
    DateTimeOffset? ChangedAt);

/// <summary>One prize as its winner sees it.</summary>
/// <param name="Status"><c>pending</c>, <c>processing</c>, <c>paid</c> or <c>failed</c>, as prize records have it.</param>
/// <param name="WaitingFor">Why it is not paid yet, in words; null when it is.</param>
/// <param name="PrizeMinor">Before the platform's fee; = fee + net. All amounts in minor units.</param>
public sealed record PrizeRecord(
    string ContestId, string? Title, string? Distribution, string EntryId, int Place, long Points, long PrizeMinor, long PlatformFeeMinor, long NetMinor,
    string Currency, string Status, string? WaitingFor, string? PayoutId, string? StripeTransferId, DateTimeOffset AwardedAt, DateTimeOffset? PaidAt)
{
    public const string Pending = "pending";
    public const string Processing = "processing";
    public const string Paid = "paid";
    public const string Failed = "failed";

    public static PrizeRecord Of(PrizeRow row) => new(
        row.ContestId, row.Title, row.Distribution, row.EntryId, row.Place, row.Points, row.GrossMinor, row.FeeMinor, row.NetMinor, row.Currency,
        StatusOf(row.PayoutState), Waiting(row), row.PayoutId, row.TransferId, row.AwardedAt,
        StatusOf(row.PayoutState) == Paid ? row.ChangedAt ?? row.AwardedAt : null);

    /// <param name="payoutState">Null: the prize is all fee and nothing is sent.</param>
    public static string StatusOf(string? payoutState) => payoutState switch
    {
        null => Paid,
        Payout.PayoutState.Paid => Paid,
        Payout.PayoutState.Submitting => Processing,
        Payout.PayoutState.Failed or Payout.PayoutState.Rejected => Failed,
        { } reversed when reversed.StartsWith("reversed", StringComparison.Ordinal) => Failed,
        _ => Pending,
    };

    private static string? Waiting(PrizeRow row) => row.PayoutState switch
    {
        Payout.PayoutState.Pending => row.Reason ?? "its turn",
        Payout.PayoutState.AwaitingAccount => "your account: set it up or finish its requirements",
        Payout.PayoutState.AwaitingFunds => "funds on the platform's account; it goes by itself",
        Payout.PayoutState.Held => "a review",
        Payout.PayoutState.Submitting => "Stripe's answer",
        _ => null,
    };
}

/// <summary>What a player has won altogether, in one currency and minor units.</summary>
/// <param name="NetMinor">Won less fees: paid + waiting + failed.</param>
public sealed record EarningTotals(string Currency, int Wins, long GrossMinor, long FeesMinor, long NetMinor, long PaidMinor, long WaitingMinor, long FailedMinor)
{
    public static IReadOnlyList<EarningTotals> Of(IEnumerable<PrizeRecord> prizes) =>
    [
        .. prizes.GroupBy(p => p.Currency).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => new EarningTotals(
            g.Key, g.Count(), g.Sum(p => p.PrizeMinor), g.Sum(p => p.PlatformFeeMinor), g.Sum(p => p.NetMinor), Net(g, PrizeRecord.Paid),
            Net(g, PrizeRecord.Pending) + Net(g, PrizeRecord.Processing), Net(g, PrizeRecord.Failed))),
    ];

    private static long Net(IEnumerable<PrizeRecord> prizes, string status) => prizes.Where(p => p.Status == status).Sum(p => p.NetMinor);
}
