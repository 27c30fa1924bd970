using System.Text.Json;
using ContestPipeline.StripeSimulator.Core;
using Stripe;
using static ContestPipeline.Unit.StripeSimulator.SimulatedStripe;

namespace ContestPipeline.Unit.StripeSimulator;

/// <summary>Which events go where, how often, when, and signed how.</summary>
public sealed class WebhookTests
{
    private readonly SimulatedStripe stripe = new(fundsMinor: 10_000);

    [Fact]
    public void The_platforms_events_and_those_of_accounts_go_to_different_endpoints()
    {
        Endpoint("http://platform.example/");
        Endpoint("http://accounts.example/", connect: true);
        stripe.Transfer("k");
        stripe.Admin($"accounts/{SimulatedStripe.Account}/restrict", "{}");

        var sent = Take();

        Assert.Equal(
            ["account.updated", "capability.updated", "transfer.created"], sent.Select(Type).Order(StringComparer.Ordinal));
        Assert.All(sent, delivery => Assert.Equal(
            Type(delivery) == "transfer.created" ? "http://platform.example/" : "http://accounts.example/", delivery.Url));
        Assert.All(sent.Where(delivery => Type(delivery) != "transfer.created"),
            delivery => Assert.Equal(SimulatedStripe.Account, Event.FromJson(delivery.Body).Account));
    }

    [Fact]
    public void Only_the_types_that_were_asked_for_are_sent_and_nothing_to_a_disabled_endpoint()
    {
        var id = Endpoint("http://platform.example/", "enabled_events[0]=charge.succeeded");
        stripe.Pay();
        var first = Take();
        stripe.Post($"/v1/webhook_endpoints/{id}", "disabled=true");
        stripe.Pay();

        Assert.Equal(["charge.succeeded"], first.Select(Type));
        Assert.Empty(Take());
    }

    [Fact]
    public void A_delivery_is_signed_with_the_endpoints_secret_and_during_a_roll_with_both()
    {
        var created = Json(stripe.Post("/v1/webhook_endpoints", "url=http%3A%2F%2Fplatform.example%2F&enabled_events[0]=*"));
        var old = created.GetProperty("secret").GetString()!;
        var rolled = Json(stripe.Admin($"webhook_endpoints/{created.GetProperty("id").GetString()}/roll", "{}"))
            .GetProperty("secret").GetString()!;
        stripe.Transfer("a");
        var during = Take().Single();
        Verify(during, old);
        Verify(during, rolled);
        Report(during, 200);
        stripe.Now = stripe.Now.AddHours(24);
        stripe.Transfer("b");
        var after = Take().Single();

        Verify(after, rolled);
        Assert.Throws<StripeException>(() => Verify(after, old));
        Assert.False(
            Json(stripe.Get($"/v1/webhook_endpoints/{created.GetProperty("id").GetString()}")).TryGetProperty("secret", out _));
    }

    [Fact]
    public void What_does_not_arrive_is_sent_again_after_growing_waits_and_given_up_after_three_days()
    {
        Endpoint("http://platform.example/");
        stripe.Transfer("k");
        var waits = new List<double>();
        for (var last = stripe.Now; Take().SingleOrDefault() is { } delivery; last = stripe.Now)
        {
            Report(delivery, 500);
            if (stripe.State.Deliveries.NextDueAt is not { } next) break;
            waits.Add((next - last).TotalSeconds);
            stripe.Now = next;
        }

        Assert.Equal([5, 10, 20, 40], waits[..4]);
        Assert.Equal(3_600, waits[^1]);
        Assert.InRange(waits.Sum(), TimeSpan.FromDays(2.9).TotalSeconds, TimeSpan.FromDays(3).TotalSeconds);
        Assert.Equal(["transfer.created"], Undelivered());
    }

    [Theory]
    [InlineData("drop", 0)]
    [InlineData("duplicate", 2)]
    [InlineData("twin", 2)]
    [InlineData("delay", 0)]
    public void A_disturbed_webhook_comes_not_at_all_twice_or_late(string kind, int atOnce)
    {
        Endpoint("http://platform.example/");
        stripe.Admin(
            "webhooks/faults", JsonSerializer.Serialize(new { kind, type = "transfer.created", count = 1, delay_ms = 60_000 }));
        stripe.Transfer("a");
        var first = Take();
        foreach (var delivery in first) Report(delivery, 200);
        stripe.Now = stripe.Now.AddSeconds(60);
        stripe.Transfer("b");
        var later = Take();

        Assert.Equal(atOnce, first.Count);
        Assert.Equal(kind == "delay" ? 2 : 1, later.Count);
        Assert.Equal(
            kind == "twin" ? 2 : 1, first.Concat(later).GroupBy(TransferOf).Max(group => group.Select(IdOf).Distinct().Count()));
        Assert.Equal(kind == "twin" ? 3 : 2, EventTypes(stripe).Length);
    }

