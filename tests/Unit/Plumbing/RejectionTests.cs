using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Unit.Plumbing;

/// <summary>Whatever comes in, its rejection can be sent.</summary>
public sealed class RejectionTests
{
    /// <summary>What the outbox leaves for the record's own headers.</summary>
    private const int HeaderBytesMax = 2_000;

    [Fact]
    public void The_rejection_of_the_worst_record_fits_its_topic_and_says_what_it_lacks()
    {
        var worst = new string('\u0001', 5_000);
        var headers = Enumerable.Range(0, 200).ToDictionary(n => n + worst, _ => worst);
        headers.Add("ce_id", "its-id");
        var envelope = Envelope(worst, headers, new byte[3_000_000]);

        var rejected = Rejection.Of(envelope, "body-invalid", worst, worst, worst, DateTimeOffset.UnixEpoch);

        Assert.InRange(
            WireJson.Bytes(rejected).Length, 1, Topics.Find(Topics.Rejected(Topics.FeedGames)).MaxMessageBytes - HeaderBytesMax);
        Assert.Equal((3_000_000, 151), (rejected.OriginalLength, rejected.HeadersLeftOut));
        Assert.Equal("its-id", rejected.Headers["ce_id"]);
        Assert.EndsWith("…", rejected.Key, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_of_the_largest_size_that_its_topic_lets_in_is_rejected_whole()
    {
        var headers = new Dictionary<string, string> { ["other"] = "text", ["ce_id"] = "its-id" };
        var envelope = Envelope("its-key", headers, new byte[Topics.Find(Topics.FeedGames).MaxMessageBytes]);

        var rejected = Rejection.Of(envelope, "body-invalid", "$.a", "a number", null, DateTimeOffset.UnixEpoch);

        Assert.Equal((envelope.Key, envelope.Body.Length), (rejected.Key, rejected.OriginalBytes.Length));
        Assert.Equal(headers, rejected.Headers);
        Assert.Null(rejected.OriginalLength);
        Assert.Null(rejected.OriginalSha256);
        Assert.Null(rejected.HeadersLeftOut);
    }

    [Fact]
    public void No_character_is_cut_in_two()
    {
        var text = new string('a', 998) + "🏈🏈";

        Assert.Equal(new string('a', 998) + "…", Rejection.Cut(text));
        Assert.Equal(new string('a', 999) + "…", Rejection.Cut(new string('a', 1_001)));
        Assert.Equal(new string('a', 1_000), Rejection.Cut(new string('a', 1_000)));
    }

    private static Envelope Envelope(string key, IReadOnlyDictionary<string, string> headers, byte[] body) =>
        EnvelopeReader.Envelope(Topics.FeedGames, 0, 7, key, headers, body, DateTimeOffset.UnixEpoch);
}
