using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>
/// What was published about commands and payments that are handled a second time: the second answer is the first.
/// </summary>
public sealed class StandingAnswers
{
    private static readonly StandingAnswers s_none = new([]);
    private readonly Dictionary<(string ContestId, string Ref), IMessage> published;

    /// <param name="rows">What <see cref="PublishedBefore.Of"/> made of it.</param>
    public StandingAnswers(IEnumerable<PublishedRow> rows) =>
        published = rows.GroupBy(r => (r.ContestId, r.Ref)).ToDictionary(g => g.Key, g => g.First().Message);

    /// <summary>Of commands that are judged and entries that they name; none when the database never went back.</summary>
    /// <param name="mayStand">Anything is kept.</param>
    internal static async Task<StandingAnswers> Load(bool mayStand, IReadOnlyList<IContestCommand> commands, Tx tx)
    {
        if (!mayStand || commands.Count == 0) return s_none;
        var entries = commands.Select(EntryOf).OfType<string>().Select(PublishedBefore.EntryRef);
        var rows = await tx.Published([.. commands.Select(c => c.ContestId).Distinct(StringComparer.Ordinal)],
            [.. commands.Select(c => c.CommandId).Concat(entries).Distinct(StringComparer.Ordinal)]);
        var before = rows.Select(r => r.Message).OfType<EntryChangedV1>().Where(c => c.Reason is null && c.Version > 2)
            .Select(c => (c.ContestId, Ref: UndoLateSwaps.CommandId(c.EntryId, c.Version - 1))).ToArray();
        if (before.Length == 0) return new StandingAnswers(rows);
        return new StandingAnswers(
            [.. rows, .. await tx.Published([.. before.Select(b => b.ContestId).Distinct(StringComparer.Ordinal)],
                [.. before.Select(b => b.Ref)])]);
    }

    /// <summary>
    /// What a command was answered first; null: nothing was published. Commands of operators are judged anew, since their answers
    /// say no more than what the contest's events say besides.
    /// </summary>
    public IMessage? Of(IContestCommand command, string bodyHash)
    {
        if (published.Count == 0 || command is CancelContestV1 or CancelChallengeV1 or RetrySettlementV1) return null;
        var answer = published.GetValueOrDefault((command.ContestId, command.CommandId));
        if (answer is CommandRejectedV1 rejected && rejected.BodyHash != bodyHash) return null;
        return answer ?? (command is SubmitEntryV1 submit && AcceptedOf(command.ContestId, submit.EntryId) is { } accepted
            && accepted.CommandId == submit.CommandId ? accepted : null);
    }

    /// <summary>Null: it was not published that the entry takes part.</summary>
    public EntryAcceptedV1? AcceptedOf(string contestId, string? entryId) =>
        published.GetValueOrDefault((contestId, PublishedBefore.EntryRef(entryId ?? ""))) as EntryAcceptedV1;

    /// <summary>
    /// When the command was judged first, UTC; null: nothing was published, or nothing whose time is asked for.
    /// </summary>
    public static DateTimeOffset? JudgedAt(IMessage? answer) => answer switch
    {
        CommandRejectedV1 m => m.At,
        EntryAcceptedV1 m => m.AcceptedAt,
        EntryPaymentRequiredV1 m => m.At,
        EntryChangedV1 m => m.At,
        EntryWithdrawnV1 m => m.At,
        _ => null,
    };

    /// <summary>
    /// The decision of before. What was heard of games since has no say in it; where the contest is not as it was, as when a game
    /// was found to have begun, the line-up and its version are those that were published.
    /// </summary>
    /// <param name="decide">Judges by a view.</param>
    public CommandDecision Decide(
        CommandView view, IContestCommand command, IMessage answer, Func<CommandView, CommandDecision> decide)
    {
        switch (answer)
        {
            case CommandRejectedV1 rejected:
                return new CommandDecision.Refuse(new Refusal(rejected.ReasonCode, rejected.Message, rejected.Field));
            case EntryChangedV1 changed when command is SwapAthleteV1 swap && view is { Rules: { } rules, Entry: { } entry }
                && swap.SlotIndex >= 0 && swap.SlotIndex < changed.AthleteIds.Count:
                var before = entry.Version == changed.Version - 1 ? entry.AthleteIds
                    : (published.GetValueOrDefault(
                        (changed.ContestId, UndoLateSwaps.CommandId(entry.EntryId, changed.Version - 1))) as EntryChangedV1)
                        ?.AthleteIds ?? entry.AthleteIds;
                return new CommandDecision.Change(entry.EntryId, changed.Version, changed.AthleteIds, swap.SlotIndex,
                    rules.Athletes[before[swap.SlotIndex]], rules.Athletes[changed.AthleteIds[swap.SlotIndex]]);
            default:
                return decide(view with { StartedGames = new HashSet<string>() });
        }
    }

    private static string? EntryOf(IContestCommand command) => command switch
    {
        SubmitEntryV1 submit => submit.EntryId,
        SwapAthleteV1 swap => swap.EntryId,
        WithdrawEntryV1 withdraw => withdraw.EntryId,
        _ => null,
    };
}
