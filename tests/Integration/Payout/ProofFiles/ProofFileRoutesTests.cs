using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Payout.Wallet;
using ContestPipeline.Payout.Http;

namespace ContestPipeline.Integration.Payout.ProofFiles;

/// <summary>Files of proofs over HTTP, in a folder: who may put and read them, and what is taken.</summary>
public sealed class ProofFileRoutesTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    private const string Jpeg = "image/jpeg";
    private static readonly byte[] s_jpegHead = [0xFF, 0xD8, 0xFF, 0xE0];

    private readonly WalletRig rig = new(world.Payouts);

    [Fact]
    public async Task A_participants_picture_is_kept_by_its_hash_with_a_receipt_and_read_by_participants_and_operators_alone()
    {
        await Joined("pics", 1, 2);
        await Joined("other", 3);
        var bytes = Picture(200_000, seed: 1);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));

        var (status, answer) = await Put("pics", "pics-p1", bytes);
        var (again, same) = await Put("pics", "pics-p1", bytes);

        Assert.Equal((200, 200), (status, again));
        Assert.Equal(answer.GetRawText(), same.GetRawText());
        var file = new ProofFileV1(sha256, Jpeg, bytes.Length);
        Assert.Equal((sha256, Jpeg, (long)bytes.Length), (answer.GetProperty("sha256").GetString()!,
            answer.GetProperty("mediaType").GetString()!, answer.GetProperty("bytes").GetInt64()));
        byte[][] keys = [Encoding.UTF8.GetBytes(ApiWorld.FilesKey)];
        var receipt = answer.GetProperty("receipt").GetString();
        Assert.True(ProofReceipt.IsGood(keys, receipt, "pics", "pics-p1", file));
        Assert.False(ProofReceipt.IsGood(keys, receipt, "pics", "pics-p2", file));
        Assert.False(ProofReceipt.IsGood(keys, receipt, "other", "pics-p1", file));
        var kept = Path.Combine(world.Files, sha256[..2], sha256);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(kept, TestContext.Current.CancellationToken));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(kept)
                & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute));
        Assert.Equal(1, await world.Payouts.Scalar<long>("select count(*) from payout.proof_file where contest_id = 'pics'"));
        foreach (var (challenge, who, role, expected) in ((string, string, string, HttpStatusCode)[])
        [
            ("pics", "pics-p1", ApiRole.Player, HttpStatusCode.OK), ("pics", "pics-p2", ApiRole.Player, HttpStatusCode.OK),
            ("pics", "olga", ApiRole.Operator, HttpStatusCode.OK), ("pics", "other-p3", ApiRole.Player, HttpStatusCode.NotFound),
            ("other", "other-p3", ApiRole.Player, HttpStatusCode.NotFound),
            ("other", "olga", ApiRole.Operator, HttpStatusCode.NotFound),
            ("pics", "vera", ApiRole.Viewer, HttpStatusCode.Forbidden),
        ])
        {
            using var response = await Get(challenge, sha256, world.Token(who, role));
            Assert.Equal((who, expected), (who, response.StatusCode));
            if (expected != HttpStatusCode.OK) continue;
            Assert.Equal(bytes, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
            Assert.Equal(Jpeg, response.Content.Headers.ContentType?.MediaType);
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
        }
    }

    [Fact]
    public async Task What_is_no_file_for_a_proof_is_refused_and_nothing_of_it_is_left()
    {
        await Joined("bad", 1);
        (byte[] Bytes, string? Type, int Status)[] wrong =
        [
            ([], Jpeg, 400), (Picture(500, 2), "image/png", 415), (Picture(500, 2), null, 415),
            ("<html><script>alert(1)</script>"u8.ToArray(), "text/html", 415),
            ("<svg xmlns='http://www.w3.org/2000/svg'/>"u8.ToArray(), "image/svg+xml", 415),
            ([0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0], Jpeg, 415), ("#!/bin/sh\nrm -r x\n"u8.ToArray(), Jpeg, 415),
            ("MZ\x90\0"u8.ToArray(), "application/octet-stream", 415), (Picture(10_000_001, 3), Jpeg, 413),
        ];

        foreach (var (bytes, type, status) in wrong)
            Assert.Equal((bytes.Length, type, status), (bytes.Length, type, (await Put("bad", "bad-p1", bytes, type)).Status));
        Assert.Equal(413, (await Put("bad", "bad-p1", Picture(10_000_001, 3), Jpeg, counted: false)).Status);
        using var announced = await Announce("bad", "bad-p1", 12_000_000);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, announced.StatusCode);

        Assert.Equal(0, await world.Payouts.Scalar<long>("select count(*) from payout.proof_file where contest_id = 'bad'"));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(world.Files, "incoming")));
        Assert.Equal(200, (await Put("bad", "bad-p1", Picture(10_000_000, 4))).Status);
    }

    [Fact]
    public async Task Only_who_takes_part_puts_files_there_and_only_so_many()
    {
        await Joined("mine", 1);
        await world.Payouts.GivenPublished(ContestBuilder.Of("no-challenge", "nobody").Settled);

        Assert.Equal(404, (await Put("mine", "mine-p2", Picture(500, 5))).Status);
        Assert.Equal(404, (await Put("unheard-of", "mine-p1", Picture(500, 5))).Status);
        Assert.Equal(404, (await Put("no-challenge", "mine-p1", Picture(500, 5))).Status);
        Assert.Equal(403, (await Put("mine", "mine-p1", Picture(500, 5), role: ApiRole.Operator)).Status);
        for (var n = 0; n < 3; n++) Assert.Equal(200, (await Put("mine", "mine-p1", Picture(9_000_000, 10 + n))).Status);
        var (status, refused) = await Put("mine", "mine-p1", Picture(500, 20));
        Assert.Equal(409, status);
        Assert.Contains("27000000 bytes", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_left_the_challenge_neither_puts_nor_reads_files_any_more()
    {
        await Joined("left", 1, 2);
        var bytes = Picture(500, 6);
        Assert.Equal(200, (await Put("left", "left-p1", bytes)).Status);
        await rig.Tell(new EntryWithdrawnV1("out", "left", "e1", "left-p1", world.Payouts.Clock.GetUtcNow()));

        using var own = await Get(
            "left", Convert.ToHexStringLower(SHA256.HashData(bytes)), world.Token("left-p1", ApiRole.Player));

        Assert.Equal(404, (await Put("left", "left-p1", bytes)).Status);
        Assert.Equal(HttpStatusCode.NotFound, own.StatusCode);
    }

    private async Task Joined(string id, params int[] players)
    {
        await rig.Publish(id);
        foreach (var n in players)
        {
            await rig.Deposit($"{id}-p{n}", WalletRig.StakeMinor, "all");
            await rig.Tell(rig.Required(id, n));
        }
    }

    private async Task<(int Status, JsonElement Body)> Put(string challenge, string player, byte[] bytes, string? type = Jpeg,
        bool counted = true, string role = ApiRole.Player)
    {
        using HttpContent content = counted ? new ByteArrayContent(bytes) : new StreamContent(new Uncounted(bytes));
        if (type is not null) content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return await world.Ask(HttpMethod.Put, $"/v1/challenges/{challenge}/files", world.Token(player, role), content);
    }

    /// <summary>Says how much it would send, and waits for a word before it does.</summary>
    private async Task<HttpResponseMessage> Announce(string challenge, string player, int length)
    {
        using var client = new HttpClient { BaseAddress = world.Address };
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/v1/challenges/{challenge}/files");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", world.Token(player, ApiRole.Player));
        request.Headers.ExpectContinue = true;
        request.Content = new ByteArrayContent(Picture(length, 3));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(Jpeg);
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private async Task<HttpResponseMessage> Get(string challenge, string sha256, string token)
    {
        using var client = new HttpClient { BaseAddress = world.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await client.GetAsync(new Uri($"/v1/challenges/{challenge}/files/{sha256}", UriKind.Relative),
            TestContext.Current.CancellationToken);
    }

    private static byte[] Picture(int length, int seed)
    {
        var bytes = new byte[length];
        for (var n = 0; n < length; n++) bytes[n] = (byte)((n * 31 + seed) & 0xFF);
        s_jpegHead.CopyTo(bytes, 0);
        return bytes;
    }

    /// <summary>Its sender does not say how long it is.</summary>
    private sealed class Uncounted(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
