using ContestPipeline.Contracts;

namespace ContestPipeline.Contestctl.Entries;

/// <summary>What the pipeline has answered to the entries of a contest by now.</summary>
internal sealed class EntryAnswers
{
    private readonly Dictionary<string, IMessage> byCommand = new(StringComparer.Ordinal);

    /// <summary>Entries that were let in or reserved, and then taken back or refused, by their ids.</summary>
    private readonly Dictionary<string, IMessage> ended = new(StringComparer.Ordinal);

    /// <param name="events">Of one contest, in order, each once.</param>
    public void Add(IEnumerable<IMessage> events)
    {
        foreach (var message in events)
        {
            switch (message)
            {
                case EntryAcceptedV1 accepted: byCommand[accepted.CommandId] = message; break;
                case EntryPaymentRequiredV1 required: byCommand[required.CommandId] = message; break;
                case CommandRejectedV1 rejected: byCommand[rejected.CommandId] = message; break;
                case EntryWithdrawnV1 withdrawn: ended[withdrawn.EntryId] = message; break;
                case EntryRefusedV1 refused: ended[refused.EntryId] = message; break;
                default: break;
            }
        }
    }

    /// <returns>The last that was said; null: nothing was.</returns>
    public IMessage? To(SubmitEntryV1 command) => byCommand.GetValueOrDefault(command.CommandId) switch
    {
        null => null,
        CommandRejectedV1 rejected => rejected,
        var answer => ended.GetValueOrDefault(command.EntryId, answer),
    };

    /// <param name="sent">How many commands were published now.</param>
    public EntriesImportAnswer Told(string contestId, EntriesFile file, int sent)
    {
        var told = file.Entries.Select(e => (Entry: e, Answer: To(e.Command))).ToArray();
        return new EntriesImportAnswer(
            contestId, file.Entries.Count + file.Refused.Count, sent, Count<EntryAcceptedV1>(), Count<EntryPaymentRequiredV1>(),
            told.Count(t => t.Answer is null),
                [.. file.Refused.Concat(told.Select(t => Refused(t.Entry, t.Answer)).OfType<RefusedLine>())
                .OrderBy(r => r.Line)], file.PassedOver, Count<EntryWithdrawnV1>());

        int Count<T>() => told.Count(t => t.Answer is T);
    }

    private static RefusedLine? Refused(ImportedEntry entry, IMessage? answer) => answer switch
    {
        CommandRejectedV1 no => new RefusedLine(entry.Line, entry.Command.EntryId, no.ReasonCode, no.Message),
        EntryRefusedV1 no => new RefusedLine(entry.Line, entry.Command.EntryId, no.ReasonCode, no.Message),
        _ => null,
    };
}

/// <summary>What became of a file of line-ups.</summary>
/// <param name="Lines">How many entries it has.</param>
/// <param name="Sent">Published now; what was answered before is not sent again.</param>
/// <param name="Accepted">Take part.</param>
/// <param name="AwaitFee">Take part once their fee is paid.</param>
/// <param name="Unanswered">Of which the pipeline has not said anything yet, or that were not sent.</param>
/// <param name="Refused">In the order of the file.</param>
/// <param name="PassedOver">Columns that say nothing about entries.</param>
/// <param name="Withdrawn">Were taken back since.</param>
internal sealed record EntriesImportAnswer(
    string ContestId, int Lines, int Sent, int Accepted, int AwaitFee, int Unanswered, IReadOnlyList<RefusedLine> Refused,
    IReadOnlyList<string> PassedOver, int Withdrawn);
