using ContestPipeline.Contestctl.Webhooks;
using ContestPipeline.Contracts;
using Stripe;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>What is to be done about the webhook endpoints at Stripe, from what is there.</summary>
public sealed class PlanWebhooksTests
{
    private const string Version = "2026-10-28.endive";
    private static readonly WantedEndpoint s_wanted = PlanWebhooks.Wanted(new Uri("https://hooks.example.org/"), Version)[0];

    [Fact]
    public void Two_endpoints_are_wanted_for_all_types_that_are_handled_each_in_one_of_them()
    {
        var wanted = PlanWebhooks.Wanted(new Uri("https://hooks.example.org/pipeline/"), Version);

        Assert.Equal(["https://hooks.example.org/pipeline/stripe/webhooks",
            "https://hooks.example.org/pipeline/stripe/webhooks/connect"], wanted.Select(w => w.Url));
        Assert.Empty(wanted[0].Events.Intersect(wanted[1].Events));
        Assert.Equal(
            StripeEventTypes.Handled.Except([StripeEventTypes.TransferPaid, StripeEventTypes.TransferFailed])
                .Order(StringComparer.Ordinal),
            wanted.SelectMany(w => w.Events).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void None_at_this_address_is_made_whatever_stands_at_others() =>
        Assert.Equal(PlanWebhooks.Create,
            PlanWebhooks.Compare(s_wanted, [There(e => e.Url = "https://elsewhere.example.org/stripe/webhooks")]).Action);

    [Fact]
    public void One_that_is_as_it_should_be_is_left_alone()
    {
        var step = PlanWebhooks.Compare(s_wanted, [There(e => e.EnabledEvents.Reverse())]);

        Assert.Equal((PlanWebhooks.None, "we_1"), (step.Action, step.EndpointId));
        Assert.Empty(step.Differences);
    }

    [Fact]
    public void A_missing_and_a_surplus_type_are_named_and_mended()
    {
        var step = PlanWebhooks.Compare(s_wanted, [There(e => e.EnabledEvents[0] = "invoice.paid")]);

        Assert.Equal(PlanWebhooks.Update, step.Action);
        Assert.Contains(step.Differences, d => d.Contains("lacks " + s_wanted.Events[0], StringComparison.Ordinal));
        Assert.Contains(step.Differences, d => d.Contains("invoice.paid", StringComparison.Ordinal));
    }

    [Fact]
    public void A_disabled_one_is_enabled() =>
        Assert.Equal(
            (PlanWebhooks.Update, "it is disabled"), Told(PlanWebhooks.Compare(s_wanted, [There(e => e.Status = "disabled")])));

    [Fact]
    public void One_that_sends_everything_lacks_nothing_but_sends_too_much()
    {
        var step = PlanWebhooks.Compare(s_wanted, [There(e => e.EnabledEvents = ["*"])]);

        Assert.Equal((PlanWebhooks.Update, "it also sends *"), Told(step));
    }

    [Fact]
    public void Another_pinned_version_and_a_second_endpoint_at_the_address_are_left_to_a_person()
    {
        Assert.Equal(
            PlanWebhooks.Replace, PlanWebhooks.Compare(s_wanted, [There(e => e.ApiVersion = "2025-01-01.acacia")]).Action);
        Assert.Equal(PlanWebhooks.Replace, PlanWebhooks.Compare(s_wanted, [There(_ => { }), There(e => e.Id = "we_2")]).Action);
    }

    private static (string Action, string Difference) Told(WebhookStep step) => (step.Action, Assert.Single(step.Differences));

    private static WebhookEndpoint There(Action<WebhookEndpoint> change)
    {
        var endpoint = new WebhookEndpoint { Id = "we_1", Url = s_wanted.Url, ApiVersion = Version,
            EnabledEvents = [.. s_wanted.Events], Status = "enabled" };
        change(endpoint);
        return endpoint;
    }
}
