using System.Text;
using ContestPipeline.Contracts;

namespace ContestPipeline.Payout.Drafts;

/// <summary>Why something asked of a draft is not done.</summary>
public enum DraftFault
{
    Malformed,
    NotThere,
    AsThingsStand,
    OtherVersion,
    TooLarge,
    NoVersion,
}

/// <summary>What becomes of something that a creator asks of a draft.</summary>
public abstract record DraftDecision
{
    private DraftDecision() { }

    public sealed record Write(string Body) : DraftDecision;
    public sealed record Delete : DraftDecision;
    public sealed record Publish(ContestDefinitionV1 Definition) : DraftDecision;

    /// <summary>It is so already.</summary>
    public sealed record Nothing : DraftDecision;
    public sealed record Refuse(DraftFault Fault, string Why) : DraftDecision;
}

/// <summary>
/// Decides what is asked of a draft. Whoever changes one says which version is meant, so that of two changes none is lost unseen.
/// </summary>
public static class DecideDraft
{
    /// <returns>What is wrong with an id, whatever else is known; null: nothing.</returns>
    public static DraftDecision? Malformed(string draftId) =>
        IdRules.IsNewId(draftId) ? null : Refuse(DraftFault.Malformed, $"draftId: {IdRules.NewIdExpected}");

    /// <param name="known">The draft as it stands; null: there is none.</param>
    /// <param name="version">The version that is to be replaced; null: none is named, a new draft is meant.</param>
    public static DraftDecision Save(string draftId, ChallengeDraft? known, DraftCounts counts, string? version, string body)
    {
        if (Malformed(draftId) is { } malformed) return malformed;
        if (Encoding.UTF8.GetByteCount(body) is > ChallengeDraft.BytesMax and var bytes)
            return Refuse(DraftFault.TooLarge, $"a draft may have {ChallengeDraft.BytesMax} bytes at most; this one has {bytes}");
        if (known is null)
        {
            if (version is not null) return Refuse(DraftFault.OtherVersion, "there is no such draft any more");
            return counts.Open < ChallengeDraft.OpenMax ? new DraftDecision.Write(body) : Refuse(DraftFault.AsThingsStand,
                $"you have {counts.Open} drafts, at most {ChallengeDraft.OpenMax}: publish or delete one first");
        }

        if (known.State != DraftStates.Draft) return Stands(known);
        if (known.Body == body) return new DraftDecision.Nothing();
        return Unseen(known, version) ?? new DraftDecision.Write(body);
    }

    public static DraftDecision Delete(ChallengeDraft? known, string? version)
    {
        if (known is null) return NotThere();
        if (known.State != DraftStates.Draft) return Stands(known);
        return Unseen(known, version) ?? new DraftDecision.Delete();
    }

    public static DraftDecision Publish(
        ChallengeDraft? known, DraftCounts counts, string? version, PlatformTerms platform, DateTimeOffset now)
    {
        if (known is null) return NotThere();
        if (Unseen(known, version) is { } unseen) return unseen;
        if (known.State != DraftStates.Draft) return new DraftDecision.Nothing();
        if (counts.Published >= ChallengeDraft.PublishedMax)
            return Refuse(DraftFault.AsThingsStand,
                $"you have published {counts.Published} challenges within 24 hours, at most {ChallengeDraft.PublishedMax}");
        var (definition, problems) = CompleteDraft.Of(known.Terms, known.ContestId, known.PlayerId, platform, now);
        return definition is not null ? new DraftDecision.Publish(definition)
            : Refuse(DraftFault.AsThingsStand,
                $"the draft cannot be published yet: {string.Join("; ", problems.Select(p => $"{p.Field}: {p.Message}"))}");
    }

    private static DraftDecision? Unseen(ChallengeDraft known, string? version) =>
        version is null ? Refuse(DraftFault.NoVersion, "say in If-Match which version of the draft you mean")
        : version == known.Version ? null : Refuse(DraftFault.OtherVersion,
            $"the draft is at version {known.Version}, not {version}: read it again");

    private static DraftDecision.Refuse Stands(ChallengeDraft known) => Refuse(DraftFault.AsThingsStand,
        known.State == DraftStates.Published ? $"the draft is published as {known.ContestId} and never changes"
            : $"the draft is being published as {known.ContestId}");

    private static DraftDecision.Refuse NotThere() => Refuse(DraftFault.NotThere, "draft");

    private static DraftDecision.Refuse Refuse(DraftFault fault, string why) => new(fault, why);
}
