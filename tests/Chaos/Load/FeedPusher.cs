using System.Globalization;
using ContestPipeline.Bench;
using ContestPipeline.Contracts;
using ContestPipeline.Demo;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Chaos;

/// <summary>Publishes feeds at given rates and sees how far the workers are behind.</summary>
internal sealed class FeedPusher(ChaosStage stage, Action<string> say)
{
    private const int UnconfirmedMax = 5_000;
    private const int Tenths = 10;
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(30);

    private readonly MessageProducer producer = new(stage.Kafka, "contestpipeline/load", stage.Clock);

    /// <summary>The slate's contest with all its entries, accepted.</summary>
    internal async Task Open(FeedSlate slate, CancellationToken ct)
    {
        await producer.Publish(
            new CreateContestV1($"create/{slate.Contest.ContestId}", slate.Contest.ContestId, slate.Contest, "load"));
        var patient = new Await(stage.Clock, s_patience);
        await patient.Until("the contest is published",
            async () => await stage.Database.Contests([slate.Contest.ContestId], ct) == 1, () => "", ct);
        await Task.WhenAll(slate.Entries.Select(e => producer.Publish(e)));
        await patient.Until(
            "every entry is accepted",
            async () => await stage.Database.EntriesOf([slate.Contest.ContestId], ct) == slate.Entries.Count, () => "", ct);
    }

    internal async Task AtOnce(IEnumerable<FeedRecord> records, CancellationToken ct)
    {
        foreach (var share in records.Chunk(UnconfirmedMax))
        {
            ct.ThrowIfCancellationRequested();
            await Task.WhenAll(share.Select(r => producer.Publish(r.Message, r.Id, r.Time)));
        }
    }

    /// <returns>The most that was ever unread.</returns>
    internal async Task<long> AtSpeed(FeedRecord[] records, int speed, CancellationToken ct)
    {
        var first = records[0].AtMs;
        var playing = new PlayFeed(producer, stage.Clock)
            .Run([.. records.Select(r => r with { AtMs = r.AtMs - first })], speed, ct);
        long worst = 0;
        while (!playing.IsCompleted)
        {
            worst = Math.Max(worst, Unread());
            await Task.Delay(s_look, stage.Clock, ct);
        }

        await playing;
        return worst;
    }

    /// <returns>The most that was ever unread, and how long it took from the first message until nothing was.</returns>
    internal async Task<(long Most, TimeSpan Took)> Flood(IReadOnlyList<FeedRecord> records, CancellationToken ct)
    {
        var startedAt = stage.Clock.GetTimestamp();
        var publishing = AtOnce(records, ct);
        long most = 0;
        while (true)
        {
            var isPublished = publishing.IsCompleted;
            var unread = Unread();
            most = Math.Max(most, unread);
            if (isPublished && unread == 0) break;
            await Task.Delay(s_look, stage.Clock, ct);
        }

        await publishing;
        return (most, stage.Clock.GetElapsedTime(startedAt));
    }

    /// <summary>Stops Ingestion, publishes new games, and lets it go on.</summary>
    /// <param name="slate">Makes the games of a number.</param>
    /// <returns>Messages a second in each tenth of the way down.</returns>
    internal async Task<IReadOnlyList<double>> Backlog(int count, Func<int, Task<FeedSlate>> slate, CancellationToken ct)
    {
        var ingestion = stage.Servers["ingestion"];
        await ingestion.End("TERM", ct);
        var published = 0;
        for (var number = 1; published < count; number++)
        {
            var messages = (await slate(number)).Messages;
            await AtOnce(messages, ct);
            published += messages.Count;
        }

        var all = Unread();
        say(string.Create(CultureInfo.InvariantCulture, $"{all:N0} messages wait for Ingestion"));
        await ingestion.Start(ct);
        var rates = new List<double>();
        while (Unread() == all) await Task.Delay(s_look, stage.Clock, ct);
        var (from, unread, tenthAt) = (all, all, stage.Clock.GetTimestamp());
        while (unread > 0)
        {
            await Task.Delay(s_look, stage.Clock, ct);
            unread = Unread();
            if (from - unread < all / Tenths && unread > 0) continue;
            rates.Add((from - unread) / stage.Clock.GetElapsedTime(tenthAt).TotalSeconds);
            say(string.Create(CultureInfo.InvariantCulture, $"{unread:N0} messages left, {rates[^1]:N0} a second"));
            (from, tenthAt) = (unread, stage.Clock.GetTimestamp());
        }

        return rates;
    }

    /// <summary>Of the feed, by Ingestion.</summary>
    private long Unread()
    {
        using var admin = new TopicAdmin(stage.Kafka);
        return Task.Run(() => admin.Lag(Workers.Ingestion.Name)).GetAwaiter().GetResult().Where(l => l.Topic == Topics.FeedGames)
            .Sum(l => l.Lag);
    }
}
