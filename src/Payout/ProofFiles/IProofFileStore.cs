namespace ContestPipeline.Payout.ProofFiles;

/// <summary>Keeps files under the SHA-256 of their bytes; what is kept is never changed.</summary>
public interface IProofFileStore
{
    /// <summary>Keeps a file; one that is there already stays as it is. When this returns, the file can be read.</summary>
    /// <param name="path">Where its bytes lie now; the caller deletes it.</param>
    /// <param name="sha256">Of its bytes, lower-case hex.</param>
    /// <exception cref="FileStoreAwayException">The store does not answer, or does not take it.</exception>
    Task Keep(string path, string sha256, string mediaType, CancellationToken ct);

    /// <returns>Its bytes; null: it is not there.</returns>
    /// <exception cref="FileStoreAwayException">The store does not answer.</exception>
    Task<Stream?> Open(string sha256, CancellationToken ct);

    /// <summary>Deletes a file; one that is not there is no fault.</summary>
    /// <exception cref="FileStoreAwayException">The store does not answer, or refuses.</exception>
    Task Delete(string sha256, CancellationToken ct);
}

/// <summary>Stores by where they are.</summary>
public static class ProofFileStores
{
    /// <returns>Null: no files are kept.</returns>
    public static IProofFileStore? Of(ProofFilePlace? place) => place switch
    {
        ProofFilePlace.Folder folder => new FolderStore(folder.Path),
        ProofFilePlace.Bucket bucket => new BucketStore(bucket),
        _ => null,
    };
}

/// <summary>The store cannot be used now: the caller may try again, and an operator reads why in the log.</summary>
public sealed class FileStoreAwayException(string what, Exception cause) : Exception($"{what}: {cause.Message}", cause);
