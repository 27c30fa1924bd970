using System.Security.Cryptography;
using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Unit.Plumbing;

/// <summary>What a record turns out to be, whatever is in it.</summary>
public sealed class EnvelopeReaderTests
{
    private const string Body = """{"gameId":"g","sequence":1,"status":"closed","providerTime":"2016-10-02T17:00:00Z"}""";

    [Fact]
    public void A_valid_record_is_understood()
    {
        var message = Assert.IsType<FeedStatusV1>(Assert.IsType<DecodeResult.Decoded>(Read(Headers(), Body)).Message);

        Assert.Equal(("g", 1L), (message.GameId, message.Sequence));
    }

    [Theory]
    [InlineData("ce_id")]
    [InlineData("ce_type")]
    [InlineData("ce_source")]
    [InlineData("ce_time")]
    public void A_record_without_one_of_the_headers_or_with_an_empty_one_is_malformed(string header)
    {
        var headers = Headers();
        headers[header] = "";
        var empty = Malformed(headers, Body);
        headers.Remove(header);

        Assert.Equal(("header-missing", header), (Malformed(headers, Body).Reason, Malformed(headers, Body).Field));
        Assert.Equal(("header-missing", header), (empty.Reason, empty.Field));
    }

    [Theory]
    [InlineData("ce_specversion", "0.3")]
    [InlineData("ce_specversion", "")]
    [InlineData("content-type", "application/cloudevents+json")]
    [InlineData("content-type", "text/plain")]
    [InlineData("content-type", "")]
    public void Another_version_of_CloudEvents_or_another_content_than_JSON_is_malformed(string header, string value)
    {
        var headers = Headers();
        headers[header] = value;

        var malformed = Malformed(headers, Body);

        Assert.Equal(("header-invalid", header, value), (malformed.Reason, malformed.Field, malformed.Got));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("Application/JSON; charset=utf-8")]
    [InlineData(null)]
    public void CloudEvents_1_0_with_JSON_is_read_whether_it_says_so_or_leaves_it_out(string? contentType)
    {
        var headers = Headers();
        headers.Remove("ce_specversion");
        headers.Remove("content-type");
        if (contentType is not null) (headers["ce_specversion"], headers["content-type"]) = ("1.0", contentType);

        Assert.IsType<DecodeResult.Decoded>(Read(headers, Body));
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("2016-13-01T00:00:00Z")]
    [InlineData("1475427600")]
    [InlineData("2016-10-02T17:00:00")]
    [InlineData("2016-10-02")]
    [InlineData("10/02/2016 17:00:00 Z")]
    [InlineData("2016-10-02T17:00Z")]
    public void A_time_that_is_none_is_malformed_and_the_record_s_own_time_stands_in(string time)
    {
        var headers = Headers();
        headers["ce_time"] = time;

        Assert.Equal(("header-invalid", "ce_time", time),
            (Malformed(headers, Body).Reason, Malformed(headers, Body).Field, Malformed(headers, Body).Got));
        Assert.Equal(DateTimeOffset.UnixEpoch, Envelope(headers, Body).Time);
    }

    [Theory]
    [InlineData("2016-10-02T17:00:00Z")]
    [InlineData("2016-10-02T17:00:00.0000000Z")]
    [InlineData("2016-10-02T13:00:00-04:00")]
    [InlineData("2016-10-02t17:00:00z")]
    [InlineData("2016-10-02T17:00:00.000000000+00:00")]
    public void Times_are_UTC_however_they_are_written(string time)
    {
        var headers = Headers();
        headers["ce_time"] = time;

        var read = Envelope(headers, Body).Time;

        Assert.Equal((new DateTimeOffset(2016, 10, 2, 17, 0, 0, TimeSpan.Zero), TimeSpan.Zero), (read, read.Offset));
    }

    [Fact]
    public void Written_times_read_back_to_the_tick()
    {
        var chance = new SeededRandom(2);
        for (var n = 0; n < 2_000; n++)
        {
            var time = DateTimeOffset.UnixEpoch.AddTicks((long)(chance.NextULong() % 40_000_000_000_000_000));
            var headers = Headers();
            headers["ce_time"] = CloudEvents.Written(time);
            Assert.Equal(time, Envelope(headers, Body).Time);
        }
    }

    [Theory]
    [InlineData("feed.nothing.v1", "type-unknown")]
    [InlineData("FEED.STATUS.V1", "type-unknown")]
    [InlineData("contest.cancel.v1", "type-on-wrong-topic")]
    public void A_type_that_does_not_belong_here_is_malformed(string type, string reason)
    {
        var headers = Headers();
        headers["ce_type"] = type;

        Assert.Equal((reason, "ce_type", type),
            (Malformed(headers, Body).Reason, Malformed(headers, Body).Field, Malformed(headers, Body).Got));
    }

    [Theory]
    [InlineData("", "$", "")]
    [InlineData("not json", "$", "not json")]
    [InlineData("[]", "$", "[]")]
    [InlineData("""{"gameId":"g"}""", "$.sequence", null)]
    [InlineData("""{"gameId":7,"sequence":1,"status":"closed","providerTime":"2016-10-02T17:00:00Z"}""", "$.gameId", "7")]
    [InlineData("""{"gameId":"g","sequence":1.5,"status":"closed","providerTime":"2016-10-02T17:00:00Z"}""", "$.sequence", "1.5")]
    [InlineData("""{"gameId":"g","sequence":99999999999999999999,"status":"closed","providerTime":"2016-10-02T17:00:00Z"}""",
        "$.sequence", "99999999999999999999")]
    public void A_body_of_another_form_is_malformed_and_named_by_its_path(string body, string field, string? got)
    {
        var wrong = Malformed(Headers(), body);

        Assert.Equal(("body-invalid", field), (wrong.Reason, wrong.Field));
        if (got is not null) Assert.Equal(got, wrong.Got);
    }

