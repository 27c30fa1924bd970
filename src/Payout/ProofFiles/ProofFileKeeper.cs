using ContestPipeline.Contracts;
using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.ProofFiles;

/// <summary>What came of a participant's file.</summary>
public abstract record KeptFile
{
    private KeptFile() { }

    public sealed record Kept(ProofFileV1 File, string Receipt) : KeptFile;

    /// <summary>The caller takes no part in a challenge of this id.</summary>
    public sealed record NotThere : KeptFile;

    /// <summary>Files are not taken here, or no more of this player.</summary>
    public sealed record Refuse(string Why) : KeptFile;

    public sealed record Unfit(ReceivedFile Why) : KeptFile;
}

/// <summary>
/// Takes in files of participants: into the store first, then the row, then the receipt; so whatever has a receipt is there.
/// </summary>
public sealed class ProofFileKeeper(
    ProofFileOptions options, TimeProvider clock, [FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database) : IDisposable
{
    private readonly ReceiveFile receive = new(
        options.Place is ProofFilePlace.Folder folder ? Path.Combine(folder.Path, "incoming")
            : Path.Combine(Path.GetTempPath(), "contestpipeline-proofs"), clock);

    private readonly IProofFileStore? store = ProofFileStores.Of(options.Place);

    public async Task<KeptFile> Keep(
        string contestId, string playerId, Stream body, string? mediaType, CancellationToken ct)
    {
        if (store is null) return new KeptFile.Refuse("no files are kept here: PROOF_FILES_STORE is not set.");
        var (takesPart, bytes) = await database.Run(
            async tx => (await tx.TakesPart(contestId, playerId), await tx.ProofBytes(contestId, playerId)), ct);
        if (!takesPart) return new KeptFile.NotThere();
        if (bytes >= options.PlayerBytesMax)
            return new KeptFile.Refuse($"you have put {bytes} bytes there for this challenge, at most {options.PlayerBytesMax}.");
        var received = await receive.Take(body, mediaType, ct);
        if (received is not ReceivedFile.Taken taken) return new KeptFile.Unfit(received);
        try
        {
            await store.Keep(taken.Path, taken.File.Sha256, taken.File.MediaType, ct);
        }
        finally
        {
            File.Delete(taken.Path);
        }

        await database.Run(tx => tx.InsertProofFile(contestId, playerId, taken.File), ct);
        return new KeptFile.Kept(taken.File, ProofReceipt.Of(options.Key, contestId, playerId, taken.File));
    }

    /// <returns>A file of the challenge with its bytes; null: there is none.</returns>
    public async Task<(ProofFileV1 File, Stream Bytes)?> Open(string contestId, string sha256, CancellationToken ct)
    {
        if (store is null || await database.Run(tx => tx.FindProofFile(contestId, sha256), ct) is not { } file) return null;
        var bytes = await store.Open(sha256, ct)
            ?? throw new InvariantException($"file {sha256} of challenge {contestId} was stored and is not there");
        return (file, bytes);
    }

    public void Dispose() => (store as IDisposable)?.Dispose();
}