    [Fact]
    public void A_reordered_webhook_follows_the_one_after_it()
    {
        Endpoint("http://platform.example/");
        stripe.Admin("webhooks/faults", """{"kind":"reorder","type":"transfer.created","count":1}""");
        stripe.Transfer("a", 100);
        stripe.Transfer("b", 200);

        var first = Take().Single();
        Report(first, 200);
        var second = Take().Single();

        Assert.Equal(
            [200, 100], new[] { first, second }.Select(delivery => ((Transfer)Event.FromJson(delivery.Body).Data.Object).Amount));
    }

    [Fact]
    public void An_undelivered_event_can_be_listed_and_sent_again()
    {
        Endpoint("http://platform.example/");
        stripe.Admin("webhooks/faults", """{"kind":"drop","count":1}""");
        stripe.Transfer("a");
        var missing = Ids(stripe.Get("/v1/events", "delivery_success=false")).Single();

        stripe.Admin($"events/{missing}/resend", "{}");
        Report(Take().Single(), 200);

        Assert.Empty(Undelivered());
        Assert.Equal([missing], Ids(stripe.Get("/v1/events", "delivery_success=true")));
    }

    [Fact]
    public void An_event_names_the_request_and_key_that_caused_it_and_a_later_run_tells_the_same()
    {
        stripe.Get("/v1/balance");
        stripe.Transfer("k");
        var replayed = new StripeState();
        foreach (var (request, fault) in stripe.Journal) replayed.Replay(request, fault);

        var happened = Event.FromJson(JsonSerializer.Serialize(stripe.State.EventsToStripe()[0]));

        Assert.Equal("k", happened.Request.IdempotencyKey);
        Assert.StartsWith("req_", happened.Request.Id, StringComparison.Ordinal);
        Assert.Equal(
            JsonSerializer.Serialize(stripe.State.EventsToStripe()), JsonSerializer.Serialize(replayed.EventsToStripe()));
    }

    [Fact]
    public void Money_that_becomes_available_is_told_by_itself_and_with_the_moment_it_did()
    {
        Endpoint("http://platform.example/", "enabled_events[0]=balance.available");
        var due = stripe.Now.AddSeconds(60);
        stripe.Admin("funds", """{"amount_minor":500,"available_in_seconds":60}""");
        var before = (Take().Count, stripe.State.NextDueAt);
        stripe.Now = stripe.Now.AddSeconds(90);
        var told = Event.FromJson(Take().Single().Body);

        Assert.Equal((0, due), before);
        Assert.Equal((due.UtcDateTime, 10_500), (told.Created, ((Balance)told.Data.Object).Available.Single().Amount));
        Assert.Null(told.Request.Id);
    }

    [Theory]
    [InlineData("url=ftp%3A%2F%2Fx&enabled_events[0]=*")]
    [InlineData("url=http%3A%2F%2Fx")]
    [InlineData("enabled_events[0]=*")]
    public void An_endpoint_needs_an_address_and_types(string parameters) =>
        Assert.Equal(400, stripe.Post("/v1/webhook_endpoints", parameters).Response!.Status);

    [Fact]
    public void A_removed_endpoint_gets_nothing_more()
    {
        var id = Endpoint("http://platform.example/");
        stripe.Transfer("a");
        stripe.Delete($"/v1/webhook_endpoints/{id}");

        Assert.Empty(Take());
        Assert.Empty(Ids(stripe.Get("/v1/webhook_endpoints")));
    }

    private string Endpoint(string url, string events = "enabled_events[0]=*", bool connect = false) =>
        Json(stripe.Post("/v1/webhook_endpoints",
            $"url={Uri.EscapeDataString(url)}&{events}&connect={(connect ? "true" : "false")}")).GetProperty("id").GetString()!;

    private IReadOnlyList<SignedDelivery> Take() => stripe.State.TakeDeliveries(stripe.Now, stripe.Now.ToUnixTimeSeconds(), 100);

    private void Report(SignedDelivery delivery, int status) =>
        stripe.Admin($"deliveries/{delivery.Sequence}/report", JsonSerializer.Serialize(new { status }));

    private string[] Undelivered() =>
        [.. Json(stripe.Get("/v1/events", "delivery_success=false")).GetProperty("data").EnumerateArray()
            .Select(e => e.GetProperty("type").GetString()!)];

    private void Verify(SignedDelivery delivery, string secret) =>
        EventUtility.ValidateSignature(
            delivery.Body, delivery.Signature, secret, EventUtility.DefaultTimeTolerance, stripe.Now.ToUnixTimeSeconds());

    private static string Type(SignedDelivery delivery) => Event.FromJson(delivery.Body).Type;

    private static string IdOf(SignedDelivery delivery) => Event.FromJson(delivery.Body).Id;

    private static string TransferOf(SignedDelivery delivery) => ((Transfer)Event.FromJson(delivery.Body).Data.Object).Id;
}
