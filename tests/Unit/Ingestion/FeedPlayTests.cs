using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;

namespace ContestPipeline.Unit.Ingestion;

/// <summary>What is played of a feed file.</summary>
public sealed class FeedPlayTests
{
    /// <summary>
    /// A correction goes on from the game's last number; numbered anew from 1 it would come under the ids of the stream's first
    /// messages.
    /// </summary>
    [Fact]
    public void A_file_that_is_played_without_faults_keeps_its_numbers_ids_and_revisions()
    {
        FeedRecord[] correction =
            [new(0, DateTimeOffset.UnixEpoch, new FeedStatusV1("g", 189, GameStatus.Closed, DateTimeOffset.UnixEpoch)),
                new(5, DateTimeOffset.UnixEpoch, new FeedHeartbeatV1("g", 189, DateTimeOffset.UnixEpoch))];

        var played = FeedDisorder.Apply(correction, new FeedFaults(), seed: 1);

        Assert.Equal(correction.Select(r => (r.Id, r.AtMs, r.Message)), played.Select(r => (r.Id, r.AtMs, r.Message)));
    }
}
