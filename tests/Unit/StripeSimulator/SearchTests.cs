using System.Text.Json;
using static ContestPipeline.Unit.StripeSimulator.SimulatedStripe;

namespace ContestPipeline.Unit.StripeSimulator;

/// <summary>Payment intents found by Stripe's search language.</summary>
public sealed class SearchTests
{
    private readonly SimulatedStripe stripe = new(fundsMinor: 0);
    private readonly string[] ids = new string[5];

    public SearchTests()
    {
        for (var n = 0; n < ids.Length; n++)
        {
            var intent = Json(stripe.Post("/v1/payment_intents",
                $"amount={(n + 1) * 100}&currency={(n == 4 ? "eur" : "usd")}&metadata[entry_id]=entry-{n}"
                    + (n == 0 ? "&metadata[note]=A \"b\"" : "")));
            ids[n] = intent.GetProperty("id").GetString()!;
            stripe.Now = stripe.Now.AddSeconds(1);
        }

        stripe.Post($"/v1/payment_intents/{ids[2]}/cancel", "");
    }

    [Theory]
    [InlineData("metadata[\"entry_id\"]:\"entry-3\"", "3")]
    [InlineData("metadata['entry_id']:'entry-3'", "3")]
    [InlineData("metadata[\"entry_id\"]~\"ENTRY\"", "43210")]
    [InlineData("metadata[\"note\"]:null", "4321")]
    [InlineData("-metadata[\"note\"]:null", "0")]
    [InlineData("metadata[\"note\"]:\"A \\\"b\\\"\"", "0")]
    [InlineData("status:\"canceled\"", "2")]
    [InlineData("-status:\"canceled\" AND currency:\"usd\"", "310")]
    [InlineData("currency:\"eur\" OR amount:100", "40")]
    [InlineData("amount>200 amount<=400", "32")]
    [InlineData("amount>200 AND -currency:\"EUR\"", "32")]
    [InlineData("customer:\"cus_nobody\"", "")]
    public void A_query_finds_what_it_says_newest_first(string query, string expected)
    {
        var found = stripe.Get("/v1/payment_intents/search", "query=" + Uri.EscapeDataString(query));

        Assert.Equal("search_result", Json(found).GetProperty("object").GetString());
        Assert.Equal(expected, string.Concat(Ids(found).Select(id => Array.IndexOf(ids, id))));
        Assert.Equal(JsonValueKind.Null, Json(found).GetProperty("next_page").ValueKind);
    }

    [Theory]
    [InlineData("query=")]
    [InlineData("limit=3")]
    [InlineData("query=colour:%22red%22")]
    [InlineData("query=status:canceled")]
    [InlineData("query=amount~%22100%22")]
    [InlineData("query=amount:%22much%22")]
    [InlineData("query=status~%22ca%22")]
    [InlineData("query=amount:100%20AND%20amount:200%20OR%20amount:300")]
    [InlineData("query=amount:100&limit=101")]
    [InlineData("query=amount:100&page=2")]
    [InlineData("query=amount:100&starting_after=pi_1")]
    public void A_query_that_makes_no_sense_is_refused(string parameters) =>
        Assert.Equal(400, stripe.Get("/v1/payment_intents/search", parameters).Response!.Status);

    [Fact]
    public void Following_the_pages_sees_every_payment_once_and_they_are_counted_on_request()
    {
        var (seen, page) = (new List<string>(), "");
        do
        {
            var found = stripe.Get("/v1/payment_intents/search", "query=amount>0&limit=2&expand[]=total_count" + page);
            seen.AddRange(Ids(found));
            Assert.Equal(5, Json(found).GetProperty("total_count").GetInt32());
            page = Json(found).GetProperty("next_page").GetString() is { } next ? $"&page={next}" : "";
        }
        while (page.Length > 0);

        Assert.Equal(ids.Reverse(), seen);
    }

    [Fact]
    public void What_is_found_is_expanded_like_what_is_listed()
    {
        var paid = stripe.Pay(700);

        var found = Json(stripe.Get("/v1/payment_intents/search", "query=amount:700&expand[]=data.latest_charge"));

        var charge = found.GetProperty("data")[0].GetProperty("latest_charge");
        Assert.Equal(paid, charge.GetProperty("payment_intent").GetString());
    }
}
