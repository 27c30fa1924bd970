using ContestPipeline.Payout.StripeApi;
using Stripe;

namespace ContestPipeline.Unit.Payout;

/// <summary>What counts as a list that was read to its end.</summary>
public sealed class CompleteListTests
{
    [Theory]
    [InlineData("""{"object":"list","data":[{}]}""")]
    [InlineData("""{"object":"list","data":[{}],"has_more":null}""")]
    [InlineData("""{"object":"list","data":[{}],"has_more":"false"}""")]
    [InlineData("""{"object":"list","has_more":false}""")]
    [InlineData("""{"object":"list","data":{},"has_more":false}""")]
    [InlineData("""{"object":"list","data":[{},{}],"has_more":false}""")]
    [InlineData("""{"object":"transfer","data":[{}],"has_more":false}""")]
    [InlineData("""{"data":[{}],"has_more":false}""")]
    public Task A_page_that_is_not_whole_is_no_list(string body) =>
        Assert.ThrowsAsync<IncompleteListException>(() => Read(TestLists.Page(body, "tr_1")));

    [Fact]
    public Task An_empty_page_that_more_follow_is_no_list() =>
        Assert.ThrowsAsync<IncompleteListException>(() =>
            Read(TestLists.Page("""{"object":"list","data":[],"has_more":true}""")));

    [Fact]
    public Task Pages_that_repeat_themselves_are_no_list()
    {
        const string Body = """{"object":"list","data":[{}],"has_more":true}""";

        return Assert.ThrowsAsync<IncompleteListException>(() =>
            Read(TestLists.Page(Body, "tr_1"), TestLists.Page(Body, "tr_1")));
    }

    [Fact]
    public async Task All_pages_are_read_each_after_the_last_object_of_the_one_before()
    {
        var (list, asked) = await Read(
            TestLists.Page("""{"object":"list","data":[{},{}],"has_more":true}""", "tr_1", "tr_2"),
            TestLists.Page("""{"object":"list","data":[{}],"has_more":false}""", "tr_3"));

        Assert.Equal(["tr_1", "tr_2", "tr_3"], list.Items);
        Assert.Equal([null, "tr_2"], asked);
    }

    [Fact]
    public async Task What_is_passed_over_does_not_count_however_much_it_is()
    {
        var pages = new Queue<StripeList<Transfer>>(Enumerable.Range(0, 50).Select(n => TestLists.Page(
            $$"""{"object":"list","data":[{},{}],"has_more":{{(n < 49 ? "true" : "false")}}}""", $"tr_a{n}", $"tr_b{n}")));

        var list = await CompleteList<string>.Read(
            new TransferListOptions(), _ => Task.FromResult(pages.Dequeue()),
            t => t.Id.StartsWith("tr_a1", StringComparison.Ordinal) ? t.Id : null, itemsMax: 11);

        Assert.Equal(11, list.Items.Count);
    }

    private static async Task<(CompleteList<string> List, IReadOnlyList<string?> Asked)> Read(params StripeList<Transfer>[] pages)
    {
        var asked = new List<string?>();
        var list = await CompleteList<string>.Read(new TransferListOptions(), Next, t => t.Id, itemsMax: 100);
        return (list, asked);

        Task<StripeList<Transfer>> Next(TransferListOptions options)
        {
            asked.Add(options.StartingAfter);
            return Task.FromResult(pages[asked.Count - 1]);
        }
    }
}
