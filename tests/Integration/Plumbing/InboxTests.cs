using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>Each message once, whoever delivers it; and only by the partition's owner.</summary>
public sealed class InboxTests(PipelineScope scope) : IClassFixture<PipelineScope>, IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await Probe.Install(scope);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Twenty_concurrent_deliveries_claim_a_message_once()
    {
        await using var database = scope.Database(Probe.Name);
        var envelope = Envelope("twenty", "a body");

        var claims = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() =>
            database.Run(async tx => (await Inbox.ClaimAll(tx, [(envelope.MessageId, envelope)]))[0], default))));

        Assert.Single(claims, c => c == Claim.New);
        Assert.Equal(19, claims.Count(c => c == Claim.Duplicate));
    }

    [Fact]
    public async Task Repetitions_within_a_batch_are_told_from_reused_ids()
    {
        await using var database = scope.Database(Probe.Name);
        var envelope = Envelope("batch", "a body");
        var other = Envelope("batch", "another body");

        var claims =
            await database.Run(
                tx => Inbox.ClaimAll(
                    tx, [(envelope.MessageId, envelope), (envelope.MessageId, envelope), (other.MessageId, other)]), default);
        var later = await database.Run(
            tx => Inbox.ClaimAll(tx, [(other.MessageId, other), (envelope.MessageId, envelope)]), default);

        Assert.Equal([Claim.New, Claim.Duplicate, Claim.Conflict], claims);
        Assert.Equal([Claim.Conflict, Claim.Duplicate], later);
    }

    [Theory]
    [InlineData("1999-12-31T23:59:59Z")]
    [InlineData("2125-06-01T00:00:00Z")]
    public async Task A_message_from_a_day_without_a_partition_is_claimed_once_too(string day)
    {
        await using var database = scope.Database(Probe.Name);
        var envelope = Envelope(
            "far" + day, "a body") with { Time = DateTimeOffset.Parse(day, System.Globalization.CultureInfo.InvariantCulture) };

        var first = await database.Run(tx => Inbox.ClaimAll(tx, [(envelope.MessageId, envelope)]), default);
        var second = await database.Run(tx => Inbox.ClaimAll(tx, [(envelope.MessageId, envelope)]), default);

        Assert.Equal((Claim.New, Claim.Duplicate), (first[0], second[0]));
    }

    [Fact]
    public async Task A_fenced_old_owner_cannot_commit()
    {
        await using var database = scope.Database(Probe.Name);
        var old = new PartitionOwnership(database);
        var young = new PartitionOwnership(database);
        old.Assigned(Topics.FeedGames, 3);
        await old.ClaimNew(default);
        young.Assigned(Topics.FeedGames, 3);
        await young.ClaimNew(default);

        await Assert.ThrowsAsync<FencedException>(() => database.Run(tx => old.Hold(tx, [(Topics.FeedGames, 3)]), default));
        await database.Run(tx => young.Hold(tx, [(Topics.FeedGames, 3)]), default);
    }

    private static Envelope Envelope(string id, string body) => EnvelopeReader.Envelope(
        Topics.FeedGames, 0, 0, "key",
        new Dictionary<string, string> { ["ce_id"] = id, ["ce_source"] = "tests", ["ce_type"] = "feed.status.v1" },
        System.Text.Encoding.UTF8.GetBytes(body), TimeProvider.System.GetUtcNow());
}
