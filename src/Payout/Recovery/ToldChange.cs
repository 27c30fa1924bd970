using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Recovery;

/// <summary>How many changes of a payout or of an entry's payment were told.</summary>
/// <param name="Kind"><see cref="Payout"/> or <see cref="Payment"/>.</param>
/// <param name="SubjectId">The payout, or the entry.</param>
/// <param name="ChangeNo">The highest.</param>
public sealed record ToldChange(string Kind, string ContestId, string SubjectId, int ChangeNo)
{
    public const string Payout = "payout";
    public const string Payment = "payment";

    private static readonly Dictionary<string, Type> s_told =
        new[] { typeof(PayoutChangedV1), typeof(EntryPaymentChangedV1) }
            .ToDictionary(t => WireTypes.Of(t).Name, StringComparer.Ordinal);

    /// <summary>Of what is read back.</summary>
    public static bool IsTold(string wireName) => s_told.ContainsKey(wireName);

    /// <summary>What was read back, and is wanted.</summary>
    public static IReadOnlyList<IMessage> Read(IEnumerable<Envelope> written) =>
        [.. written.Where(e => IsTold(e.WireName)).Select(e => (IMessage)WireJson.Read(e.Body.Span, s_told[e.WireName]))];

    /// <param name="told">In any order, however often.</param>
    /// <returns>Each payout and payment once.</returns>
    public static IReadOnlyList<ToldChange> Of(IEnumerable<IMessage> told) =>
    [
        .. told.Select(message => message switch
            {
                PayoutChangedV1 p => new ToldChange(Payout, p.ContestId, p.PayoutId, p.ChangeNo),
                EntryPaymentChangedV1 p => new ToldChange(Payment, p.ContestId, p.EntryId, p.ChangeNo),
                _ => null,
            })
            .OfType<ToldChange>()
            .GroupBy(t => (t.Kind, t.ContestId, t.SubjectId)).Select(t => t.MaxBy(change => change.ChangeNo)!)
            .OrderBy(t => t.Kind, StringComparer.Ordinal).ThenBy(t => t.ContestId, StringComparer.Ordinal)
            .ThenBy(t => t.SubjectId, StringComparer.Ordinal),
    ];
}
