using System.Security.Cryptography;
using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Embedded;
using ContestPipeline.Integration.Payout.Wallet;
using ContestPipeline.Payout.ProofFiles;

namespace ContestPipeline.Integration.Payout.ProofFiles;

/// <summary>
/// Files of proofs in a bucket of a server that speaks the protocol of S3 and that nobody here wrote (s3rver, which
/// scripts/setup installs beside tests/S3Server); without Node the tests are skipped.
/// </summary>
public sealed class BucketStoreTests(PayoutWorld world, S3Server server) : IClassFixture<PayoutWorld>, IClassFixture<S3Server>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("proofs/of/challenges")]
    public async Task A_file_is_in_the_bucket_under_its_hash_when_its_receipt_is_given(string prefix)
    {
        Assert.SkipUnless(server.Absent is null, server.Absent ?? "");
        var id = $"bucket-{prefix.Length}";
        await Joined(id);
        byte[] bytes =
        [
            0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, .. Encoding.UTF8.GetBytes(new string('x', 300_000 + prefix.Length)),
        ];
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        using var keeper = Keeper(server.Bucket(prefix));

        var kept = Assert.IsType<KeptFile.Kept>(await keeper.Keep(id, $"{id}-p1", new MemoryStream(bytes), "image/png", ct));
        var again = Assert.IsType<KeptFile.Kept>(await keeper.Keep(id, $"{id}-p1", new MemoryStream(bytes), "image/png", ct));

        Assert.Equal(new ProofFileV1(sha256, "image/png", bytes.Length), kept.File);
        Assert.Equal(kept.Receipt, again.Receipt);
        var found = (await keeper.Open(id, sha256, ct))!.Value;
        await using var stored = found.Bytes;
        using var read = new MemoryStream();
        await stored.CopyToAsync(read, ct);
        Assert.Equal(bytes, read.ToArray());
        Assert.Null(await keeper.Open(id, new string('a', 64), ct));
        using var store = new BucketStore(server.Bucket(prefix));
        Assert.Null(await store.Open(new string('a', 64), ct));
        Assert.Contains(sha256, server.Keys(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_bucket_does_not_take_has_no_row_and_no_receipt()
    {
        Assert.SkipUnless(server.Absent is null, server.Absent ?? "");
        await Joined("forbidden");
        var bucket = server.Bucket("");
        foreach (var wrong in (ProofFilePlace.Bucket[])
            [bucket with { Name = "no-such-bucket" }, bucket with { Address = $"http://127.0.0.1:{FreePorts.One()}" }])
        {
            using var keeper = Keeper(wrong);
            await Assert.ThrowsAsync<FileStoreAwayException>(() => keeper.Keep(
                "forbidden", "forbidden-p1", new MemoryStream("%PDF-1.7 x"u8.ToArray()), "application/pdf", ct));
        }

        Assert.Equal(0, await world.Scalar<long>("select count(*) from payout.proof_file where contest_id = 'forbidden'"));
    }

    private ProofFileKeeper Keeper(ProofFilePlace.Bucket bucket) => new(
        new ProofFileOptions(bucket, Encoding.UTF8.GetBytes(ApiWorld.FilesKey), 1_000_000_000),
        world.Clock, world.Database);

    private async Task Joined(string id)
    {
        var rig = new WalletRig(world);
        await rig.Publish(id);
        await rig.Deposit($"{id}-p1", WalletRig.StakeMinor, "all");
        await rig.Tell(rig.Required(id, 1));
    }
}

/// <summary>The server, with one bucket, for a class of tests.</summary>
public sealed class S3Server : IAsyncLifetime
{
    private const string Account = "S3RVER";
    private const string BucketName = "contest-proofs";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("contestpipeline-s3-");
    private ChildProcess? process;
    private string? address;

    /// <summary>Why there is none; null when there is.</summary>
    public string? Absent { get; private set; }

    public ProofFilePlace.Bucket Bucket(string prefix) => new(BucketName, prefix, address, "us-east-1", Account, Account);

    /// <summary>Where the server keeps what it took, one name a line.</summary>
    public string Keys() => string.Join('\n', folder.EnumerateFiles("*", SearchOption.AllDirectories).Select(f => f.Name));

    public async ValueTask InitializeAsync()
    {
        if (Find() is not { } program)
        {
            Absent = "s3rver is not installed: node or npm is missing, or scripts/setup has not run";
            return;
        }

        var listening = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        process = await ChildProcess.Start(
            "node", [program, "-d", folder.FullName, "-a", "127.0.0.1", "-p", "0", "--configure-bucket", BucketName],
            onLine: line =>
            {
                if (line.Contains("listening on ", StringComparison.Ordinal))
                    listening.TrySetResult(line[(line.LastIndexOf(' ') + 1)..]);
            });
        address = $"http://{await listening.Task.WaitAsync(TimeSpan.FromSeconds(60))}";
    }

    private static string? Find()
    {
        for (var above = new DirectoryInfo(AppContext.BaseDirectory); above is not null; above = above.Parent)
        {
            var found = Path.Combine(above.FullName, "tests", "S3Server", "node_modules", "s3rver", "bin", "s3rver.js");
            if (File.Exists(found)) return found;
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null) await process.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
