using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>A claim is forgotten for the messages that a run selected, once for each, and for no others.</summary>
public sealed class ReprocessTests(PipelineScope scope) : IClassFixture<PipelineScope>, IAsyncLifetime
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await Probe.Install(scope);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Only_what_a_run_selected_is_claimed_anew_and_once()
    {
        await using var worker = scope.Database(Probe.Name);
        await using var owner = new WorkerDatabase(Probe.Name, scope.AdminConnection, TimeProvider.System);
        var (selected, other) = (Envelope("selected"), Envelope("other"));
        await Claims(worker, selected, other);
        await owner.Run(tx => Reprocess.Order(tx, Probe.Name, "run", [selected.MessageId]), Ct);

        var withoutTheHeader = await Claims(worker, selected, other);
        var ofAnotherRun = await Claims(worker, Of("elsewhere", selected));
        var first = await Claims(worker, Of("run", selected), Of("run", selected), Of("run", other));
        var second = await Claims(worker, Of("run", selected));

        Assert.Equal([Claim.Duplicate, Claim.Duplicate], withoutTheHeader);
        Assert.Equal([Claim.Duplicate], ofAnotherRun);
        Assert.Equal([Claim.New, Claim.Duplicate, Claim.Duplicate], first);
        Assert.Equal([Claim.Duplicate], second);
    }

    [Fact]
    public async Task A_batch_that_is_taken_back_forgets_nothing_and_what_a_run_left_over_is_over_with_it()
    {
        await using var worker = scope.Database(Probe.Name);
        await using var owner = new WorkerDatabase(Probe.Name, scope.AdminConnection, TimeProvider.System);
        var (first, second) = (Envelope("first"), Envelope("second"));
        await Claims(worker, first, second);
        await owner.Run(tx => Reprocess.Order(tx, Probe.Name, "cut", [first.MessageId, second.MessageId]), Ct);

        await Assert.ThrowsAsync<InvariantException>(() => worker.Run(
            async tx =>
            {
                await Reprocess.Forget(tx, [Of("cut", first)]);
                throw new InvariantException("the batch failed");
            }, Ct));
        var plain = await Claims(worker, first);
        var again = await Claims(worker, Of("cut", first));
        await owner.Run(tx => Reprocess.End(tx, Probe.Name, "cut"), Ct);
        var late = await Claims(worker, Of("cut", second));

        Assert.Equal((Claim.Duplicate, Claim.New, Claim.Duplicate), (plain[0], again[0], late[0]));
        await Assert.ThrowsAsync<PostgresException>(() =>
            worker.Run(tx => Reprocess.Order(tx, Probe.Name, "own", [first.MessageId]), Ct));
    }

    private static Task<Claim[]> Claims(WorkerDatabase database, params Envelope[] batch) => database.Run(
        async tx =>
        {
            await Reprocess.Forget(tx, batch);
            return await Inbox.ClaimAll(tx, [.. batch.Select(e => (e.MessageId, e))]);
        }, Ct);

    private static Envelope Of(string run, Envelope envelope) =>
        envelope with { Headers = new Dictionary<string, string> { [Reprocess.Header] = $"{run} 0/1" } };

    private static Envelope Envelope(string key) => new(
        Topics.FeedGames, 0, 1, key, DeterministicId.From(key), "feed.status.v1", "tests", TimeProvider.System.GetUtcNow(), null,
        new Dictionary<string, string>(), new byte[] { 1 });
}
