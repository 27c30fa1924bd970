using ContestPipeline.Payout.Audit;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Replay.Parking;

/// <summary>Gives the first message of a parked key up, with a second person where money hangs on it.</summary>
public static class DiscardParked
{
    private const int ResultCharactersMax = 2_000;

    /// <summary>What hangs on a message, with the fees that Payout holds where it would give some back.</summary>
    public static async Task<IReadOnlyList<Stake>> StakesOf(Tx tx, ParkedRecord message)
    {
        var envelope = message.Envelope();
        return MoneyAtStake.GivesBack(envelope) is var (contest, entry)
            ? MoneyAtStake.Of(envelope, await tx.FeesHeld(contest, entry)) : MoneyAtStake.Of(envelope, []);
    }

    /// <param name="database">Of the worker, as the owner.</param>
    /// <param name="looked">The message that was looked at.</param>
    /// <param name="offset">That the person named; another one at the head is left alone.</param>
    public static async Task<(DiscardAnswer Answer, IReadOnlyList<Stake> Stakes)> Discard(
        WorkerDatabase database, ParkedRecord looked, long offset, DiscardWish wish, CancellationToken ct) => await database.Run(
        async tx =>
        {
            var stakes = await StakesOf(tx, looked);
            // What became the first since it was looked at has not been judged.
            var answer = await Parked.Discard(
                tx, looked.Topic, looked.Key, offset, wish, head => head.Arrival != looked.Arrival || stakes.Count > 0);
            if (Result(answer) is not { } result) return (answer, stakes);
            var words = stakes.Count == 0 ? "" : $" ({string.Join("; ", MoneyAtStake.Words(stakes))})";
            await tx.AuditAsRole(new AuditEntry(
                wish.By, "parked-discarded",
                $"{tx.Schema} {looked.Topic}[{looked.Partition}] offset {looked.Offset} {KeyName.Of(looked.Key)}",
                ReplaySource.Member(looked.Envelope(), "contestId"), null, null, wish.Reason, Cut(result + words)));
            return (answer, stakes);
        }, ct);

    /// <returns>For the audit log; null: nothing was decided.</returns>
    private static string? Result(DiscardAnswer answer) => answer switch
    {
        DiscardAnswer.Discarded { ApprovedBy: not null } done => $"done; asked by {done.By}",
        DiscardAnswer.Discarded => "done",
        DiscardAnswer.AwaitsApprover => "awaits an approver",
        DiscardAnswer.NotYours no => $"refused: {no.Why}",
        _ => null,
    };

    private static string Cut(string words) => words.Length <= ResultCharactersMax ? words : words[..ResultCharactersMax] + "…";
}
