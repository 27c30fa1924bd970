using System.Globalization;
using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>Something that Scoring published and that its database, which went back, does not know.</summary>
/// <param name="Ref">Within contest and type: the command that it answers, the entry whose payment it answers, or the revision
/// and attempt of a ranking.</param>
/// <param name="Body">As it was published.</param>
public sealed record PublishedRow(string ContestId, string WireName, string Ref, string Body)
{
    /// <summary>The message itself.</summary>
    public IMessage Message { get; } = (IMessage)WireJson.Read(Encoding.UTF8.GetBytes(Body),
        WireTypes.Find(WireName) ?? throw new InvariantException($"a message of type {WireName} is kept, which there is not"));
}

/// <summary>
/// Decisions that others have read cannot be taken back. After a restore Scoring reads its commands again, knows more than it
/// did, and would decide some of them otherwise: so it reads back first what it had published, and that stands.
/// </summary>
public static class PublishedBefore
{
    /// <summary>When the database turns out to have gone back, before anything is handled again.</summary>
    public static async Task ReadBack(WentBack lost, Tx tx)
    {
        lost.Tell(tx);
        await tx.SkipLifecycleVersions(contestId: null);
        var rows = lost.Written.Select(Of).OfType<PublishedRow>().DistinctBy(r => (r.ContestId, r.WireName, r.Ref)).ToArray();
        foreach (var chunk in rows.Chunk(PublishedSql.RowsMax)) await tx.KeepPublished(chunk);
    }

    /// <summary>Whether a message on contest.events.v1 is one that stands.</summary>
    internal static bool Stands(string wireName) => WireTypes.Find(wireName) is { } type
        && (type == typeof(CommandRejectedV1) || type == typeof(EntryAcceptedV1) || type == typeof(EntryPaymentRequiredV1)
            || type == typeof(EntryRefusedV1) || type == typeof(EntryChangedV1) || type == typeof(EntryWithdrawnV1)
            || type == typeof(ContestFinalizedV1));

    /// <returns>Null: nothing that is decided again, or the answer to a command id that was used twice.</returns>
    public static PublishedRow? Of(Envelope envelope)
    {
        if (!Stands(envelope.WireName)) return null;
        var body = Encoding.UTF8.GetString(envelope.Body.Span);
        var message = (IMessage)WireJson.Read(envelope.Body.Span, WireTypes.Find(envelope.WireName)!);
        return message switch
        {
            CommandRejectedV1 { ReasonCode: Reasons.CommandIdReused } => null,
            CommandRejectedV1 m => Row(m.ContestId, m.CommandId),
            EntryAcceptedV1 m => Row(m.ContestId, EntryRef(m.EntryId)),
            EntryRefusedV1 m => Row(m.ContestId, EntryRef(m.EntryId)),
            EntryPaymentRequiredV1 m => Row(m.ContestId, m.CommandId),
            EntryChangedV1 m => Row(m.ContestId, m.CommandId),
            EntryWithdrawnV1 m => Row(m.ContestId, m.CommandId),
            ContestFinalizedV1 m => Row(m.ContestId, RankingRef(m.Revision, m.Attempt ?? 1)),
            _ => null,
        };

        PublishedRow Row(string contestId, string reference) => new(contestId, envelope.WireName, reference, body);
    }

    /// <summary>No command has such an id.</summary>
    internal static string EntryRef(string entryId) => $"entry {entryId}";

    internal static string RankingRef(int revision, int attempt) =>
        string.Create(CultureInfo.InvariantCulture, $"{revision}/{attempt}");
}
