using ContestPipeline.Contracts;

namespace ContestPipeline.Scoring;

/// <summary>What commands that are judged a second time find besides.</summary>
internal sealed partial class CommandProcessor
{
    /// <summary>Commands are read again, see <see cref="JudgedAt"/>.</summary>
    public bool IsAgain { get; set; }

    /// <summary>What was published about commands before the database went back.</summary>
    public required StandingAnswers Standing { get; set; }

    /// <summary>
    /// A swap or withdrawal may be read again before the payment that let its entry in: that it was let in was published before.
    /// </summary>
    public void AcceptAsPublished(IContestCommand command)
    {
        var contest = contests[command.ContestId];
        if (EntryOf(command) is not { Item2: { } entryId } || contest.Entries.ContainsKey(entryId)
            || contest.Reserved.GetValueOrDefault(entryId) is not { State: ReservationState.Reserved } reserved
            || Standing.AcceptedOf(command.ContestId, entryId) is not { AcceptedAt: var at }) return;
        contest.Reserved[entryId] = reserved with { State = ReservationState.Accepted, EndedAt = at };
        contest.ReservedEnded.Add(entryId);
        contest.Entries[entryId] = new EntryRow(contest.ContestId, entryId, reserved.AcceptanceNo, reserved.PlayerId, 1,
            reserved.AthleteIds, at, Withdrawn: false);
        contest.Added.Add(entryId);
        contest.EntryCount++;
        changes.Add((contest.ContestId, ++contest.LastChangeNo, reserved.AcceptanceNo));
    }
}
