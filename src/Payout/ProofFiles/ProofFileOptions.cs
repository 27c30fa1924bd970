using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Payout.ProofFiles;

/// <summary>Where files of proofs are kept, and how receipts for them are signed.</summary>
/// <param name="Place">A folder, or a bucket; null: no files are taken.</param>
/// <param name="Key">Signs receipts.</param>
/// <param name="PlayerBytesMax">What one player may put there for one challenge, in bytes.</param>
public sealed record ProofFileOptions(ProofFilePlace? Place, byte[] Key, long PlayerBytesMax)
{
    internal const string StoreSetting = "PROOF_FILES_STORE";
    internal const string AddressSetting = "PROOF_FILES_S3_URL";
    private const string BucketScheme = "s3://";
    private const long BytesOfMegabyte = 1_000_000;

    /// <exception cref="SettingException">A store without a key, or without what its protocol needs.</exception>
    public static ProofFileOptions From(IConfiguration settings)
    {
        var mostBytes = settings.Whole("PROOF_FILES_PLAYER_MB") * BytesOfMegabyte;
        if (settings.Optional(StoreSetting) is not { } store) return new ProofFileOptions(null, [], mostBytes);
        var key = SigningKeys.One(
            settings, ProofReceipt.KeySetting, "the key that signs receipts for files; Scoring checks them");
        if (!store.StartsWith(BucketScheme, StringComparison.Ordinal))
            return new ProofFileOptions(new ProofFilePlace.Folder(Path.GetFullPath(store)), key, mostBytes);
        var (bucket, prefix) = store[BucketScheme.Length..].Split('/', 2) is [var name, var rest] ? (name, rest.Trim('/'))
            : (store[BucketScheme.Length..], "");
        if (bucket.Length == 0)
            throw new SettingException(StoreSetting, $"must name a bucket, such as s3://proofs, not '{store}'");
        return new ProofFileOptions(new ProofFilePlace.Bucket(
            bucket, prefix, settings.Declared(AddressSetting), settings.Optional("PROOF_FILES_S3_REGION") ?? "us-east-1",
            settings.Require("PROOF_FILES_S3_ACCESS_KEY", "the access key of the bucket"),
            settings.Require("PROOF_FILES_S3_SECRET_KEY", "the secret key of the bucket")), key, mostBytes);
    }

    /// <summary>Without the key.</summary>
    public override string ToString() => $"{nameof(ProofFileOptions)} {{ Place = {Place} }}";
}

/// <summary>Where files of proofs are kept.</summary>
public abstract record ProofFilePlace
{
    private ProofFilePlace() { }

    /// <param name="Path">Absolute.</param>
    public sealed record Folder(string Path) : ProofFilePlace;

    /// <summary>Of Amazon S3 or of whatever speaks its protocol.</summary>
    /// <param name="Prefix">Before each key, without slashes at its ends; may be empty.</param>
    /// <param name="Address">Null: Amazon's own.</param>
    public sealed record Bucket(
        string Name, string Prefix, string? Address, string Region, string AccessKey, string SecretKey) : ProofFilePlace
    {
        /// <summary>Without the keys.</summary>
        public override string ToString() => $"s3://{Name}/{Prefix}";
    }
}
