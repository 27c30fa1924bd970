using ContestPipeline.Plumbing;

namespace ContestPipeline.Unit.Plumbing;

/// <summary>What an operator is told of a retry.</summary>
public sealed class KeyRetryTests
{
    private static readonly RetryAsked s_asked = new("t", "k", RequestNo: 3, Messages: 5, LastArrival: 100);

    [Fact]
    public void A_key_that_is_gone_or_has_none_left_of_what_was_parked_is_done()
    {
        Assert.Equal(new KeyRetry.Done(5), KeyRetry.Of(s_asked, null));
        Assert.Equal(new KeyRetry.Done(5), KeyRetry.Of(s_asked, new RetryProgress(1, "failed", Left: 0, "of what came later")));
    }

    [Fact]
    public void An_answer_to_an_earlier_request_is_none_to_this_one() =>
        Assert.Equal(new KeyRetry.NotYet(0, 5), KeyRetry.Of(s_asked, new RetryProgress(2, "failed", Left: 5, "earlier")));

    [Fact]
    public void A_process_that_may_not_work_on_the_partition_is_told_apart_from_a_message_that_fails()
    {
        Assert.Equal(new KeyRetry.NotOwner(0, 5), KeyRetry.Of(s_asked, new RetryProgress(3, "fenced", Left: 5, null)));
        Assert.Equal(new KeyRetry.Failed(2, 3, "still wrong"),
            KeyRetry.Of(s_asked, new RetryProgress(4, "failed", Left: 3, "still wrong")));
    }

    [Fact]
    public void A_key_is_named_by_itself_or_by_its_hash_and_either_name_finds_it()
    {
        var key = new string('x', 5_000);

        Assert.Equal("short", KeyName.Of("short"));
        Assert.Equal("sha256:" + Convert.ToHexStringLower(KeyName.Hash(key)), KeyName.Of(key));
        Assert.Contains(KeyName.Meant(KeyName.Of(key)), hash => hash.AsSpan().SequenceEqual(KeyName.Hash(key)));
        Assert.Equal(KeyName.Hash("short"), Assert.Single(KeyName.Meant("short")));
        Assert.Equal("'it'\\''s'", KeyName.Word("it's"));
        Assert.StartsWith("sha256:", KeyName.Word("a\u001bb"), StringComparison.Ordinal);
    }
}
