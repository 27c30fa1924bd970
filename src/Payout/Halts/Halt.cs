using ContestPipeline.Contracts;

namespace ContestPipeline.Payout.Halts;

/// <summary>What a halt stops.</summary>
public static class HaltScope
{
    /// <summary>Every payout of the platform.</summary>
    public const string Payouts = "payouts";

    public const string Contest = "contest";
    public const string Player = "player";

    public static IReadOnlyList<string> All { get; } = [Payouts, Contest, Player];
}

/// <summary>Payouts that an operator has stopped.</summary>
/// <param name="Scope">One of <see cref="HaltScope"/>.</param>
/// <param name="Subject">The contest's or the player's id; empty for the platform.</param>
/// <param name="Waiting">Payouts of it that are not over; 0 once it was lifted.</param>
public sealed record Halt(
    long HaltNo, string Scope, string Subject, string Reason, string HaltedBy, DateTimeOffset HaltedAt, DateTimeOffset? LiftedAt,
    string? LiftedBy, string? LiftReason, long Waiting)
{
    public string AlertKey => $"payouts-halted/{HaltNo}";

    /// <summary>For people: what is halted.</summary>
    public string What => Scope == HaltScope.Payouts ? "all payouts" : $"payouts of {Scope} {Subject}";
}

/// <summary>What an operator asks to be halted. A field that is not here is refused.</summary>
/// <param name="Scope">One of <see cref="HaltScope"/>.</param>
/// <param name="Reason">Why, 1 to 500 characters; kept in the audit log.</param>
/// <param name="Id">The contest's or the player's id; absent for the platform.</param>
public sealed record HaltWish([OneOf(typeof(HaltScope))] string Scope, string Reason, string? Id = null)
{
    private const int IdMax = 200;

    /// <returns>What cannot be meant; null when there is nothing.</returns>
    public string? Fault()
    {
        if (!HaltScope.All.Contains(Scope)) return $"scope must be one of {string.Join(", ", HaltScope.All)}, not '{Scope}'.";
        if (Scope == HaltScope.Payouts && Id is not null) return "id has no meaning where all payouts are halted.";
        if (Scope != HaltScope.Payouts && string.IsNullOrWhiteSpace(Id)) return $"id must name the {Scope}.";
        if (Id is { Length: > IdMax } || Id?.Any(char.IsControl) == true)
            return $"id may have {IdMax} characters at most and no control characters.";
        return HaltReason.Fault(Reason);
    }
}

/// <summary>Why a halt is lifted.</summary>
/// <param name="Reason">1 to 500 characters; kept in the audit log.</param>
public sealed record HaltReason(string Reason)
{
    private const int ReasonMax = 500;

    /// <returns>What cannot be meant; null when there is nothing.</returns>
    public static string? Fault(string reason) =>
        string.IsNullOrWhiteSpace(reason) ? "reason must say why."
        : reason.Length > ReasonMax ? $"reason may have {ReasonMax} characters at most, not {reason.Length}."
        : reason.Any(char.IsControl) ? "reason may not hold control characters." : null;
}

/// <summary>Whether a halt can be lifted, and by whom. No clock, no database.</summary>
public abstract record LiftDecision
{
    private LiftDecision() { }

    public sealed record Lift : LiftDecision;

    public sealed record NotThere : LiftDecision;

    /// <summary>Not as things stand.</summary>
    public sealed record Refuse(string Why) : LiftDecision;

    /// <summary>Not by this person.</summary>
    public sealed record NotYours(string Why) : LiftDecision;

    /// <param name="halt">Null: there is none of that number.</param>
    /// <param name="isOwn">The person who asks is the player whose payouts are halted.</param>
    public static LiftDecision Decide(Halt? halt, bool isOwn) => halt switch
    {
        null => new NotThere(),
        { LiftedAt: { } at } => new Refuse($"Halt {halt.HaltNo} was lifted at {at:u} by {halt.LiftedBy}."),
        _ when isOwn => new NotYours("Nobody lets go payouts of their own."),
        _ => new Lift(),
    };
}
