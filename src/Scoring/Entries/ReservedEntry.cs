namespace ContestPipeline.Scoring;

/// <summary>An entry of a contest with a fee, from its command until it is paid, given up or refused.</summary>
/// <param name="AcceptanceNo">Its place in the order in which entries were asked for; it keeps it if it is paid.</param>
/// <param name="PlayerEntryNo">1, 2, 3 … within contest and player.</param>
/// <param name="CommandId">The command that asked for it.</param>
/// <param name="AthleteIds">In slot order, joined by commas.</param>
/// <param name="State">One of <see cref="ReservationState"/>.</param>
public sealed record ReservedEntry(
    string ContestId, string EntryId, long AcceptanceNo, string PlayerId, int PlayerEntryNo, string CommandId, string AthleteIds,
    DateTimeOffset ReservedAt, string State, DateTimeOffset? EndedAt);

/// <summary>Where a reserved entry stands.</summary>
public static class ReservationState
{
    public const string Reserved = "reserved";

    /// <summary>Paid in time: from here on it is an entry like any other.</summary>
    public const string Accepted = "accepted";

    public const string Withdrawn = "withdrawn";
    public const string Refused = "refused";
}
