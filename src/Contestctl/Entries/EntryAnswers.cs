using ContestPipeline.Contracts;

namespace ContestPipeline.Contestctl.Entries;

/// <summary>What the pipeline answered to the entries of a file, which need no sending any more. Pure.</summary>
internal static class EntryAnswers
{
    /// <param name="events">Of the contest, in order.</param>
    /// <returns>By command id; of an entry whose fee is paid that it takes part.</returns>
    public static Dictionary<string, IMessage> Of(IEnumerable<IMessage> events)
    {
        var answers = new Dictionary<string, IMessage>(StringComparer.Ordinal);
        foreach (var message in events)
        {
            var command = message switch
            {
                EntryAcceptedV1 accepted => accepted.CommandId,
                EntryPaymentRequiredV1 required => required.CommandId,
                CommandRejectedV1 rejected => rejected.CommandId,
                _ => null,
            };
            if (command is not null) answers[command] = message;
        }

        return answers;
    }

    /// <param name="sent">How many commands were published now.</param>
    public static EntriesImportAnswer Told(
        string contestId, EntriesFile file, int sent, IReadOnlyDictionary<string, IMessage> answers)
    {
        var told = file.Entries.Select(e => (Entry: e, Answer: answers.GetValueOrDefault(e.Command.CommandId))).ToArray();
        var refused = told.Where(t => t.Answer is CommandRejectedV1).Select(t => (t.Entry, No: (CommandRejectedV1)t.Answer!));
        return new EntriesImportAnswer(
            contestId, file.Entries.Count + file.Refused.Count, sent, told.Count(t => t.Answer is EntryAcceptedV1),
            told.Count(t => t.Answer is EntryPaymentRequiredV1), told.Count(t => t.Answer is null),
            [.. file.Refused.Concat(refused.Select(r => new RefusedLine(
                r.Entry.Line, r.Entry.Command.EntryId, r.No.ReasonCode, r.No.Message))).OrderBy(r => r.Line)], file.PassedOver);
    }
}

/// <summary>What became of a file of line-ups.</summary>
/// <param name="Lines">How many it has below its header.</param>
/// <param name="Sent">Published now; what was answered before is not sent again.</param>
/// <param name="Accepted">Take part.</param>
/// <param name="AwaitFee">Take part once their fee is paid.</param>
/// <param name="Unanswered">Of which the pipeline has not said anything yet, or that were not sent.</param>
/// <param name="Refused">In the order of the file.</param>
/// <param name="PassedOver">Columns that say nothing about entries.</param>
internal sealed record EntriesImportAnswer(
    string ContestId, int Lines, int Sent, int Accepted, int AwaitFee, int Unanswered, IReadOnlyList<RefusedLine> Refused,
    IReadOnlyList<string> PassedOver);
