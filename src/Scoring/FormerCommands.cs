using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>
/// Operators' commands travelled with those of players until they got a topic of their own. What was on the topic of players
/// before this worker first started with the new one keeps its right; what comes there later is anybody's who may enter players,
/// and is refused (docs/decisions/0019).
/// </summary>
public static class FormerCommands
{
    /// <summary>Once in the life of a database: up to where the topic of players may hold commands of operators.</summary>
    public static async Task NoteEnds(KafkaSettings kafka, WorkerDatabase database, CancellationToken ct)
    {
        if (await database.Run(FormerCommandSql.HasFormerEnds, ct)) return;
        var ends = new TopicRanges(kafka).All(Topics.ContestCommands);
        await database.Run(tx => tx.InsertFormerEnds(ends), ct);
    }

    /// <returns>True: it is a command that only operators give, on the topic of players, and was not there before that was
    /// so.</returns>
    internal static async Task<bool> IsMisplaced(this Tx tx, IContestCommand command, Envelope envelope) =>
        WireTypes.Of(command.GetType()).FormerTopic == envelope.Topic && !await tx.IsFormer(envelope.Partition, envelope.Offset);
}
