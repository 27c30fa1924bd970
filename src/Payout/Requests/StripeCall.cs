using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Requests;

/// <summary>
/// A request to Stripe that changes something, to be made exactly once: written with the business change that wants it, made
/// later by the runner.
/// </summary>
/// <param name="Key">The idempotency key, derived from what the call is for (<c>refund/{contest}/{entry}/{n}</c>); at most 255
/// characters.</param>
/// <param name="Kind">Which <see cref="IStripeRequestHandler"/> performs and applies it.</param>
/// <param name="Subject">What it concerns; for people and for look-ups.</param>
/// <param name="Parameters">A record with everything the request says; never changed.</param>
public sealed record StripeCall(string Key, string Kind, string Subject, object Parameters)
{
    public const int KeyCharsMax = 255;

    /// <summary>Words too long for a key are named by an id derived from them.</summary>
    public static string KeyOf(string words) =>
        words.Length <= KeyCharsMax
            ? words : $"{words.AsSpan(0, words.IndexOf('/', StringComparison.Ordinal))}/{DeterministicId.From(words):D}";

    public string Body => Encoding.UTF8.GetString(WireJson.Bytes(Parameters));
}

/// <summary>A call as the runner has claimed it.</summary>
/// <param name="Body">The parameters as JSON.</param>
/// <param name="CreatedAt">When the call was wished for.</param>
/// <param name="FirstUsedAt">When the key was first claimed for sending: Stripe cannot have seen it earlier.</param>
/// <param name="Fence">Grows with every claim; a write with an old one finds no row.</param>
/// <param name="LookUpSince">When Stripe was first asked without an answer what became of it; null: it was not, or has
/// answered.</param>
/// <param name="LooksFirst">The books went back in time and are being recovered: Stripe is asked what it has before each
/// sending.</param>
/// <param name="LostSince">Since when, UTC, what was committed may be missing in them.</param>
public sealed record OpenCall(
    string Key, string Kind, string Subject, string Body, string BodyHash, DateTimeOffset CreatedAt, DateTimeOffset FirstUsedAt,
    int UnknownAnswers, string? LastAnswer, long Fence, DateTimeOffset? LookUpSince = null, bool LooksFirst = false,
    DateTimeOffset? LostSince = null)
{
    /// <summary>Its key, which an earlier claim may have sent.</summary>
    public KeyUse Use => new(Key, FirstUsedAt, MayHaveBeenSent: Fence > 1, UnknownAnswers, LastAnswer, LookUpSince);

    /// <returns>What does not fit in what is stored; null: nothing.</returns>
    public string? Fault => HashOf(Body) == BodyHash ? null : "the parameters of the call have changed";

    /// <summary>What Stripe made of the call it made after this moment, UTC.</summary>
    public DateTimeOffset MadeAfter => LostSince < CreatedAt ? LostSince.Value : CreatedAt;

    public T Parameters<T>() => WireJson.Read<T>(Encoding.UTF8.GetBytes(Body));

    public static string HashOf(string body) => CanonicalHash.OfBytes(Encoding.UTF8.GetBytes(body));
}

/// <summary>How a call ended.</summary>
public static class CallState
{
    public const string Open = "open";
    public const string Done = "done";
    public const string Refused = "refused";

    /// <summary>Its key is too old to be sent again, and Stripe knows nothing of it.</summary>
    public const string Gone = "gone";

    /// <summary>Something that must not be repaired by a machine.</summary>
    public const string Held = "held";
}
