using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.ProofFiles;

/// <summary>Files in a bucket of Amazon S3, or of another store that speaks its protocol; their keys are their hashes.</summary>
public sealed class BucketStore : IProofFileStore, IDisposable
{
    private readonly ProofFilePlace.Bucket bucket;
    private readonly AmazonS3Client client;

    public BucketStore(ProofFilePlace.Bucket bucket)
    {
        this.bucket = bucket;
        client = new AmazonS3Client(new BasicAWSCredentials(bucket.AccessKey, bucket.SecretKey), new AmazonS3Config
        {
            ServiceURL = bucket.Address,
            AuthenticationRegion = bucket.Region,
            ForcePathStyle = bucket.Address is not null,
            // Not every store knows the check sums that the package would add; what is stored is read and hashed instead.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        });
    }

    public async Task Keep(string path, string sha256, string mediaType, CancellationToken ct)
    {
        await Ask(() => client.PutObjectAsync(new PutObjectRequest
        {
            BucketName = bucket.Name, Key = KeyOf(sha256), FilePath = path, ContentType = mediaType, UseChunkEncoding = false,
        }, ct));
        await using var stored = await Open(sha256, ct)
            ?? throw new InvariantException($"{bucket} took {sha256} and does not have it");
        var found = Convert.ToHexStringLower(await SHA256.HashDataAsync(stored, ct));
        Invariant.Holds(found == sha256, $"{bucket} was given {sha256} and has {found}");
    }

    public async Task<Stream?> Open(string sha256, CancellationToken ct)
    {
        try
        {
            return (await Ask(() => client.GetObjectAsync(bucket.Name, KeyOf(sha256), ct))).ResponseStream;
        }
        catch (FileStoreAwayException away) when (away.InnerException is AmazonS3Exception { ErrorCode: "NoSuchKey" })
        {
            return null;
        }
    }

    public Task Delete(string sha256, CancellationToken ct) =>
        Ask(() => client.DeleteObjectAsync(bucket.Name, KeyOf(sha256), ct));

    public void Dispose() => client.Dispose();

    private async Task<T> Ask<T>(Func<Task<T>> request)
    {
        try
        {
            return await request();
        }
        catch (AmazonServiceException refused)
        {
            throw new FileStoreAwayException($"{bucket}", refused);
        }
        catch (AmazonClientException away)
        {
            throw new FileStoreAwayException($"{bucket}", away);
        }
        catch (HttpRequestException away)
        {
            throw new FileStoreAwayException($"{bucket}", away);
        }
    }

    private string KeyOf(string sha256) => bucket.Prefix.Length == 0 ? sha256 : $"{bucket.Prefix}/{sha256}";
}
