namespace ContestPipeline.Payout.ProofFiles;

/// <summary>Files in a folder of this machine, or of one that is mounted: <c>ab/abcdef…</c>, without a name or a type.</summary>
public sealed class FolderStore(string folder) : IProofFileStore
{
    /// <summary>Complete or not there: the bytes were flushed to the disk, and move within the folder.</summary>
    /// <inheritdoc/>
    public Task Keep(string path, string sha256, string mediaType, CancellationToken ct)
    {
        var target = PathOf(sha256);
        if (File.Exists(target)) return Task.CompletedTask;
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Move(path, target, overwrite: true);
        return Task.CompletedTask;
    }

    public Task<Stream?> Open(string sha256, CancellationToken ct)
    {
        var path = PathOf(sha256);
        return Task.FromResult<Stream?>(
            File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read) : null);
    }

    public Task Delete(string sha256, CancellationToken ct)
    {
        var path = PathOf(sha256);
        if (File.Exists(path)) File.Delete(path);
        return Task.CompletedTask;
    }

    private string PathOf(string sha256) => Path.Combine(folder, sha256[..2], sha256);
}
