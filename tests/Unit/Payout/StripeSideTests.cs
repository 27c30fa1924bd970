using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Payout.StripeApi;
using Stripe;

namespace ContestPipeline.Unit.Payout;

/// <summary>Stripe's lists read page by page, when some pages are refused at first.</summary>
public sealed class StripeSideTests
{
    private static readonly DateTimeOffset s_from = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_later_page_that_is_refused_for_the_moment_is_asked_for_again_and_nothing_is_listed_twice_or_left_out()
    {
        using var stripe = new Paged(
            refusals: new([HttpStatusCode.TooManyRequests, HttpStatusCode.InternalServerError, HttpStatusCode.Conflict]));
        var clock = new WaitingClock();

        var lists = await Read(stripe, clock);

        Assert.Equal(["tr_1", "tr_2", "tr_3", "tr_4"], lists.Transfers.Select(t => t.Id));
        Assert.Empty(lists.Charges);
        Assert.Equal([TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7)], clock.Waits);
    }

    [Fact]
    public async Task A_page_that_is_refused_again_and_again_ends_the_reading()
    {
        using var stripe = new Paged(refusals: new(Enumerable.Repeat(HttpStatusCode.ServiceUnavailable, StripeSide.TriesMax)));

        var refusal = await Assert.ThrowsAsync<StripeException>(() => Read(stripe, new WaitingClock()));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refusal.HttpStatusCode);
    }

    [Fact]
    public async Task A_key_that_is_not_accepted_is_not_tried_again()
    {
        using var stripe = new Paged(refusals: new([HttpStatusCode.Unauthorized]));
        var clock = new WaitingClock();

        await Assert.ThrowsAsync<StripeException>(() => Read(stripe, clock));

        Assert.Empty(clock.Waits);
    }

    private static Task<StripeLists> Read(Paged stripe, WaitingClock clock) =>
        new StripeSide(StripeWire.Client("sk_test_x", "http://stripe.invalid", TimeSpan.FromSeconds(10), stripe), clock, (_, _) =>
        {
        })
            .Read(s_from, s_from.AddDays(1), CancellationToken.None);

    /// <summary>Two pages of transfers, the second refused for a while; all other lists are empty.</summary>
    private sealed class Paged(Queue<HttpStatusCode> refusals) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.AbsolutePath != "/v1/transfers") return Answer(HttpStatusCode.OK, List("", hasMore: "false"));
            if (!request.RequestUri.Query.Contains("starting_after=tr_2", StringComparison.Ordinal))
                return Answer(HttpStatusCode.OK,
                    List("""{"id":"tr_1","object":"transfer"},{"id":"tr_2","object":"transfer"}""", hasMore: "true"));
            return refusals.TryDequeue(out var status)
                ? Answer(status, """{"error":{"type":"api_error","message":"not now"}}""")
                : Answer(HttpStatusCode.OK,
                    List("""{"id":"tr_3","object":"transfer"},{"id":"tr_4","object":"transfer"}""", hasMore: "false"));

            Task<HttpResponseMessage> Answer(HttpStatusCode status, string body)
            {
                var answer = new HttpResponseMessage(
                    status) { Content = new StringContent(body, Encoding.UTF8, "application/json"), RequestMessage = request };
                if (status != HttpStatusCode.OK)
                    answer.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(7));
                return Task.FromResult(answer);
            }
        }

        private static string List(string items, string hasMore) =>
            $$"""{"object":"list","has_more":{{hasMore}},"data":[{{items}}]}""";
    }

    /// <summary>Every wait is over at once, and written down.</summary>
    private sealed class WaitingClock : TimeProvider
    {
        public List<TimeSpan> Waits { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waits.Add(dueTime);
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
