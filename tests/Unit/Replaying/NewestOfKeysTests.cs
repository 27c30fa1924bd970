using ContestPipeline.Replay;

namespace ContestPipeline.Unit.Replaying;

/// <summary>When a replay would put an older record of a key in the place of the newest.</summary>
public sealed class NewestOfKeysTests
{
    [Theory]
    [InlineData("one key, all of it", "a+ b+ a+ b+", "")]
    [InlineData("cut off at the end", "a+ b+ a- b+", "a")]
    [InlineData("what was before does not matter", "a- b- a+ b+", "")]
    [InlineData("a key that is not selected at all", "a+ c- c-", "")]
    [InlineData("a hole that is followed by a selected one", "a+ a- a+", "")]
    [InlineData("two of three", "b+ a+ c+ b- a-", "a b")]
    public void A_key_is_left_out_when_its_newest_record_is_not_selected_and_an_older_one_is(
        string what, string records, string leftOut)
    {
        var newest = new NewestOfKeys();
        foreach (var record in records.Split(' ')) newest.Add(record[..1], record[1] == '+');

        Assert.True(leftOut == string.Join(' ', newest.LeftOut), what);
    }
}