    [Theory]
    [InlineData("""{"gameId":"\ud800","sequence":1,"status":"closed","providerTime":"2016-10-02T17:00:00Z"}""")]
    [InlineData("""{"\ud800":"x","gameId":7,"sequence":1,"status":"closed","providerTime":"2016-10-02T17:00:00Z"}""")]
    public void An_escape_that_stands_for_no_character_is_malformed_and_never_a_crash(string body) =>
        Assert.Equal("body-invalid", Malformed(Headers(), body).Reason);

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(253_402_300_800_000)]
    [InlineData(long.MinValue)]
    public void A_record_whose_own_time_is_none_of_this_calendar_is_read_all_the_same(long milliseconds)
    {
        var record = new Confluent.Kafka.ConsumeResult<byte[], byte[]>
        {
            Topic = "feed.games.v1",
            Message = new() { Key = [], Value = [],
                Timestamp = new Confluent.Kafka.Timestamp(milliseconds, Confluent.Kafka.TimestampType.CreateTime) },
        };

        Assert.InRange(EnvelopeReader.Envelope("feed.games.v1", record).Time, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
    }

    [Fact]
    public void A_body_that_is_no_UTF_8_is_malformed_for_every_reader()
    {
        byte[] body = [.. "{\"gameId\":\""u8, 0xAD, .. "\"}"u8];

        foreach (var custom in (Func<Envelope, IMessage?>?[])[null, _ => null])
            Assert.Equal("UTF-8 text",
                Assert.IsType<DecodeResult.Malformed>(EnvelopeReader.Read(Envelope(Headers(), body), custom)).Expected);
    }

    [Fact]
    public void Ten_thousand_damaged_bodies_are_understood_or_malformed_and_never_a_crash()
    {
        var chance = new SeededRandom(8);
        var damaged = 0;
        for (var n = 0; n < 10_000; n++)
        {
            var bytes = Encoding.UTF8.GetBytes(Body);
            for (var hit = chance.Next(4); hit >= 0; hit--) bytes[chance.Next(bytes.Length)] = (byte)chance.Next(256);
            var reading = EnvelopeReader.Read(
                Envelope(Headers(), bytes[..(chance.Chance(20) ? chance.Next(bytes.Length) : bytes.Length)]), null);
            if (reading is DecodeResult.Malformed wrong)
            {
                damaged++;
                Assert.InRange(wrong.Got?.Length ?? 0, 0, 200);
                Assert.StartsWith("body-", wrong.Reason, StringComparison.Ordinal);
            }
            else
            {
                Assert.IsType<DecodeResult.Decoded>(reading);
            }
        }

        Assert.InRange(damaged, 5_000, 9_999);
    }

    [Fact]
    public void An_id_counts_within_its_source_and_wherever_the_record_lies()
    {
        var other = Headers();
        other["ce_source"] = "others";

        Assert.NotEqual(Envelope(Headers(), Body).MessageId, Envelope(other, Body).MessageId);
        Assert.Equal(Envelope(Headers(), Body).MessageId, Envelope(Headers(), "another body").MessageId);
        Assert.Equal(Envelope(Headers(), Body).MessageId, (Envelope(Headers(), Body) with { Offset = 9 }).MessageId);
        Assert.NotEqual(EnvelopeReader.PlaceId(Envelope(Headers(), Body)),
            EnvelopeReader.PlaceId(Envelope(Headers(), Body) with { Offset = 9 }));
    }

    [Fact]
    public void The_body_s_hash_knows_the_type_and_every_byte_but_not_the_other_headers()
    {
        var time = Headers();
        time["ce_time"] = "2017-01-01T00:00:00Z";
        var type = Headers();
        type["ce_type"] = "feed.play.v1";
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        Assert.Equal(Inbox.BodyHash(Envelope(Headers(), Body), sha), Inbox.BodyHash(Envelope(time, Body), sha));
        Assert.NotEqual(Inbox.BodyHash(Envelope(Headers(), Body), sha), Inbox.BodyHash(Envelope(type, Body), sha));
        Assert.NotEqual(Inbox.BodyHash(Envelope(Headers(), Body), sha), Inbox.BodyHash(Envelope(Headers(), Body + " "), sha));
    }

    [Fact]
    public void Text_that_PostgreSQL_cannot_store_is_replaced() =>
        Assert.Equal("a\uFFFDb\uFFFD", EnvelopeReader.Text([(byte)'a', 0, (byte)'b', 0xFF]));

    private static Dictionary<string, string> Headers() => new()
    {
        ["ce_id"] = "1", ["ce_source"] = "tests", ["ce_type"] = "feed.status.v1", ["ce_time"] = "2016-10-02T17:00:00Z",
    };

    private static Envelope Envelope(Dictionary<string, string> headers, string body) =>
        Envelope(headers, Encoding.UTF8.GetBytes(body));

    private static Envelope Envelope(Dictionary<string, string> headers, byte[] body) =>
        EnvelopeReader.Envelope(Topics.FeedGames, 0, 0, "key", headers, body, DateTimeOffset.UnixEpoch);

    private static DecodeResult Read(Dictionary<string, string> headers, string body) =>
        EnvelopeReader.Read(Envelope(headers, body), null);

    private static DecodeResult.Malformed Malformed(Dictionary<string, string> headers, string body) =>
        Assert.IsType<DecodeResult.Malformed>(Read(headers, body));
}
