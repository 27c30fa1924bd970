using ContestPipeline.Contracts;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.ProofFiles;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Api.Players;

/// <summary>A file that is kept.</summary>
/// <param name="Sha256">Of its bytes, lower-case hex: by it the file is read.</param>
/// <param name="Receipt">What contest.submit-proof.v1 names beside the file.</param>
public sealed record ProofFileAnswer(string Sha256, string MediaType, long Bytes, string Receipt);

/// <summary>Files of proofs: participants put them there and read those of each other, operators read them.</summary>
public static class ProofFileRoutes
{
    public static void Map(RouteGroupBuilder v1, IServiceProvider worker)
    {
        var keeper = worker.GetRequiredService<ProofFileKeeper>();
        var database = worker.GetRequiredKeyedService<WorkerDatabase>(PayoutWorker.Name);
        v1.MapPut("/challenges/{contestId}/files", (string contestId, HttpRequest request, Caller caller, CancellationToken ct) =>
            Put(keeper, Uri.UnescapeDataString(contestId), request, caller, ct)).For(ApiRole.Player)
            .WithMetadata(new RequestSizeLimitAttribute(ProofRulesV1.FileBytesLimit + 1))
            .Accepts<Stream>("*/*") // Another type is answered with what is taken.
            .WithSummary("Keeps a file for a proof of a challenge that the caller takes part in, under the hash of its bytes.")
            .ProducesAnswer<ProofFileAnswer>("It is kept; the same file again gets the same answer.")
            .ProducesRefusal(400, "The body is empty.").ProducesRefusal(404, "The caller takes part in no such challenge.")
            .ProducesRefusal(409, "No files are kept here, or no more of this caller.")
            .ProducesRefusal(413, "More than 10,000,000 bytes.")
            .ProducesRefusal(415, "No picture, film or PDF, or not what Content-Type says.");
        v1.MapGet("/challenges/{contestId}/files/{sha256}", (string contestId, string sha256, HttpResponse response,
            Caller caller, CancellationToken ct) =>
            Get(keeper, database, Uri.UnescapeDataString(contestId), sha256, response, caller, ct))
            .For(ApiRole.Player, ApiRole.Operator)
            .WithSummary("A file that a participant put there for the challenge, as it came.")
            .ProducesFile("Its bytes.", [.. MediaTypeOf.All])
            .ProducesRefusal(404, "There is no such file in this challenge, or the caller takes no part in it.");
    }

    private static async Task<IResult> Put(
        ProofFileKeeper keeper, string contestId, HttpRequest request, Caller caller, CancellationToken ct) =>
        await keeper.Keep(contestId, caller.Subject, request.Body, request.ContentType, ct) switch
        {
            KeptFile.Kept kept => ApiAnswer.Of(
                new ProofFileAnswer(kept.File.Sha256, kept.File.MediaType, kept.File.Bytes, kept.Receipt)),
            KeptFile.NotThere => ApiProblem.NotFound($"challenge {contestId} that you take part in"),
            KeptFile.Refuse refuse => ApiProblem.Conflict(refuse.Why),
            KeptFile.Unfit { Why: ReceivedFile.Empty } => ApiProblem.Invalid("The body is empty: expected the bytes of a file."),
            KeptFile.Unfit { Why: ReceivedFile.TooLarge } => ApiProblem.Of(StatusCodes.Status413PayloadTooLarge, "Too large",
                $"A file may have {ProofRulesV1.FileBytesLimit} bytes at most."),
            KeptFile.Unfit { Why: ReceivedFile.WrongType wrong } => ApiProblem.Of(
                StatusCodes.Status415UnsupportedMediaType, "Not a file for a proof",
                $"By its bytes it is {wrong.Found ?? "none of these"}, and Content-Type says {request.ContentType ?? "nothing"}; "
                    + $"expected the same, and one of {string.Join(", ", MediaTypeOf.All)}."),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static async Task<IResult> Get(ProofFileKeeper keeper, WorkerDatabase database, string contestId, string sha256,
        HttpResponse response, Caller caller, CancellationToken ct)
    {
        var maySee = caller.Roles.Contains(ApiRole.Operator)
            || await database.Run(tx => tx.TakesPart(contestId, caller.Subject), ct);
        if (!maySee || await keeper.Open(contestId, sha256, ct) is not { } found) return ApiProblem.NotFound($"file {sha256}");
        // Whatever it is, a browser shows it as what it was checked to be, and carries nothing of it out.
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        response.Headers.CacheControl = "private, no-store";
        return Results.Stream(found.Bytes, found.File.MediaType, fileDownloadName: found.File.Sha256);
    }
}
