using System.Diagnostics;
using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Drafts;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Api.Players;

/// <summary>A draft of a challenge.</summary>
/// <param name="ContestId">Of the challenge that it becomes, or became.</param>
/// <param name="State">draft, publishing or published.</param>
/// <param name="Version">What If-Match names.</param>
/// <param name="Problems">What keeps it from being published now.</param>
/// <param name="Refused">Why it was not published when it was asked to be.</param>
public sealed record DraftAnswer(
    string DraftId, string ContestId, string State, string Version, ChallengeTerms Terms, IReadOnlyList<DraftProblem> Problems,
    DraftProblem? Refused, DateTimeOffset ChangedAt)
{
    internal static DraftAnswer Of(ChallengeDraft draft, PlatformTerms platform, DateTimeOffset now) => new(
        draft.DraftId, draft.ContestId, draft.State, draft.Version, draft.Terms,
        draft.State != DraftStates.Draft ? []
            : CompleteDraft.Of(draft.Terms, draft.ContestId, draft.PlayerId, platform, now).Problems,
        draft.Refusal is null ? null : WireJson.Read<DraftProblem>(Encoding.UTF8.GetBytes(draft.Refusal)), draft.ChangedAt);
}

/// <summary>A page of drafts by id.</summary>
public sealed record DraftList(IReadOnlyList<DraftAnswer> Drafts, string? Next);

/// <summary>Challenges before they are published: each creator's own, and nobody else's.</summary>
public static class DraftRoutes
{
    private const string One = "/me/challenge-drafts/{draftId}";
    private const int PageMax = 100;

