namespace ContestPipeline.Replay.Effect;

/// <summary>What became of the messages that were replayed.</summary>
/// <param name="AlreadyKnown">Recognised by every worker that has a handler for them.</param>
/// <param name="New">Handled; whether anything changed is told of the contests.</param>
/// <param name="Rejected">Answered on the topic's own topic for rejections.</param>
/// <param name="Parked">Could not be handled, or queue behind one that could not.</param>
/// <param name="PassedOver">Nobody has a handler for them.</param>
public sealed record MessageEffect(long Read, long AlreadyKnown, long New, long Rejected, long Parked, long PassedOver);

/// <summary>Cents of one currency, up and down apart: ten up and ten down is not nothing.</summary>
public sealed record CentsEffect(string Currency, long UpMinor, long DownMinor);

/// <summary>What a replay changes in one contest.</summary>
/// <param name="EntriesRescored">Entries with an athlete whose line was written again.</param>
/// <param name="ScoresChanged">By the lines as they are; of a settled contest they are what a new revision would start
/// from.</param>
/// <param name="PrizesChanged">Of entries, all results of the contest together.</param>
/// <param name="Prizes">What entries get more and less, after fees.</param>
/// <param name="Transfers">Payouts that would come in or change, whose money has not left yet.</param>
/// <param name="ReservationsBefore">How many entries with a fee are reserved, accepted, withdrawn and refused, in words; empty:
/// none was ever asked for.</param>
public sealed record ContestEffect(
    string ContestId, string StateBefore, string StateAfter, string? HoldBefore, string? HoldAfter, int RevisionBefore,
    int RevisionAfter, int EntriesRescored, int ScoresChanged, int RanksChanged, int PrizesChanged,
    IReadOnlyList<CentsEffect> Prizes, int Transfers, IReadOnlyList<CentsEffect> TransferCents, string ReservationsBefore,
    string ReservationsAfter, string HashBefore, string HashAfter)
{
    public bool IsChange => HashBefore != HashAfter || StateBefore != StateAfter;
}

/// <summary>All that a replay would do.</summary>
/// <param name="Contests">Those that the messages are about or of which anything was written, changed or not.</param>
/// <param name="WaitsSeconds">How long it takes until all of this has come about: a contest that has its result waits for its
/// correction window.</param>
/// <param name="LedgerLines">That would be added.</param>
/// <param name="StripeCalls">That Payout would make of Stripe besides transfers: refunds, payment intents.</param>
/// <param name="Sent">Records that would be produced by the workers, by topic.</param>
/// <param name="Alerts">That would be raised, in words.</param>
/// <param name="Failures">Jobs that would fail, in words.</param>
public sealed record ReplayEffect(
    MessageEffect Messages, ContestEffect Total, IReadOnlyList<ContestEffect> Contests, long WaitsSeconds, long LedgerLines,
    long StripeCalls, IReadOnlyDictionary<string, long> Sent, IReadOnlyList<string> Alerts, IReadOnlyList<string> Failures);
