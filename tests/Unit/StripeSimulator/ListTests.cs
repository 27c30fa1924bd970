using static ContestPipeline.Unit.StripeSimulator.SimulatedStripe;

namespace ContestPipeline.Unit.StripeSimulator;

/// <summary>Lists: newest first, in pages, filtered.</summary>
public sealed class ListTests
{
    private readonly SimulatedStripe stripe = new();

    public ListTests()
    {
        for (var n = 1; n <= 25; n++)
        {
            stripe.Transfer($"k{n}", group: n % 2 == 0 ? "even" : "odd");
            stripe.Now = stripe.Now.AddSeconds(1);
        }
    }

    [Fact]
    public void A_page_holds_the_ten_newest_unless_told_otherwise()
    {
        Assert.Equal([.. Enumerable.Range(0, 10).Select(n => Id(25 - n))], Ids(stripe.Get("/v1/transfers")));
        Assert.Equal(25, Ids(stripe.Get("/v1/transfers", "limit=100")).Length);
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=101")]
    [InlineData("starting_after=tr_sim_000001&ending_before=tr_sim_000002")]
    [InlineData("starting_after=tr_nobody")]
    [InlineData("created[around]=1")]
    [InlineData("created=soon")]
    [InlineData("colour=red")]
    public void A_list_that_makes_no_sense_is_refused(string parameters) =>
        Assert.Equal(400, stripe.Get("/v1/transfers", parameters).Response!.Status);

    [Fact]
    public void Following_the_pages_sees_every_transfer_once()
    {
        var seen = new List<string>();
        for (var more = true; more;)
        {
            var page = stripe.Get("/v1/transfers", "limit=7" + (seen.Count == 0 ? "" : $"&starting_after={seen[^1]}"));
            seen.AddRange(Ids(page));
            more = Json(page).GetProperty("has_more").GetBoolean();
        }

        Assert.Equal([.. Enumerable.Range(0, 25).Select(n => Id(25 - n))], seen);
    }

    [Fact]
    public void Ending_before_gives_the_page_next_to_it()
    {
        var page = stripe.Get("/v1/transfers", "limit=3&ending_before=tr_sim_000010");

        Assert.Equal([Id(13), Id(12), Id(11)], Ids(page));
        Assert.True(Json(page).GetProperty("has_more").GetBoolean());
    }

    [Theory]
    [InlineData("transfer_group=even", 12)]
    [InlineData("transfer_group=odd&destination=acct_sim_000001", 13)]
    [InlineData("destination=acct_other", 0)]
    public void Transfers_are_found_by_group_and_destination(string filter, int count) =>
        Assert.Equal(count, Ids(stripe.Get("/v1/transfers", filter + "&limit=100")).Length);

    [Fact]
    public void Transfers_are_found_by_the_time_they_were_made()
    {
        var last = stripe.Now.AddSeconds(-1).ToUnixTimeSeconds();

        Assert.Equal([Id(25), Id(24), Id(23)], Ids(stripe.Get("/v1/transfers", $"created[gte]={last - 2}")));
        Assert.Equal([Id(24)], Ids(stripe.Get("/v1/transfers", $"created[gt]={last - 2}&created[lt]={last}")));
        Assert.Equal([Id(24)], Ids(stripe.Get("/v1/transfers", $"created={last - 1}")));
    }

    private static string Id(int n) => $"tr_sim_{n:D6}";
}
