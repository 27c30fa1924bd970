using System.Security.Cryptography;
using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Drafts;

/// <summary>A draft as it is stored.</summary>
/// <param name="DraftId">Chosen by the client, unique among the player's.</param>
/// <param name="ContestId">Under which the challenge is published.</param>
/// <param name="Body">Its <see cref="ChallengeTerms"/>, as JSON.</param>
/// <param name="Version">Of the body: the same body is the same version.</param>
/// <param name="State">One of <see cref="DraftStates"/>.</param>
/// <param name="CommandId">Of the command that publishes it, or that was refused; null: there was none.</param>
/// <param name="AskedAt">When that was.</param>
/// <param name="Refusal">Why Scoring refused to publish it, as JSON of a <see cref="DraftProblem"/>; null: it did not.</param>
public sealed record ChallengeDraft(
    string PlayerId, string DraftId, string ContestId, string Body, string Version, string State, string? CommandId,
    DateTimeOffset? AskedAt, string? Refusal, DateTimeOffset ChangedAt)
{
    /// <summary>Bytes of a body at most.</summary>
    public const int BytesMax = 16_384;

    /// <summary>Drafts of a player at most that are not published.</summary>
    public const int OpenMax = 20;

    /// <summary>Drafts that a player publishes within <see cref="PublishWindow"/> at most.</summary>
    public const int PublishedMax = 20;

    /// <summary>Over how long published drafts are counted.</summary>
    public static readonly TimeSpan PublishWindow = TimeSpan.FromHours(24);

    private const int VersionChars = 32;

    /// <summary>What the creator says of the challenge.</summary>
    public ChallengeTerms Terms => WireJson.Read<ChallengeTerms>(Encoding.UTF8.GetBytes(Body));

    /// <returns>The id of the challenge that a draft becomes: one draft, one challenge.</returns>
    public static string ContestIdOf(string playerId, string draftId) =>
        $"challenge-{DeterministicId.From($"challenge-draft/{KeyPart.Of(playerId)}/{KeyPart.Of(draftId)}")}";

    /// <returns>The id of the command that publishes it, asked for at a time.</returns>
    public static string CommandIdOf(string contestId, DateTimeOffset askedAt) =>
        DeterministicId.From($"challenge-publish/{contestId}/{askedAt.UtcTicks}").ToString();

    public static string VersionOf(string body) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)))[..VersionChars];
}

/// <summary>Where a draft stands, in the words that are stored and shown.</summary>
public static class DraftStates
{
    public const string Draft = "draft";

    /// <summary>Scoring has been told and has not answered.</summary>
    public const string Publishing = "publishing";

    public const string Published = "published";
}

/// <summary>Drafts of a player.</summary>
/// <param name="Open">That are not published.</param>
/// <param name="Published">That were published within the window.</param>
public sealed record DraftCounts(int Open, int Published);
