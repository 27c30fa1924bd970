using System.Globalization;
using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Requests;

namespace ContestPipeline.Payout.Payouts;

/// <summary>States of a payout; stored and published by their words, <see cref="PayoutStates"/>.</summary>
public enum PayoutState
{
    Pending,
    Held,
    AwaitingAccount,
    AwaitingFunds,
    Submitting,
    Paid,
    Failed,
    Rejected,

    /// <summary>Paid, and taken back in full or in part; the reason says which.</summary>
    Reversed,
}

/// <summary>How an attempt ended; <see cref="Open"/> while Stripe's answer is not stored.</summary>
public enum AttemptOutcome
{
    Open,
    Paid,
    Refused,
    Unfunded,
    Account,
    Absent,
    Mismatch,
}

/// <summary>What a payout's state says of it.</summary>
public static class PayoutEnds
{
    /// <returns>It goes no further by itself.</returns>
    public static bool IsTerminal(this PayoutState state) =>
        state is PayoutState.Paid or PayoutState.Failed or PayoutState.Rejected or PayoutState.Reversed;
}

/// <summary>What is owed to whom, and where the payout stands.</summary>
/// <param name="Fence">Grows with every claim; a write with an old one finds no row.</param>
public sealed record PayoutRecord(
    string PayoutId, string ContestId, int Revision, string PlayerId, long AmountMinor, string Currency, PayoutState State,
    string? Reason, int ChangeNo, long Fence, DateTimeOffset? LeaseUntil)
{
    /// <summary>Over everything Stripe is asked for under one key: the same key must never ask for something else.</summary>
    public string ParameterHash(string destination)
    {
        string[] fields = [PayoutId, ContestId, PlayerId, AmountMinor.ToString(CultureInfo.InvariantCulture), Currency,
            destination];
        return CanonicalHash.OfBytes(Encoding.UTF8.GetBytes(string.Concat(fields.Select(f => $"{f.Length}:{f}"))));
    }
}

/// <summary>One use of Stripe for a payout: a key, what it asks for, and what came of it.</summary>
/// <param name="UnknownAnswers">How often the call ended without telling whether money moved.</param>
/// <param name="LastAnswer">For people, and for <see cref="KeyUse"/>.</param>
/// <param name="LookUpSince">When Stripe was first asked without an answer what became of it; null: it was not, or has
/// answered.</param>
public sealed record PayoutAttempt(
    string PayoutId, int AttemptNo, string IdempotencyKey, string ParameterHash, string Destination, DateTimeOffset FirstUsedAt,
    AttemptOutcome Outcome, int UnknownAnswers, string? LastAnswer, DateTimeOffset? ClosedAt, DateTimeOffset? LookUpSince = null)
{
    /// <param name="mayHaveBeenSent">False: it is the transaction that has just stored the key which sends it.</param>
    public KeyUse Use(bool mayHaveBeenSent) => new(
        PayoutId, FirstUsedAt, mayHaveBeenSent, UnknownAnswers, LastAnswer, LookUpSince, PausesByAnswers: true);
}

/// <summary>A player's connected account as last read from Stripe.</summary>
/// <param name="Transfers">Stripe's capability status: active, inactive, pending.</param>
/// <param name="Stale">An event hinted that it changed since.</param>
/// <param name="Hints">How many events have: what is read from now on covers them.</param>
public sealed record PayoutAccount(
    string AccountId, string PlayerId, string Transfers, bool Stale, DateTimeOffset? ReadAt, long Hints)
{
    public bool IsReady => Transfers == "active";
}