    public static void Map(RouteGroupBuilder v1, IServiceProvider worker)
    {
        var database = worker.GetRequiredKeyedService<WorkerDatabase>(PayoutWorker.Name);
        var platform = worker.GetRequiredService<PlatformTerms>();
        v1.MapGet("/me/challenge-drafts", (string? after, int? limit, Caller caller, CancellationToken ct) =>
            List(database, platform, caller, after ?? "", limit ?? PageMax, ct)).For(ApiRole.Player)
            .WithSummary("The caller's drafts of challenges, those that are published included.")
            .ProducesAnswer<DraftList>("A page of drafts.").ProducesRefusal(400, "A page that is not there.");
        v1.MapGet(One, (string draftId, HttpResponse response, Caller caller, CancellationToken ct) => database.Run(
            async tx => await Shown(tx, platform, caller, draftId, response, StatusCodes.Status200OK), ct)).For(ApiRole.Player)
            .WithSummary("A draft of the caller, with what is still missing.")
            .ProducesAnswer<DraftAnswer>("The draft; ETag is its version.").ProducesRefusal(404, "There is none of that id.");
        v1.MapPut(One, (string draftId, ChallengeTerms terms, [FromHeader(Name = "If-Match")] string? version,
            HttpResponse response, Caller caller, CancellationToken ct) => database.Run(async tx => await Answer(
                await tx.SaveDraft(caller.Subject, draftId, Version(version), terms),
                () => Shown(tx, platform, caller, draftId, response, StatusCodes.Status200OK)), ct)).For(ApiRole.Player)
            .WithMetadata(new RequestSizeLimitAttribute(ChallengeDraft.BytesMax))
            .WithSummary("Keeps a new draft, or replaces the version that If-Match names; it may be incomplete.")
            .ProducesAnswer<DraftAnswer>("The draft; the same body again changes nothing.")
            .ProducesRefusal(400, "The body or the id is not understood.")
            .ProducesRefusal(409, "It is published, or the caller has too many drafts.")
            .ProducesRefusal(412, "The draft is at another version.").ProducesRefusal(413, "More than 16,384 bytes.")
            .ProducesRefusal(428, "There is such a draft, and no If-Match.");
        v1.MapDelete(One, (string draftId, [FromHeader(Name = "If-Match")] string? version, Caller caller, CancellationToken ct)
            => database.Run(async tx => await Answer(
                await tx.DeleteDraft(caller.Subject, draftId, Version(version)),
                () => Task.FromResult(Results.NoContent())), ct)).For(ApiRole.Player)
            .WithSummary("Throws away the version of a draft that If-Match names.")
            .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status204NoContent) { Description = "It is gone." })
            .ProducesRefusal(400, "The id is not understood.").ProducesRefusal(404, "There is none of that id.")
            .ProducesRefusal(409, "It is published.")
            .ProducesRefusal(412, "The draft is at another version.").ProducesRefusal(428, "There is no If-Match.");
        v1.MapPost($"{One}/publish", (string draftId, [FromHeader(Name = "If-Match")] string? version, HttpResponse response,
            Caller caller, CancellationToken ct) => database.Run(async tx => await Answer(
                await tx.PublishDraft(caller.Subject, draftId, Version(version), platform),
                () => Shown(tx, platform, caller, draftId, response, StatusCodes.Status202Accepted)), ct)).For(ApiRole.Player)
            .WithSummary("Publishes the version of a draft that If-Match names, once.")
            .ProducesAnswer<DraftAnswer>("It is being published, or is published, under its contestId.",
                StatusCodes.Status202Accepted)
            .ProducesRefusal(400, "The id is not understood.").ProducesRefusal(404, "There is none of that id.")
            .ProducesRefusal(409, "Something is missing or not as it must be, or the caller published too many within 24 hours.")
            .ProducesRefusal(412, "The draft is at another version.").ProducesRefusal(428, "There is no If-Match.");
    }

    private static async Task<IResult> List(
        WorkerDatabase database, PlatformTerms platform, Caller caller, string after, int limit, CancellationToken ct)
    {
        if (after.Length > 0 && !IdRules.IsNewId(after)) return ApiProblem.NoPage(after);
        if (limit is < 1 or > PageMax) return ApiProblem.Invalid($"limit must be from 1 to {PageMax}, not {limit}.");
        return await database.Run(async tx =>
        {
            var drafts = await tx.Drafts(caller.Subject, after, limit);
            return ApiAnswer.Of(new DraftList(
                [.. drafts.Select(d => DraftAnswer.Of(d, platform, tx.Now))], drafts.Count < limit ? null : drafts[^1].DraftId));
        }, ct);
    }

    private static async Task<IResult> Shown(
        Tx tx, PlatformTerms platform, Caller caller, string draftId, HttpResponse response, int status)
    {
        if (!IdRules.IsNewId(draftId) || await tx.FindDraft(caller.Subject, draftId) is not { } draft)
            return ApiProblem.NotFound($"draft {draftId}");
        response.Headers.ETag = $"\"{draft.Version}\"";
        return ApiAnswer.Of(DraftAnswer.Of(draft, platform, tx.Now), status);
    }

    private static async Task<IResult> Answer(DraftDecision decision, Func<Task<IResult>> done) => decision switch
    {
        DraftDecision.Refuse { Fault: DraftFault.Malformed } refuse => ApiProblem.Invalid(refuse.Why),
        DraftDecision.Refuse { Fault: DraftFault.NotThere } refuse => ApiProblem.NotFound(refuse.Why),
        DraftDecision.Refuse { Fault: DraftFault.AsThingsStand } refuse => ApiProblem.Conflict(refuse.Why),
        DraftDecision.Refuse { Fault: DraftFault.OtherVersion } refuse => ApiProblem.Of(
            StatusCodes.Status412PreconditionFailed, "Another version", refuse.Why),
        DraftDecision.Refuse { Fault: DraftFault.TooLarge } refuse => ApiProblem.Of(
            StatusCodes.Status413PayloadTooLarge, "Too large", refuse.Why),
        DraftDecision.Refuse { Fault: DraftFault.NoVersion } refuse => ApiProblem.Of(
            StatusCodes.Status428PreconditionRequired, "Which version?", refuse.Why),
        DraftDecision.Refuse => throw new UnreachableException(),
        _ => await done(),
    };

    /// <summary>With quotes, as ETag has it, or without.</summary>
    private static string? Version(string? ifMatch) => ifMatch?.Trim().Trim('"');
}
