using System.Collections.Concurrent;
using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Chaos;

/// <summary>
/// Opens contests, has them entered and paid, and plays them, one wave after the other for as long as it is asked to.
/// </summary>
internal sealed class ContestSupply(ChaosStage stage, ulong seed)
{
    private const int ContestsAtOnceMax = 20;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(700);

    private readonly MessageProducer producer = new(stage.Kafka, "contestpipeline/chaos", stage.Clock);
    private readonly Wallets wallets = new(stage);
    private readonly ConcurrentQueue<Wave> waves = new();
    private readonly List<Task> playing = [];
    private int over;

    /// <summary>Everything that was opened so far.</summary>
    internal IReadOnlyList<Wave> Waves => [.. waves];

    internal int Opened => waves.Sum(w => w.Definitions.Count);

    /// <summary>Contests that are paid or called off; while the database does not answer, as many as when it last did.</summary>
    internal async Task<int> Over(CancellationToken ct) => over = await Ask(database => database.ContestsOver(ct)) ?? over;

    /// <summary>Goes on until asked to stop; then until everything it began has been played.</summary>
    internal async Task Run(CancellationToken enough, CancellationToken ct)
    {
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var paying = wallets.Run(closing.Token);
        for (var number = 1; !enough.IsCancellationRequested; number++)
        {
            var wave = new Wave(number, new SeededRandom(seed ^ unchecked((ulong)number * 0x9E3779B97F4A7C15UL)));
            waves.Enqueue(wave);
            playing.Add(Play(wave, ct));
            do
            {
                await Task.Delay(s_pause, stage.Clock, ct);
                if (paying.IsFaulted) await paying;
            }
            while (Opened - await Over(ct) > ContestsAtOnceMax && !enough.IsCancellationRequested);
        }

        await Task.WhenAll(playing);
        await closing.CancelAsync();
        await paying.ContinueWith(_ => { }, TaskScheduler.Default);
        producer.Dispose();
    }

    private async Task Play(Wave wave, CancellationToken ct)
    {
        await Task.WhenAll(
            wave.Definitions.Select(d =>
                producer.Publish(new Contracts.CreateContestV1($"create/{d.ContestId}", d.ContestId, d, IssuedBy: "chaos"))));

        // A player who hears nothing presses the button again.
        await Task.WhenAll(wave.Entries.Concat(wave.Entries.Take(2)).Select(e => producer.Publish(e.Submit)));
        wallets.Add(wave.Entries);
        var expected = wave.Entries.Count(e => e.Cards.Count > 0
            || wave.Definitions.Single(d => d.ContestId == e.Submit.ContestId).EntryFeeMinor == 0);
        var ids = wave.Definitions.Select(d => d.ContestId).ToArray();
        var startedAt = stage.Clock.GetTimestamp();
        while (stage.Clock.GetElapsedTime(startedAt) < s_patience
            && (await Ask(database => database.EntriesOf(ids, ct)) ?? 0) < expected)
            await Task.Delay(s_pause, stage.Clock, ct);

        await Task.WhenAll(wave.Withdrawals.Select(w => producer.Publish(w)));
        foreach (var record in wave.Feed(stage.Clock.GetUtcNow())) await producer.Publish(record.Message, record.Id, record.Time);
        wallets.GiveUp(wave.Entries);
    }

    /// <returns>Null while the database does not answer.</returns>
    private async Task<int?> Ask(Func<NpgsqlDataSource, Task<int>> question)
    {
        try
        {
            return await question(stage.Database);
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }
}
